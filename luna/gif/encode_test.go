package gif

import (
	"bytes"
	"errors"
	stdgif "image/gif"
	"io"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

func encoded(t *testing.T, m *pixel.Image, opts codec.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Codec{}.Encode(t.Context(), &b, m.Source(0, nil), opts))
	return b.Bytes()
}

func decoded(t *testing.T, data []byte) *pixel.Image {
	t.Helper()
	src, err := Codec{}.Decode(t.Context(), bytes.NewReader(data), codec.Request{})
	require.NoError(t, err)
	defer src.Close()
	m, err := pixel.ReadAll(nil, src)
	require.NoError(t, err)
	return m
}

// sprinkled is noise of n colours.
func sprinkled(n int) *pixel.Image {
	m := pixel.NewImage(nil, pixel.Shape{Width: 61, Height: 47, Layout: pixel.RGB})
	r := rand.New(rand.NewPCG(uint64(n), 1))
	var colours [][3]uint8
	for i := range n {
		colours = append(colours, [3]uint8{uint8(i), uint8(r.Uint32()), uint8(r.Uint32())})
	}
	for i := range m.Planes[0].Pix {
		c := colours[r.IntN(n)]
		if i < n {
			c = colours[i]
		}
		m.Planes[0].Pix[i], m.Planes[1].Pix[i], m.Planes[2].Pix[i] = c[0], c[1], c[2]
	}
	return m
}

func TestFewColoursAreExact(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 16, 17, 255, 256} {
		m := sprinkled(n)
		require.True(t, testpic.Equal(m, decoded(t, encoded(t, m, codec.Options{}))), n)
	}
}

func TestQualityIsANumberOfColours(t *testing.T) {
	m := testpic.Make(pixel.Shape{Width: 300, Height: 200, Layout: pixel.RGB})
	last := 1 << 20
	for _, test := range []struct{ quality, colours int }{{0, 256}, {100, 256}, {90, 256}, {75, 213}, {50, 142}, {30, 85}, {10, 28}, {1, 2}} {
		data := encoded(t, m, codec.Options{Quality: test.quality})
		g, err := stdgif.DecodeAll(bytes.NewReader(data))
		require.NoError(t, err)
		used := map[uint8]bool{}
		for _, i := range g.Image[0].Pix {
			used[i] = true
		}
		require.LessOrEqual(t, len(used), test.colours)
		require.Greater(t, len(used), test.colours*9/10-1)
		require.LessOrEqual(t, len(data), last)
		last = len(data)
	}
	require.Greater(t, testpic.PSNR(m, decoded(t, encoded(t, m, codec.Options{})), 0), 32.5, "waves of all colours; photos come to 35 to 44")
}

func TestAlphaHasAThreshold(t *testing.T) {
	m := pixel.NewImage(nil, pixel.Shape{Width: 4, Height: 1, Layout: pixel.GrayAlpha})
	copy(m.Planes[0].Pix, []uint8{9, 9, 8, 7})
	copy(m.Planes[1].Pix, []uint8{0, 127, 128, 255})
	got := decoded(t, encoded(t, m, codec.Options{}))
	require.Equal(t, []uint8{0, 0, 255, 255}, got.Planes[3].Pix)
	require.Equal(t, []uint8{8, 7}, got.Planes[2].Pix[2:])
}

func TestCheckRefuses(t *testing.T) {
	shape := pixel.Shape{Width: 1, Height: 1, Layout: pixel.RGB}
	for _, test := range []struct {
		opts codec.Options
		says string
	}{
		{codec.Options{Progressive: true}, "progressive"}, {codec.Options{Lossless: true}, "lossless"},
		{codec.Options{Effort: new(1)}, "effort"}, {codec.Options{Quality: 101}, "quality 101"}, {codec.Options{Quality: -1}, "quality -1"},
	} {
		err := Codec{}.Check(shape, test.opts)
		require.ErrorIs(t, err, codec.ErrUnsupported)
		require.ErrorContains(t, err, test.says)
	}
	require.ErrorContains(t, Codec{}.Check(pixel.Shape{Width: maxSide + 1, Height: 1}, codec.Options{}), "width")
	require.ErrorContains(t, Codec{}.Check(pixel.Shape{Width: 1}, codec.Options{}), "height")
	large := Codec{}.Check(pixel.Shape{Width: maxSide, Height: maxSide}, codec.Options{})
	require.Equal(t, strconv.IntSize == 32, errors.Is(large, codec.ErrUnsupported))
}

// A reel yields pictures as codec.Frames.
type reel struct {
	pictures []*pixel.Image
	delay    time.Duration
	loops    int
	next     int
}

func (r *reel) Shape() pixel.Shape { return r.pictures[0].Shape }
func (r *reel) Loops() int         { return r.loops }
func (r *reel) Close() error       { return nil }

func (r *reel) Next() (pixel.Source, time.Duration, error) {
	if r.next == len(r.pictures) {
		return nil, 0, io.EOF
	}
	r.next++
	return r.pictures[r.next-1].Source(0, nil), r.delay, nil
}

func filmed(t *testing.T, r *reel) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Codec{}.EncodeAnimation(t.Context(), &b, r, codec.Options{}))
	return b.Bytes()
}

// TestAnimationIsExact where there are few colours, whatever moves, vanishes
// or stands still.
func TestAnimationIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, layout := range []pixel.Layout{pixel.RGB, pixel.RGBA} {
		for seed := range 20 {
			var pictures []*pixel.Image
			m := pixel.NewImage(nil, pixel.Shape{Width: 19, Height: 11, Layout: layout})
			for p := range layout.Planes() {
				for i := range m.Planes[p].Pix {
					m.Planes[p].Pix[i] = 255
				}
			}
			for range 6 {
				next := pixel.NewImage(nil, m.Shape)
				for p := range layout.Planes() {
					copy(next.Planes[p].Pix, m.Planes[p].Pix)
				}
				for range r.IntN(4) * seed {
					x, y := r.IntN(19), r.IntN(11)
					hole := layout == pixel.RGBA && r.IntN(2) == 0
					for p := range layout.Planes() {
						v := uint8(r.IntN(4) * 80)
						switch {
						case hole:
							v = 0
						case p == 3:
							v = 255
						}
						next.Planes[p].Row(y)[x] = v
					}
				}
				pictures = append(pictures, next)
				m = next
			}
			data := filmed(t, &reel{pictures: pictures, delay: 40 * time.Millisecond, loops: 2})
			f, err := Codec{}.Animate(t.Context(), bytes.NewReader(data), codec.Request{})
			require.NoError(t, err)
			require.Equal(t, 2, f.Loops())
			for i, want := range pictures {
				src, _, err := f.Next()
				require.NoError(t, err)
				got, err := pixel.ReadAll(nil, src)
				require.NoError(t, err)
				for p := range layout.Planes() {
					require.Equal(t, want.Planes[p].Pix, got.Planes[p].Pix, "seed %d frame %d plane %d", seed, i, p)
				}
			}
			require.NoError(t, f.Close())
		}
	}
}

func TestOnlyWhatChangesIsWritten(t *testing.T) {
	var pictures []*pixel.Image
	for i := range 3 {
		m := testpic.Make(pixel.Shape{Width: 60, Height: 50, Layout: pixel.RGB})
		m.Planes[0].Row(20)[30] += uint8(50 * i)
		pictures = append(pictures, m)
	}
	g, err := stdgif.DecodeAll(bytes.NewReader(filmed(t, &reel{pictures: pictures})))
	require.NoError(t, err)
	require.Len(t, g.Image, 3)
	for _, m := range g.Image[1:] {
		require.Equal(t, "(30,20)-(31,21)", m.Rect.String())
		r, _, _, a := m.Palette[m.Pix[0]].RGBA()
		require.EqualValues(t, 0xffff, a)
		require.NotZero(t, r)
	}
}

func TestDelaysDoNotDrift(t *testing.T) {
	m := testpic.Make(pixel.Shape{Width: 2, Height: 2, Layout: pixel.Gray})
	r := &reel{delay: time.Second / 60}
	for range 60 {
		r.pictures = append(r.pictures, m)
	}
	g, err := stdgif.DecodeAll(bytes.NewReader(filmed(t, r)))
	require.NoError(t, err)
	sum := 0
	for _, d := range g.Delay {
		require.Contains(t, []int{1, 2}, d)
		sum += d
	}
	require.InDelta(t, 100, sum, 1)
	require.Zero(t, g.LoopCount)
}

func TestCopyKeepsFramesAndStripsTheRest(t *testing.T) {
	data := filmed(t, &reel{pictures: []*pixel.Image{sprinkled(7), sprinkled(9)}, delay: time.Second, loops: 4})
	comment := []byte("\x21\xfe\x06secret\x00\x21\xff\x0bICCRGBG1012\x03abc\x00")
	at := bytes.Index(data, []byte{kindExtension, labelControl})
	dirty := append(append(bytes.Clone(data[:at]), comment...), data[at:]...)
	dirty = append(dirty, "behind"...)
	var clean bytes.Buffer
	require.NoError(t, Codec{}.Copy(t.Context(), &clean, bytes.NewReader(dirty), codec.Metadata{}))
	require.Equal(t, data, clean.Bytes())

	packet := []byte("<x:xmpmeta/>")
	var kept bytes.Buffer
	require.NoError(t, Codec{}.Copy(t.Context(), &kept, bytes.NewReader(dirty), codec.Metadata{XMP: packet, EXIF: []byte("no")}))
	info, err := Codec{}.Probe(&kept)
	require.NoError(t, err)
	require.Equal(t, codec.Metadata{XMP: packet}, info.Metadata)
	require.Equal(t, 4, info.Loops)
}
