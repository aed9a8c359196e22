package luna

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A probed source counts what is asked of the decoder.
type probed struct {
	pixel.Source
	nexts, closes *int
	next          func(n int) error // before the nth call
}

func (p probed) Next() (*pixel.Strip, error) {
	*p.nexts++
	if p.next != nil {
		if err := p.next(*p.nexts); err != nil {
			return nil, err
		}
	}
	return p.Source.Next()
}

func (p probed) Close() error {
	*p.closes++
	return p.Source.Close()
}

func TestRenderFails(t *testing.T) {
	boom := errors.New("boom")
	broken := func(n int, err error) func(int) error {
		return func(i int) error {
			if i >= n {
				return err
			}
			return nil
		}
	}
	tests := []struct {
		name   string
		codec  fake
		to     sink
		body   func() io.Reader
		w      io.Writer
		next   func(int) error
		edits  []edit.Edit
		want   error // nil for a panic
		stage  string
		closed bool
	}{
		{name: "the decoder panics", codec: fake{panics: "decode"}, stage: "decode"},
		{name: "the encoder panics", to: sink{panics: "encode"}, stage: "encode", closed: true},
		{name: "a strip panics", next: func(int) error { panic("next") }, stage: "encode", closed: true},
		{name: "the pixels end early", next: broken(2, codec.ErrFormat), want: ErrFormat, stage: "decode", closed: true},
		{name: "behind an edit", next: broken(2, codec.ErrFormat), edits: []edit.Edit{edit.Resize{Width: 20}}, want: ErrFormat, stage: "decode", closed: true},
		{name: "a source of too few rows", next: broken(2, io.EOF), edits: []edit.Edit{edit.Resize{Width: 20}}, want: io.ErrUnexpectedEOF, stage: "edit", closed: true},
		{name: "the store fails", body: follow(iotest.ErrReader(boom)), want: boom, stage: "fetch", closed: true},
		{name: "the original is too long", body: follow(zeros{}), want: ErrLimit, stage: "probe", closed: true},
		{name: "the writer fails", w: failing{boom}, want: boom, stage: "write", closed: true},
		{name: "the writer is short", w: failing{nil}, want: io.ErrShortWrite, stage: "write", closed: true},
	}
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	for i := range 2 * len(tests) {
		// The larger picture is read ahead.
		tt, cores, shape := tests[i/2], 1+3*(i%2), gray(40+400*(i%2), 600)
		t.Run(fmt.Sprintf("%s, on %d", tt.name, cores), func(t *testing.T) {
			nexts, closes := 0, 0
			c := tt.codec
			c.name, c.magic, c.info.Shape = "fake", "fake", shape
			c.bend = func(r io.Reader, src pixel.Source) pixel.Source {
				next := tt.next
				if next == nil && tt.body != nil {
					next = func(int) error { // a decoder that hides whose fault it was
						if _, err := io.Copy(io.Discard, r); err != nil {
							return codec.ErrFormat
						}
						return nil
					}
				}
				return probed{src, &nexts, &closes, next}
			}
			tt.to.name = "webp"
			e, err := New([]codec.Codec{c, tt.to}, &Options{MaxSourceBytes: 1000, Cores: cores})
			require.NoError(t, err)
			body := io.Reader(strings.NewReader("fake"))
			if tt.body != nil {
				body = tt.body()
			}
			if tt.w == nil {
				tt.w = io.Discard
			}
			_, err = e.Transform(t.Context(), tt.w, body, tt.edits, &edit.Output{Format: "webp"})
			require.Error(t, err)
			if tt.want != nil {
				require.ErrorIs(t, err, tt.want)
			} else {
				var p *PanicError
				require.ErrorAs(t, err, &p)
			}
			var stage *Error
			require.ErrorAs(t, err, &stage)
			require.Equal(t, tt.stage, stage.Stage)
			if tt.closed {
				require.NotZero(t, closes, "the decoder's source is closed")
			}
			release, err := e.reserve(t.Context(), e.opts.MaxBytes)
			require.NoError(t, err, "nothing stays reserved")
			release()
			require.Equal(t, cores, e.cores.free, "nor does any core")
		})
	}
}

// follow returns readers of a magic and what comes after it.
func follow(r io.Reader) func() io.Reader {
	return func() io.Reader { return io.MultiReader(strings.NewReader("fake"), r) }
}

// failing writes nothing, and returns its error.
type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestRenderRefusesPixelsOfAnotherShape(t *testing.T) {
	closes := 0
	c := fake{name: "fake", magic: "fake", info: codec.Info{Shape: gray(40, 60)}}
	c.bend = func(_ io.Reader, src pixel.Source) pixel.Source {
		src.Close()
		other := pixel.NewImage(nil, gray(41, 60))
		return probed{other.Source(0, nil), new(int), &closes, nil}
	}
	e, err := New([]codec.Codec{c, sink{name: "webp"}}, nil)
	require.NoError(t, err)
	_, err = e.Transform(t.Context(), io.Discard, strings.NewReader("fake"), nil, &edit.Output{Format: "webp"})
	require.ErrorIs(t, err, ErrFormat)
	require.ErrorContains(t, err, "41x60 gray where the headers told of 40x60 gray")
	require.Equal(t, 1, closes)
}

// TestRenderStops: within one strip of the cancellation, wherever that comes.
func TestRenderStops(t *testing.T) {
	for name, edits := range map[string][]edit.Edit{
		"no edits": nil,
		"resize":   {edit.Resize{Width: 20}},
		"turn":     {edit.Rotate{Angle: 90}},
	} {
		for _, width := range []int{40, 400} { // the larger one is read ahead
			t.Run(fmt.Sprint(name, width), func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				nexts, closes := 0, 0
				c := fake{name: "fake", magic: "fake", info: codec.Info{Shape: gray(width, 1000)}}
				c.bend = func(_ io.Reader, src pixel.Source) pixel.Source {
					return probed{src, &nexts, &closes, func(n int) error {
						if n == 3 {
							cancel(errors.New("nobody waits"))
						}
						return nil
					}}
				}
				e, err := New([]codec.Codec{c, sink{name: "webp"}}, &Options{Cores: 4})
				require.NoError(t, err)
				var w bytes.Buffer
				_, err = e.Transform(ctx, &w, strings.NewReader("fake"), edits, &edit.Output{Format: "webp"})
				require.ErrorIs(t, err, context.Canceled)
				require.Equal(t, 3, nexts)
				require.NotZero(t, closes)
				require.Zero(t, w.Len())
			})
		}
	}
}

func TestRenderDoesNotStart(t *testing.T) {
	e, err := New([]codec.Codec{fake{name: "fake", magic: "fake", panics: "decode", info: codec.Info{Shape: gray(4, 4)}}, sink{name: "webp"}}, nil)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	o, err := e.open(ctx, strings.NewReader("fake"))
	require.NoError(t, err)
	p, err := e.plan(o, nil, edit.Output{Format: "webp"})
	require.NoError(t, err)
	cancel()
	_, err = e.render(ctx, o, p, io.Discard)
	require.ErrorIs(t, err, context.Canceled)
	_, err = e.Transform(ctx, io.Discard, strings.NewReader("fake"), nil, &edit.Output{Format: "webp"})
	require.ErrorIs(t, err, context.Canceled)
}

// TestPassesChangeNoPixel of an exact source.
func TestPassesChangeNoPixel(t *testing.T) {
	base := shaped(200, 120, pixel.Gray)
	edits := []edit.Edit{edit.Crop{Left: 37, Top: 21, Width: 90, Height: 70}, edit.Resize{Width: 31}}
	run := func(c codec.Codec, edits ...edit.Edit) []byte {
		e, err := New([]codec.Codec{c, sink{name: "webp"}}, nil)
		require.NoError(t, err)
		var w bytes.Buffer
		_, err = e.Transform(t.Context(), &w, strings.NewReader("fake"), edits, &edit.Output{Format: "webp"})
		require.NoError(t, err)
		return w.Bytes()
	}
	require.Equal(t, run(base, edits...), run(fakeRegioner{fakeScaler{base}}, edits...))
	require.Equal(t, run(base, edits[:1]...), run(fakeRegioner{fakeScaler{base}}, edits[:1]...))

	// And one edit after the other, through files, gives the same as both.
	cropped := run(base, edits[0])
	second := fake{name: "fake", magic: "fake", info: codec.Info{Shape: gray(90, 70)}}
	second.bend = func(_ io.Reader, src pixel.Source) pixel.Source {
		src.Close()
		m := pixel.NewImage(nil, gray(90, 70))
		copy(m.Planes[0].Pix, cropped[8:])
		return m.Source(0, nil)
	}
	require.Equal(t, run(base, edits...), run(second, edits[1]))
}

func TestResult(t *testing.T) {
	c := fake{name: "fake", magic: "fake", info: codec.Info{Shape: gray(40, 60)}}
	e, err := New([]codec.Codec{c, sink{name: "webp"}}, nil)
	require.NoError(t, err)
	var w bytes.Buffer
	got, err := e.Transform(t.Context(), &w, strings.NewReader("fake"), []edit.Edit{edit.Resize{Width: 20}}, &edit.Output{Format: "webp"})
	require.NoError(t, err)
	require.Equal(t, "webp", got.Format)
	require.Equal(t, "image/webp", got.MIME)
	require.Equal(t, 20, got.Width)
	require.Equal(t, 30, got.Height)
	require.Equal(t, int64(w.Len()), got.Bytes)
	require.Equal(t, int64(4), got.SourceBytes)
	for _, took := range []time.Duration{got.Decode, got.Edit, got.Encode} {
		require.GreaterOrEqual(t, took, time.Duration(0))
	}
	require.Contains(t, got.Plan.String(), "resize 20x30")
}
