package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// run does all that the flags ask for. The table goes to out, what is being
// done meanwhile to progress.
func run(ctx context.Context, s settings, out, progress io.Writer) error {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	us, err := ourselves(s.cores)
	if err != nil {
		return err
	}
	them, err := findSharp(ctx, s, progress)
	if err != nil {
		fmt.Fprintf(progress, "without sharp: %v\n", err)
		them = nil
	}
	before := load()
	files, err := prepare(ctx, s.sources, dir, us, them, progress)
	if err != nil {
		return err
	}
	b := &bench{us: us, them: them, files: files, dir: dir, runs: s.runs}
	if s.profile != "" {
		if err := os.MkdirAll(s.profile, 0o755); err != nil {
			return err
		}
	}
	var rows []row
	for i, j := range jobs() {
		if !strings.Contains(j.Name, s.only) {
			continue
		}
		fmt.Fprintln(progress, j.Name)
		if s.profile != "" {
			b.us = us.with("-profile", filepath.Join(s.profile, fmt.Sprintf("%02d.prof", i+1)))
		}
		r, err := b.race(ctx, j)
		if err != nil {
			return fmt.Errorf("%s: %w", j.Name, err)
		}
		rows = append(rows, r)
	}
	b.us = us
	var loads []throughput
	for _, n := range s.concurrency {
		fmt.Fprintf(progress, "the mix, %d at a time\n", n)
		t, err := b.load(ctx, mix(), n)
		if err != nil {
			return fmt.Errorf("the mix, %d at a time: %w", n, err)
		}
		loads = append(loads, t)
	}
	versions, err := b.versions(ctx)
	if err != nil {
		return err
	}
	writeHead(out, s, machine(), before, load(), versions, files)
	writeJobs(out, rows)
	writeThroughput(out, mix(), loads)
	return nil
}
