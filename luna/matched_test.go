package luna_test

import (
	"bytes"
	"context"
	"image"
	stdpng "image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/scene"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/avif"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/png"
	"github.com/immagin/immagin-go/luna/webp"
)

// matching are the codecs whose qualities are compared.
func matching(t *testing.T) []codec.Codec {
	a, err := avif.New(nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, a.Close()) })
	return []codec.Codec{jpeg.Codec{}, png.Codec{}, webp.Codec{}, a}
}

// TestMatchedQualities measures the table of qualities that look alike: for
// each picture and format the quality at which the mean SSIM of luma is that
// of WebP at 90, of the pictures the median. The quality is found by
// bisection. It runs on a drawn picture, and where IMMAGIN_TEST_CORPUS names a
// folder also on the JPEG files in it that are upright and in RGB, 512 pixels
// wide. The table was made of thirteen photographs.
func TestMatchedQualities(t *testing.T) {
	if testing.Short() {
		t.Skip("encodes much")
	}
	codecs := matching(t)
	e, err := luna.New(codecs, nil)
	require.NoError(t, err)
	pictures := map[string][]byte{"landscape": pngOf(t, scene.Landscape(512, 384))}
	photos := false
	if folder := os.Getenv("IMMAGIN_TEST_CORPUS"); folder != "" {
		names, err := filepath.Glob(filepath.Join(folder, "*.jpg"))
		require.NoError(t, err)
		for _, name := range names {
			file, err := os.ReadFile(name)
			require.NoError(t, err)
			m, err := e.Metadata(t.Context(), bytes.NewReader(file))
			require.NoError(t, err)
			if m.Space != "srgb" || m.Orientation != 1 {
				continue
			}
			var b bytes.Buffer
			_, err = e.Transform(t.Context(), &b, bytes.NewReader(file), []edit.Edit{edit.Resize{Width: 512}}, &edit.Output{Format: edit.FormatPNG})
			require.NoError(t, err, name)
			pictures[filepath.Base(name)] = b.Bytes()
			photos = true
		}
	}
	for _, c := range codecs {
		format := edit.Format(c.Format().Name)
		if format == edit.FormatPNG || format == edit.FormatWebP {
			continue
		}
		var found []float64
		for name, picture := range pictures {
			original := lumaOf(t, picture)
			like := func(f edit.Format, quality int) float64 {
				return ssim(original, lumaOf(t, transcoded(t, e, picture, f, quality)))
			}
			want := like(edit.FormatWebP, 90)
			quality := crossing(want, func(quality int) float64 { return like(format, quality) })
			t.Logf("%s: WebP 90 has SSIM %.4f; %s has it at %.0f", name, want, format, quality)
			found = append(found, quality)
		}
		median := medianOf(found)
		t.Logf("%s: median %.1f of %d", format, median, len(found))
		tolerance := 16.0 // drawn pictures alone
		if photos {
			tolerance = 4
		}
		assert.InDelta(t, luna.Matched[format], median, tolerance, "%s", format)
	}
}

func pngOf(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, stdpng.Encode(&b, m))
	return b.Bytes()
}

func transcoded(t *testing.T, e *luna.Engine, file []byte, f edit.Format, quality int) []byte {
	t.Helper()
	var b, back bytes.Buffer
	output := &edit.Output{Format: f, Quality: quality}
	if f == edit.FormatAVIF {
		output.Effort = &luna.AutoEffort
	}
	_, err := e.Transform(context.Background(), &b, bytes.NewReader(file), nil, output)
	require.NoError(t, err)
	_, err = e.Transform(context.Background(), &back, &b, nil, &edit.Output{Format: edit.FormatPNG})
	require.NoError(t, err)
	return back.Bytes()
}

// lumaOf returns the luma (BT.601) of a PNG.
func lumaOf(t *testing.T, file []byte) *image.Gray {
	t.Helper()
	m, err := stdpng.Decode(bytes.NewReader(file))
	require.NoError(t, err)
	g := image.NewGray(m.Bounds())
	for y := range g.Rect.Dy() {
		for x := range g.Rect.Dx() {
			g.Set(x, y, m.At(x, y))
		}
	}
	return g
}

// ssim is the mean structural similarity (Wang et al., 2004) of windows of 8x8
// samples, four apart.
func ssim(a, b *image.Gray) float64 {
	const c1, c2 = 0.01 * 255 * 0.01 * 255, 0.03 * 255 * 0.03 * 255
	sum, n := 0.0, 0.0
	for y := 0; y+8 <= a.Rect.Dy(); y += 4 {
		for x := 0; x+8 <= a.Rect.Dx(); x += 4 {
			var sa, sb, saa, sbb, sab float64
			for v := y; v < y+8; v++ {
				ra, rb := a.Pix[v*a.Stride+x:][:8], b.Pix[v*b.Stride+x:][:8]
				for i := range 8 {
					p, q := float64(ra[i]), float64(rb[i])
					sa, sb, saa, sbb, sab = sa+p, sb+q, saa+p*p, sbb+q*q, sab+p*q
				}
			}
			sa, sb = sa/64, sb/64
			saa, sbb, sab = saa/64-sa*sa, sbb/64-sb*sb, sab/64-sa*sb
			sum += (2*sa*sb + c1) * (2*sab + c2) / ((sa*sa + sb*sb + c1) * (saa + sbb + c2))
			n++
		}
	}
	return sum / n
}

// crossing finds the least quality at which a measure that rises with it is
// want.
func crossing(want float64, like func(int) float64) float64 {
	low, high := 40, 100
	for low < high {
		if q := (low + high) / 2; like(q) < want {
			low = q + 1
		} else {
			high = q
		}
	}
	return float64(low)
}

func medianOf(v []float64) float64 {
	slices.Sort(v)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}
