package avif

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/isobmff"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

func encode(t testing.TB, c *Codec, m *pixel.Image, opts codec.Options) []byte {
	t.Helper()
	if opts.Effort == nil {
		opts.Effort = new(0)
	}
	var b bytes.Buffer
	require.NoError(t, c.Encode(context.Background(), &b, m.Source(0, nil), opts))
	return b.Bytes()
}

func decode(t testing.TB, c *Codec, data []byte) *pixel.Image {
	t.Helper()
	src, err := c.Decode(context.Background(), bytes.NewReader(data), codec.Request{})
	require.NoError(t, err)
	defer src.Close()
	m, err := pixel.ReadAll(nil, src)
	require.NoError(t, err)
	return m
}

func TestOptions(t *testing.T) {
	for name, o := range map[string]Options{
		"MaxDecodeMemory": {MaxDecodeMemory: 1},
		"MaxEncodeMemory": {MaxEncodeMemory: 1 << 40},
		"MaxPixels":       {MaxPixels: -1},
		"MaxDecodes":      {MaxDecodes: -1},
		"MaxEncodes":      {MaxEncodes: -1},
	} {
		_, err := New(&o)
		require.ErrorContains(t, err, name)
	}
	c := testCodec(t)
	rgb := pixel.Shape{Width: 10, Height: 10, Layout: pixel.RGB}
	for name, test := range map[string]struct {
		shape pixel.Shape
		opts  codec.Options
	}{
		"quality 101":                {rgb, codec.Options{Quality: 101}},
		"effort 10":                  {rgb, codec.Options{Effort: new(10)}},
		"effort -1":                  {rgb, codec.Options{Effort: new(-1)}},
		"progressive":                {rgb, codec.Options{Progressive: true}},
		"70000x10":                   {pixel.Shape{Width: 70000, Height: 10, Layout: pixel.RGB}, codec.Options{}},
		"encoding 9000x9000 pixels ": {pixel.Shape{Width: 9000, Height: 9000, Layout: pixel.RGB}, codec.Options{}},
	} {
		err := c.Check(test.shape, test.opts)
		require.ErrorIs(t, err, codec.ErrUnsupported, name)
		require.ErrorContains(t, err, name)
	}
	require.NoError(t, c.Check(rgb, codec.Options{Quality: 1, Effort: new(9), Lossless: true}))
}

// Translucent pixels keep their colours to the last bit, which the library's
// own interface, that multiplies them by alpha, cannot do.
func TestLosslessIsExact(t *testing.T) {
	c := testCodec(t)
	for _, layout := range []pixel.Layout{pixel.Gray, pixel.GrayAlpha, pixel.RGB, pixel.RGBA} {
		m := testpic.Make(pixel.Shape{Width: 67, Height: 41, Layout: layout})
		require.True(t, testpic.Equal(m, decode(t, c, encode(t, c, m, codec.Options{Lossless: true}))), layout)
		require.True(t, c.Lossless(codec.Options{Lossless: true}))
		require.False(t, c.Lossless(codec.Options{Quality: 100}))
	}
}

// The brands and properties are those of sharp's files.
func TestContainer(t *testing.T) {
	c := testCodec(t)
	m := testpic.Make(pixel.Shape{Width: 33, Height: 20, Layout: pixel.RGBA})
	b := encode(t, c, m, codec.Options{Metadata: codec.Metadata{XMP: []byte("<x/>")}})
	f, err := isobmff.Read(bytes.NewReader(b))
	require.NoError(t, err)
	require.Equal(t, []string{"avif", "mif1", "avif", "miaf"}, f.Brands)
	p, err := f.Picture()
	require.NoError(t, err)
	require.Equal(t, &isobmff.Colors{Primaries: 1, Transfer: 13, Matrix: 6, FullRange: true}, p.Color.Colors)
	require.NotNil(t, p.Alpha)
	require.NotNil(t, p.XMP)
	require.Less(t, bytes.Index(b, []byte("<x/>")), bytes.Index(b, []byte("mdat"))+5, "metadata comes first")

	small := newCodec(t, &Options{Subsample: true})
	require.NotEqual(t, c.Revision(), small.Revision())
	full := encode(t, c, m, codec.Options{})
	half := encode(t, small, m, codec.Options{})
	config := func(b []byte) byte {
		f, err := isobmff.Read(bytes.NewReader(b))
		require.NoError(t, err)
		d, _ := f.Items[1].Property("av1C")
		return d[2] >> 2 & 3 // subsampled across, and down
	}
	require.EqualValues(t, 0, config(full))
	require.EqualValues(t, 3, config(half))
}

// newCodec makes a codec for one test.
func newCodec(t *testing.T, o *Options) *Codec {
	t.Helper()
	c, err := New(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c
}

func TestLimits(t *testing.T) {
	big := testpic.Make(pixel.Shape{Width: 900, Height: 800, Layout: pixel.Gray})
	file := encode(t, testCodec(t), big, codec.Options{Quality: 1})
	c := newCodec(t, &Options{MaxDecodeMemory: 16 << 20, MaxEncodeMemory: 16 << 20})
	_, err := c.Decode(context.Background(), bytes.NewReader(file), codec.Request{})
	require.ErrorIs(t, err, codec.ErrLimit)
	require.ErrorContains(t, err, "900x800")
	require.ErrorIs(t, c.Check(big.Shape, codec.Options{}), codec.ErrUnsupported)

	// The library cannot hold more than that, whatever sizes promise.
	_, err = c.lib.encode(context.Background(), parameters{width: 900, height: 800, quality: 50, speed: 9, chroma: chroma400},
		func([]byte) error { return nil })
	require.ErrorIs(t, err, codec.ErrLimit)

	few := newCodec(t, &Options{MaxPixels: 900*800 - 1})
	_, err = few.Decode(context.Background(), bytes.NewReader(file), codec.Request{})
	require.ErrorIs(t, err, codec.ErrLimit)
}

// A call in the middle of the library's work ends when its context does.
func TestInterrupted(t *testing.T) {
	c := testCodec(t)
	m := testpic.Make(pixel.Shape{Width: 320, Height: 240, Layout: pixel.RGB})
	file := encode(t, c, m, codec.Options{})

	ctx := &countdown{Context: context.Background(), left: 60}
	err := c.Encode(ctx, new(bytes.Buffer), m.Source(0, nil), codec.Options{})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, -1, ctx.left, "it asks once more and no further")

	ctx = &countdown{Context: context.Background(), left: 40}
	_, err = c.Decode(ctx, bytes.NewReader(file), codec.Request{})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, -1, ctx.left)

	// And the codec is as good as before.
	decode(t, c, file)
}

// countdown is done when it has been asked so many times.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// Who waits for a turn stops waiting when its context ends.
func TestTurns(t *testing.T) {
	c := testCodec(t)
	m := testpic.Make(pixel.Shape{Width: 16, Height: 16, Layout: pixel.Gray})
	file := encode(t, c, m, codec.Options{})
	require.NoError(t, c.decodes.Acquire(context.Background(), 1))
	defer c.decodes.Release(1)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() {
		_, err := c.Decode(ctx, bytes.NewReader(file), codec.Request{})
		done <- err
	}()
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
}

func TestClosed(t *testing.T) {
	c, err := New(nil)
	require.NoError(t, err)
	require.NoError(t, c.Close())
	require.NoError(t, c.Close())
	m := testpic.Make(pixel.Shape{Width: 16, Height: 16, Layout: pixel.Gray})
	require.Error(t, c.Encode(context.Background(), new(bytes.Buffer), m.Source(0, nil), codec.Options{}))
}

// Frames that are larger than what the container says are not begun with.
func TestFramesLargerThanTheirItem(t *testing.T) {
	c := testCodec(t)
	file := encode(t, c, testpic.Make(pixel.Shape{Width: 64, Height: 64, Layout: pixel.Gray}), codec.Options{})
	_, err := c.Decode(context.Background(), bytes.NewReader(lieInSize(file, 32, 32)), codec.Request{})
	require.ErrorIs(t, err, codec.ErrFormat)
	require.ErrorContains(t, err, "64x64")
}
