package webp

import (
	"bytes"
	"context"
	"hash/crc32"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

func tryDecode(ctx context.Context, r io.Reader) (*pixel.Image, error) {
	src, err := Codec{}.Decode(ctx, r, codec.Request{Pool: pixel.NewPool()})
	if err != nil {
		return nil, err
	}
	defer src.Close()
	return pixel.ReadAll(nil, src)
}

func decodeAll(t *testing.T, data []byte) *pixel.Image {
	t.Helper()
	m, err := tryDecode(t.Context(), bytes.NewReader(data))
	require.NoError(t, err)
	return m
}

// rgba returns the samples as dwebp -pam writes them.
func rgba(m *pixel.Image) []byte {
	var b []byte
	for y := range m.Shape.Height {
		for x := range m.Shape.Width {
			for p := range 3 {
				b = append(b, m.Planes[p].Row(y)[x])
			}
			a := uint8(255)
			if m.Shape.Layout == pixel.RGBA {
				a = m.Planes[3].Row(y)[x]
			}
			b = append(b, a)
		}
	}
	return b
}

func TestPixelsAreThoseOfDwebp(t *testing.T) {
	tests := []struct {
		name, file string
		shape      pixel.Shape
		sum        uint32
	}{
		{"lossy", lossyFile, pixel.Shape{Width: 33, Height: 18, Layout: pixel.RGB}, 0x461e1472},
		{"lossy, even and odd", smallFile, pixel.Shape{Width: 20, Height: 11, Layout: pixel.RGB}, 0x7e55708d},
		{"alpha", alphaFile, pixel.Shape{Width: 33, Height: 18, Layout: pixel.RGBA}, 0x31cb0810},
		{"lossless", losslessFile, pixel.Shape{Width: 20, Height: 11, Layout: pixel.RGB}, 0x1573759e},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := decodeAll(t, sample(t, test.file))
			require.Equal(t, test.shape, m.Shape)
			require.Equal(t, test.sum, crc32.ChecksumIEEE(rgba(m)))
		})
	}
}

func TestRangeIsLimited(t *testing.T) {
	convert := func(y, u, v uint8) [3]uint8 {
		var r, g, b [1]uint8
		rgb(r[:], g[:], b[:], []uint8{y}, []uint8{u}, []uint8{v})
		return [3]uint8{r[0], g[0], b[0]}
	}
	require.Equal(t, [3]uint8{0, 0, 0}, convert(16, 128, 128))
	require.Equal(t, [3]uint8{255, 255, 255}, convert(235, 128, 128))
	require.Equal(t, [3]uint8{0, 0, 0}, convert(0, 128, 128))
	require.Equal(t, [3]uint8{255, 255, 255}, convert(255, 128, 128))
	// The primaries of BT.601, as RFC 9649's encoder would store them.
	for _, c := range []struct{ yuv, rgb [3]uint8 }{
		{[3]uint8{82, 90, 240}, [3]uint8{255, 0, 0}}, {[3]uint8{145, 54, 34}, [3]uint8{0, 255, 0}}, {[3]uint8{41, 240, 110}, [3]uint8{0, 0, 255}},
	} {
		got := convert(c.yuv[0], c.yuv[1], c.yuv[2])
		for i := range got {
			require.InDelta(t, c.rgb[i], got[i], 2)
		}
	}
}

func TestUpsample(t *testing.T) {
	for _, test := range []struct {
		near, far []uint8
		width     int
		want      []uint8
	}{
		{[]uint8{80}, []uint8{40}, 1, []uint8{70}},
		{[]uint8{80}, []uint8{40}, 2, []uint8{70, 70}},
		// (9*80+3*160+3*40+0+8)/16 = 83, (9*160+3*80+3*0+40+8)/16 = 108
		{[]uint8{80, 160}, []uint8{40, 0}, 3, []uint8{70, 83, 108}},
		{[]uint8{80, 160}, []uint8{40, 0}, 4, []uint8{70, 83, 108, 120}},
		{[]uint8{100, 100, 100}, []uint8{100, 100, 100}, 6, []uint8{100, 100, 100, 100, 100, 100}},
	} {
		got := make([]uint8, test.width)
		upsample(got, test.near, test.far)
		require.Equal(t, test.want, got)
	}
}

func TestAlphaFilters(t *testing.T) {
	plain := []uint8{10, 20, 30, 250, 5, 90, 7, 7, 7}
	predict := map[byte]func(l, u, c int) int{
		1: func(l, _, _ int) int { return l },
		2: func(_, u, _ int) int { return u },
		3: func(l, u, c int) int { return min(max(l+u-c, 0), 255) },
	}
	for filter, f := range predict {
		stored := make([]uint8, 9)
		for i := range stored {
			x, y := i%3, i/3
			p := 0
			switch {
			case y == 0 && x > 0:
				p = int(plain[i-1])
			case y > 0 && x == 0:
				p = int(plain[i-3])
			case y > 0:
				p = f(int(plain[i-1]), int(plain[i-3]), int(plain[i-4]))
			}
			stored[i] = plain[i] - uint8(p)
		}
		// Raw alpha, so that the whole way is gone.
		vp8, err := io.ReadAll(bytes.NewReader(append([]byte{filter << 2}, stored...)))
		require.NoError(t, err)
		c := &chunks{r: bytes.NewReader(vp8), body: 10, left: 10}
		got, err := readAlpha(c, 3, 3)
		require.NoError(t, err)
		require.Equal(t, plain, got, "filter %d", filter)
	}
}

func TestMissingAlphaIsOpaque(t *testing.T) {
	lossy := sample(t, lossyFile)
	m := decodeAll(t, riff(vp8x(flagAlpha, 33, 18), chunkOf(t, lossy, "VP8 ")))
	require.Equal(t, pixel.RGBA, m.Shape.Layout)
	require.Equal(t, uint32(0x461e1472), crc32.ChecksumIEEE(rgba(m)))
}

func TestFirstFrameOfAnAnimation(t *testing.T) {
	small := decodeAll(t, sample(t, losslessFile))
	vp8l := chunkOf(t, sample(t, losslessFile), "VP8L")
	second := anmf(0, 0, 33, 18, chunkOf(t, sample(t, lossyFile), "VP8 "))
	for _, flags := range []byte{flagAnimation, flagAnimation | flagAlpha} {
		m := decodeAll(t, riff(vp8x(flags, 40, 50), anim(30, 20, 10, 77), anmf(4, 16, 20, 11, vp8l), second))
		require.Equal(t, 40, m.Shape.Width)
		require.Equal(t, flags&flagAlpha != 0, m.Shape.Layout.HasAlpha())
		for y := range 50 {
			for x := range 40 {
				inside := x >= 4 && x < 24 && y >= 16 && y < 27
				for p := range m.Shape.Layout.Planes() {
					var want uint8
					switch {
					case inside && p < 3:
						want = small.Planes[p].Row(y - 16)[x-4]
					case inside:
						want = 255
					case flags&flagAlpha == 0:
						want = []uint8{10, 20, 30}[p]
					}
					require.Equal(t, want, m.Planes[p].Row(y)[x], "plane %d at %d,%d", p, x, y)
				}
			}
		}
	}
}

func TestDeclaredSizesAllocateNothing(t *testing.T) {
	vp8 := chunkOf(t, sample(t, lossyFile), "VP8 ")
	lie := append([]byte("RIFF\xf0\xff\xff\x0fWEBPVP8 \x00\x00\xff\x0f"), vp8[8:]...)
	got := testpic.Allocated(func() {
		_, err := tryDecode(t.Context(), bytes.NewReader(lie))
		require.ErrorIs(t, err, codec.ErrFormat)
	})
	require.Less(t, got, int64(1<<20))
	lie = riff(vp8x(flagAlpha, 16384, 16384), rawChunk("ALPH", make([]byte, 100)), vp8)
	got = testpic.Allocated(func() {
		_, err := tryDecode(t.Context(), bytes.NewReader(lie))
		require.ErrorIs(t, err, codec.ErrFormat)
	})
	require.Less(t, got, int64(1<<20))
}

func TestDecodeStopsWithItsContext(t *testing.T) {
	m := testpic.Make(pixel.Shape{Width: 300, Height: 200, Layout: pixel.RGB})
	for _, lossless := range []bool{false, true} {
		var b bytes.Buffer
		require.NoError(t, Codec{}.Encode(t.Context(), &b, m.Source(0, nil), codec.Options{Lossless: lossless}))
		ctx, cancel := context.WithCancel(t.Context())
		r := &testpic.CancellingReader{R: &b, After: 1000, Cancel: cancel}
		_, err := tryDecode(ctx, r)
		require.ErrorIs(t, err, context.Canceled)
		require.Zero(t, r.Late)
	}
}

func TestDecodeWorkCoversAllocations(t *testing.T) {
	for _, layout := range []pixel.Layout{pixel.RGB, pixel.RGBA} {
		for _, lossless := range []bool{false, true} {
			m := testpic.Make(pixel.Shape{Width: 701, Height: 503, Layout: layout})
			if lossless { // a palette costs most
				for p := range layout.Planes() {
					for i := range m.Planes[p].Pix {
						m.Planes[p].Pix[i] &= 0xc0
					}
				}
			}
			var b bytes.Buffer
			require.NoError(t, Codec{}.Encode(t.Context(), &b, m.Source(0, nil), codec.Options{Lossless: lossless}))
			info, err := Codec{}.Probe(bytes.NewReader(b.Bytes()))
			require.NoError(t, err)
			got := testpic.Allocated(func() {
				src, err := Codec{}.Decode(t.Context(), bytes.NewReader(b.Bytes()), codec.Request{})
				require.NoError(t, err)
				_, err = pixel.Drain(src)
				require.NoError(t, err)
				src.Close()
			})
			// The compressed bytes are excepted; reading them doubles its buffer.
			got -= int64(4 * b.Len())
			work := Codec{}.DecodeWork(info, codec.Request{})
			require.LessOrEqual(t, got, work, "%v, lossless %v", info.Shape, lossless)
			require.Less(t, work, 3*got, "%v, lossless %v", info.Shape, lossless)
		}
	}
}
