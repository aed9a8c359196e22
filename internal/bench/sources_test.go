package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDrawMeetsTheSize(t *testing.T) {
	require.InDelta(t, 20_000, len(draw(320, 240, 20_000)), 1000)
}

func TestInspect(t *testing.T) {
	k, s, err := inspect(t.Context(), picture(t))
	require.NoError(t, err)
	require.Equal(t, baseline, k)
	require.Equal(t, []int{64, 48}, []int{s.width, s.height})
	require.Positive(t, s.size)

	text := filepath.Join(t.TempDir(), "text")
	require.NoError(t, os.WriteFile(text, []byte("no picture"), 0o644))
	_, _, err = inspect(t.Context(), text)
	require.Error(t, err)
}

func TestPrepareRefuses(t *testing.T) {
	_, err := prepare(t.Context(), []string{picture(t) + ".not"}, t.TempDir(), command{}, nil, io.Discard)
	require.ErrorIs(t, err, os.ErrNotExist)
}
