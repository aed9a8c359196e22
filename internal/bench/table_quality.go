package main

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// tolerance is by how many dB the results of our side may be farther from the
// reference than those of sharp.
const tolerance = 0.3

const explanation = `
## How good

How near results from JPEGs come to a resize in floating point, as PSNR in dB.
The reference is what libjpeg decodes at full size, reduced by Lanczos3 over the
same geometry and rounded once. Written as PNG, what is seen is decoding and
resizing alone; WebP and JPEG add their own loss, which is much larger.

`

func writeQuality(w io.Writer, list []fidelity) {
	if len(list) == 0 {
		return
	}
	fmt.Fprint(w, explanation)
	head, line := "| original | result |", "|---|---|"
	for _, f := range finishes {
		head += fmt.Sprintf(" %s | sharp | difference |", f.name)
		line += "--:|--:|--:|"
	}
	fmt.Fprintf(w, "%s |\n%s---|\n", head, line)
	worst, under := math.Inf(1), 0
	for _, f := range list {
		fmt.Fprintf(w, "| %s | %s |", f.source, f.view)
		if f.failure != "" {
			fmt.Fprintf(w, "%s %s |\n", strings.Repeat(" |", 3*len(finishes)), f.failure)
			under++
			continue
		}
		note := ""
		for i, us := range f.us {
			d := us - f.them[i]
			fmt.Fprintf(w, " %.1f | %.1f | %+.1f |", us, f.them[i], d)
			worst = min(worst, d)
			if d < -tolerance {
				note = fmt.Sprintf(" **over %.1f dB below**", tolerance)
			}
		}
		if note != "" {
			under++
		}
		fmt.Fprintf(w, "%s |\n", note)
	}
	fmt.Fprintf(w, "\nOf %d results %d are more than %.1f dB below sharp's; the worst difference is %+.2f dB.\n", len(list), under, tolerance, worst)
}
