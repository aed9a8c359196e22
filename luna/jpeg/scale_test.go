package jpeg

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

// photo is a JPEG of the standard library's encoder, with all frequencies.
func photo(t testing.TB, width, height int) []byte {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			v := uint8(x*y/29+x*3) ^ uint8(random.IntN(32))
			m.Set(x, y, color.RGBA{v, uint8(x + y), uint8(y*5) ^ v>>1, 255})
		}
	}
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, m, &jpeg.Options{Quality: 88}))
	return b.Bytes()
}

func decodeWith(t *testing.T, c Codec, data []byte, req codec.Request) *pixel.Image {
	t.Helper()
	src, err := c.Decode(t.Context(), bytes.NewReader(data), req)
	require.NoError(t, err)
	defer src.Close()
	m, err := pixel.ReadAll(nil, src)
	require.NoError(t, err)
	return m
}

// An accurate integer transform is within 1 of another accurate one.
func TestFullSizeMatchesTheStandardLibrary(t *testing.T) {
	data := photo(t, 211, 117)
	m := decodeWith(t, Codec{}, data, codec.Request{})
	decoded, err := jpeg.Decode(bytes.NewReader(data))
	require.NoError(t, err)
	want := decoded.(*image.YCbCr)
	for y := range 117 {
		for x := range 211 {
			require.InDelta(t, want.Y[want.YOffset(x, y)], m.Planes[0].Row(y)[x], 1)
			require.InDelta(t, want.Cb[want.COffset(x, y)], m.Planes[1].Row(y / 2)[x/2], 1)
			require.InDelta(t, want.Cr[want.COffset(x, y)], m.Planes[2].Row(y / 2)[x/2], 1)
		}
	}
}

// At 1/8 a sample is the mean of its block.
func TestEighthIsTheMeanOfBlocks(t *testing.T) {
	data := photo(t, 160, 80)
	full := decodeWith(t, Codec{}, data, codec.Request{})
	eighth := decodeWith(t, Codec{}, data, codec.Request{Scale: codec.Scale{Numerator: 1, Denominator: 8}})
	require.Equal(t, pixel.Shape{Width: 20, Height: 10, Layout: pixel.YCbCr420}, eighth.Shape)
	for y := range 10 {
		for x := range 20 {
			sum := 0
			for j := range 64 {
				sum += int(full.Planes[0].Row(8*y + j/8)[8*x+j%8])
			}
			require.InDelta(t, float64(sum)/64, eighth.Planes[0].Row(y)[x], 3, "clipping apart")
		}
	}
}

func TestWorkersMakeTheSamePixels(t *testing.T) {
	data := photo(t, 1003, 1203) // enough MCUs to guess
	for _, scale := range append(Codec{}.Scales(codec.Info{}), codec.Scale{}) {
		one := decodeWith(t, Codec{Workers: 1}, data, codec.Request{Scale: scale})
		two := decodeWith(t, Codec{Workers: 2}, data, codec.Request{Scale: scale, Pool: pixel.NewPool()})
		require.True(t, testpic.Equal(one, two), "%v", scale)
	}
}

func TestRegionIsAPartOfTheWhole(t *testing.T) {
	data := photo(t, 203, 131)
	random := rand.New(rand.NewPCG(3, 4))
	for _, scale := range append(Codec{}.Scales(codec.Info{}), codec.Scale{}) {
		whole := decodeWith(t, Codec{}, data, codec.Request{Scale: scale})
		info := codec.Info{Shape: pixel.Shape{Width: 203, Height: 131, Layout: pixel.YCbCr420}}
		for range 20 {
			x, y := random.IntN(whole.Shape.Width), random.IntN(whole.Shape.Height)
			want := image.Rect(x, y, x+1+random.IntN(whole.Shape.Width-x), y+1+random.IntN(whole.Shape.Height-y))
			region := Codec{}.Region(info, scale, want)
			require.True(t, want.In(region))
			for _, workers := range []int{1, 2} {
				part := decodeWith(t, Codec{Workers: workers}, data, codec.Request{Scale: scale, Region: region})
				require.Equal(t, region.Size(), image.Pt(part.Shape.Width, part.Shape.Height))
				for p := range 3 {
					shift := min(p, 1)
					for row := range part.Planes[p].Height {
						from := whole.Planes[p].Row(region.Min.Y>>shift + row)[region.Min.X>>shift:]
						require.Equal(t, from[:part.Planes[p].Width], part.Planes[p].Row(row))
					}
				}
			}
		}
	}
}
