package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/immagin/immagin-go/internal/machine"
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
	before := machine.Load()
	b := &bench{us: us, them: them, dir: dir, runs: s.runs}
	if s.profile != "" {
		if err := os.MkdirAll(s.profile, 0o755); err != nil {
			return err
		}
	}
	var p page
	if s.jobs || s.raw || len(s.concurrency) > 0 {
		if b.files, err = prepare(ctx, s.sources, dir, us, them, progress); err != nil {
			return err
		}
	}
	if s.jobs {
		if p.rows, err = b.all(ctx, s, us, progress); err != nil {
			return err
		}
	}
	for _, n := range s.concurrency {
		fmt.Fprintf(progress, "the mix, %d at a time\n", n)
		t, err := b.load(ctx, mix(), n)
		if err != nil {
			return fmt.Errorf("the mix, %d at a time: %w", n, err)
		}
		p.loads = append(p.loads, t)
	}
	for _, n := range s.megapixels {
		fmt.Fprintf(progress, "originals of %d megapixels\n", n)
		g, err := b.grow(ctx, n, progress)
		if err != nil {
			return fmt.Errorf("originals of %d megapixels: %w", n, err)
		}
		p.growths = append(p.growths, g)
	}
	if s.quality {
		if p.fidelities, err = b.quality(ctx, s, progress); err != nil {
			return err
		}
	}
	if s.photographs != "" {
		if p.comparisons, err = b.compareCurves(ctx, s, progress); err != nil {
			return err
		}
		p.qualities = s.qualities
	}
	if s.raw {
		if p.encoders, err = b.raceEncoders(ctx, s, progress); err != nil {
			return err
		}
	}
	versions, err := b.versions(ctx)
	if err != nil {
		return err
	}
	writeHead(out, s, machine.Name(), before, machine.Load(), versions, b.files)
	p.write(out)
	return nil
}

// all runs the jobs one by one.
func (b *bench) all(ctx context.Context, s settings, us command, progress io.Writer) (rows []row, err error) {
	defer func() { b.us = us }()
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
			return nil, fmt.Errorf("%s: %w", j.Name, err)
		}
		rows = append(rows, r)
	}
	return rows, nil
}
