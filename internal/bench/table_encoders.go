package main

import (
	"fmt"
	"io"
	"strings"
)

const aboutEncoders = `
## WebP of the same raw pixels

What encoding alone takes, without decoding and resizing: ours on one core and on
two, sharp's with a concurrency of 1, in turns. CPU is that of all threads.

`

func writeEncoders(w io.Writer, rows []encoderRow) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprint(w, aboutEncoders)
	fmt.Fprintln(w, "| pixels | CPU ms | sharp | ratio | wall ms, 1 core | 2 cores | sharp | ratio, 1 core | 2 cores | bytes | ratio |")
	fmt.Fprintln(w, "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
	for _, r := range rows {
		fmt.Fprintf(w, "| %s |", r.name)
		if r.failure != "" {
			fmt.Fprintf(w, "%s %s |\n", strings.Repeat(" |", 9), strings.ReplaceAll(r.failure, "|", "\\|"))
			continue
		}
		one, two, them := milliseconds(r.one.wall), milliseconds(r.two.wall), milliseconds(r.them.wall)
		cells(w, milliseconds(r.one.cpu), milliseconds(r.them.cpu), 1)
		fmt.Fprintf(w, " %.1f | %.1f | %.1f | %s | %s | %d | %s |\n", one, two, them, ratio(one, them), ratio(two, them),
			r.one.bytes, ratio(float64(r.one.bytes), float64(r.them.bytes)))
	}
}
