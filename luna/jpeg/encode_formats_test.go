package jpeg

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"image"
	stdlib "image/jpeg"
	"io"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

// finest keeps the chroma of l as it is.
func finest(l pixel.Layout) pixel.Layout {
	if l == pixel.Gray {
		return 0
	}
	return l
}

// noise fills planes with what compresses worst, or with sparse peaks.
func noise(shape pixel.Shape, seed uint64, sparse bool) *pixel.Image {
	rng := rand.New(rand.NewPCG(seed, 1))
	m := pixel.NewImage(nil, shape)
	for p := range shape.Layout.Planes() {
		for i := range m.Planes[p].Pix {
			v := uint8(rng.Uint32())
			if sparse {
				v = 255 * (v / 250)
			}
			m.Planes[p].Pix[i] = v
		}
	}
	return m
}

var written = []pixel.Layout{pixel.Gray, pixel.YCbCr420, pixel.YCbCr422, pixel.YCbCr444}

func TestProgressiveHasTheSamePixels(t *testing.T) {
	for _, layout := range written {
		for _, size := range append(testpic.Sizes, [2]int{300, 211}) {
			shape := pixel.Shape{Width: size[0], Height: size[1], Layout: layout}
			for i, m := range []*pixel.Image{testpic.Make(shape), noise(shape, 1, false), noise(shape, 2, true)} {
				for _, q := range []int{1, 30, 90, 100} {
					c := Codec{Subsampling: finest(layout)}
					baseline := encode(t, c, m, 0, codec.Options{Quality: q})
					progressive := encode(t, c, m, 0, codec.Options{Quality: q, Progressive: true})
					want, got := decode(t, baseline), decode(t, progressive)
					require.Equal(t, m.Shape, want.Shape)
					require.True(t, testpic.Equal(want, got), "%v %d at %d", shape, i, q)
					info, err := Codec{}.Probe(bytes.NewReader(progressive))
					require.NoError(t, err)
					require.True(t, info.Progressive)
				}
			}
		}
	}
}

// TestOthersReadIt compares with another decoder, whose inverse transform
// rounds differently.
func TestOthersReadIt(t *testing.T) {
	for _, layout := range written {
		for _, size := range testpic.Sizes {
			for _, progressive := range []bool{false, true} {
				m := noise(pixel.Shape{Width: size[0], Height: size[1], Layout: layout}, 3, true)
				data := encode(t, Codec{Subsampling: finest(layout)}, m, 0, codec.Options{Quality: 80, Progressive: progressive})
				got := decode(t, data)
				std, err := stdlib.Decode(bytes.NewReader(data))
				require.NoError(t, err)
				require.Equal(t, image.Pt(size[0], size[1]), std.Bounds().Size())
				for y := range got.Planes[0].Height {
					for x, v := range got.Planes[0].Row(y) {
						var other uint8
						switch std := std.(type) {
						case *image.Gray:
							other = std.GrayAt(x, y).Y
						case *image.YCbCr:
							other = std.YCbCrAt(x, y).Y
						}
						require.InDelta(t, v, other, 2)
					}
				}
			}
		}
	}
}

// TestEveryQuality at which noise comes back ever closer.
func TestEveryQuality(t *testing.T) {
	m := noise(pixel.Shape{Width: 40, Height: 40, Layout: pixel.YCbCr420}, 4, false)
	for q := 1; q <= 100; q++ {
		psnr := testpic.PSNR(m, decode(t, encode(t, Codec{}, m, 0, codec.Options{Quality: q})), 0)
		require.Greater(t, psnr, 7.5+float64(q)/12, "at %d", q)
	}
	last := decode(t, encode(t, Codec{}, m, 0, codec.Options{Quality: 100}))
	require.Greater(t, testpic.PSNR(m, last, 0), 48.0)
}

// TestBytes pins the files by their checksums, which are those of what cjpeg
// of libjpeg-turbo 2.1.5 writes for the same picture (-baseline -optimize -dct
// int, -quality, -sample, and -progressive).
func TestBytes(t *testing.T) {
	want := map[string]uint32{
		"gray 10 false":        0xaf74fea,
		"gray 10 true":         0x423cb807,
		"gray 90 false":        0x2d83f1c8,
		"gray 90 true":         0xbf754047,
		"ycbcr 4:2:0 10 false": 0xc9e3add0,
		"ycbcr 4:2:0 10 true":  0xe6cfc25b,
		"ycbcr 4:2:0 90 false": 0x5e36c206,
		"ycbcr 4:2:0 90 true":  0xfdeefee4,
		"ycbcr 4:2:2 10 false": 0xf932f670,
		"ycbcr 4:2:2 10 true":  0xf6765da9,
		"ycbcr 4:2:2 90 false": 0x2c8f2172,
		"ycbcr 4:2:2 90 true":  0xa18449d0,
		"ycbcr 4:4:4 10 false": 0x55545bce,
		"ycbcr 4:4:4 10 true":  0x61547fe0,
		"ycbcr 4:4:4 90 false": 0xa888133d,
		"ycbcr 4:4:4 90 true":  0xe55c2b3e,
	}
	for _, layout := range written {
		for _, quality := range []int{10, 90} {
			for _, progressive := range []bool{false, true} {
				m := rgbNoise(layout, quality == 10)
				data := encode(t, Codec{Subsampling: finest(layout)}, m, 0, codec.Options{Quality: quality, Progressive: progressive})
				name := fmt.Sprintf("%v %d %v", layout, quality, progressive)
				require.Equal(t, want[name], crc32.ChecksumIEEE(data), name)
			}
		}
	}
}

// rgbNoise is noise in RGB, converted by libjpeg's integers.
func rgbNoise(layout pixel.Layout, sparse bool) *pixel.Image {
	shape := pixel.Shape{Width: 77, Height: 41, Layout: layout}
	if layout == pixel.Gray {
		return noise(shape, 5, sparse)
	}
	shape.Layout = pixel.RGB
	rgb := noise(shape, 5, sparse)
	shape.Layout = pixel.YCbCr444
	m := pixel.NewImage(nil, shape)
	for i := range m.Planes[0].Pix {
		r, g, b := int(rgb.Planes[0].Pix[i]), int(rgb.Planes[1].Pix[i]), int(rgb.Planes[2].Pix[i])
		m.Planes[0].Pix[i] = uint8((19595*r + 38470*g + 7471*b + 32768) >> 16)
		m.Planes[1].Pix[i] = uint8((-11059*r - 21709*g + 32768*b + 128<<16 + 32767) >> 16)
		m.Planes[2].Pix[i] = uint8((32768*r - 27439*g - 5329*b + 128<<16 + 32767) >> 16)
	}
	return m
}

func TestEncodeFromAPool(t *testing.T) {
	pool := pixel.NewPool()
	m := testpic.Make(pixel.Shape{Width: 300, Height: 200, Layout: pixel.YCbCr420})
	want := encode(t, Codec{}, m, 0, codec.Options{})
	other := noise(pixel.Shape{Width: 300, Height: 200, Layout: pixel.YCbCr444}, 6, false)
	for range 3 {
		encode(t, Codec{}, other, 0, codec.Options{Pool: pool, Progressive: true})
		require.Equal(t, want, encode(t, Codec{}, m, 0, codec.Options{Pool: pool}), "no trace of who had the memory before")
	}
}

func FuzzEncode(f *testing.F) {
	f.Add(uint8(1), uint8(17), uint8(33), uint8(90), false, []byte{0, 255, 3, 128})
	f.Add(uint8(0), uint8(1), uint8(1), uint8(1), true, []byte{7})
	f.Add(uint8(3), uint8(40), uint8(9), uint8(100), true, []byte("the quick brown fox jumps"))
	f.Fuzz(func(t *testing.T, layout, width, height, quality uint8, progressive bool, samples []byte) {
		if len(samples) == 0 {
			return
		}
		l := written[layout%4]
		m := pixel.NewImage(nil, pixel.Shape{Width: int(width%70) + 1, Height: int(height%70) + 1, Layout: l})
		i := 0
		for p := range l.Planes() {
			for j := range m.Planes[p].Pix {
				m.Planes[p].Pix[j] = samples[i%len(samples)]
				i++
			}
		}
		c := Codec{Subsampling: finest(l)}
		q := int(quality%100) + 1
		opts := codec.Options{Quality: q, Progressive: progressive}
		data := encode(t, c, m, 0, opts)
		got := decode(t, data)
		opts.Progressive = !progressive
		if !testpic.Equal(got, decode(t, encode(t, c, m, 2, opts))) {
			t.Fatal("baseline and progressive differ")
		}
		if _, err := stdlib.Decode(bytes.NewReader(data)); err != nil {
			t.Fatal(err)
		}
		if q == 100 && testpic.PSNR(m, got, 0) < 45 {
			t.Fatalf("%v: %v dB at 100", m.Shape, testpic.PSNR(m, got, 0))
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	for _, progressive := range []bool{false, true} {
		b.Run(fmt.Sprintf("progressive=%v", progressive), func(b *testing.B) {
			shape := pixel.Shape{Width: 800, Height: 600, Layout: pixel.YCbCr420}
			m := testpic.Make(shape)
			rng := rand.New(rand.NewPCG(1, 2))
			for p := range 3 {
				for i, v := range m.Planes[p].Pix { // some grain
					m.Planes[p].Pix[i] = uint8(min(max(float64(v)+4*rng.NormFloat64(), 0), math.MaxUint8))
				}
			}
			pool := pixel.NewPool()
			b.SetBytes(int64(shape.Width * shape.Height))
			b.ReportAllocs()
			for b.Loop() {
				if err := (Codec{}).Encode(b.Context(), io.Discard, m.Source(0, nil), codec.Options{Quality: 85, Progressive: progressive, Pool: pool}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
