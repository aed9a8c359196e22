package webp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/webp/internal/mux"
)

// A movie is an animation in memory.
type movie struct {
	shape    pixel.Shape
	pictures []*pixel.Image
	delays   []time.Duration
	loops    int
	next     int
	err      error // in place of io.EOF
	opened   int   // sources that are not closed
}

func (m *movie) Shape() pixel.Shape { return m.shape }
func (m *movie) Loops() int         { return m.loops }
func (m *movie) Close() error       { return nil }

func (m *movie) Next() (pixel.Source, time.Duration, error) {
	if m.next == len(m.pictures) {
		if m.err != nil {
			return nil, 0, m.err
		}
		return nil, 0, io.EOF
	}
	m.next++
	m.opened++
	return m.pictures[m.next-1].Source(0, func() { m.opened-- }), m.delays[m.next-1], nil
}

// film makes pictures in which a square moves over a still one. Some of them
// are alike.
func film(shape pixel.Shape, n int) *movie {
	m := &movie{shape: shape, loops: 3}
	for i := range n {
		p := testpic.Make(shape)
		if i%5 != 4 {
			side := max(1, min(shape.Width, shape.Height)/3)
			for k := range shape.Layout.Planes() {
				for y := range side {
					for x := range side {
						at := (i/2 + x) % shape.Width
						p.Planes[k].Row((i + y) % shape.Height)[at] = uint8(60*k + 9*i)
					}
				}
			}
		}
		m.pictures = append(m.pictures, p)
		m.delays = append(m.delays, time.Duration(10*i+20)*time.Millisecond)
	}
	return m
}

func encodeMovie(t *testing.T, m *movie, opts codec.Options) []byte {
	t.Helper()
	m.next = 0
	var b bytes.Buffer
	require.NoError(t, Codec{}.EncodeAnimation(t.Context(), &b, m, opts))
	require.Zero(t, m.opened, "all pictures are closed")
	return b.Bytes()
}

func readMovie(ctx context.Context, r io.Reader) (*movie, error) {
	frames, err := Codec{}.Animate(ctx, r, codec.Request{Pool: pixel.NewPool()})
	if err != nil {
		return nil, err
	}
	defer frames.Close()
	m := &movie{shape: frames.Shape(), loops: frames.Loops()}
	for {
		src, delay, err := frames.Next()
		if err == io.EOF {
			return m, nil
		}
		if err != nil {
			return m, err
		}
		picture, err := pixel.ReadAll(nil, src)
		if err != nil {
			return m, err
		}
		src.Close()
		m.pictures, m.delays = append(m.pictures, picture), append(m.delays, delay)
	}
}

func decodeMovie(t *testing.T, b []byte) *movie {
	t.Helper()
	m, err := readMovie(t.Context(), bytes.NewReader(b))
	require.NoError(t, err)
	return m
}

func TestAnimationLosslessRoundTrip(t *testing.T) {
	for _, layout := range []pixel.Layout{pixel.RGB, pixel.RGBA} {
		for _, size := range [][2]int{{1, 1}, {2, 3}, {17, 3}, {31, 40}, {64, 48}} {
			m := film(pixel.Shape{Width: size[0], Height: size[1], Layout: layout}, 11)
			if layout == pixel.RGBA {
				m.pictures[3].Planes[3].Pix[0] = 0 // so that there is transparency
			}
			b := encodeMovie(t, m, codec.Options{Lossless: true, Pool: pixel.NewPool()})
			info, err := Codec{}.Probe(bytes.NewReader(b))
			require.NoError(t, err)
			require.Equal(t, m.shape, info.Shape)
			require.Equal(t, 11, info.Frames)
			require.Equal(t, 3, info.Loops)
			got := decodeMovie(t, b)
			require.Equal(t, m.shape, got.shape)
			require.Equal(t, m.loops, got.loops)
			require.Equal(t, m.delays, got.delays)
			for i := range m.pictures {
				require.True(t, testpic.Equal(m.pictures[i], got.pictures[i]), "%v, picture %d", m.shape, i)
			}
			require.Equal(t, b, encodeMovie(t, m, codec.Options{Lossless: true}))
			// Whoever wants one picture gets the first.
			require.True(t, testpic.Equal(m.pictures[0], decodeAll(t, b)))
		}
	}
}

func TestAnimationLossyRoundTrip(t *testing.T) {
	for _, layout := range []pixel.Layout{pixel.RGB, pixel.RGBA} {
		m := film(pixel.Shape{Width: 200, Height: 150, Layout: layout}, 7)
		b := encodeMovie(t, m, codec.Options{Quality: 90})
		got := decodeMovie(t, b)
		require.Equal(t, m.shape, got.shape)
		require.Equal(t, m.delays, got.delays)
		whole := len(encodeAll(t, m.pictures[0], codec.Options{Quality: 90}))
		require.Less(t, len(b), 4*whole, "only what has changed is written")
		for i := range m.pictures {
			if layout == pixel.RGBA {
				require.Equal(t, m.pictures[i].Planes[3].Pix, got.pictures[i].Planes[3].Pix, "alpha is exact")
				for p := range 3 {
					for k, a := range m.pictures[i].Planes[3].Pix {
						if a == 0 {
							m.pictures[i].Planes[p].Pix[k], got.pictures[i].Planes[p].Pix[k] = 0, 0
						}
					}
				}
			}
			require.Greater(t, testpic.PSNR(m.pictures[i], got.pictures[i], 0), 32.0, "picture %d", i)
		}
	}
}

func TestLongAnimationHasWholePictures(t *testing.T) {
	m := film(pixel.Shape{Width: 40, Height: 30, Layout: pixel.RGB}, 2*mux.WholeEvery+2)
	for i := range m.pictures {
		m.pictures[i] = m.pictures[i%2]
	}
	b := encodeMovie(t, m, codec.Options{})
	var whole []int
	n := 0
	c, err := newChunks(bytes.NewReader(b))
	require.NoError(t, err)
	h, err := readHeader(c)
	require.NoError(t, err)
	for err == nil {
		if c.kind == "ANMF" {
			f, err := h.readFrame(c)
			require.NoError(t, err)
			if f.width == 40 && f.height == 30 {
				whole = append(whole, n)
			}
			n++
		}
		err = c.next()
	}
	require.Equal(t, []int{0, mux.WholeEvery, 2 * mux.WholeEvery}, whole)
}

func TestDelays(t *testing.T) {
	shape := pixel.Shape{Width: 1, Height: 1, Layout: pixel.RGB}
	told := func(delays ...time.Duration) []time.Duration {
		m := &movie{shape: shape, delays: delays}
		for range delays {
			m.pictures = append(m.pictures, testpic.Make(shape))
		}
		return decodeMovie(t, encodeMovie(t, m, codec.Options{})).delays
	}
	ms := time.Millisecond
	require.Equal(t, []time.Duration{17 * ms, 16 * ms, 17 * ms}, told(time.Second/60, time.Second/60, time.Second/60), "the sum is right")
	require.Equal(t, []time.Duration{1 * ms, 0, 0}, told(ms/2, 0, -ms))
	require.Equal(t, []time.Duration{(1<<24 - 1) * ms, 10 * ms}, told(100*time.Hour, 10*ms))
}

func TestLoops(t *testing.T) {
	m := film(pixel.Shape{Width: 2, Height: 2, Layout: pixel.RGB}, 2)
	for loops, want := range map[int]int{0: 0, 1: 1, 65535: 65535, 65536: 0, -1: 0} {
		m.loops = loops
		require.Equal(t, want, decodeMovie(t, encodeMovie(t, m, codec.Options{})).loops)
	}
}

func TestEncodeAnimationFails(t *testing.T) {
	shape := pixel.Shape{Width: 20, Height: 10, Layout: pixel.RGB}
	broken := errors.New("broken")
	m := film(shape, 2)
	m.err = broken
	require.ErrorIs(t, Codec{}.EncodeAnimation(t.Context(), io.Discard, m, codec.Options{}), broken)
	require.ErrorIs(t, Codec{}.EncodeAnimation(t.Context(), io.Discard, film(shape, 0), codec.Options{}), codec.ErrUnsupported)
	require.ErrorIs(t, Codec{}.EncodeAnimation(t.Context(), io.Discard, film(pixel.Shape{Width: 3, Height: 3, Layout: pixel.CMYK}, 1), codec.Options{}), codec.ErrUnsupported)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m = film(shape, 2)
	require.ErrorIs(t, Codec{}.EncodeAnimation(ctx, io.Discard, m, codec.Options{}), context.Canceled)
	require.Zero(t, m.opened)
	m = film(shape, 2)
	m.pictures[1] = testpic.Make(pixel.Shape{Width: 19, Height: 10, Layout: pixel.RGB})
	require.ErrorIs(t, Codec{}.EncodeAnimation(t.Context(), io.Discard, m, codec.Options{}), codec.ErrUnsupported)
	require.Zero(t, m.opened)
}

// still is a lossless picture of one colour.
func still(t *testing.T, width, height int, colour ...uint8) []byte {
	t.Helper()
	shape := pixel.Shape{Width: width, Height: height, Layout: pixel.RGB}
	if len(colour) == 4 {
		shape.Layout = pixel.RGBA
	}
	m := pixel.NewImage(nil, shape)
	for p, v := range colour {
		flood(m.Planes[p].Pix, v)
	}
	return chunkOf(t, encodeAll(t, m, codec.Options{Lossless: true}), "VP8L")
}

// flagged is anmf with flags.
func flagged(flags byte, chunk []byte) []byte {
	chunk[8+15] = flags
	return chunk
}

func TestFramesAreComposed(t *testing.T) {
	at := func(m *pixel.Image, x, y int) []uint8 {
		var c []uint8
		for p := range m.Shape.Layout.Planes() {
			c = append(c, m.Planes[p].Row(y)[x])
		}
		return c
	}
	red := still(t, 4, 4, 255, 0, 0)
	green := still(t, 2, 2, 0, 255, 0)
	half := still(t, 2, 2, 0, 0, 255, 128)
	clear := still(t, 2, 2, 9, 9, 9, 0)
	frames := [][]byte{
		flagged(0, anmf(0, 0, 4, 4, red)),
		flagged(frameDisposes, anmf(2, 2, 2, 2, green)),
		flagged(0, anmf(0, 0, 2, 2, half)),
		flagged(frameOverwrites, anmf(0, 0, 2, 2, half)),
		flagged(0, anmf(0, 0, 2, 2, clear)),
		flagged(frameOverwrites, anmf(2, 0, 2, 2, clear)),
	}
	// The arithmetic is libwebp's: 127 of 255 under 128.
	const under = 255 * 128 >> 8
	t.Run("with alpha", func(t *testing.T) {
		m := decodeMovie(t, riff(append([][]byte{vp8x(flagAnimation|flagAlpha, 4, 4), anim(1, 2, 3, 4)}, frames...)...))
		require.Len(t, m.pictures, 6)
		require.Equal(t, 100*time.Millisecond, m.delays[0])
		require.Equal(t, []uint8{255, 0, 0, 255}, at(m.pictures[0], 3, 3))
		require.Equal(t, []uint8{0, 255, 0, 255}, at(m.pictures[1], 3, 3))
		require.Equal(t, []uint8{255, 0, 0, 255}, at(m.pictures[1], 1, 3))
		require.Equal(t, []uint8{0, 0, 0, 0}, at(m.pictures[2], 3, 3), "disposed")
		require.Equal(t, []uint8{255, 0, 0, 255}, at(m.pictures[2], 3, 1))
		blended := at(m.pictures[2], 1, 1)
		require.InDelta(t, 255*under/(128+under), blended[0], 1)
		require.InDelta(t, 255*128/(128+under), blended[2], 1)
		require.EqualValues(t, 128+under, blended[3])
		require.Equal(t, []uint8{0, 0, 255, 128}, at(m.pictures[3], 1, 1), "replaced")
		require.Equal(t, []uint8{0, 0, 255, 128}, at(m.pictures[4], 1, 1), "nothing on it")
		require.Equal(t, []uint8{9, 9, 9, 0}, at(m.pictures[5], 3, 1), "replaced by nothing")
	})
	t.Run("without", func(t *testing.T) {
		m := decodeMovie(t, riff(append([][]byte{vp8x(flagAnimation, 4, 4), anim(1, 2, 3, 4)}, frames...)...))
		require.Len(t, m.pictures, 6)
		require.Equal(t, []uint8{3, 2, 1}, at(m.pictures[2], 3, 3), "disposed to the background colour")
		require.InDelta(t, 127, at(m.pictures[2], 1, 1)[0], 1)
		require.Equal(t, []uint8{3, 2, 1}, at(m.pictures[5], 3, 1), "what is clear shows the background")
	})
	t.Run("one after the other is skipped", func(t *testing.T) {
		b := riff(append([][]byte{vp8x(flagAnimation|flagAlpha, 4, 4), anim(1, 2, 3, 4)}, frames...)...)
		f, err := Codec{}.Animate(t.Context(), bytes.NewReader(b), codec.Request{})
		require.NoError(t, err)
		for range 4 {
			_, _, err := f.Next() // unread
			require.NoError(t, err)
		}
		src, _, err := f.Next()
		require.NoError(t, err)
		m, err := pixel.ReadAll(nil, src)
		require.NoError(t, err)
		require.Equal(t, []uint8{0, 0, 255, 128}, at(m, 1, 1))
		require.NoError(t, f.Close())
		require.NoError(t, f.Close())
		_, _, err = f.Next()
		require.Error(t, err)
		require.NotEqual(t, io.EOF, err)
		_, err = src.Next()
		require.Error(t, err)
	})
}

// TestSourceIsTheCallersToModify holds the canvas apart from what is yielded.
func TestSourceIsTheCallersToModify(t *testing.T) {
	b := riff(vp8x(flagAnimation, 4, 4), anim(0, 0, 0, 0), anmf(0, 0, 4, 4, still(t, 4, 4, 255, 0, 0)), anmf(0, 0, 2, 2, still(t, 2, 2, 0, 255, 0)))
	f, err := Codec{}.Animate(t.Context(), bytes.NewReader(b), codec.Request{})
	require.NoError(t, err)
	defer f.Close()
	src, _, err := f.Next()
	require.NoError(t, err)
	s, err := src.Next()
	require.NoError(t, err)
	flood(s.Planes[0].Pix, 7)
	src.Close()
	src, _, err = f.Next()
	require.NoError(t, err)
	m, err := pixel.ReadAll(nil, src)
	require.NoError(t, err)
	require.EqualValues(t, 255, m.Planes[0].Row(3)[3])
}

func TestAnimateOfAStillPicture(t *testing.T) {
	for _, file := range []string{lossyFile, alphaFile, losslessFile} {
		b := sample(t, file)
		m := decodeMovie(t, b)
		require.Len(t, m.pictures, 1)
		require.True(t, testpic.Equal(decodeAll(t, b), m.pictures[0]))
	}
}

func TestTruncatedAnimation(t *testing.T) {
	m := film(pixel.Shape{Width: 12, Height: 9, Layout: pixel.RGB}, 3)
	b := encodeMovie(t, m, codec.Options{Lossless: true})
	broken := errors.New("the cable is cut")
	for n := range b {
		if n == len(b)-1 && b[n] == 0 {
			continue // padding, which some writers forget
		}
		_, err := readMovie(t.Context(), bytes.NewReader(b[:n]))
		require.ErrorIs(t, err, codec.ErrFormat, "%d of %d", n, len(b))
		require.ErrorIs(t, Codec{}.Copy(t.Context(), io.Discard, bytes.NewReader(b[:n]), codec.Metadata{}), codec.ErrFormat)
		_, err = readMovie(t.Context(), io.MultiReader(bytes.NewReader(b[:n]), &failing{broken}))
		require.ErrorIs(t, err, broken)
		require.ErrorIs(t, Codec{}.Copy(t.Context(), io.Discard, io.MultiReader(bytes.NewReader(b[:n]), &failing{broken}), codec.Metadata{}), broken)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := readMovie(ctx, bytes.NewReader(b))
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, Codec{}.Copy(ctx, io.Discard, bytes.NewReader(b), codec.Metadata{}), context.Canceled)
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

func TestMetadataIsWritten(t *testing.T) {
	kept := codec.Metadata{EXIF: exifChunk(6)[8:], XMP: []byte("<x/>"), IPTC: []byte("left out")}
	want := kept
	want.IPTC = nil
	for _, layout := range []pixel.Layout{pixel.RGB, pixel.RGBA} {
		for _, lossless := range []bool{false, true} {
			m := testpic.Make(pixel.Shape{Width: 21, Height: 13, Layout: layout})
			plain := encodeAll(t, m, codec.Options{Lossless: lossless})
			b := encodeAll(t, m, codec.Options{Lossless: lossless, Metadata: kept})
			info, err := Codec{}.Probe(bytes.NewReader(b))
			require.NoError(t, err)
			require.Equal(t, want, info.Metadata)
			require.Equal(t, 6, info.Orientation)
			require.Equal(t, decodeAll(t, plain), decodeAll(t, b))
			var none bytes.Buffer
			require.NoError(t, Codec{}.Copy(t.Context(), &none, bytes.NewReader(b), codec.Metadata{}))
			require.NotContains(t, none.String(), "EXIF")
			require.NotContains(t, none.String(), "<x/>")
			require.Equal(t, decodeAll(t, plain), decodeAll(t, none.Bytes()))
		}
	}
	m := film(pixel.Shape{Width: 21, Height: 13, Layout: pixel.RGBA}, 3)
	info, err := Codec{}.Probe(bytes.NewReader(encodeMovie(t, m, codec.Options{Metadata: kept})))
	require.NoError(t, err)
	require.Equal(t, want, info.Metadata)
	require.Equal(t, 3, info.Frames)
}

func TestCopyKeepsFrames(t *testing.T) {
	m := film(pixel.Shape{Width: 40, Height: 30, Layout: pixel.RGBA}, 6)
	plain := encodeMovie(t, m, codec.Options{})
	secret := rawChunk("JUNK", []byte("secret"))
	// The same with all kinds of chunks between and within the frames.
	var dressed [][]byte
	c := plain[12:]
	for len(c) > 0 {
		n := 8 + int(uint32(c[4])|uint32(c[5])<<8|uint32(c[6])<<16)
		n += n % 2
		chunk := bytes.Clone(c[:n])
		switch string(c[:4]) {
		case "VP8X":
			chunk[8] |= flagEXIF | flagXMP | 1<<5
		case "ANMF":
			chunk = rawChunk("ANMF", append(chunk[8:], secret...))
		}
		dressed = append(dressed, chunk, secret)
		c = c[n:]
	}
	dressed = append(dressed, rawChunk("ICCP", []byte("profile")), exifChunk(6), rawChunk("XMP ", []byte("<x/>")))
	var got bytes.Buffer
	require.NoError(t, Codec{}.Copy(t.Context(), &got, bytes.NewReader(riff(dressed...)), codec.Metadata{}))
	require.Equal(t, plain, got.Bytes())
	got.Reset()
	require.NoError(t, Codec{}.Copy(t.Context(), &got, bytes.NewReader(riff(dressed...)), codec.Metadata{XMP: []byte("<y/>")}))
	info, err := Codec{}.Probe(&got)
	require.NoError(t, err)
	require.Equal(t, codec.Metadata{XMP: []byte("<y/>")}, info.Metadata)
}

func FuzzAnimate(f *testing.F) {
	for _, s := range samples(f) {
		f.Add(s.Data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := Codec{}.Probe(bytes.NewReader(data))
		if err != nil || info.Shape.Bytes() > 1<<18 || info.Frames > 20 {
			return
		}
		m, err := readMovie(t.Context(), bytes.NewReader(data))
		if err != nil {
			if !typed(err) {
				t.Fatal(err)
			}
			return
		}
		if m.shape != info.Shape || len(m.pictures) != info.Frames || m.loops != info.Loops {
			t.Fatalf("probed %+v, decoded %d of %v, %d loops", info, len(m.pictures), m.shape, m.loops)
		}
		var b bytes.Buffer
		if err := (Codec{}).Copy(t.Context(), &b, bytes.NewReader(data), codec.Metadata{}); err != nil {
			if info.Frames > 1 || !typed(err) { // a still picture may be cut off where nobody looks
				t.Fatal("Animate took it, Copy did not: ", err)
			}
			return
		}
		copied, err := readMovie(t.Context(), &b)
		if err != nil {
			t.Fatal(err)
		}
		if len(copied.pictures) != len(m.pictures) {
			t.Fatalf("%d pictures, copied %d", len(m.pictures), len(copied.pictures))
		}
		for i := range m.pictures {
			if m.delays[i] != copied.delays[i] || !testpic.Equal(m.pictures[i], copied.pictures[i]) {
				t.Fatalf("picture %d was changed", i)
			}
		}
	})
}

func FuzzCopy(f *testing.F) {
	for _, s := range samples(f) {
		f.Add(s.Data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var b bytes.Buffer
		if err := (Codec{}).Copy(t.Context(), &b, bytes.NewReader(data), codec.Metadata{}); err != nil {
			if !typed(err) {
				t.Fatal(err)
			}
			return
		}
		if info, err := (Codec{}).Probe(bytes.NewReader(b.Bytes())); err != nil || !info.Metadata.IsZero() || info.Profile != nil {
			t.Fatalf("copied to %+v, %v", info, err)
		}
	})
}

// A picture that ends early leaves nothing behind: the canvas goes back.
func TestAnimateFailsWithoutLoss(t *testing.T) {
	vp8 := chunkOf(t, photo(t, 400, 300), "VP8 ")
	pool := pixel.NewPool()
	_, err := Codec{}.Animate(t.Context(), bytes.NewReader(riff(rawChunk("VP8 ", vp8[8:len(vp8)-200]))), codec.Request{Pool: pool})
	require.ErrorIs(t, err, codec.ErrFormat)
	require.GreaterOrEqual(t, pool.Size(), int64(3*400*300))
}
