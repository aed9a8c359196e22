package luna

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	stdpng "image/png"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/sharpref"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/png"
)

// deepBounds are how far results of 16 bits a sample may be from sharp's: by so
// much at most, and on such a share of the samples.
var deepBounds = map[string]bound{
	"resize": {most: 0},
	"crop":   {most: 0},
	// An opaque background is, here: sharp's alpha is 65280.
	"extend":       {most: 255, share: .06},
	"flip":         {most: 0},
	"flop":         {most: 0},
	"quarter turn": {most: 0},
	"blur":         {most: 0},
	"flatten":      {most: 1, share: .001},
	"invert":       {most: 0},
	"modulate":     {most: 4, share: .01},
	"normalize":    {most: 1, share: .002},
	// Without alpha, of which sharp keeps 8 bits here.
	"sharpen":                {most: 1, share: .003},
	"rotate by other angles": {most: 255, share: .1},
}

// TestDeepParity holds results of 16 bits against sharp's.
func TestDeepParity(t *testing.T) {
	sets, err := sharpref.Read(sharpref.RecordedDeep())
	require.NoError(t, err)
	require.Len(t, sets, len(deepBounds))
	e, err := New([]codec.Codec{png.Codec{Deep: true}}, nil)
	require.NoError(t, err)
	for _, s := range sets {
		t.Run(s.Name, func(t *testing.T) {
			b := deepBounds[s.Name]
			var all sharpref.Difference
			for _, c := range s.Cases {
				if s.Name == "sharpen" && (strings.Contains(c.Picture, "rgba") || strings.Contains(c.Picture, "alpha")) {
					continue
				}
				got, err := runCase(e, c)
				require.NoError(t, err, "%s of %s", c.Edits, c.Picture)
				d := compareDeep(t, got, c.Result)
				all.Add(d)
				if d.Most > b.most {
					t.Errorf("%s of %s: %v", c.Edits, c.Picture, d)
				}
			}
			t.Log(all)
			require.LessOrEqual(t, all.Share(), b.share)
		})
	}
}

// compareDeep compares two PNG of 16 bits.
func compareDeep(t *testing.T, got, want []byte) (d sharpref.Difference) {
	a, b := deepPixels(t, got), deepPixels(t, want)
	require.Equal(t, b.Rect, a.Rect)
	for y := range a.Rect.Dy() {
		for x := range a.Rect.Dx() {
			v, w := a.NRGBA64At(x, y), b.NRGBA64At(x, y)
			for _, p := range [][2]uint16{{v.R, w.R}, {v.G, w.G}, {v.B, w.B}, {v.A, w.A}} {
				d.Samples++
				if n := int(max(p[0], p[1]) - min(p[0], p[1])); n > 0 {
					d.Unequal++
					d.Most = max(d.Most, n)
				}
			}
		}
	}
	return d
}

func deepPixels(t *testing.T, file []byte) *image.NRGBA64 {
	m, err := stdpng.Decode(bytes.NewReader(file))
	require.NoError(t, err)
	switch m := m.(type) {
	case *image.NRGBA64:
		return m
	case *image.RGBA64: // what the library makes of RGB
		return &image.NRGBA64{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect}
	case *image.Gray16:
		n := image.NewNRGBA64(m.Rect)
		for y := range m.Rect.Dy() {
			for x := range m.Rect.Dx() {
				v := m.Gray16At(x, y).Y
				n.SetNRGBA64(x, y, color.NRGBA64{R: v, G: v, B: v, A: 65535})
			}
		}
		return n
	}
	t.Fatalf("%T has not 16 bits", m)
	return nil
}

// TestDeepPlan: 16 bits are kept as long as an operation, or the encoder,
// can.
func TestDeepPlan(t *testing.T) {
	file := func() []byte {
		m := image.NewNRGBA64(image.Rect(0, 0, 40, 30))
		var b bytes.Buffer
		require.NoError(t, stdpng.Encode(&b, m))
		return b.Bytes()
	}()
	for _, c := range []struct {
		deep  bool
		edits string
		want  string
	}{
		{false, `{"flip":true}`, " | flip | convert to 8 bits | encode png | "},
		{true, `{"flip":true}`, " | flip | encode png | "},
		{true, `{"tint":{"r":1,"g":2,"b":3}},{"flip":true}`, " | convert to 8 bits | tint | flip | encode png | "},
	} {
		e, err := New([]codec.Codec{png.Codec{Deep: c.deep}}, nil)
		require.NoError(t, err)
		r, err := edit.Parse(fmt.Appendf(nil, `{"key":"picture","edits":[%s]}`, c.edits), nil)
		require.NoError(t, err)
		p, err := e.Explain(t.Context(), bytes.NewReader(file), r.Edits, &edit.Output{Format: edit.FormatPNG})
		require.NoError(t, err)
		require.Contains(t, p.String(), c.want)
	}
}
