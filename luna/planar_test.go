package luna_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/scene"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/png"
	"github.com/immagin/immagin-go/luna/webp"
)

// TestPlanesOfAJPEGBecomeWebP: chroma is neither interpolated nor averaged on
// the way, and what comes out is what comes out by way of RGB.
func TestPlanesOfAJPEGBecomeWebP(t *testing.T) {
	e := newEngine(t, nil)
	photo := toJPEG(t, scene.Landscape(640, 480))
	gray := toJPEG(t, lumaOf(t, run(t, e, photo)))
	for _, edits := range [][]edit.Edit{
		nil,
		{edit.Resize{Width: 300}},
		{edit.Resize{Width: 200, Height: 200}, edit.Flip(true)},
		{edit.Crop{Left: 12, Top: 8, Width: 301, Height: 203}},
		{edit.Resize{Width: 250}, edit.Flop(true)},
	} {
		for name, file := range map[string][]byte{"colour": photo, "gray": gray} {
			var planar, b bytes.Buffer
			result, err := e.Transform(t.Context(), &planar, bytes.NewReader(file), edits, &edit.Output{Format: edit.FormatWebP, Quality: 100})
			require.NoError(t, err)
			require.NotContains(t, result.Plan.String(), "convert", name)
			_, err = e.Transform(t.Context(), &b, &planar, nil, &edit.Output{Format: edit.FormatPNG})
			require.NoError(t, err)
			got, want := decoded(t, b.Bytes()), decoded(t, run(t, e, file, edits...))
			require.Greater(t, psnr(t, want, got), 37., "%s: %v", name, result.Plan)
		}
	}
}

func TestLosslessAndSmartWebPAreMadeOfRGB(t *testing.T) {
	photo := toJPEG(t, scene.Landscape(640, 480))
	plan := func(e *luna.Engine, lossless bool) string {
		p, err := e.Explain(t.Context(), bytes.NewReader(photo), []edit.Edit{edit.Resize{Width: 300}}, &edit.Output{Format: edit.FormatWebP, Lossless: &lossless})
		require.NoError(t, err)
		return p.String()
	}
	require.Contains(t, plan(newEngine(t, nil), true), "convert to rgb")
	smart, err := luna.New([]codec.Codec{jpeg.Codec{}, png.Codec{}, webp.Codec{SmartSubsample: true}}, nil)
	require.NoError(t, err)
	require.Contains(t, plan(smart, false), "convert to rgb")
	require.NotContains(t, plan(newEngine(t, nil), false), "convert")
}
