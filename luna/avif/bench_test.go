package avif

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

func BenchmarkEncode(b *testing.B) {
	c := testCodec(b)
	m := testpic.Make(pixel.Shape{Width: 800, Height: 600, Layout: pixel.RGB})
	for name, effort := range map[string]int{"effort 0": 0, "effort 4": 4} {
		b.Run("800x600/"+name, func(b *testing.B) {
			b.SetBytes(m.Shape.Bytes())
			for b.Loop() {
				require.NoError(b, c.Encode(context.Background(), io.Discard, m.Source(0, nil), codec.Options{Quality: 50, Effort: &effort}))
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	c := testCodec(b)
	m := testpic.Make(pixel.Shape{Width: 1600, Height: 1200, Layout: pixel.RGB})
	file := encode(b, c, m, codec.Options{Quality: 50})
	b.Run("1600x1200", func(b *testing.B) {
		b.SetBytes(m.Shape.Bytes())
		for b.Loop() {
			src, err := c.Decode(context.Background(), bytes.NewReader(file), codec.Request{})
			require.NoError(b, err)
			_, err = pixel.Drain(src)
			require.NoError(b, err)
			require.NoError(b, src.Close())
		}
	})
}
