package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
)

// A growth is one job on originals of one size.
type growth struct {
	megapixels int
	rows       []row // by kind of the original
}

// grown are the kinds of originals whose cost is shown by size.
var grown = []kind{baseline, progressive, png}

// grow measures one job on drawn originals of so many megapixels, in all kinds
// of files.
func (b *bench) grow(ctx context.Context, megapixels int, progress io.Writer) (growth, error) {
	g := growth{megapixels: megapixels}
	dir := filepath.Join(b.dir, fmt.Sprintf("%d-megapixels", megapixels))
	if err := os.Mkdir(dir, 0o755); err != nil {
		return g, err
	}
	defer os.RemoveAll(dir)
	width := int(math.Round(math.Sqrt(float64(megapixels) * 1e6 * 4 / 3)))
	s, err := drawn(ctx, dir, width, width*3/4, progress)
	if err != nil {
		return g, err
	}
	one := *b
	one.files = map[kind]source{baseline: s}
	if err := derive(ctx, one.files, dir, b.us, b.them, grown[1:], progress); err != nil {
		return g, err
	}
	for _, k := range grown {
		j := jobs()[1]
		j.Source = k
		r, err := one.race(ctx, j)
		if err != nil {
			return g, err
		}
		g.rows = append(g.rows, r)
	}
	return g, nil
}

func writeGrowth(w io.Writer, growths []growth) {
	if len(growths) == 0 {
		return
	}
	fmt.Fprintf(w, "\n## By the size of the original\n\n%s, from drawn originals of 4 to 3. Each row has processes of its own.\n\n", jobs()[1].Name)
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
