package luna

import (
	"bytes"
	"image"
	stdjpeg "image/jpeg"
	stdpng "image/png"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testicc"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/png"
)

func profiled(f fake, profile []byte) fake {
	f.info.Profile = profile
	return f
}

// TestPlanProfile says where colours are converted, and which are.
func TestPlanProfile(t *testing.T) {
	photo := profiled(shaped(4000, 3000, pixel.YCbCr444), testicc.P3())
	small := profiled(shaped(400, 300, pixel.RGB), testicc.P3())
	clear := profiled(shaped(400, 300, pixel.RGBA), testicc.P3())
	press := shaped(400, 300, pixel.CMYK)
	converted := small
	converted.info.Converted = true
	rgb := sink{name: "png", exact: true}
	half := []edit.Edit{edit.Resize{Width: 200}}
	tests := []struct {
		name  string
		from  codec.Decoder
		edits []edit.Edit
		want  string
		warns string
	}{
		{"no resize", small, nil, `decode fake to 400x300 | srgb from "Display P3" | encode png`, ""},
		{"after a resize that reduces", small, half, `decode fake to 400x300 | resize 200x150 | srgb from "Display P3" | encode png`, ""},
		{
			"before one that enlarges", small, []edit.Edit{edit.Resize{Width: 800, Upscale: new(true)}},
			`decode fake to 400x300 | srgb from "Display P3" | resize 800x600 | encode png`, "",
		},
		{
			"after alpha is divided by", clear, half,
			`decode fake to 400x300 | premultiply | resize 200x150 | unpremultiply | srgb from "Display P3" | encode png`, "",
		},
		{
			"before what looks at colours", small, []edit.Edit{edit.Grayscale(true), edit.Resize{Width: 200}},
			`decode fake to 400x300 | srgb from "Display P3" | grayscale | resize 200x150 | encode png`, "",
		},
		{
			"after a crop", small, []edit.Edit{edit.Crop{Width: 100, Height: 100}, edit.Invert(true)},
			`decode fake to 400x300 | crop 100x100+0+0 | srgb from "Display P3" | lut | encode png`, "",
		},
		{
			"before a crop by interest", small, []edit.Edit{edit.Resize{Width: 100, Height: 100, Position: edit.PositionAttention}},
			`decode fake to 400x300 | srgb from "Display P3" | resize 133x100 | crop 100x100 by attention | encode png`, "",
		},
		{
			"leaves YCbCr", photo, half,
			`decode fake to 4000x3000 | convert to rgb | resize 200x150 | srgb from "Display P3" | encode png`, "",
		},
		{"is sRGB anyway", profiled(small, testicc.SRGB()), half, "decode fake to 400x300 | resize 200x150 | encode png", ""},
		{"is converted already", converted, nil, "decode fake to 400x300 | encode png", ""},
		{"CMYK with a profile", profiled(press, testicc.CMYK(true)), half, `decode fake to 400x300 | resize 200x150 | srgb from "Press" | encode png`, ""},
		{"CMYK without", press, nil, `decode fake to 400x300 | srgb from "unnamed CMYK" | encode png`, ""},
		{
			"CMYK with one of RGB", profiled(press, testicc.P3()), nil,
			`decode fake to 400x300 | srgb from "unnamed CMYK" | encode png`, "the colour profile is ignored: it is for rgb, the pixels are cmyk",
		},
		{
			"gray with one of RGB", profiled(shaped(400, 300, pixel.Gray), testicc.P3()), nil,
			"decode fake to 400x300 | encode png", "the colour profile is ignored: it is for rgb, the pixels are gray",
		},
		{"gray", profiled(shaped(400, 300, pixel.Gray), testicc.GrayLab()), nil, `decode fake to 400x300 | srgb from "Gray L*" | encode png`, ""},
		{
			"broken", profiled(small, []byte("broken")), nil,
			"decode fake to 400x300 | encode png", "the colour profile is ignored: unusable ICC profile: 6 bytes",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := planOf(t, tt.from, rgb, nil, tt.edits, nil)
			require.NoError(t, err)
			require.Contains(t, p.String(), tt.want+" | ")
			if tt.warns == "" {
				require.Empty(t, p.Warnings)
			} else {
				require.Equal(t, []string{tt.warns}, p.Warnings)
			}
		})
	}
}

// TestProfileOfFiles embeds Display P3 in files, and looks at what comes out.
func TestProfileOfFiles(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 64, 48))
	for i := 0; i < len(m.Pix); i += 4 {
		copy(m.Pix[i:], []uint8{200, 220, 100, 255})
	}
	var asPNG, asJPEG bytes.Buffer
	require.NoError(t, stdpng.Encode(&asPNG, m))
	require.NoError(t, stdjpeg.Encode(&asJPEG, m, &stdjpeg.Options{Quality: 100}))
	e, err := New([]codec.Codec{jpeg.Codec{}, png.Codec{}}, nil)
	require.NoError(t, err)
	for name, file := range map[string][]byte{
		"png":  testicc.PNG(asPNG.Bytes(), testicc.P3()),
		"jpeg": testicc.JPEG(asJPEG.Bytes(), testicc.P3()),
	} {
		for _, format := range []edit.Format{edit.FormatPNG, edit.FormatJPEG} {
			t.Run(name+" to "+string(format), func(t *testing.T) {
				var out bytes.Buffer
				_, err := e.Transform(t.Context(), &out, bytes.NewReader(file), []edit.Edit{edit.Resize{Width: 20}}, &edit.Output{Format: format, Quality: quality(format)})
				require.NoError(t, err)
				got, _, err := image.Decode(&out)
				require.NoError(t, err)
				r, g, b, _ := got.At(9, 7).RGBA()
				for i, want := range []int{195, 221, 76} {
					require.InDelta(t, want, int([]uint32{r, g, b}[i]>>8), 4)
				}
			})
		}
	}
}

// quality leaves a PNG all its colours.
func quality(f edit.Format) int {
	if f == edit.FormatPNG {
		return 0
	}
	return 100
}
