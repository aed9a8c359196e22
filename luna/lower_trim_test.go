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
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

func TestPlanOfGeometry(t *testing.T) {
	photo := shaped(4000, 3000, pixel.YCbCr420)
	exact := shaped(4000, 3000, pixel.RGB)
	clear := shaped(400, 300, pixel.RGBA)
	webp := sink{name: "webp"}
	png := sink{name: "png"}
	tests := []struct {
		name  string
		from  codec.Decoder
		to    sink
		edits []edit.Edit
		want  string
	}{
		{
			"any angle", exact, png, []edit.Edit{edit.Rotate{Angle: 45, Background: "#fff"}},
			"rotate 45 on #ffffffff",
		},
		{
			"a clear background gives alpha", exact, png,
			[]edit.Edit{edit.Rotate{Angle: 405, Background: "transparent"}, edit.Resize{Width: 100}},
			"convert to rgba | rotate 45 on #00000000 | premultiply | resize 100x100 | unpremultiply",
		},
		{
			"attention", fakeScaler{photo}, webp, []edit.Edit{edit.Resize{Width: 256, Height: 256, Position: edit.PositionAttention}},
			"resize 341x256 | convert to rgb | crop 256x256 by attention",
		},
		{
			"entropy, premultiplied", clear, png, []edit.Edit{edit.Resize{Width: 100, Height: 100, Position: edit.PositionEntropy}},
			"premultiply | resize 133x100 | crop 100x100 by entropy | unpremultiply",
		},
		{
			"nothing is scaled, and colours stay straight", clear, png,
			[]edit.Edit{edit.Resize{Width: 400, Height: 100, Position: edit.PositionEntropy}},
			"crop 400x100 by entropy",
		},
		{
			"nothing is left to choose", exact, png, []edit.Edit{edit.Resize{Width: 400, Height: 300, Position: edit.PositionAttention}},
			"resize 400x300",
		},
		{
			"only cover chooses", exact, png,
			[]edit.Edit{edit.Resize{Width: 400, Height: 400, Fit: edit.FitContain, Position: edit.PositionEntropy}},
			"resize 400x300 | embed in 400x400 at +0+50 on #000000ff",
		},
		{
			"what follows a trim is labelled by what is asked for", photo, webp,
			[]edit.Edit{
				edit.Trim{Threshold: new(15.)},
				edit.Resize{Width: 600, Height: 600, Fit: edit.FitContain, Background: "#ffffff"},
				edit.Flip(true), edit.Extend{Left: new(7)}, edit.Resize{Width: 20},
			},
			"convert to rgb | trim 15 | resize to 600x600 (contain) | flip | extend by 0 0 0 7 | resize to width 20 (cover)",
		},
		{
			"a background that is given", exact, png, []edit.Edit{edit.Trim{Background: "red"}},
			"trim 10 of #ff0000ff",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := planOf(t, tt.from, tt.to, &Options{MaxRequestBytes: 1 << 40}, tt.edits, nil)
			require.NoError(t, err)
			text := p.String()
			_, text, _ = strings.Cut(text, " | ")
			text, _, _ = strings.Cut(text, " | encode")
			text = strings.TrimSuffix(text, " full chroma")
			require.Equal(t, tt.want, strings.ReplaceAll(text, " full chroma", ""))
		})
	}
}

// TestPlanAfterTrim: what is planned has room for whatever a trim may leave.
func TestPlanAfterTrim(t *testing.T) {
	tests := []struct {
		name string
		e    edit.Resize
		want pixel.Shape
	}{
		{"a narrower image stays as high", edit.Resize{Width: 100}, pixel.Shape{Width: 100, Height: 300}},
		{"both sides are given", edit.Resize{Width: 100, Height: 50}, pixel.Shape{Width: 100, Height: 50}},
		{"outside", edit.Resize{Width: 100, Height: 50, Fit: edit.FitOutside}, pixel.Shape{Width: 400, Height: 300}},
		{"contain", edit.Resize{Width: 500, Height: 200, Fit: edit.FitContain}, pixel.Shape{Width: 500, Height: 300}},
		{"inside", edit.Resize{Width: 500, Height: 200, Fit: edit.FitInside}, pixel.Shape{Width: 400, Height: 200}},
		{"nothing shrinks", edit.Resize{Width: 100, Height: 50, Fit: edit.FitInside, Downscale: new(false)}, pixel.Shape{Width: 400, Height: 300}},
		{"a cover of both", edit.Resize{Width: 500, Height: 700, Upscale: new(true)}, pixel.Shape{Width: 500, Height: 700}},
		{"enlarged, an image may be any height", edit.Resize{Width: 800, Upscale: new(true)}, pixel.Shape{Width: 800, Height: 16383}},
		{"up to some memory", edit.Resize{Width: 2000, Upscale: new(true)}, pixel.Shape{Width: 2000, Height: roomy / 2000}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := planOf(t, shaped(400, 300, pixel.RGB), sink{name: "png"}, nil, []edit.Edit{edit.Trim{}, tt.e}, nil)
			require.NoError(t, err)
			tt.want.Layout = pixel.RGB
			require.Equal(t, tt.want, p.Shape)
			require.Greater(t, p.Bytes, p.Shape.Bytes())
		})
	}
}

// striped returns a picture of two colours with content in some of its rows
// and columns.
func striped(shape pixel.Shape, x0, y0, x1, y1 int) *pixel.Image {
	m := pixel.NewImage(nil, shape)
	for p := range shape.Layout.Planes() {
		for i := range m.Planes[p].Pix {
			x, y := i%shape.Width, i/shape.Width
			v := 200
			if x >= x0 && x < x1 && y >= y0 && y < y1 {
				v = (x*5 + y*3) % 100
			}
			if shape.Layout.HasAlpha() && p == shape.Layout.Planes()-1 {
				v = 255 - v/2
			}
			m.Planes[p].Pix[i] = uint8(v)
		}
	}
	return m
}

func TestTrimMayLeaveTooMuchToDo(t *testing.T) {
	m := striped(pixel.Shape{Width: 100, Height: 190, Layout: pixel.RGB}, 50, 0, 53, 190)
	e := edit.Resize{Width: 150, Upscale: new(true)}
	_, err := apply(still{picture: m}, edit.Trim{}, e) // 3x190 would become 150x9500
	require.ErrorIs(t, err, ErrImpossible)
	require.Equal(t, 422, StatusCode(err))

	_, err = apply(still{picture: m}, edit.Trim{}, edit.Crop{Left: 2, Width: 2, Height: 1})
	var size *op.SizeError
	require.ErrorAs(t, err, &size, "the crop leaves what is left")
	require.Equal(t, 422, StatusCode(err))

	_, err = apply(still{picture: striped(pixel.Shape{Width: 2, Height: 2, Layout: pixel.RGB}, 0, 0, 1, 1)}, edit.Trim{})
	require.ErrorAs(t, err, &size)
	require.Equal(t, 422, StatusCode(err))
}

func drawGeometry(t *rapid.T) edit.Edit {
	switch rapid.IntRange(0, 9).Draw(t, "more") {
	case 0, 1:
		trim := edit.Trim{Threshold: new(float64(rapid.IntRange(0, 60).Draw(t, "threshold")))}
		if rapid.Bool().Draw(t, "given") {
			trim.Background = rapid.SampledFrom([]edit.Color{"black", "#c8c8c8", "transparent"}).Draw(t, "background")
		}
		return trim
	case 2:
		return edit.Rotate{
			Angle:      float64(rapid.IntRange(-400, 400).Draw(t, "angle")),
			Background: rapid.SampledFrom([]edit.Color{"black", "#f00", "#0f08", "transparent"}).Draw(t, "background"),
		}
	case 3:
		return edit.Resize{
			Width: rapid.IntRange(1, 60).Draw(t, "width"), Height: rapid.IntRange(1, 60).Draw(t, "height"),
			Position: rapid.SampledFrom([]edit.Position{edit.PositionAttention, edit.PositionEntropy}).Draw(t, "position"),
			Upscale:  new(rapid.Bool().Draw(t, "upscale")),
		}
	case 4:
		return edit.Blur(2)
	case 5:
		return edit.Grayscale(true)
	}
	return drawEdit(t)
}

// TestWhatFollowsATrimIsWhatItWouldBe as a request of its own: the size that a
// trim leaves makes no difference, nor what else was possible. Only the layout
// has to be the one that was planned.
func TestWhatFollowsATrimIsWhatItWouldBe(t *testing.T) {
	rgba := func(m *pixel.Image) *pixel.Image {
		src, err := op.Wrap(m.Source(0, nil), []op.Op{op.Convert{To: pixel.RGBA}}, nil)
		require.NoError(t, err)
		all, err := pixel.ReadAll(nil, src)
		require.NoError(t, err)
		return all
	}
	rapid.Check(t, func(t *rapid.T) {
		shape := pixel.Shape{
			Width:  rapid.IntRange(1, 50).Draw(t, "width"),
			Height: rapid.IntRange(1, 50).Draw(t, "height"),
			Layout: rapid.SampledFrom([]pixel.Layout{pixel.Gray, pixel.GrayAlpha, pixel.RGB, pixel.RGBA}).Draw(t, "layout"),
		}
		x, y := rapid.IntRange(0, shape.Width-1).Draw(t, "x"), rapid.IntRange(0, shape.Height-1).Draw(t, "y")
		m := striped(shape, x, y, x+rapid.IntRange(1, shape.Width-x).Draw(t, "w"), y+rapid.IntRange(1, shape.Height-y).Draw(t, "h"))
		edits := append([]edit.Edit{edit.Trim{}}, rapid.SliceOfN(rapid.Custom(drawGeometry), 1, 4).Draw(t, "edits")...)
		got, err := apply(still{picture: m}, edits...)

		want := m
		var oneErr error
		for _, e := range edits {
			if oneErr == nil {
				want, oneErr = apply(still{picture: want}, e)
			}
		}
		if err != nil {
			// What is planned must suit all that a trim may leave, so that an
			// error may come of what it does not.
			require.Contains(t, []int{413, 422}, StatusCode(err))
			return
		}
		require.NoError(t, oneErr)
		a, b := rgba(want), rgba(got)
		require.Equal(t, a.Shape, b.Shape)
		for p := range a.Shape.Layout.Planes() {
			require.True(t, bytes.Equal(a.Planes[p].Pix, b.Planes[p].Pix), "plane %d", p)
		}
	})
}

// TestTrimIsStopped: a trim reads before the encoder does.
func TestTrimIsStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	nexts, closes := 0, 0
	c := shaped(40, 400, pixel.RGB)
	c.bend = func(_ io.Reader, src pixel.Source) pixel.Source {
		return probed{src, &nexts, &closes, func(n int) error {
			if n == 3 {
				cancel()
			}
			return nil
		}}
	}
	e, err := New([]codec.Codec{c, sink{name: "png"}}, nil)
	require.NoError(t, err)
	_, err = e.Transform(ctx, io.Discard, strings.NewReader("fake"), []edit.Edit{edit.Trim{}, edit.Resize{Width: 20}}, &edit.Output{Format: "png"})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 3, nexts)
	require.Positive(t, closes)
}
