package luna

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

func TestSentences(t *testing.T) {
	photo := shaped(4000, 3000, pixel.YCbCr420)
	clear := shaped(400, 300, pixel.RGBA)
	clear.info.HasAlpha = true
	jpeg := sink{name: "jpeg", takes: map[pixel.Layout]pixel.Layout{pixel.RGBA: pixel.YCbCr420, pixel.RGB: pixel.YCbCr420}}
	tests := []struct {
		name   string
		from   fake
		scaler bool
		to     sink
		edits  []edit.Edit
		output *edit.Output
		want   []string // without the original and the memory
	}{
		{
			"scaled while it is decoded", photo, true, sink{name: "webp"}, []edit.Edit{edit.Resize{Width: 800, Height: 600}}, nil,
			[]string{
				"It is decoded at 1/4 of its size, straight to 1000×750 pixels.",
				"Resize to 800×600 pixels.",
				"Encode as WebP at quality 90: the result has 800×600 pixels.",
			},
		},
		{
			"kept in part", photo, true, sink{name: "webp"}, []edit.Edit{edit.Resize{Width: 256, Height: 256}},
			&edit.Output{Format: "webp", Quality: 50, Effort: new(2)},
			[]string{
				"It is decoded at 1/8 of its size, straight to 500×375 pixels.",
				"Resize to 341×256 pixels, of which 256×256 are made, 43 pixels from the left and 0 from the top.",
				"Encode as WebP at quality 50, effort 2: the result has 256×256 pixels.",
			},
		},
		{
			"transparency", clear, false, jpeg, []edit.Edit{edit.Blur(2), edit.Rotate{Angle: 90}},
			&edit.Output{Format: "jpeg", Progressive: new(true)},
			[]string{
				"It is decoded in full.",
				"Multiply the colours by alpha, so that those of transparent pixels do not bleed.",
				"Blur by a Gaussian of sigma 2.",
				"Divide the colours by alpha again.",
				"Turn it by 90° clockwise.",
				"Lay it on #000000; nothing stays transparent.",
				"Convert the pixels from RGB to YCbCr 4:2:0.",
				"Encode as JPEG at quality 90, progressive: the result has 300×400 pixels.",
			},
		},
		{
			"what the pixels decide", shaped(400, 300, pixel.RGB), false, sink{name: "png", exact: true},
			[]edit.Edit{edit.Trim{}, edit.Resize{Width: 100, Height: 100, Fit: edit.FitContain, Background: "#fff"}},
			&edit.Output{Format: "png"},
			[]string{
				"It is decoded in full.",
				"Cut off the borders like the top-left pixel, with a tolerance of 10. What remains shows only when the pixels are there.",
				"Then, by the size that the trim leaves: resize to 100x100 (contain).",
				"Encode as PNG: the result has at most 400×300 pixels.",
			},
		},
		{
			"colours", shaped(400, 300, pixel.RGB), false, sink{name: "png", exact: true},
			[]edit.Edit{edit.Modulate{Brightness: new(1.2), Hue: new(-30)}, edit.Invert(true), edit.Text{Text: "\U000f0000", Position: edit.PositionTopLeft}},
			&edit.Output{Format: "png"},
			nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var p *Plan
			var err error
			if test.scaler {
				p, err = planOf(t, fakeScaler{test.from}, test.to, nil, test.edits, test.output)
			} else {
				p, err = planOf(t, test.from, test.to, nil, test.edits, test.output)
			}
			require.NoError(t, err)
			got := p.Sentences()
			require.Regexp(t, `^The original is a FAKE of [0-9]+×300?0? pixels`, got[0])
			if test.want == nil {
				require.Contains(t, got, "Change brightness ×1.2, hue by 330°.")
				require.Contains(t, got, "Invert the colours.")
				require.Contains(t, got, "Left out, since no font here has this character: \U000f0000")
				return
			}
			require.Regexp(t, `^At most .*iB of memory are held at once`, got[len(got)-1])
			require.Equal(t, test.want, got[1:len(got)-1])
		})
	}
}

// TestEveryOperationHasASentence: none is told by its internal name.
func TestEveryOperationHasASentence(t *testing.T) {
	for _, o := range []op.Op{
		op.Resample{Width: 2, Height: 2}, op.Crop{}, op.SmartCrop{Width: 1, Height: 1}, op.SmartCrop{Strategy: op.Attention}, op.Embed{}, op.Rotate{}, op.Turn{}, op.Orient{},
		op.Flip{}, op.Flop{}, op.Trim{}, op.Trim{Given: true}, op.Premultiply{}, op.Unpremultiply{}, op.Flatten{}, op.Blur{}, op.Sharpen{},
		op.Grayscale{}, op.Modulate{}, op.Tint{}, op.LUT{}, op.Normalize{}, op.Convert{To: pixel.RGB}, op.Narrow{},
		op.Profile{Label: `srgb from "Display P3"`}, op.Profile{Label: "other"}, &op.Late{Label: "crop"},
	} {
		s := &teller{plan: new(Plan), shape: pixel.Shape{Width: 9, Height: 9, Layout: pixel.RGB}}
		s.operation(o)
		require.Len(t, s.told, 1)
		require.NotContains(t, s.told[0], "Apply", "%T", o)
		require.NotContains(t, s.told[0], "%!", "%T", o)
	}
	for o := op.Upright; o <= op.TurnLeft; o++ {
		require.NotEmpty(t, orientationWord(o))
	}
}
