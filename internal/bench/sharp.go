package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// sharpVersion is the one that the marks were set with.
const sharpVersion = "0.35.5"

//go:embed peer.js
var peer string

// ourselves starts this program again as a worker.
func ourselves(cores int) (command, error) {
	path, err := os.Executable()
	return command{path: path, args: []string{"worker"}, env: func(int) []string {
		if cores == 0 {
			return nil
		}
		return []string{"GOMAXPROCS=" + strconv.Itoa(cores)}
	}}, err
}

// findSharp returns sharp's side, installing it where it is not there yet.
func findSharp(ctx context.Context, s settings, progress io.Writer) (program, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, err
	}
	dir := s.sharp
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return nil, err
		}
		dir = filepath.Join(cache, "immagin-bench", "sharp-"+sharpVersion)
		if _, err := installed(dir); err != nil {
			if err := install(ctx, dir, progress); err != nil {
				return nil, err
			}
		}
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	v, err := installed(dir)
	if err != nil {
		return nil, err
	}
	if v != sharpVersion {
		return nil, fmt.Errorf("%s has sharp %s where %s is the one to compare with", dir, v, sharpVersion)
	}
	return command{path: node, args: []string{"-e", peer, dir, strconv.Itoa(s.cores)}, env: func(workers int) []string {
		return []string{"UV_THREADPOOL_SIZE=" + strconv.Itoa(max(4, workers))}
	}}, nil
}

// installed returns the version of sharp in a folder.
func installed(dir string) (string, error) {
	b, err := os.ReadFile(filepath.Join(dir, "node_modules", "sharp", "package.json"))
	if err != nil {
		return "", err
	}
	var p struct{ Version string }
	err = json.Unmarshal(b, &p)
	return p.Version, err
}

func install(ctx context.Context, dir string, progress io.Writer) error {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	fmt.Fprintf(progress, "installing sharp %s into %s\n", sharpVersion, dir)
	cmd := exec.CommandContext(ctx, npm, "install", "--prefix", dir, "--no-audit", "--no-fund", "sharp@"+sharpVersion)
	cmd.Stdout, cmd.Stderr = progress, progress
	return cmd.Run()
}
