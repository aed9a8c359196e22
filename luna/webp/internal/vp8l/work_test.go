package vp8l

import (
	"context"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

func bytesOf[T any](s []T) int64 {
	var v T
	return int64(cap(s)) * int64(unsafe.Sizeof(v))
}

func TestWorkBytesAreNotExceeded(t *testing.T) {
	var most float64
	for _, d := range drawings() {
		for _, effort := range []int{0, 3, 5, 6} {
			e := New()
			b, err := e.Encode(context.Background(), nil, d.pixels, d.width, d.height, 4, Options{Effort: effort})
			require.NoError(t, err)
			held := int64(unsafe.Sizeof(*e)) + bytesOf(e.pixels) + bytesOf(e.residuals) + bytesOf(e.tileData) + bytesOf(e.searches) + bytesOf(e.crossSearches) +
				bytesOf(e.matches) + bytesOf(e.chain) + bytesOf(e.heads) + bytesOf(e.groups) + bytesOf(e.trial) + bytesOf(e.codes) +
				bytesOf(e.tracer.costs) + bytesOf(e.tracer.steps) + 2*bytesOf(b)
			for i := range e.candidates {
				c := &e.candidates[i]
				held += bytesOf(c.tokens) + bytesOf(c.counts) + bytesOf(c.caches)
			}
			for i := range e.searches {
				held += bytesOf(e.searches[i].scores)
			}
			c := &e.clusters
			held += bytesOf(c.store) + bytesOf(c.tiles) + bytesOf(c.clusters) + bytesOf(c.alive) + bytesOf(c.symbols) + bytesOf(c.pairs)
			bound := WorkBytes(d.width, d.height)
			require.LessOrEqual(t, held, bound, "%s of %dx%d at %d", d.name, d.width, d.height, effort)
			most = max(most, float64(held)/float64(bound))
		}
	}
	require.Greater(t, most, 0.2, "a bound far from what is held is of no use")
}
