package main

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWriteGrowth(t *testing.T) {
	var b strings.Builder
	writeGrowth(&b, nil)
	require.Empty(t, b.String())
	ran := row{us: takes(10, 20, 30, 5), them: takes(20, 20, 60, 5)}
	writeGrowth(&b, []growth{
		{1, []row{ran, ran, ran}},
		{4, []row{ran, ran, {failure: "too large"}}},
	})
	require.Contains(t, b.String(), "| JPEG | 1 | 10 | 20 | 0.50 | 20 | 20 | 1.00 | 30 | 60 | 0.50 |\n| JPEG | 4 |")
	require.Contains(t, b.String(), "| PNG | 4 | too large |\n")
}

func TestGrowMakesEveryKind(t *testing.T) {
	b, log := fakes(t)
	// The fakes write empty files, which are no originals.
	_, err := b.grow(t.Context(), 1, io.Discard)
	require.Error(t, err)
	require.Equal(t, []string{"them saves"}, *log, "sharp makes the other kinds")
}
