package luna

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A still decodes to the picture that it holds.
type still struct {
	picture     *pixel.Image
	orientation int
}

func (still) Format() codec.Format {
	return codec.Format{Name: "still", MIME: "image/still", Magic: []string{"still"}}
}
func (still) Revision() string                           { return "1" }
func (still) DecodeWork(codec.Info, codec.Request) int64 { return 0 }

func (s still) Probe(io.Reader) (codec.Info, error) {
	return codec.Info{Shape: s.picture.Shape, Orientation: s.orientation}, nil
}

func (s still) Decode(context.Context, io.Reader, codec.Request) (pixel.Source, error) {
	m := pixel.NewImage(nil, s.picture.Shape) // the consumer may modify it
	for p := range m.Shape.Layout.Planes() {
		copy(m.Planes[p].Pix, s.picture.Planes[p].Pix)
	}
	return m.Source(0, nil), nil
}

// A catcher encodes nothing, and keeps the picture.
type catcher struct {
	sink
	caught **pixel.Image
}

func (c catcher) Encode(_ context.Context, _ io.Writer, src pixel.Source, _ codec.Options) (err error) {
	*c.caught, err = pixel.ReadAll(nil, src)
	return err
}

// apply runs edits on a picture.
func apply(s still, edits ...edit.Edit) (*pixel.Image, error) {
	var caught *pixel.Image
	e, err := New([]codec.Codec{s, catcher{sink{name: "png"}, &caught}}, &Options{MaxOutputSide: 200})
	if err != nil {
		return nil, err
	}
	_, err = e.Transform(context.Background(), io.Discard, strings.NewReader("still"), edits, &edit.Output{Format: "png"})
	return caught, err
}

func drawEdit(t *rapid.T) edit.Edit {
	side := rapid.IntRange(1, 60)
	color := rapid.SampledFrom([]edit.Color{"black", "#808080", "#f00", "#0f08", "transparent"})
	switch rapid.IntRange(0, 7).Draw(t, "edit") {
	case 0:
		return edit.Crop{
			Left: rapid.IntRange(0, 9).Draw(t, "left"), Top: rapid.IntRange(0, 9).Draw(t, "top"),
			Width: rapid.IntRange(1, 20).Draw(t, "width"), Height: rapid.IntRange(1, 20).Draw(t, "height"),
		}
	case 1:
		return edit.Flip(true)
	case 2:
		return edit.Flop(true)
	case 3:
		return edit.Rotate{Angle: float64(rapid.IntRange(-4, 4).Draw(t, "quarters")) * 90}
	case 4:
		return edit.Flatten{Background: color.Draw(t, "background")}
	case 5:
		return edit.Extend{
			Left: new(rapid.IntRange(0, 9).Draw(t, "left")), Bottom: new(rapid.IntRange(0, 9).Draw(t, "bottom")),
			Background: color.Draw(t, "background"),
		}
	}
	return edit.Resize{
		Width:  side.Draw(t, "width"),
		Height: rapid.IntRange(0, 60).Draw(t, "height"),
		Fit: rapid.SampledFrom([]edit.Fit{
			edit.FitCover, edit.FitContain, edit.FitFill, edit.FitInside, edit.FitOutside,
		}).Draw(t, "fit"),
		Position: rapid.SampledFrom([]edit.Position{
			edit.PositionCenter, edit.PositionTopLeft, edit.PositionBottom, edit.PositionRight,
		}).Draw(t, "position"),
		Background: color.Draw(t, "background"),
		Upscale:    new(rapid.Bool().Draw(t, "upscale")),
		Downscale:  new(rapid.Bool().Draw(t, "downscale")),
	}
}

// TestEditsAreAppliedOneAfterTheOther: whatever the passes make of a list of
// edits, an exact source comes out as if each edit had been a request of its
// own, on the result of the one before.
func TestEditsAreAppliedOneAfterTheOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shape := pixel.Shape{
			Width:  rapid.IntRange(1, 50).Draw(t, "width"),
			Height: rapid.IntRange(1, 50).Draw(t, "height"),
			Layout: rapid.SampledFrom([]pixel.Layout{pixel.Gray, pixel.GrayAlpha, pixel.RGB, pixel.RGBA}).Draw(t, "layout"),
		}
		seed := rapid.Uint32().Draw(t, "seed")
		m := pixel.NewImage(nil, shape)
		for p := range shape.Layout.Planes() {
			for i := range m.Planes[p].Pix {
				seed = seed*1664525 + 1013904223
				m.Planes[p].Pix[i] = uint8(seed >> 24)
			}
		}
		first := still{m, rapid.IntRange(1, 8).Draw(t, "orientation")}
		edits := rapid.SliceOfN(rapid.Custom(drawEdit), 0, 5).Draw(t, "edits")
		got, err := apply(first, edits...)

		want, oneErr := apply(first)
		for _, e := range edits {
			if oneErr == nil {
				want, oneErr = apply(still{picture: want}, e)
			}
		}
		if oneErr != nil {
			require.Error(t, err)
			return
		}
		require.NoError(t, err)
		require.Equal(t, want.Shape, got.Shape)
		for p := range want.Shape.Layout.Planes() {
			require.True(t, bytes.Equal(want.Planes[p].Pix, got.Planes[p].Pix), "plane %d", p)
		}
	})
}
