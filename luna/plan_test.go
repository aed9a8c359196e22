package luna

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

// planOf plans edits for a picture that c describes, to be encoded by s.
func planOf(t *testing.T, c codec.Decoder, s sink, opts *Options, edits []edit.Edit, output *edit.Output) (*Plan, error) {
	t.Helper()
	e, err := New([]codec.Codec{c, s}, opts)
	require.NoError(t, err)
	if output == nil {
		output = &edit.Output{Format: edit.Format(s.name)}
	}
	return e.Explain(t.Context(), strings.NewReader("fake"), edits, output)
}

func shaped(w, h int, l pixel.Layout) fake {
	return fake{name: "fake", magic: "fake", work: 1 << 20, info: codec.Info{
		Shape: pixel.Shape{Width: w, Height: h, Layout: l}, Lossy: l.IsYCbCr(),
	}}
}

func oriented(f fake, orientation int) fake {
	f.info.Orientation = orientation
	return f
}

func TestPlan(t *testing.T) {
	photo := shaped(4000, 3000, pixel.YCbCr420)
	exact := shaped(4000, 3000, pixel.RGB)
	clear := shaped(400, 300, pixel.RGBA)
	webp := sink{name: "webp"}
	rgb := sink{name: "png", exact: true, takes: map[pixel.Layout]pixel.Layout{pixel.YCbCr420: pixel.RGB, pixel.YCbCr444: pixel.RGB}}
	lossy := sink{name: "webp", takes: rgb.takes}
	jpeg := sink{name: "jpeg", takes: map[pixel.Layout]pixel.Layout{
		pixel.RGBA: pixel.YCbCr420, pixel.RGB: pixel.YCbCr420, pixel.GrayAlpha: pixel.Gray,
	}}
	tests := []struct {
		name   string
		from   codec.Decoder
		to     sink
		edits  []edit.Edit
		output *edit.Output
		want   string
	}{
		{"nothing to do", exact, rgb, nil, nil, "decode fake to 4000x3000 | encode png"},
		{"the defaults", photo, webp, nil, &edit.Output{}, "decode fake to 4000x3000 | encode webp q90"},
		{
			"options of the output", photo, webp, nil,
			&edit.Output{Format: "webp", Quality: 50, Effort: new(2)}, "decode fake to 4000x3000 | encode webp q50 effort 2",
		},
		{
			"lossless has no quality", photo, webp, nil,
			&edit.Output{Format: "webp", Lossless: new(true)}, "decode fake to 4000x3000 | encode webp lossless",
		},
		{
			"progressive", photo, rgb, nil,
			&edit.Output{Format: "png", Progressive: new(true)},
			"decode fake to 4000x3000 | convert to rgb | encode png progressive",
		},
		{
			"a resize is pushed into the decoder", fakeScaler{photo}, webp, []edit.Edit{edit.Resize{Width: 800, Height: 600}}, nil,
			"decode fake 1/4 to 1000x750 | resize 800x600 | encode webp q90",
		},
		{
			"what is left of it is at least an eighth", fakeScaler{photo}, webp, []edit.Edit{edit.Resize{Width: 500}}, nil,
			"decode fake 1/4 to 1000x750 | resize 500x375 | encode webp q90",
		},
		{
			"a large reduction takes all that the decoder has", fakeScaler{photo}, webp, []edit.Edit{edit.Resize{Width: 20}}, nil,
			"decode fake 1/8 to 500x375 | resize 20x15 | encode webp q90",
		},
		{
			"a small one takes none of it", fakeScaler{photo}, webp, []edit.Edit{edit.Resize{Width: 2000}}, nil,
			"decode fake to 4000x3000 | resize 2000x1500 | encode webp q90",
		},
		{
			"the less reduced side decides", fakeScaler{photo}, webp, []edit.Edit{edit.Resize{Width: 400, Height: 1000, Fit: edit.FitFill}}, nil,
			"decode fake 1/2 to 2000x1500 | resize 400x1000 | encode webp q90",
		},
		{
			"an exact source is not scaled by its decoder", fakeScaler{exact}, rgb, []edit.Edit{edit.Resize{Width: 800}}, nil,
			"decode fake to 4000x3000 | resize 800x600 | encode png",
		},
		{
			"a size that 1/n does not divide leaves a fractional window", fakeScaler{shaped(4001, 3000, pixel.YCbCr420)}, webp,
			[]edit.Edit{edit.Resize{Width: 400, Height: 300, Fit: edit.FitFill}}, nil,
			"decode fake 1/8 to 501x375 | resize 400x300 from 500.125x375+0+0 | encode webp q90",
		},
		{
			"cover crops after", fakeScaler{photo}, webp, []edit.Edit{edit.Resize{Width: 256, Height: 256}}, nil,
			"decode fake 1/8 to 500x375 | resize 341x256 keep 256x256+43+0 | encode webp q90",
		},
		{
			"and to the side that is asked for", photo, rgb,
			[]edit.Edit{edit.Resize{Width: 300, Height: 300, Position: edit.PositionTopLeft}}, nil,
			"decode fake to 4000x3000 | convert to rgb | resize 400x300 keep 300x300+0+0 | encode png",
		},
		{
			"where chroma is wanted in full, the last resize makes it", photo, lossy,
			[]edit.Edit{edit.Resize{Width: 800}, edit.Resize{Width: 400}, edit.Flip(true)}, nil,
			"decode fake to 4000x3000 | resize 800x600 | resize 400x300 full chroma | flip | convert to rgb | encode webp q90",
		},
		{
			"where nothing is to be lost, the first is of RGB already", photo, rgb,
			[]edit.Edit{edit.Resize{Width: 800}, edit.Resize{Width: 400}, edit.Flip(true)}, nil,
			"decode fake to 4000x3000 | convert to rgb | resize 800x600 | resize 400x300 | flip | encode png",
		},
		{
			"so it is where an option asks for that", photo, lossy, []edit.Edit{edit.Resize{Width: 800}},
			&edit.Output{Format: "webp", Lossless: new(true)},
			"decode fake to 4000x3000 | convert to rgb | resize 800x600 | encode webp lossless",
		},
		{
			"a decoder that scales makes all of the chroma", fakeReferencer{fakeScaler{photo}}, lossy, []edit.Edit{edit.Resize{Width: 800}}, nil,
			"decode fake 1/4 to 1000x750 in ycbcr 4:4:4 | resize 800x600 | convert to rgb | encode webp q90",
		},
		{
			"unless there is enough of it", fakeReferencer{fakeScaler{photo}}, lossy, []edit.Edit{edit.Resize{Width: 200}}, nil,
			"decode fake 1/8 to 500x375 | resize 200x150 full chroma | convert to rgb | encode webp q90",
		},
		{
			"which for some is never the case", fakeReferencer{fakeScaler{photo}}, rgb, []edit.Edit{edit.Resize{Width: 200}}, nil,
			"decode fake 1/8 to 500x375 in ycbcr 4:4:4 | convert to rgb | resize 200x150 | encode png",
		},
		{
			"and not where the encoder takes what there is", fakeReferencer{fakeScaler{photo}}, webp, []edit.Edit{edit.Resize{Width: 800}}, nil,
			"decode fake 1/4 to 1000x750 | resize 800x600 | encode webp q90",
		},
		{
			"or nothing does", photo, rgb, []edit.Edit{edit.Flip(true)}, nil,
			"decode fake to 4000x3000 | flip | convert to rgb | encode png",
		},
		{
			"a later crop of an approximation is not made either", photo, webp,
			[]edit.Edit{edit.Resize{Width: 400, Height: 200, Position: edit.PositionTop}, edit.Crop{Left: 5, Top: 7, Width: 90, Height: 80}}, nil,
			"decode fake to 4000x3000 | resize 400x300 keep 90x80+5+7 | encode webp q90",
		},
		{
			"of an exact source it is, in the place of a request of its own", exact, webp,
			[]edit.Edit{edit.Resize{Width: 400, Height: 200, Position: edit.PositionTop}, edit.Crop{Left: 5, Top: 7, Width: 90, Height: 80}}, nil,
			"decode fake to 4000x3000 | resize 400x300 keep 400x200+0+0 | crop 90x80+5+7 | encode webp q90",
		},
		{
			"contain adds a canvas", photo, rgb,
			[]edit.Edit{edit.Resize{Width: 300, Height: 300, Fit: edit.FitContain, Background: "white", Position: edit.PositionBottom}}, nil,
			"decode fake to 4000x3000 | convert to rgb | resize 300x225 | embed in 300x300 at +0+75 on #ffffffff | encode png",
		},
		{
			"inside and outside", exact, rgb,
			[]edit.Edit{edit.Resize{Width: 1000, Height: 900, Fit: edit.FitOutside}, edit.Resize{Width: 500, Height: 300, Fit: edit.FitInside}}, nil,
			"decode fake to 4000x3000 | resize 1200x900 | resize 400x300 | encode png",
		},
		{
			"nothing grows unless it may", clear, rgb, []edit.Edit{edit.Resize{Width: 800}}, nil,
			"decode fake to 400x300 | encode png",
		},
		{
			"it may", clear, rgb, []edit.Edit{edit.Resize{Width: 800, Upscale: new(true)}}, nil,
			"decode fake to 400x300 | premultiply | resize 800x600 | unpremultiply | encode png",
		},
		{
			"nothing shrinks that may not, but is cropped", clear, rgb,
			[]edit.Edit{edit.Resize{Width: 200, Height: 200, Downscale: new(false)}}, nil,
			"decode fake to 400x300 | crop 200x200+100+50 | encode png",
		},
		{
			"alpha surrounds the resize, not the crop of it", clear, rgb, []edit.Edit{edit.Resize{Width: 100, Height: 100}}, nil,
			"decode fake to 400x300 | premultiply | resize 133x100 keep 100x100+17+0 | unpremultiply | encode png",
		},
		{
			"a crop alone copies", exact, rgb, []edit.Edit{edit.Crop{Left: 100, Top: 50, Width: 400, Height: 300}}, nil,
			"decode fake to 4000x3000 | crop 400x300+100+50 | encode png",
		},
		{
			"crops add up", exact, rgb, []edit.Edit{
				edit.Crop{Left: 100, Top: 50, Width: 400, Height: 300}, edit.Crop{Left: 10, Top: 20, Width: 30, Height: 40},
			}, nil,
			"decode fake to 4000x3000 | crop 30x40+110+70 | encode png",
		},
		{
			"a crop becomes the window of a resize", exact, rgb, []edit.Edit{
				edit.Crop{Left: 101, Top: 51, Width: 400, Height: 300}, edit.Resize{Width: 200},
			}, nil,
			"decode fake to 4000x3000 | resize 200x150 from 400x300+101+51 | encode png",
		},
		{
			"and is divided along with the decode", fakeScaler{photo}, webp, []edit.Edit{
				edit.Crop{Left: 1000, Top: 801, Width: 3000, Height: 2000}, edit.Resize{Width: 300},
			}, nil,
			"decode fake 1/4 to 1000x750 | resize 300x200 from 750x500+250+200.25 | encode webp q90",
		},
		{
			"which leaves out what is not looked at", fakeRegioner{fakeScaler{photo}}, webp, []edit.Edit{
				edit.Crop{Left: 1000, Top: 801, Width: 1500, Height: 1000}, edit.Resize{Width: 150},
			}, nil,
			"decode fake 1/4 to 400x272+240+192 | resize 150x100 from 375x250+10+8.25 | encode webp q90",
		},
		{
			"any edit before a resize leaves it more to do", fakeScaler{photo}, webp, []edit.Edit{edit.Flop(true), edit.Resize{Width: 800}}, nil,
			"decode fake 1/2 to 2000x1500 | resize 800x600 | flop | encode webp q90",
		},
		{
			"a crop that the decoder can do in full", fakeRegioner{fakeScaler{photo}}, webp, []edit.Edit{
				edit.Crop{Left: 160, Top: 320, Width: 1600, Height: 800},
			}, nil,
			"decode fake to 1600x800+160+320 | encode webp q90",
		},
		{
			"a crop that it cannot", fakeRegioner{fakeScaler{photo}}, webp, []edit.Edit{
				edit.Crop{Left: 162, Top: 320, Width: 1600, Height: 800},
			}, nil,
			"decode fake to 1616x800+160+320 | crop 1600x800+2+0 | encode webp q90",
		},
		{
			"a crop of it all", fakeRegioner{fakeScaler{photo}}, webp, []edit.Edit{edit.Crop{Width: 4000, Height: 3000}}, nil,
			"decode fake to 4000x3000 | crop 4000x3000+0+0 | encode webp q90",
		},
		{
			"orientation comes after a resize of an approximation", fakeScaler{oriented(photo, 6)}, webp,
			[]edit.Edit{edit.Resize{Width: 300}}, nil,
			"decode fake 1/8 to 500x375 | resize 400x300 | orient 6 | encode webp q90",
		},
		{
			"and before that of anything else", oriented(exact, 6), rgb, []edit.Edit{edit.Resize{Width: 300}}, nil,
			"decode fake to 4000x3000 | orient 6 | resize 300x400 | encode png",
		},
		{
			"but after a crop of it", oriented(exact, 6), rgb, []edit.Edit{edit.Crop{Left: 0, Top: 0, Width: 10, Height: 20}}, nil,
			"decode fake to 4000x3000 | crop 20x10+0+2990 | orient 6 | encode png",
		},
		{
			"not before an enlargement", oriented(shaped(40, 30, pixel.YCbCr420), 6), webp,
			[]edit.Edit{edit.Resize{Width: 300, Upscale: new(true)}}, nil,
			"decode fake to 40x30 | orient 6 | resize 300x400 | encode webp q90",
		},
		{
			"orientation is left alone where that is asked for", oriented(photo, 6), webp,
			[]edit.Edit{edit.Resize{Width: 300}, edit.AutoOrient(false)}, nil,
			"decode fake to 4000x3000 | resize 300x225 | encode webp q90",
		},
		{
			"turns that meet become one", oriented(exact, 6), rgb, []edit.Edit{edit.Flip(true), edit.Flop(true), edit.Rotate{Angle: 180}}, nil,
			"decode fake to 4000x3000 | orient 6 | encode png",
		},
		{
			"or none", oriented(exact, 6), rgb, []edit.Edit{edit.Rotate{Angle: -90}}, nil,
			"decode fake to 4000x3000 | encode png",
		},
		{
			"or a mirror", exact, rgb, []edit.Edit{edit.Rotate{Angle: 180}, edit.Flip(true)}, nil,
			"decode fake to 4000x3000 | flop | encode png",
		},
		{
			"also around what they pass", oriented(fakeScaler{photo}.fake, 3), webp,
			[]edit.Edit{edit.Resize{Width: 400}, edit.Flip(true), edit.Crop{Width: 100, Height: 50}}, nil,
			"decode fake to 4000x3000 | resize 400x300 keep 100x50+300+0 | flop | encode webp q90",
		},
		{
			"edits that do nothing", exact, rgb, []edit.Edit{edit.Flip(false), edit.Rotate{Angle: 720}}, nil,
			"decode fake to 4000x3000 | encode png",
		},
		{
			"no alpha in the output: the matte", clear, jpeg, nil, nil,
			"decode fake to 400x300 | flatten on #102030 | convert to ycbcr 4:2:0 | encode jpeg q90",
		},
		{
			"gray with alpha on a matte that is no gray", shaped(4, 3, pixel.GrayAlpha), jpeg, nil, nil,
			"decode fake to 4x3 | convert to rgba | flatten on #102030 | convert to ycbcr 4:2:0 | encode jpeg q90",
		},
		{
			"a background of its own", clear, jpeg, []edit.Edit{edit.Flatten{Background: "#fff"}}, nil,
			"decode fake to 400x300 | flatten on #ffffff | convert to ycbcr 4:2:0 | encode jpeg q90",
		},
		{
			"a clear canvas gives alpha", exact, rgb, []edit.Edit{
				edit.Extend{Top: new(1), Left: new(2), Background: "transparent"}, edit.Resize{Width: 100},
			}, nil,
			"decode fake to 4000x3000 | convert to rgba | embed in 4002x3001 at +2+1 on #00000000 | premultiply | resize 100x75 | unpremultiply | encode png",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := planOf(t, tt.from, tt.to, &Options{Matte: "#102030", MaxRequestBytes: 1 << 40}, tt.edits, tt.output)
			require.NoError(t, err)
			text := p.String()
			require.Equal(t, tt.want, text[:strings.LastIndex(text, " | ")])

			shape := p.decoded
			for _, o := range p.Ops {
				shape, err = o.Out(shape)
				require.NoError(t, err)
			}
			require.Equal(t, p.Shape, shape)
		})
	}
}

func TestPlanRefuses(t *testing.T) {
	boom := errors.New("boom")
	photo := shaped(400, 300, pixel.RGB)
	webp := sink{name: "webp"}
	unsupported := func(name string) func(*testing.T, error) {
		return func(t *testing.T, err error) {
			var u *UnsupportedEditError
			require.ErrorAs(t, err, &u)
			require.Equal(t, name, u.Name)
			require.ErrorIs(t, err, ErrUnsupported)
		}
	}
	impossible := func(t *testing.T, err error) { require.ErrorIs(t, err, ErrImpossible) }
	invalid := func(path string) func(*testing.T, error) {
		return func(t *testing.T, err error) {
			var e *edit.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, path, e.Faults[0].Path)
		}
	}
	tests := []struct {
		name   string
		edits  []edit.Edit
		output *edit.Output
		to     sink
		check  func(*testing.T, error)
	}{
		{"image", []edit.Edit{edit.Image{Key: "a"}}, nil, webp, unsupported("image")},
		{"custom", []edit.Edit{edit.Custom{Operation: "x-a"}}, nil, webp, unsupported("x-a")},

		{"a crop outside", []edit.Edit{edit.Crop{Left: 1, Width: 400, Height: 300}}, nil, webp, func(t *testing.T, err error) {
			var s *op.SizeError
			require.ErrorAs(t, err, &s)
		}},
		{"a crop far outside", []edit.Edit{edit.Crop{Left: 1e8, Top: 1e8, Width: 1e8, Height: 1e8}}, nil, webp, func(t *testing.T, err error) {
			var s *op.SizeError
			require.ErrorAs(t, err, &s)
		}},
		{"a side over the maximum", []edit.Edit{edit.Flip(true), edit.Resize{Width: 1001}}, nil, webp, invalid("edits[1].resize.width")},
		{"no width", []edit.Edit{edit.Resize{}}, nil, webp, invalid("edits[0].resize.width")},
		{"NaN", []edit.Edit{edit.Rotate{Angle: math.NaN()}}, nil, webp, invalid("edits[0].rotate.angle")},
		{"nil", []edit.Edit{nil}, nil, webp, invalid("edits[0]")},
		{"quality", nil, &edit.Output{Format: "webp", Quality: 101}, webp, invalid("output.quality")},
		{"progressive webp", nil, &edit.Output{Format: "webp", Progressive: new(true)}, webp, invalid("output.progressive")},
		{"a result that is too high", []edit.Edit{edit.Crop{Width: 1, Height: 300}, edit.Resize{Width: 100, Upscale: new(true)}}, nil, webp, impossible},
		{"a result of more pixels than an original may have", []edit.Edit{edit.Resize{Width: 1000, Height: 1000, Fit: edit.FitFill, Upscale: new(true)}}, nil, webp, impossible},
		{"an extension over the maximum", []edit.Edit{edit.Extend{Left: new(601)}}, nil, webp, impossible},
		{"auto", nil, &edit.Output{Format: "auto"}, webp, func(t *testing.T, err error) { require.ErrorIs(t, err, ErrOption) }},
		{"no such codec", nil, &edit.Output{Format: "avif"}, webp, func(t *testing.T, err error) {
			var m *MissingCodecError
			require.ErrorAs(t, err, &m)
			require.Equal(t, &MissingCodecError{Format: "avif", Have: []string{"webp"}}, m)
			require.ErrorContains(t, err, "there is webp")
		}},
		{"the encoder refuses", nil, nil, sink{name: "webp", check: boom}, func(t *testing.T, err error) { require.ErrorIs(t, err, boom) }},
		{"the encoder takes too much", nil, nil, sink{name: "webp", work: 256 << 20}, func(t *testing.T, err error) {
			require.ErrorIs(t, err, ErrLimit)
			require.ErrorContains(t, err, "more than 256.0 MiB")
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := planOf(t, photo, tt.to, &Options{MaxOutputSide: 1000, MaxPixels: 999_999}, tt.edits, tt.output)
			require.Error(t, err)
			tt.check(t, err)
			var e *Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, "plan", e.Stage)
		})
	}
}

// TestEveryEditIsBuiltOrRefused: none is ignored in silence.
func TestEveryEditIsBuiltOrRefused(t *testing.T) {
	changes := []edit.Edit{
		edit.Resize{Width: 10}, edit.Rotate{Angle: 90}, edit.Rotate{Angle: 1}, edit.Flip(true), edit.Flop(true), edit.Crop{Width: 1, Height: 1},
		edit.Extend{Top: new(1)}, edit.Trim{}, edit.Blur(2), edit.Sharpen(2), edit.Grayscale(true),
		edit.Modulate{Brightness: new(2.)}, edit.Tint{R: 1}, edit.Invert(true), edit.Normalize{}, edit.Flatten{},
		edit.Text{Text: "a"}, edit.Image{Key: "a"}, edit.Contrast(1), edit.Gamma(2), edit.Sigmoid{Factor: 1}, edit.Custom{Operation: "x-a"},
	}
	for _, e := range changes {
		p, err := planOf(t, shaped(40, 30, pixel.RGBA), sink{name: "webp"}, nil, []edit.Edit{e}, nil)
		if err == nil {
			require.NotEmpty(t, p.Ops, "%v", e)
			continue
		}
		var u *UnsupportedEditError
		require.ErrorAs(t, err, &u)
		require.Equal(t, e.Name(), u.Name)
	}
}

func TestPlanCost(t *testing.T) {
	c := shaped(400, 300, pixel.RGB)
	p, err := planOf(t, c, sink{name: "webp", work: 1000}, nil, nil, nil)
	require.NoError(t, err)
	const known = 4 // the length of "fake"
	const ahead = 3 * 16 * 400 * 3
	require.Equal(t, int64(overhead+known+1<<20+1000+400*300*3+ahead), p.Bytes)
	require.Contains(t, p.String(), " | 1.5 MiB")

	c.info.Metadata.XMP, c.info.Profile = make([]byte, 1000), make([]byte, 5000)
	for policy, want := range map[MetadataPolicy]int64{StripMetadata: 6000, KeepMetadata: 6*1000 + 5000} {
		told, err := planOf(t, c, sink{name: "webp", work: 1000}, &Options{Metadata: policy}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, want, told.Bytes-p.Bytes, "%v", policy)
	}

	p, err = planOf(t, c, sink{name: "webp"}, nil, []edit.Edit{edit.Rotate{Angle: 90}}, nil)
	require.NoError(t, err)
	require.GreaterOrEqual(t, p.Bytes, int64(overhead+known+1<<20+2*400*300*3), "a quarter turn holds the image")
}

func TestPlanSurvivesPanic(t *testing.T) {
	_, err := planOf(t, shaped(4, 3, pixel.RGB), sink{name: "webp", panics: "check"}, nil, nil, nil)
	var p *PanicError
	require.ErrorAs(t, err, &p)
}
