// Calibrate holds our encoders against the libraries whose scale of quality
// they share: how many bytes, and how near to the picture, at the same number.
//
//	go run ./internal/calibrate [flags] [JPEG...]
//
// It runs cjpeg (libjpeg-turbo) and cwebp (libwebp), and reads results, theirs
// and ours, with djpeg and dwebp. A format whose programs are not there is left
// out. Photographs are reduced to 800x600 first; without any, pictures are drawn.
// What it prints is summed up in examples/docs/quality.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "calibrate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("calibrate", flag.ContinueOnError)
	list := flags.String("quality", "30,50,75,90", "the qualities, with commas between")
	only := flags.String("format", "", "this format alone")
	scan := flags.Bool("scan", false, "print what each picture comes to at each quality instead, as CSV")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var qualities []int
	for s := range strings.SplitSeq(*list, ",") {
		q, err := strconv.Atoi(s)
		if err != nil || q < 1 || q > 100 {
			return fmt.Errorf("-quality: %q is none of 1 to 100", s)
		}
		qualities = append(qualities, q)
	}
	dir, err := os.MkdirTemp("", "calibrate")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	pictures, err := sources(ctx, flags.Args())
	if err != nil {
		return err
	}
	b := &bench{dir: dir}
	for _, f := range formats() {
		if *only != "" && f.name != *only {
			continue
		}
		if missing := f.missing(); missing != "" {
			fmt.Fprintf(os.Stderr, "calibrate: %s is left out: there is no %s\n", f.name, missing)
			continue
		}
		if err := b.table(ctx, out, f, qualities, pictures, *scan); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return nil
}

// missing names a program of f that is not installed, or nothing.
func (f format) missing() string {
	for _, name := range []string{f.encoder, f.decoder} {
		if _, err := exec.LookPath(name); err != nil {
			return name
		}
	}
	return ""
}
