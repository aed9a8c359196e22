package main

import (
	"context"
	"fmt"
	"io"
	"math"
)

// Ours is on the scale where either is so near to the library's.
const (
	nearBytes = 0.03
	nearPSNR  = 0.3
)

// table prints what comes of the pictures at each quality.
func (b *bench) table(ctx context.Context, out io.Writer, f format, qualities []int, pictures []*picture, scan bool) error {
	if scan {
		fmt.Fprintln(out, "format,picture,quality,our bytes,our dB,their bytes,their dB")
	} else {
		fmt.Fprintf(out, "\n### %s\n\n`%s`, against %s\n\n", f.name, f.ours.Revision(), f.encoder)
		fmt.Fprintln(out, "| picture | quality | bytes, theirs | ours | dB, theirs | ours | near |\n|---|---:|---:|---:|---:|---:|---|")
	}
	near, all := 0, 0
	for _, p := range pictures {
		for _, q := range qualities {
			us, them, err := b.measure(ctx, f, q, p)
			if err != nil {
				return fmt.Errorf("%s at %d: %w", p.name, q, err)
			}
			if scan {
				fmt.Fprintf(out, "%s,%q,%d,%d,%.3f,%d,%.3f\n", f.name, p.name, q, us.bytes, us.psnr, them.bytes, them.psnr)
				continue
			}
			all++
			word := "**no**"
			if isNear(us, them) {
				near++
				word = "yes"
			}
			fmt.Fprintf(out, "| %s | %d | %d | %+.1f %% | %.2f | %+.2f | %s |\n",
				p.name, q, them.bytes, 100*(float64(us.bytes)/float64(them.bytes)-1), them.psnr, us.psnr-them.psnr, word)
		}
	}
	if !scan {
		fmt.Fprintf(out, "\n%d of %d within %g %% in bytes or %g dB.\n", near, all, 100*nearBytes, nearPSNR)
	}
	return nil
}

func isNear(us, them result) bool {
	return math.Abs(float64(us.bytes)/float64(them.bytes)-1) <= nearBytes || math.Abs(us.psnr-them.psnr) <= nearPSNR
}
