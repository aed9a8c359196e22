package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/image/webp"
)

func TestRoundTrip(t *testing.T) {
	url, apiKey, stop, err := serve()
	require.NoError(t, err)
	defer stop()
	name := filepath.Join(t.TempDir(), "roundtrip.webp")
	require.NoError(t, roundTrip(t.Context(), url, apiKey, name))
	f, err := os.Open(name)
	require.NoError(t, err)
	defer f.Close()
	image, err := webp.DecodeConfig(f)
	require.NoError(t, err)
	require.Equal(t, 400, image.Width)
	require.Equal(t, 300, image.Height)
}
