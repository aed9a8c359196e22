package png_test

import (
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/png"
)

// A polled context counts how often it is looked at.
type polled struct {
	context.Context
	n int
}

func (c *polled) Err() error { c.n++; return nil }

// TestPaletteLooksAtContext holds that the passes over a collected picture, one
// to choose colours and one to give each pixel its own, can be stopped: at each
// 16 rows, however few the colours and the bytes are.
func TestPaletteLooksAtContext(t *testing.T) {
	looks := func(strips int) int {
		shape := pixel.Shape{Width: 8, Height: strips * pixel.StripRows, Layout: pixel.RGB}
		m := pixel.NewImage(nil, shape)
		for p := range 3 {
			clear(m.Planes[p].Pix)
		}
		ctx := &polled{Context: t.Context()}
		require.NoError(t, png.Codec{}.Encode(ctx, io.Discard, m.Source(0, nil), codec.Options{Quality: 50}))
		return ctx.n
	}
	require.GreaterOrEqual(t, looks(200)-looks(100), 200)
}
