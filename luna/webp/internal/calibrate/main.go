// Command calibrate holds the lossy encoder by itself against files that
// another encoder made of the same pixels:
//
//	go run ./internal/bench -jobs=false -concurrency= -photographs folder -keep kept
//	go run ./luna/webp/internal/calibrate [-effort 4] [-qualities 30,50,75,90] [-only Aqua] kept
//
// The first command, run once, leaves raw pixels and sharp's files in a folder;
// the second encodes those pixels and prints Bjontegaard's differences and what
// the encoder took.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"strings"
	"time"

	"github.com/immagin/immagin-go/internal/ratedistortion"
	"github.com/immagin/immagin-go/luna/webp/internal/vp8/encoder"
	"github.com/immagin/immagin-go/luna/webp/internal/yuv"
)

// width is that of the kept pixels.
const width = 1200

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "calibrate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet("calibrate", flag.ContinueOnError)
	effort := f.Int("effort", 4, "of the encoder, 0 to 6")
	workers := f.Int("workers", 1, "cores that the encoder uses")
	list := f.String("qualities", "30,50,75,90", "separated by commas")
	only := f.String("only", "", "photographs whose name contains this `text`")
	profile := f.String("profile", "", "`file` for a CPU profile")
	if err := f.Parse(args); err != nil {
		return err
	}
	var qualities []int
	for text := range strings.SplitSeq(*list, ",") {
		q, err := strconv.Atoi(text)
		if err != nil {
			return err
		}
		qualities = append(qualities, q)
	}
	paths, err := filepath.Glob(filepath.Join(f.Arg(0), "*.rgb"))
	if err != nil || len(paths) == 0 {
		return cmp.Or(err, errors.New("no raw pixels in the folder"))
	}
	if *profile != "" {
		file, err := os.Create(*profile)
		if err != nil {
			return err
		}
		defer file.Close()
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	e, curves, took := encoder.New(), []ratedistortion.Curve(nil), make([]time.Duration, len(qualities))
	for _, path := range paths {
		if !strings.Contains(path, *only) {
			continue
		}
		c := ratedistortion.Curve{Name: strings.TrimSuffix(filepath.Base(path), ".rgb")}
		for i, q := range qualities {
			theirs, ours, d, err := compare(ctx, e, path, encoder.Options{Quality: q, Effort: *effort, Workers: *workers})
			if err != nil {
				return fmt.Errorf("%s at quality %d: %w", c.Name, q, err)
			}
			c.Theirs, c.Ours = append(c.Theirs, theirs), append(c.Ours, ours)
			took[i] += d
		}
		curves = append(curves, c)
	}
	ratedistortion.Write(out, qualities, curves)
	for i, q := range qualities {
		fmt.Fprintf(out, "quality %d: %.1f ms a picture\n", q, float64(took[i].Microseconds())/1000/float64(len(curves)))
	}
	return nil
}

// compare measures the kept file and ours.
func compare(ctx context.Context, e *encoder.Encoder, path string, o encoder.Options) (theirs, ours ratedistortion.Measurement, took time.Duration, err error) {
	rgb, err := os.ReadFile(path)
	if err != nil {
		return theirs, ours, 0, err
	}
	p := ratedistortion.Picture{Width: width, Height: len(rgb) / 3 / width, RGB: rgb}
	kept, err := os.ReadFile(strings.TrimSuffix(path, ".rgb") + fmt.Sprintf("-q%d-e4.webp", o.Quality))
	if err != nil {
		return theirs, ours, 0, err
	}
	if theirs, err = ratedistortion.Measure(kept, p); err != nil {
		return theirs, ours, 0, err
	}
	source := convert(p)
	begin := time.Now()
	frame, err := e.Encode(ctx, nil, source, o)
	if err != nil {
		return theirs, ours, 0, err
	}
	took = time.Since(begin)
	ours, err = ratedistortion.Measure(ratedistortion.File(frame), p)
	return theirs, ours, took, err
}

// convert makes planes as the adapter does.
func convert(p ratedistortion.Picture) *encoder.Picture {
	w, h := p.Width, p.Height
	cw, ch := (w+1)/2, (h+1)/2
	m := &encoder.Picture{Width: w, Height: h, Y: make([]uint8, w*h), Cb: make([]uint8, cw*ch), Cr: make([]uint8, cw*ch), YStride: w, CStride: cw}
	var rows yuv.Rows
	for i := range rows {
		for c := range 3 {
			rows[i][c] = make([]uint8, w)
		}
	}
	for y := range ch {
		for i := range rows {
			line := min(2*y+i, h-1)
			for x := range w {
				for c := range 3 {
					rows[i][c][x] = p.RGB[3*(line*w+x)+c]
				}
			}
			yuv.Luma(m.Y[line*w:][:w], rows[i][0], rows[i][1], rows[i][2])
		}
		yuv.Chroma(m.Cb[y*cw:][:cw], m.Cr[y*cw:][:cw], &rows)
	}
	return m
}
