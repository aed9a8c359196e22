package heif

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/avif"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codec/codectest"
	"github.com/immagin/immagin-go/luna/heif/heic"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

// FuzzDecode reads both kinds of pictures through the container's reader.
func FuzzDecode(f *testing.F) {
	if testing.Short() {
		f.Skip("compiles two decoders")
	}
	av1, err := avif.New(nil)
	require.NoError(f, err)
	f.Cleanup(func() { av1.Close() })
	hevc, err := heic.New(nil)
	require.NoError(f, err)
	f.Cleanup(func() { hevc.Close() })
	c, err := New(av1, &Options{HEVC: hevc})
	require.NoError(f, err)
	names, err := filepath.Glob(filepath.Join("heic", "testdata", "*"))
	require.NoError(f, err)
	require.NotEmpty(f, names)
	for _, name := range names {
		if data, err := os.ReadFile(name); err == nil && len(data) < 8<<10 {
			f.Add(data)
		}
	}
	var b bytes.Buffer
	m := testpic.Make(pixel.Shape{Width: 20, Height: 11, Layout: pixel.RGBA})
	require.NoError(f, c.Encode(context.Background(), &b, m.Source(0, nil), codec.Options{Effort: new(0)}))
	f.Add(b.Bytes())
	codectest.Fuzz(f, c, codectest.Options{Encodings: []codectest.Encoding{{Options: codec.Options{Effort: new(0)}}}})
}
