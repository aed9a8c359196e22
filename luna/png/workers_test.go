package png

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

// large is a picture of several parts: noise, then a pattern.
func large(layout pixel.Layout) *pixel.Image {
	r := rand.New(rand.NewPCG(1, 2))
	m := pixel.NewImage(nil, pixel.Shape{Width: 700, Height: 900, Layout: layout})
	for _, p := range m.Planes[:layout.Planes()] {
		for y := range 900 {
			for x := range p.Row(y) {
				if p.Row(y)[x] = uint8(x/40*y/50) * 40; y < 450 {
					p.Row(y)[x] = uint8(x/4+y/8) + uint8(r.Uint32()&7)
				}
			}
		}
	}
	return m
}

func TestWorkersAndLevels(t *testing.T) {
	defer goleak.VerifyNone(t)
	for _, layout := range layouts {
		m := large(layout)
		var sizes []int
		for level := NoCompression; level <= 9; level++ {
			var one []byte
			for workers := 1; workers <= 4; workers++ {
				var b bytes.Buffer
				c := Codec{Workers: workers, CompressionLevel: level}
				require.NoError(t, c.Encode(t.Context(), &b, m.Source(8*workers, nil), codec.Options{Pool: pixel.NewPool()}))
				if workers == 1 {
					one = b.Bytes()
				}
				require.True(t, bytes.Equal(one, b.Bytes()), "%d workers write other bytes at level %d", workers, level)
				src, err := c.Decode(t.Context(), bytes.NewReader(b.Bytes()), codec.Request{Pool: pixel.NewPool()})
				require.NoError(t, err)
				got, err := pixel.ReadAll(nil, src)
				require.NoError(t, err)
				require.True(t, testpic.Equal(m, got))
				require.NoError(t, src.Close())
			}
			sizes = append(sizes, len(one))
		}
		require.Equal(t, sizes[1], sizes[7], "6 is the default")
		for _, size := range sizes[1:] {
			require.Greater(t, sizes[0], 2*size, "stored")
		}
	}
	for _, level := range []int{-2, 10} {
		c := Codec{CompressionLevel: level}
		require.ErrorContains(t, c.Check(pixel.Shape{Width: 1, Height: 1}, codec.Options{}), "level")
	}
	require.NotEqual(t, Codec{}.Revision(), Codec{CompressionLevel: 9}.Revision())
	require.Equal(t, Codec{}.Revision(), Codec{Workers: 9}.Revision())
}

func encoded(t *testing.T, m *pixel.Image) []byte {
	var b bytes.Buffer
	require.NoError(t, Codec{}.Encode(t.Context(), &b, m.Source(0, nil), codec.Options{}))
	return b.Bytes()
}

func TestNothingIsLeftBehind(t *testing.T) {
	defer goleak.VerifyNone(t)
	data := encoded(t, large(pixel.RGB))
	broken := errors.New("the cable is cut")
	for _, strips := range []int{0, 1, 3, 100} {
		for _, cut := range []int{len(data), len(data) / 2, len(data) / 9} {
			ctx, cancel := context.WithCancel(t.Context())
			r := io.MultiReader(bytes.NewReader(data[:cut]), iotest.ErrReader(broken))
			src, err := Codec{Workers: 2}.Decode(ctx, r, codec.Request{Pool: pixel.NewPool()})
			require.NoError(t, err)
			for range strips {
				if _, err = src.Next(); err != nil {
					break
				}
			}
			switch {
			case strips < 100:
				require.NoError(t, err)
			case cut == len(data):
				require.Equal(t, io.EOF, err)
			default:
				require.ErrorIs(t, err, broken)
			}
			require.NoError(t, src.Close())
			_, err = src.Next()
			require.Error(t, err)
			cancel()
		}
	}
	for _, n := range []int{0, 100, len(data) / 2} {
		m := large(pixel.RGB)
		require.ErrorIs(t, Codec{Workers: 3}.Encode(t.Context(), &brokenWriter{n, broken}, m.Source(0, nil), codec.Options{}), broken)
	}
	require.ErrorIs(t, Codec{Workers: 3}.Encode(t.Context(), io.Discard, &cut{large(pixel.RGB).Source(0, nil), 40, broken}, codec.Options{}), broken)
}

// TestWhatStandsBehindTheRows: it is not read by reading ahead, nor looked at.
func TestWhatStandsBehindTheRows(t *testing.T) {
	f := file{width: 500, height: 500, depth: 8, colour: typeRGB}
	rows := append(f.rows(500, 500), make([]byte, 1<<20)...)
	packed := deflated(rows)
	packed = packed[:len(packed)-20] // the rest is not there
	head := f.bytes()[:33]
	data := append(append(head, rawChunk("IDAT", packed)...), rawChunk("IEND", nil)...)
	for _, workers := range []int{1, 2} {
		src, err := Codec{Workers: workers}.Decode(t.Context(), bytes.NewReader(data), codec.Request{})
		require.NoError(t, err)
		_, err = pixel.Drain(src)
		require.NoError(t, err)
		require.NoError(t, src.Close())
	}
}

type panicking struct{ r io.Reader }

func (p *panicking) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	if err == io.EOF {
		panic("a fault of the reader")
	}
	return n, err
}

func TestPanicsReachTheCaller(t *testing.T) {
	defer goleak.VerifyNone(t)
	data := encoded(t, large(pixel.RGB))
	src, err := Codec{Workers: 2}.Decode(t.Context(), &panicking{bytes.NewReader(data[:len(data)/2])}, codec.Request{})
	require.NoError(t, err)
	require.PanicsWithValue(t, "a fault of the reader", func() { _, _ = pixel.Drain(src) })
	require.NoError(t, src.Close())
}
