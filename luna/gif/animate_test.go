package gif

import (
	"bufio"
	"bytes"
	"image"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A still is a frame of a file written by hand: every pixel has the index.
type still struct {
	rect        image.Rectangle
	index       uint8
	transparent int
	disposal    int
	short       int // pixels that are missing
}

// file writes frames on a canvas of 4x2, with colours whose red is 10 times
// their index.
func file(frames ...still) []byte {
	var b bytes.Buffer
	w := bufio.NewWriter(&b)
	writeScreen(w, 4, 2, []uint32{opaque, opaque | 10, opaque | 20, opaque | 30})
	writeLoops(w, 3)
	for _, f := range frames {
		writeControl(w, f.disposal, 7, f.transparent)
		writeDescriptor(w, f.rect, nil)
		p := &packer{w: w}
		p.start(2)
		p.write(bytes.Repeat([]byte{f.index}, f.rect.Dx()*f.rect.Dy()-f.short))
		p.end()
	}
	w.WriteByte(kindTrailer)
	w.Flush()
	return b.Bytes()
}

// played returns the red of all frames, -1 where they are transparent.
func played(t *testing.T, data []byte) (all [][]int, delays []time.Duration) {
	t.Helper()
	f, err := Codec{}.Animate(t.Context(), bytes.NewReader(data), codec.Request{Pool: pixel.NewPool()})
	require.NoError(t, err)
	defer f.Close()
	for {
		src, delay, err := f.Next()
		if err == io.EOF {
			return all, delays
		}
		require.NoError(t, err)
		m, err := pixel.ReadAll(nil, src)
		require.NoError(t, err)
		var reds []int
		for i, red := range m.Planes[0].Pix {
			if m.Shape.Layout == pixel.RGBA && m.Planes[3].Pix[i] == 0 {
				reds = append(reds, -1)
			} else {
				reds = append(reds, int(red))
			}
		}
		all, delays = append(all, reds), append(delays, delay)
	}
}

func TestFramesAreComposedAsBrowsersDo(t *testing.T) {
	all := image.Rect(0, 0, 4, 2)
	full := still{all, 1, -1, disposeKeep, 0}
	dot := func(index uint8, disposal int) still { return still{image.Rect(1, 0, 2, 1), index, -1, disposal, 0} }
	ten := []int{10, 10, 10, 10, 10, 10, 10, 10}
	tests := []struct {
		name   string
		frames []still
		want   [][]int
	}{
		{"kept", []still{full, dot(2, disposeKeep), dot(3, 0)}, [][]int{ten, {10, 20, 10, 10, 10, 10, 10, 10}, {10, 30, 10, 10, 10, 10, 10, 10}}},
		{"background", []still{full, dot(2, disposeBackground), {image.Rect(0, 0, 1, 1), 3, -1, 0, 0}},
			[][]int{ten, {10, 20, 10, 10, 10, 10, 10, 10}, {30, -1, 10, 10, 10, 10, 10, 10}}},
		{"previous", []still{full, dot(2, disposePrevious), {image.Rect(0, 0, 1, 1), 3, -1, 0, 0}},
			[][]int{ten, {10, 20, 10, 10, 10, 10, 10, 10}, {30, 10, 10, 10, 10, 10, 10, 10}}},
		{"disposal 4 is 3", []still{full, dot(2, 4), dot(1, 0)}, [][]int{ten, {10, 20, 10, 10, 10, 10, 10, 10}, ten}},
		{"first is previous", []still{{all, 1, -1, disposePrevious, 0}, dot(2, 0)}, [][]int{ten, {-1, 20, -1, -1, -1, -1, -1, -1}}},
		{"transparent", []still{full, {all, 2, 2, 0, 0}}, [][]int{ten, ten}},
		{"over the edge", []still{full, {image.Rect(3, 1, 9, 9), 2, -1, 0, 0}}, [][]int{ten, {10, 10, 10, 10, 10, 10, 10, 20}}},
		{"outside", []still{full, {image.Rect(4, 2, 9, 9), 2, -1, disposeBackground, 0}, dot(1, 0)}, [][]int{ten, ten, ten}},
		{"first is a part", []still{dot(2, 0)}, [][]int{{-1, 20, -1, -1, -1, -1, -1, -1}}},
		{"no pixels", []still{full, {image.Rectangle{}, 2, -1, 0, 0}}, [][]int{ten, ten}},
		{"pixels missing", []still{full, {all, 2, -1, 0, 3}}, [][]int{ten, {20, 20, 20, 20, 20, 10, 10, 10}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			data := file(test.frames...)
			got, delays := played(t, data)
			require.Equal(t, test.want, got)
			require.Equal(t, 70*time.Millisecond, delays[0])
			info, err := Codec{}.Probe(bytes.NewReader(data))
			require.NoError(t, err)
			require.Equal(t, len(test.want), info.Frames)
			require.Equal(t, 3, info.Loops)
		})
	}
}

func TestFirstFrameEnlargesTheCanvas(t *testing.T) {
	info, err := Codec{}.Probe(bytes.NewReader(file(still{image.Rect(2, 1, 9, 5), 1, -1, 0, 0})))
	require.NoError(t, err)
	require.Equal(t, pixel.Shape{Width: 9, Height: 5, Layout: pixel.RGBA}, info.Shape)
}

func TestFramesThatCostWithoutShowingAreRefused(t *testing.T) {
	var b bytes.Buffer
	w := bufio.NewWriter(&b)
	writeScreen(w, 1, 1, []uint32{opaque})
	for range 3 {
		writeDescriptor(w, image.Rect(0, 0, maxSide, maxSide), nil)
		w.Write([]byte{2, 1, 0, 0})
		writeDescriptor(w, image.Rect(0, 0, 1, 1), nil) // the first frame decides on the canvas
		w.Write([]byte{2, 1, 0, 0})
	}
	w.WriteByte(kindTrailer)
	w.Flush()
	data := b.Bytes()
	first := bytes.Index(data, []byte{kindImage})
	data = append(data[:first], data[first+14:]...) // so that it is the small one
	_, err := Codec{}.Probe(bytes.NewReader(data))
	require.ErrorIs(t, err, codec.ErrLimit)
}

func TestInterlacedRowsAreWhereTheyBelong(t *testing.T) {
	for height := 1; height < 40; height++ {
		for i := range height {
			require.Equal(t, i, stored(shown(i, height), height))
		}
	}
	require.Equal(t, []int{0, 8, 4, 2, 6, 1, 3, 5, 7, 9}, func() (rows []int) {
		for i := range 10 {
			rows = append(rows, shown(i, 10))
		}
		return rows
	}())
}

// TestInterlacedPicture reads rows in their stored order by both ways.
func TestInterlacedPicture(t *testing.T) {
	const width, height = 5, 37
	var b bytes.Buffer
	w := bufio.NewWriter(&b)
	var colours []uint32
	for i := range uint32(64) {
		colours = append(colours, opaque|i)
	}
	writeScreen(w, width, height, colours)
	at := len(header) + 7 + 64*3 + 9
	writeDescriptor(w, image.Rect(0, 0, width, height), nil)
	p := &packer{w: w}
	p.start(6)
	for i := range height {
		p.write(bytes.Repeat([]byte{uint8(shown(i, height))}, width))
	}
	require.NoError(t, p.end())
	w.WriteByte(kindTrailer)
	w.Flush()
	data := b.Bytes()
	data[at] |= 0x40

	info, err := Codec{}.Probe(bytes.NewReader(data))
	require.NoError(t, err)
	require.True(t, info.Progressive)
	var want []int
	for i := range width * height {
		want = append(want, i/width)
	}
	got, _ := played(t, data)
	require.Equal(t, want, got[0])
	src, err := Codec{}.Decode(t.Context(), bytes.NewReader(data), codec.Request{})
	require.NoError(t, err)
	m, err := pixel.ReadAll(nil, src)
	require.NoError(t, err)
	for i, v := range m.Planes[0].Pix {
		require.EqualValues(t, want[i], v)
	}
}

func TestMissingTrailer(t *testing.T) {
	full := still{image.Rect(0, 0, 4, 2), 1, -1, 0, 0}
	data := file(full, full)
	data = data[:len(data)-1]
	_, err := Codec{}.Probe(bytes.NewReader(data))
	require.NoError(t, err)
	_, err = Codec{}.Animate(t.Context(), bytes.NewReader(data), codec.Request{})
	require.ErrorIs(t, err, codec.ErrFormat)
	require.ErrorIs(t, Codec{}.Copy(t.Context(), io.Discard, bytes.NewReader(data), codec.Metadata{}), codec.ErrFormat)
}

// TestLZWAgainstItself writes noise and runs of all index sizes, so that the
// table fills and codes of all lengths occur.
func TestLZWAgainstItself(t *testing.T) {
	for bits := 1; bits <= 8; bits++ {
		indices := make([]uint8, 40_000)
		x := uint32(1)
		for i := range indices {
			x = x*1664525 + 1013904223
			if i%20_000 < 10_000 {
				indices[i] = uint8(x >> 24 >> (8 - bits))
			}
		}
		for _, n := range []int{0, 1, 2, 3, 255, 10_000, len(indices)} {
			var b bytes.Buffer
			p := &packer{w: &b}
			p.start(bits)
			p.write(indices[:n/2])
			p.write(indices[n/2 : n])
			require.NoError(t, p.end())
			require.EqualValues(t, b.Len(), p.written)
			u := &unpacker{b: &blocks{r: bufio.NewReader(&b)}}
			require.NoError(t, u.start())
			got := make([]uint8, n+5)
			at := 0
			for at < len(got) {
				k, err := u.read(got[at:min(at+777, len(got))])
				require.NoError(t, err)
				if k == 0 {
					break
				}
				at += k
			}
			require.Equal(t, n, at)
			require.True(t, bytes.Equal(indices[:n], got[:n]))
			require.NoError(t, u.finish())
		}
	}
}
