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

func writeGrowth(w io.Writer, growths []growth) {
	if len(growths) == 0 {
		return
	}
	fmt.Fprintf(w, "\nThe cost by the size of the original, of %s:\n\n", jobs()[1].Name)
	fmt.Fprintln(w, "| from | megapixels | wall ms | sharp | ratio | CPU ms | sharp | ratio | peak MiB | sharp | ratio |")
	fmt.Fprintln(w, "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
	for i, k := range grown {
		for _, g := range growths {
			r := g.rows[i]
			if r.failure != "" {
				fmt.Fprintf(w, "| %s | %d | %s |\n", k, g.megapixels, r.failure)
				continue
			}
			fmt.Fprintf(w, "| %s | %d |", k, g.megapixels)
			cells(w, milliseconds(r.us.wall), milliseconds(r.them.wall), 0)
			cells(w, milliseconds(r.us.cpu), milliseconds(r.them.cpu), 0)
			cells(w, mebibytes(r.us.peak), mebibytes(r.them.peak), 0)
			fmt.Fprintln(w)
		}
	}
}

func writeQuality(w io.Writer, list []fidelity) {
	if len(list) == 0 {
		return
	}
	fmt.Fprint(w, "\nHow near results come to a resize in floating point, PSNR in dB, by what they are written as:\n\n")
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
