package png

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// An apng builds an animation chunk by chunk.
type apng struct {
	b      []byte
	number uint32
}

func newAPNG(width, height, depth, colour, frames, plays int) *apng {
	a := &apng{b: []byte(signature)}
	ihdr := binary.BigEndian.AppendUint32(nil, uint32(width))
	ihdr = binary.BigEndian.AppendUint32(ihdr, uint32(height))
	a.chunk("IHDR", append(ihdr, byte(depth), byte(colour), 0, 0, 0))
	actl := binary.BigEndian.AppendUint32(nil, uint32(frames))
	a.chunk("acTL", binary.BigEndian.AppendUint32(actl, uint32(plays)))
	return a
}

func (a *apng) chunk(kind string, data []byte) *apng {
	a.b = append(a.b, rawChunk(kind, data)...)
	return a
}

func (a *apng) control(x, y, w, h, num, den int, dispose, blend byte) *apng {
	d := binary.BigEndian.AppendUint32(nil, a.number)
	a.number++
	for _, v := range []int{w, h, x, y} {
		d = binary.BigEndian.AppendUint32(d, uint32(v))
	}
	d = binary.BigEndian.AppendUint16(d, uint16(num))
	d = binary.BigEndian.AppendUint16(d, uint16(den))
	return a.chunk("fcTL", append(d, dispose, blend))
}

// solid compresses w x h pixels of the same bytes.
func solid(w, h int, px ...byte) []byte {
	var rows []byte
	for range h {
		rows = append(rows, filterNone)
		for range w {
			rows = append(rows, px...)
		}
	}
	return deflated(rows)
}

func (a *apng) idat(data []byte) *apng { return a.chunk("IDAT", data) }

// fdat writes data in two chunks.
func (a *apng) fdat(data []byte) *apng {
	for _, part := range [][]byte{data[:3], data[3:]} {
		a.chunk("fdAT", append(binary.BigEndian.AppendUint32(nil, a.number), part...))
		a.number++
	}
	return a
}

func (a *apng) end() []byte { return a.chunk("IEND", nil).b }

type movie struct {
	shape    pixel.Shape
	loops    int
	pictures []*pixel.Image
	delays   []time.Duration
}

func readMovie(ctx context.Context, r io.Reader) (*movie, error) {
	f, err := Codec{}.Animate(ctx, r, codec.Request{Pool: pixel.NewPool()})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m := &movie{shape: f.Shape(), loops: f.Loops()}
	for {
		src, delay, err := f.Next()
		if err == io.EOF {
			return m, nil
		}
		if err != nil {
			return m, err
		}
		p, err := pixel.ReadAll(nil, src)
		if err != nil {
			return m, err
		}
		src.Close()
		m.pictures, m.delays = append(m.pictures, p), append(m.delays, delay)
	}
}

func watch(t *testing.T, b []byte) *movie {
	t.Helper()
	m, err := readMovie(t.Context(), iotest.OneByteReader(bytes.NewReader(b)))
	require.NoError(t, err)
	return m
}

func sampleAt(m *pixel.Image, x, y int) []uint8 {
	var c []uint8
	for p := range m.Shape.Layout.Planes() {
		c = append(c, m.Planes[p].Row(y)[x])
	}
	return c
}

var (
	red, green, half = []byte{255, 0, 0, 255}, []byte{0, 255, 0, 255}, []byte{0, 0, 255, 128}
	none             = []byte{0, 0, 0, 0}
)

func TestFramesAreComposed(t *testing.T) {
	b := newAPNG(4, 4, 8, typeRGBA, 7, 3).
		control(0, 0, 4, 4, 1, 10, disposeNone, blendSource).idat(solid(4, 4, red...)).
		control(2, 2, 2, 2, 20, 0, disposeBackground, blendSource).fdat(solid(2, 2, green...)).
		control(0, 0, 2, 2, 1, 60, disposeNone, blendOver).chunk("tEXt", []byte("between")).fdat(solid(2, 2, half...)).
		control(0, 2, 2, 2, 0, 1, disposePrevious, blendSource).fdat(solid(2, 2, green...)).
		control(2, 0, 2, 2, 1, 1, disposePrevious, blendSource).fdat(solid(2, 2, half...)).
		control(2, 0, 2, 2, 1, 1, disposeNone, blendOver).fdat(solid(2, 2, none...)).
		control(2, 2, 1, 1, 1, 1, disposeNone, blendOver).fdat(solid(1, 1, half...)).
		control(0, 0, 1, 1, 1, 1, disposeNone, blendOver).fdat(solid(1, 1, half...)).
		end()
	m := watch(t, b)
	require.Equal(t, pixel.Shape{Width: 4, Height: 4, Layout: pixel.RGBA}, m.shape)
	require.Equal(t, 3, m.loops)
	require.Len(t, m.pictures, 7, "more are not announced")
	require.Equal(t, []time.Duration{100 * time.Millisecond, 200 * time.Millisecond, time.Second / 60, 0, time.Second, time.Second, time.Second}, m.delays)
	p := m.pictures
	require.Equal(t, red, sampleAt(p[0], 3, 3))
	require.Equal(t, green, sampleAt(p[1], 3, 3))
	require.Equal(t, red, sampleAt(p[1], 1, 3))
	require.Equal(t, none, sampleAt(p[2], 3, 3), "disposed to transparency")
	require.Equal(t, []byte{127, 0, 128, 255}, sampleAt(p[2], 1, 1))
	require.Equal(t, green, sampleAt(p[3], 1, 3))
	require.Equal(t, red, sampleAt(p[4], 1, 3), "brought back")
	require.Equal(t, half, sampleAt(p[4], 3, 1), "replaced")
	require.Equal(t, red, sampleAt(p[5], 3, 1), "brought back, and nothing on it")
	require.Equal(t, half, sampleAt(p[6], 2, 2), "on nothing")
	info, err := Codec{}.Probe(bytes.NewReader(b))
	require.NoError(t, err)
	require.Equal(t, []int{7, 3}, []int{info.Frames, info.Loops})
}

// TestDefaultImage is no frame where nothing says that it is; who wants one
// picture gets it all the same.
func TestDefaultImage(t *testing.T) {
	b := newAPNG(4, 4, 8, typeRGBA, 2, 0).idat(solid(4, 4, red...)).
		control(1, 1, 2, 2, 1, 1, disposePrevious, blendOver).fdat(solid(2, 2, green...)).
		control(0, 0, 1, 1, 1, 1, disposeNone, blendOver).fdat(solid(1, 1, half...)).end()
	m := watch(t, b)
	require.Len(t, m.pictures, 2)
	require.Equal(t, none, sampleAt(m.pictures[0], 0, 0))
	require.Equal(t, green, sampleAt(m.pictures[0], 1, 1))
	require.Equal(t, none, sampleAt(m.pictures[1], 1, 1), "before the first there was nothing")
	require.Equal(t, half, sampleAt(m.pictures[1], 0, 0))
	src, err := Codec{}.Decode(t.Context(), bytes.NewReader(b), codec.Request{})
	require.NoError(t, err)
	still, err := pixel.ReadAll(nil, src)
	require.NoError(t, err)
	require.Equal(t, red, sampleAt(still, 2, 2))
}

func TestFramesOfAllKinds(t *testing.T) {
	for _, test := range []struct {
		depth, colour int
		chunks        []byte
		px            []byte
		layout        pixel.Layout
		want          []byte
	}{
		{8, typeGray, nil, []byte{77}, pixel.GrayAlpha, []byte{77, 255}},
		{16, typeGray, nil, []byte{77, 200}, pixel.GrayAlpha, []byte{77, 255}},
		{8, typeGrayAlpha, nil, []byte{77, 3}, pixel.GrayAlpha, []byte{77, 3}},
		{8, typeRGB, nil, []byte{1, 2, 3}, pixel.RGBA, []byte{1, 2, 3, 255}},
		{16, typeRGB, rawChunk("tRNS", []byte{0, 1, 0, 2, 0, 3}), []byte{0, 1, 0, 2, 0, 3}, pixel.RGBA, []byte{0, 0, 0, 0}},
		{16, typeRGBA, nil, []byte{1, 0, 2, 0, 3, 255, 4, 9}, pixel.RGBA, []byte{1, 2, 3, 4}},
		{8, typePalette, append(palette(5), rawChunk("tRNS", []byte{9, 9, 9, 40})...), []byte{3}, pixel.RGBA, []byte{15, 252, 9, 40}},
	} {
		a := newAPNG(3, 2, test.depth, test.colour, 2, 0)
		a.b = append(a.b, test.chunks...)
		b := a.control(0, 0, 3, 2, 1, 1, disposeBackground, blendSource).idat(solid(3, 2, test.px...)).
			control(1, 1, 2, 1, 1, 1, disposeNone, blendOver).fdat(solid(2, 1, test.px...)).end()
		info, err := Codec{}.Probe(bytes.NewReader(b))
		require.NoError(t, err)
		m := watch(t, b)
		require.Equal(t, Codec{}.AnimationShape(info), m.shape)
		require.Equal(t, test.layout, m.shape.Layout)
		require.Equal(t, test.want, sampleAt(m.pictures[0], 2, 1))
		require.Equal(t, test.want, sampleAt(m.pictures[1], 2, 1), "%+v", test)
		require.Zero(t, m.pictures[1].Planes[test.layout.Planes()-1].Row(0)[0], "disposed, though the colour type has no alpha")
	}
}

func TestInterlacedFrames(t *testing.T) {
	f := file{width: 9, height: 7, depth: 8, colour: typeRGB, interlaced: true, samples: func(n int) []byte { return bytes.Repeat([]byte{50, 60, 70}, n)[:n] }}
	b := f.bytes()
	data := b[bytes.Index(b, []byte("IDAT"))+4:]
	data = data[:binary.BigEndian.Uint32(b[bytes.Index(b, []byte("IDAT"))-4:])]
	a := newAPNG(9, 7, 8, typeRGB, 2, 0)
	ihdr := bytes.Clone(a.b[16:29])
	ihdr[12] = 1
	a.b = append(append([]byte(signature), rawChunk("IHDR", ihdr)...), a.b[33:]...)
	a.control(0, 0, 9, 7, 1, 1, 0, 0).idat(data).control(0, 0, 9, 7, 1, 1, 0, 1).fdat(data)
	m := watch(t, a.end())
	require.Len(t, m.pictures, 2)
	for _, p := range m.pictures {
		require.Equal(t, []byte{50, 60, 70, 255}, sampleAt(p, 8, 6))
	}
}

func TestAnimateOfAStillPicture(t *testing.T) {
	b := file{width: 20, height: 10, depth: 8, colour: typeGray}.bytes()
	m := watch(t, b)
	require.Len(t, m.pictures, 1)
	require.Equal(t, []byte{0, 255}, sampleAt(m.pictures[0], 3, 3))
}

func TestFewerFramesThanAnnounced(t *testing.T) {
	m := watch(t, newAPNG(4, 4, 8, typeRGBA, 5, 0).control(0, 0, 4, 4, 1, 1, 0, 0).idat(solid(4, 4, red...)).end())
	require.Len(t, m.pictures, 1)
}

func TestAnimateRefuses(t *testing.T) {
	first := func() *apng {
		return newAPNG(4, 4, 8, typeRGBA, 2, 0).control(0, 0, 4, 4, 1, 1, 0, 0).idat(solid(4, 4, red...))
	}
	number := func(n uint32) *apng { a := first(); a.number = n; return a }
	for _, test := range []struct {
		name string
		b    []byte
		says string
	}{
		{"frame outside", first().control(3, 3, 2, 1, 1, 1, 0, 0).fdat(solid(2, 1, red...)).end(), "2x1+3+3"},
		{"frame far outside", first().control(1<<31-1, 0, 1<<31-1, 1, 1, 1, 0, 0).fdat(solid(2, 1, red...)).end(), "frame"},
		{"empty frame", first().control(0, 0, 0, 1, 1, 1, 0, 0).fdat(solid(2, 1, red...)).end(), "frame 0x1"},
		{"dispose 3", first().control(0, 0, 1, 1, 1, 1, 3, 0).fdat(solid(1, 1, red...)).end(), "dispose 3"},
		{"blend 2", first().control(0, 0, 1, 1, 1, 1, 0, 2).fdat(solid(1, 1, red...)).end(), "blend 2"},
		{"number of the control", number(7).control(0, 0, 1, 1, 1, 1, 0, 0).fdat(solid(1, 1, red...)).end(), "sequence number 7 where 1"},
		{"number of the data", func() []byte {
			a := first().control(0, 0, 1, 1, 1, 1, 0, 0)
			a.number = 1
			return a.fdat(solid(1, 1, red...)).end()
		}(), "sequence number 1 where 2"},
		{"no pixels", first().control(0, 0, 1, 1, 1, 1, 0, 0).end(), "without pixels"},
		{"two controls", first().control(0, 0, 1, 1, 1, 1, 0, 0).control(0, 0, 1, 1, 1, 1, 0, 0).fdat(solid(1, 1, red...)).end(), "without pixels"},
		{"short control", first().chunk("fcTL", make([]byte, 25)).end(), "25 bytes"},
		{"long control", first().chunk("fcTL", make([]byte, 27)).end(), "27 bytes"},
		{"short data", first().control(0, 0, 1, 1, 1, 1, 0, 0).chunk("fdAT", make([]byte, 3)).end(), "EOF"},
		{"too little data", first().control(0, 0, 2, 2, 1, 1, 0, 0).fdat(solid(2, 1, red...)).end(), "EOF"},
		{"small first frame", newAPNG(4, 4, 8, typeRGBA, 2, 0).control(0, 0, 4, 3, 1, 1, 0, 0).idat(solid(4, 4, red...)).end(), "4x3"},
		{"no frames", newAPNG(4, 4, 8, typeRGBA, 2, 0).idat(solid(4, 4, red...)).end(), "without frames"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := readMovie(t.Context(), bytes.NewReader(test.b))
			require.ErrorIs(t, err, codec.ErrFormat)
			require.ErrorContains(t, err, test.says)
			require.ErrorContains(t, err, "png: ")
		})
	}
}

func TestTruncatedAnimation(t *testing.T) {
	b := newAPNG(4, 4, 8, typeRGBA, 3, 0).control(0, 0, 4, 4, 1, 1, 0, 0).idat(solid(4, 4, red...)).
		control(0, 0, 2, 2, 1, 1, 0, 0).fdat(solid(2, 2, green...)).
		control(1, 1, 2, 2, 1, 1, 0, 0).fdat(solid(2, 2, green...)).end()
	broken := errors.New("the cable is cut")
	for n := range len(b) - 12 { // nobody looks for the end
		_, err := readMovie(t.Context(), bytes.NewReader(b[:n]))
		require.ErrorIs(t, err, codec.ErrFormat, "%d of %d", n, len(b))
		_, err = readMovie(t.Context(), io.MultiReader(bytes.NewReader(b[:n]), iotest.ErrReader(broken)))
		require.ErrorIs(t, err, broken, "%d of %d", n, len(b))
	}
	for i := bytes.Index(b, []byte("fdAT")); i < len(b)-12; i++ { // a bit that flips is told, or in what does not count
		c := bytes.Clone(b)
		c[i] ^= 4
		if _, err := readMovie(t.Context(), bytes.NewReader(c)); err != nil {
			require.ErrorIs(t, err, codec.ErrFormat)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := readMovie(ctx, bytes.NewReader(b))
	require.ErrorIs(t, err, context.Canceled)
	f, err := Codec{}.Animate(t.Context(), bytes.NewReader(b), codec.Request{})
	require.NoError(t, err)
	src, _, err := f.Next()
	require.NoError(t, err)
	require.NoError(t, f.Close())
	_, err = src.Next()
	require.Error(t, err)
	_, _, err = f.Next()
	require.Error(t, err)
	require.NotEqual(t, io.EOF, err)
}

func FuzzAnimate(f *testing.F) {
	for _, s := range variety() {
		f.Add(s.Data)
	}
	f.Add(newAPNG(4, 4, 8, typeRGBA, 3, 0).control(0, 0, 4, 4, 1, 1, 2, 0).idat(solid(4, 4, red...)).
		control(0, 0, 2, 2, 1, 1, 1, 1).fdat(solid(2, 2, half...)).
		control(1, 1, 2, 2, 1, 1, 2, 1).fdat(solid(2, 2, half...)).end())
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
		if m.shape != (Codec{}).AnimationShape(info) || len(m.pictures) > info.Frames || len(m.pictures) < 1 || m.loops != info.Loops {
			t.Fatalf("probed %+v, decoded %d of %v", info, len(m.pictures), m.shape)
		}
	})
}
