package png

import (
	"bytes"
	"fmt"
	"image"
	stdpng "image/png"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

// deepen returns m with 16 bits, of which the lower say something too.
func deepen(m *pixel.Image) *pixel.Image {
	s := m.Shape
	s.Deep = true
	d := pixel.NewImage(nil, s)
	for p := range s.Layout.Planes() {
		for i, v := range m.Planes[p].Pix {
			d.Planes[p].Pix16[i] = uint16(v)<<8 | uint16(i*37)&255
		}
	}
	return d
}

func encodedBy(t *testing.T, c Codec, m *pixel.Image, opts codec.Options) []byte {
	var b bytes.Buffer
	opts.Pool = pixel.NewPool()
	require.NoError(t, c.Check(m.Shape, opts))
	require.NoError(t, c.Encode(t.Context(), &b, m.Source(0, nil), opts))
	return b.Bytes()
}

// TestInterlacedAndDeep: all that is written, in passes or not, with 8 bits or
// 16, comes back, here and in the standard library.
func TestInterlacedAndDeep(t *testing.T) {
	for _, layout := range []pixel.Layout{pixel.Gray, pixel.GrayAlpha, pixel.RGB, pixel.RGBA} {
		for _, size := range testpic.Sizes {
			for _, deep := range []bool{false, true} {
				for _, progressive := range []bool{false, true} {
					m := testpic.Make(pixel.Shape{Width: size[0], Height: size[1], Layout: layout})
					if deep {
						m = deepen(m)
					}
					file := encodedBy(t, Codec{Deep: deep}, m, codec.Options{Progressive: progressive})
					name := fmt.Sprint(m.Shape, progressive)
					got, err := tryDecode(t.Context(), bytes.NewReader(file))
					require.NoError(t, err, name)
					require.Equal(t, m.Shape, got.Shape, name)
					for p := range layout.Planes() {
						require.Equal(t, m.Planes[p].Pix[:size[0]*size[1]*b2i(!deep)], got.Planes[p].Pix[:size[0]*size[1]*b2i(!deep)], name)
						require.Equal(t, m.Planes[p].Pix16[:size[0]*size[1]*b2i(deep)], got.Planes[p].Pix16[:size[0]*size[1]*b2i(deep)], name)
					}
					info, err := Codec{}.Probe(bytes.NewReader(file))
					require.NoError(t, err)
					require.Equal(t, progressive, info.Progressive)
					std, err := stdpng.Decode(bytes.NewReader(file))
					require.NoError(t, err, name)
					require.Equal(t, image.Pt(size[0], size[1]), std.Bounds().Size())
					for y := range size[1] {
						for x := range size[0] {
							require.Equal(t, want(std, x, y), at(got, x, y), name)
						}
					}
				}
			}
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestPalette: an explicit quality makes one, the smaller the lower it is.
func TestPalette(t *testing.T) {
	for _, layout := range []pixel.Layout{pixel.Gray, pixel.GrayAlpha, pixel.RGB, pixel.RGBA} {
		m := testpic.Make(pixel.Shape{Width: 97, Height: 61, Layout: layout})
		plain := len(encodedBy(t, Codec{}, m, codec.Options{}))
		last := math.MaxInt
		for _, quality := range []int{100, 75, 30, 5} {
			for _, progressive := range []bool{false, true} {
				file := encodedBy(t, Codec{}, m, codec.Options{Quality: quality, Progressive: progressive})
				std, err := stdpng.Decode(bytes.NewReader(file))
				require.NoError(t, err)
				colours := len(std.(*image.Paletted).Palette)
				require.LessOrEqual(t, colours, last)
				last = colours
				got, err := tryDecode(t.Context(), bytes.NewReader(file))
				require.NoError(t, err)
				if d := quality; d == 100 {
					require.Greater(t, paletteDistance(m, got), 30.)
				}
				if !progressive && quality < 100 {
					require.Less(t, len(file), plain, "%v at %d", layout, quality)
				}
				require.Equal(t, file, encodedBy(t, Codec{Workers: 3}, m, codec.Options{Quality: quality, Progressive: progressive}))
			}
		}
		require.Less(t, last, 40)
	}
}

// paletteDistance is the PSNR of colours on black, and of alpha.
func paletteDistance(m, got *pixel.Image) float64 {
	sum, n := 0., 0.
	for y := range m.Shape.Height {
		for x := range m.Shape.Width {
			a, b := at(m, x, y), at(got, x, y)
			for _, v := range [][2]uint8{{a.R, b.R}, {a.G, b.G}, {a.B, b.B}} {
				d := float64(v[0])*float64(a.A)/255 - float64(v[1])*float64(b.A)/255
				sum += d * d
				n++
			}
			d := float64(a.A) - float64(b.A)
			sum += d * d
			n++
		}
	}
	return 10 * math.Log10(255*255*n/sum)
}

// TestFewColours: few colours stay what they are, in few bits.
func TestFewColours(t *testing.T) {
	m := pixel.NewImage(nil, pixel.Shape{Width: 50, Height: 40, Layout: pixel.RGB})
	for p := range 3 {
		for i := range m.Planes[p].Pix {
			m.Planes[p].Pix[i] = uint8(80 * (i % 4 * (p + 1) % 4))
		}
	}
	file := encodedBy(t, Codec{}, m, codec.Options{Quality: 100})
	require.EqualValues(t, 2, file[24], "bits")
	got, err := tryDecode(t.Context(), bytes.NewReader(file))
	require.NoError(t, err)
	require.True(t, testpic.Equal(m, got))
}

// TestWorkOfCollected: what is promised is kept.
func TestWorkOfCollected(t *testing.T) {
	m := testpic.Make(pixel.Shape{Width: 700, Height: 500, Layout: pixel.RGBA})
	for _, opts := range []codec.Options{{Progressive: true}, {Quality: 90}, {Quality: 90, Progressive: true}} {
		var err error
		n := testpic.Allocated(func() {
			var b bytes.Buffer
			b.Grow(2 << 20)
			err = Codec{Workers: 1}.Encode(t.Context(), &b, m.Source(0, nil), opts)
		})
		require.NoError(t, err)
		work := Codec{Workers: 1}.EncodeWork(m.Shape, opts)
		t.Logf("%+v: %d of %d bytes", opts, n-2<<20, work)
		require.LessOrEqual(t, n-2<<20, work)
	}
}
