package luna

import (
	"bytes"
	"context"
	"fmt"
	"image/jpeg"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/scene"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codecs"
	"github.com/immagin/immagin-go/luna/pixel"
)

func TestCoresAreShared(t *testing.T) {
	c := &cores{free: 6}
	var give []func()
	for _, want := range []int{mostCores, 2, 1, 1} {
		n, g := c.take()
		require.Equal(t, want, n)
		give = append(give, g)
	}
	require.Equal(t, -2, c.free)
	give[0]()
	give[0]() // once
	require.Equal(t, 2, c.free)
	n, g := c.take()
	require.Equal(t, 2, n)
	for _, g := range append(give, g) {
		g()
	}
	require.Equal(t, 6, c.free)
}

func TestCoresOption(t *testing.T) {
	_, err := New(nil, &Options{Cores: -1})
	require.ErrorContains(t, err, "Options.Cores is -1")
	e, err := New(nil, nil)
	require.NoError(t, err)
	require.Positive(t, e.opts.Cores)
}

// TestDecodersAreToldTheirCores: those that are free, and one where all are
// taken.
func TestDecodersAreToldTheirCores(t *testing.T) {
	var workers, planned []int
	c := told{fake{name: "fake", magic: "fake", info: codec.Info{Shape: gray(40, 60)}}, &workers, &planned}
	e, err := New([]codec.Codec{c, sink{name: "webp"}}, &Options{Cores: 3})
	require.NoError(t, err)
	run := func() {
		_, err := e.Transform(t.Context(), io.Discard, bytes.NewReader([]byte("fake")), nil, nil)
		require.NoError(t, err)
	}
	run()
	_, give := e.cores.take()
	run()
	give()
	run()
	require.Equal(t, []int{3, 1, 3}, workers)
	require.Equal(t, []int{3, 3, 3}, planned, "memory is reserved for the most")
}

type told struct {
	fake
	workers, planned *[]int
}

func (c told) DecodeWork(_ codec.Info, req codec.Request) int64 {
	*c.planned = append(*c.planned, req.Workers)
	return 0
}

func (c told) Decode(ctx context.Context, r io.Reader, req codec.Request) (pixel.Source, error) {
	*c.workers = append(*c.workers, req.Workers)
	return c.fake.Decode(ctx, r, req)
}

func TestWhereToReadAhead(t *testing.T) {
	for _, tt := range []struct {
		name   string
		source pixel.Shape
		edits  []edit.Edit
		ops    string
		want   []int
	}{
		{"all of it", gray(1000, 1000), nil, "[]", []int{0}},
		{"behind decoder and resize", gray(1000, 1000), []edit.Edit{edit.Resize{Width: 500}, edit.Invert(true)}, "[resize 500x500 lut]", []int{0, 1}},
		{"before the encoder", gray(1000, 1000), []edit.Edit{edit.Invert(true), edit.Resize{Width: 500}}, "[lut resize 500x500]", []int{0, 2}},
		{"not of little", gray(1000, 1000), []edit.Edit{edit.Resize{Width: 50}}, "[resize 50x50]", []int{0}},
		{"not of a strip", gray(16000, 16), nil, "[]", nil},
		{"small ones", gray(300, 300), []edit.Edit{edit.Flop(true)}, "[flop]", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := planOf(t, shaped(tt.source.Width, tt.source.Height, tt.source.Layout), sink{name: "webp"}, nil, tt.edits, nil)
			require.NoError(t, err)
			require.Equal(t, tt.ops, fmt.Sprint(p.Ops))
			require.Equal(t, tt.want, p.ahead())
			require.Equal(t, tt.want != nil, p.aheadBytes() > 0)
		})
	}
}

// TestCoresChangeNoByte, with codecs that have goroutines of their own.
func TestCoresChangeNoByte(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	var original bytes.Buffer
	require.NoError(t, jpeg.Encode(&original, scene.Landscape(1200, 900), nil))
	for name, edits := range map[string][]edit.Edit{
		"as it is": nil,
		"resize":   {edit.Resize{Width: 500}},
		"blur":     {edit.Resize{Width: 700}, edit.Blur(3)},
		"turn":     {edit.Rotate{Angle: 20}, edit.Resize{Width: 600}},
		"trim":     {edit.Trim{}, edit.Resize{Width: 600, Height: 600, Fit: edit.FitContain}},
	} {
		for _, format := range []edit.Format{edit.FormatJPEG, edit.FormatPNG} {
			var want []byte
			for _, n := range []int{1, 2, 8} {
				e, err := New(codecs.Default(), &Options{Cores: n})
				require.NoError(t, err)
				var got bytes.Buffer
				res, err := e.Transform(t.Context(), &got, bytes.NewReader(original.Bytes()), edits, &edit.Output{Format: format})
				require.NoError(t, err)
				require.Positive(t, res.Decode)
				require.Positive(t, res.Encode)
				if want == nil {
					want = got.Bytes()
				}
				require.True(t, bytes.Equal(want, got.Bytes()), "%s to %s on %d", name, format, n)
			}
		}
	}
}

// TestTheOriginalIsLetGoBeforeTheEncoderIs: an encoder that needs the whole
// picture may take long.
func TestTheOriginalIsLetGoBeforeTheEncoderIs(t *testing.T) {
	for _, cores := range []int{1, 4} {
		closes := 0
		c := fake{name: "fake", magic: "fake", info: codec.Info{Shape: gray(400, 400)}}
		c.bend = func(_ io.Reader, src pixel.Source) pixel.Source { return probed{src, new(int), &closes, nil} }
		e, err := New([]codec.Codec{c, late{sink{name: "webp"}, &closes}}, &Options{Cores: cores})
		require.NoError(t, err)
		_, err = e.Transform(t.Context(), io.Discard, bytes.NewReader([]byte("fake")), []edit.Edit{edit.Resize{Width: 390}}, nil)
		require.NoError(t, err)
	}
}

// late is an encoder that looks, at the end of the picture, whether its source
// is closed.
type late struct {
	sink
	closes *int
}

func (s late) Encode(_ context.Context, _ io.Writer, src pixel.Source, _ codec.Options) error {
	if _, err := pixel.Drain(src); err != nil {
		return err
	}
	if *s.closes == 0 {
		return fmt.Errorf("the source is still there")
	}
	if _, err := src.Next(); err != io.EOF {
		return fmt.Errorf("behind the end is %v", err)
	}
	return nil
}
