package webp

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

// TestEncodersAreUsedAgain: once a pool has an encoder, a call allocates little
// more than its own state, however large the picture.
func TestEncodersAreUsedAgain(t *testing.T) {
	for _, tt := range []struct {
		layout pixel.Layout
		c      Codec
		opts   codec.Options
	}{
		{pixel.RGB, Codec{}, codec.Options{}},
		{pixel.RGBA, Codec{}, codec.Options{}},
		{pixel.YCbCr420, Codec{}, codec.Options{Effort: new(6)}},
		{pixel.YCbCr420, Codec{}, codec.Options{Workers: 3}},
		{pixel.RGB, Codec{SmartSubsample: true}, codec.Options{}},
		{pixel.RGB, Codec{}, codec.Options{Lossless: true}},
		{pixel.RGBA, Codec{}, codec.Options{Lossless: true}},
	} {
		m := testpic.Make(pixel.Shape{Width: 400, Height: 300, Layout: tt.layout})
		tt.opts.Pool = pixel.NewPool()
		encode := func() { require.NoError(t, tt.c.Encode(t.Context(), io.Discard, m.Source(0, nil), tt.opts)) }
		encode()
		least := int64(1 << 62)
		for range 5 { // the collector may empty the pool between two
			least = min(least, testpic.Allocated(encode))
		}
		require.Less(t, least, int64(8<<10), "%v %+v", m.Shape, tt.opts)
	}
}
