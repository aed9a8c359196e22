package luna

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

func TestOpen(t *testing.T) {
	boom := errors.New("boom")
	ok := codec.Info{Shape: gray(100, 50)}
	with := func(change func(*codec.Info)) codec.Info {
		info := ok
		change(&info)
		return info
	}
	tests := []struct {
		name  string
		codec fake
		body  io.Reader
		want  error
		stage string
		text  string
	}{
		{"fine", fake{info: ok}, nil, nil, "", ""},
		{"at the limit", fake{info: codec.Info{Shape: gray(1000, 100)}}, nil, nil, "", ""},
		{"as long as may be", fake{info: ok}, strings.NewReader("fake" + strings.Repeat(".", 96)), nil, "", ""},
		{"empty", fake{}, strings.NewReader(""), ErrNotImage, "probe", "the original is empty"},
		{"short", fake{}, strings.NewReader("fak"), ErrNotImage, "probe", "not an image of a format that is read here (fake)"},
		{"a text", fake{}, strings.NewReader("hello, world"), ErrNotImage, "probe", "(fake)"},
		{"malformed", fake{fail: codec.ErrFormat}, nil, ErrFormat, "probe", "fake: malformed"},
		{"unsupported", fake{fail: codec.ErrUnsupported}, nil, ErrUnsupported, "probe", "fake: unsupported"},
		{"no size", fake{}, nil, ErrFormat, "probe", "0x0"},
		{"a negative size", fake{info: codec.Info{Shape: gray(-1, -1)}}, nil, ErrFormat, "probe", "-1x-1"},
		{"too wide", fake{info: codec.Info{Shape: gray(1001, 1)}}, nil, ErrLimit, "probe", "a side over 1000"},
		{"too high", fake{info: codec.Info{Shape: gray(1, 1001)}}, nil, ErrLimit, "probe", "a side over 1000"},
		{"too large", fake{info: codec.Info{Shape: gray(1000, 101)}}, nil, ErrLimit, "probe", "more than 100000 pixels"},
		{"too many frames", fake{info: with(func(i *codec.Info) { i.Frames = 21 })}, nil, ErrLimit, "probe", "21 pictures of 100x50"},
		{"more frames than there are numbers", fake{info: with(func(i *codec.Info) { i.Frames = 1 << 30 })}, nil, ErrLimit, "probe", ""},
		{"no layout", fake{info: with(func(i *codec.Info) { i.Shape.Layout = 0 })}, nil, ErrUnsupported, "probe", "layout"},
		{"a length over the limit", fake{info: ok}, withSize(strings.NewReader("fake"), 101), ErrLimit, "probe", "longer than 100 bytes"},
		{"the store fails", fake{info: ok}, iotest.ErrReader(boom), boom, "fetch", "boom"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.codec.name, tt.codec.magic = "fake", "fake"
			e, err := New([]codec.Codec{tt.codec}, &Options{MaxPixels: 100_000, MaxSide: 1000, MaxSourceBytes: 100})
			require.NoError(t, err)
			if tt.body == nil {
				tt.body = strings.NewReader("fake, and more")
			}
			o, err := e.open(t.Context(), tt.body)
			if tt.want == nil {
				require.NoError(t, err)
				require.Equal(t, 1, o.info.Orientation)
				require.Equal(t, 1, o.info.Frames)
				return
			}
			require.ErrorIs(t, err, tt.want)
			require.ErrorContains(t, err, tt.text)
			var e2 *Error
			require.ErrorAs(t, err, &e2)
			require.Equal(t, tt.stage, e2.Stage)
		})
	}
}

func TestOpenSurvivesPanic(t *testing.T) {
	e, err := New([]codec.Codec{fake{name: "fake", magic: "fake", panics: "probe"}}, nil)
	require.NoError(t, err)
	_, err = e.open(t.Context(), strings.NewReader("fake"))
	var p *PanicError
	require.ErrorAs(t, err, &p)
	require.Equal(t, "probe", p.Value)
	require.Contains(t, string(p.Stack), "Probe")
}

func TestOpenKnowsTheLength(t *testing.T) {
	c := fake{name: "fake", magic: "fake", info: codec.Info{Shape: gray(1, 1)}}
	e, err := New([]codec.Codec{c}, nil)
	require.NoError(t, err)
	for _, tt := range []struct {
		body  io.Reader
		size  int64
		known bool
	}{
		{strings.NewReader("fake..."), 7, true},
		{withSize(io.MultiReader(strings.NewReader("fake...")), 7), 7, true},
		{io.MultiReader(strings.NewReader("fake...")), 32 << 20, false},
	} {
		o, err := e.open(t.Context(), tt.body)
		require.NoError(t, err)
		require.Equal(t, tt.size, o.size)
		require.Equal(t, tt.known, o.known)
	}
}

// headProbe reads a given number of bytes when it probes.
type headProbe struct {
	fake
	n int
}

func (c headProbe) Probe(r io.Reader) (codec.Info, error) {
	_, err := io.CopyN(io.Discard, r, int64(c.n))
	if err == io.EOF {
		err = nil
	}
	return c.info, err
}

func TestReplayGivesEveryByteAgain(t *testing.T) {
	body := []byte("fake" + strings.Repeat("0123456789", 500))
	for _, n := range []int{0, 1, 4, 5, 100, len(body) - 1, len(body), len(body) + 1} {
		for name, bend := range map[string]func(io.Reader) io.Reader{
			"whole": func(r io.Reader) io.Reader { return r }, "one byte": iotest.OneByteReader,
			"half": iotest.HalfReader, "data with EOF": iotest.DataErrReader,
		} {
			c := headProbe{fake{name: "fake", magic: "fake", info: codec.Info{Shape: gray(1, 1)}}, n}
			e, err := New([]codec.Codec{c}, &Options{MaxSourceBytes: int64(len(body))})
			require.NoError(t, err)
			o, err := e.open(t.Context(), bend(bytes.NewReader(body)))
			require.NoError(t, err)
			require.LessOrEqual(t, o.body.n, int64(max(n, 4)), "open reads no more than the decoder asks for")
			o.body.resume(t.Context())
			got, err := io.ReadAll(o.body)
			require.NoError(t, err)
			require.Equal(t, body, got, "%s after %d", name, n)
			require.Nil(t, o.body.head, "the head is let go once it is read")
		}
	}
}

func TestReplayCountsWhileReading(t *testing.T) {
	endless := io.MultiReader(strings.NewReader("fake"), zeros{})
	c := fake{name: "fake", magic: "fake", info: codec.Info{Shape: gray(1, 1)}}
	e, err := New([]codec.Codec{c}, &Options{MaxSourceBytes: 1000})
	require.NoError(t, err)
	o, err := e.open(t.Context(), endless)
	require.NoError(t, err)
	o.body.resume(t.Context())
	n, err := io.Copy(io.Discard, o.body)
	require.ErrorIs(t, err, ErrLimit)
	require.LessOrEqual(t, n, int64(1000))
	_, again := o.body.Read(make([]byte, 1))
	require.Equal(t, err, again)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestReplayStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	b := newReplay(ctx, zeros{}, 100)
	_, err := b.Read(make([]byte, 10))
	require.NoError(t, err)
	cancel()
	_, err = b.Read(make([]byte, 10))
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, int64(10), b.n)
}

func TestMetadata(t *testing.T) {
	c := fake{name: "fake", magic: "fake", info: codec.Info{
		Shape:       pixel.Shape{Width: 400, Height: 300, Layout: pixel.RGBA},
		Orientation: 6, Frames: 3, Space: "srgb", Channels: 4, HasAlpha: true, Progressive: true,
	}}
	e, err := New([]codec.Codec{c}, nil)
	require.NoError(t, err)
	m, err := e.Metadata(t.Context(), strings.NewReader("fake..."))
	require.NoError(t, err)
	require.Equal(t, &Metadata{
		Width: 400, Height: 300, Format: "fake", Space: "srgb", Channels: 4, HasAlpha: true, Orientation: 6,
		Density: 72, IsProgressive: true, Pages: 3, Size: 7, OrientedWidth: 300, OrientedHeight: 400,
	}, m)

	c.info.Orientation, c.info.Density = 9, 300
	e, err = New([]codec.Codec{c}, nil)
	require.NoError(t, err)
	m, err = e.Metadata(t.Context(), io.MultiReader(strings.NewReader("fake...")))
	require.NoError(t, err)
	require.Equal(t, 1, m.Orientation)
	require.Equal(t, 300.0, m.Density)
	require.Equal(t, 400, m.OrientedWidth)
	require.Zero(t, m.Size)
}

// TestDecodersAreToldTheLength that is left, where anybody knows it.
func TestDecodersAreToldTheLength(t *testing.T) {
	e, err := New([]codec.Codec{fake{name: "fake", magic: "fake", info: codec.Info{Shape: gray(4, 3)}}}, nil)
	require.NoError(t, err)
	for _, known := range []bool{true, false} {
		var r io.Reader = strings.NewReader("fake and more")
		if !known {
			r = struct{ io.Reader }{r}
		}
		o, err := e.open(t.Context(), r)
		require.NoError(t, err)
		o.body.resume(t.Context())
		body := o.reader()
		left, ok := body.(interface{ Len() int })
		require.Equal(t, known, ok)
		for n := len("fake and more"); known && n >= 0; n-- {
			require.Equal(t, n, left.Len())
			_, err := body.Read(make([]byte, 1))
			require.Equal(t, n == 0, err == io.EOF)
		}
	}
}
