package main

import (
	"fmt"
	"io"

	"github.com/immagin/immagin-go/internal/ratedistortion"
)

const aboutCurves = `
## How many bytes, and how good

Photographs of %d pixels in width, encoded by both sides from the same raw
pixels; sharp's effort is %d, as is libwebp's default. Both are read by the same
decoder, golang.org/x/image/vp8, with libwebp's upsampling. BD is Bjontegaard's
difference in bytes at equal quality over the qualities %v (piecewise cubic;
below 0 is better); RGB is by PSNR of all three, luma by that of luma, SSIM by
similarity of luma in windows of 8x8 samples, in dB. Then, at the same number, our
bytes to sharp's, and the difference in dB of PSNR (RGB).

`

func writeCurves(w io.Writer, qualities []int, list []comparison) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, aboutCurves, curveWidth, peerEffort, qualities)
	var standard []ratedistortion.Curve
	for _, c := range list {
		if c.effort == peerEffort {
			standard = c.curves
		}
	}
	for _, c := range list {
		fmt.Fprintf(w, "Effort %d:", c.effort)
		if c.failure != "" {
			fmt.Fprintf(w, " %s\n\n", c.failure)
			continue
		}
		fmt.Fprint(w, "\n\n")
		ratedistortion.Write(w, qualities, c.curves)
		if c.effort != peerEffort && len(standard) == len(c.curves) {
			against := make([]ratedistortion.Curve, len(standard))
			for i, one := range c.curves {
				against[i] = ratedistortion.Curve{Theirs: standard[i].Ours, Ours: one.Ours}
			}
			fmt.Fprintf(w, "\nAgainst our own effort %d: %s.\n", peerEffort, ratedistortion.MeanDifferences(against))
		}
		fmt.Fprintln(w)
	}
}
