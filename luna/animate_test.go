package luna_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/png"
	"github.com/immagin/immagin-go/luna/webp"
)

// A movie is an animation in memory.
type movie struct {
	pictures []*pixel.Image
	delays   []time.Duration
	loops    int
	next     int
}

func (m *movie) Shape() pixel.Shape { return m.pictures[0].Shape }
func (m *movie) Loops() int         { return m.loops }
func (m *movie) Close() error       { return nil }

func (m *movie) Next() (pixel.Source, time.Duration, error) {
	if m.next == len(m.pictures) {
		return nil, 0, io.EOF
	}
	m.next++
	return m.pictures[m.next-1].Source(0, nil), m.delays[m.next-1], nil
}

// film has a bright square that moves from picture to picture over a dark
// slope with a border. The first picture's has the highest contrast.
func film(width, height, frames int, layout pixel.Layout) *movie {
	m := &movie{loops: 5}
	for i := range frames {
		p := pixel.NewImage(nil, pixel.Shape{Width: width, Height: height, Layout: layout})
		for k := range layout.Planes() {
			for y := range height {
				row := p.Planes[k].Row(y)
				for x := range row {
					row[x] = uint8(20 + 80*x/width + 20*k)
					switch {
					case x < width/10 || y < height/10:
						row[x] = 0
					case (x-width/5-3*i)/(width/4) == 0 && x >= width/5+3*i && y > height/3 && y < 2*height/3:
						row[x] = uint8(240 - 10*i - 30*k)
					}
					if k == 3 && row[x] == 0 || k == 1 && layout == pixel.GrayAlpha {
						row[x] = 255
					}
				}
			}
		}
		m.pictures = append(m.pictures, p)
		m.delays = append(m.delays, time.Duration(40+10*i)*time.Millisecond)
	}
	return m
}

func (m *movie) file(t *testing.T, opts codec.Options) []byte {
	t.Helper()
	m.next = 0
	var b bytes.Buffer
	require.NoError(t, webp.Codec{}.EncodeAnimation(t.Context(), &b, m, opts))
	return b.Bytes()
}

func watch(t *testing.T, d codec.Animator, file []byte) *movie {
	t.Helper()
	f, err := d.Animate(t.Context(), bytes.NewReader(file), codec.Request{})
	require.NoError(t, err)
	defer f.Close()
	m := &movie{loops: f.Loops()}
	for {
		src, delay, err := f.Next()
		if err == io.EOF {
			return m
		}
		require.NoError(t, err)
		p, err := pixel.ReadAll(nil, src)
		require.NoError(t, err)
		src.Close()
		m.pictures, m.delays = append(m.pictures, p), append(m.delays, delay)
	}
}

func engineOf(t *testing.T, opts *luna.Options, codecs ...codec.Codec) *luna.Engine {
	t.Helper()
	if len(codecs) == 0 {
		codecs = []codec.Codec{webp.Codec{}, png.Codec{}, jpeg.Codec{}}
	}
	e, err := luna.New(codecs, opts)
	require.NoError(t, err)
	return e
}

var lossless = &edit.Output{Format: edit.FormatWebP, Lossless: new(true)}

// apart makes a still picture of each of m's, and edits those one by one.
func apart(t *testing.T, e *luna.Engine, m *movie, edits []edit.Edit) []*pixel.Image {
	t.Helper()
	var made []*pixel.Image
	for _, p := range m.pictures {
		var file, out bytes.Buffer
		require.NoError(t, webp.Codec{}.Encode(t.Context(), &file, p.Source(0, nil), codec.Options{Lossless: true}))
		_, err := e.Transform(t.Context(), &out, &file, edits, lossless)
		require.NoError(t, err)
		src, err := webp.Codec{}.Decode(t.Context(), &out, codec.Request{})
		require.NoError(t, err)
		q, err := pixel.ReadAll(nil, src)
		require.NoError(t, err)
		made = append(made, q)
	}
	return made
}

func TestEveryPictureOfAnAnimationIsEdited(t *testing.T) {
	e := engineOf(t, nil)
	for _, layout := range []pixel.Layout{pixel.RGB, pixel.RGBA} {
		m := film(60, 48, 7, layout)
		if layout == pixel.RGBA {
			m.pictures[0].Planes[3].Pix[5] = 17
		}
		file := m.file(t, codec.Options{Lossless: true})
		for _, edits := range [][]edit.Edit{
			{edit.Resize{Width: 31}},
			{edit.Resize{Width: 20, Height: 40, Fit: edit.FitContain, Background: "red"}, edit.Invert(true)},
			{edit.Rotate{Angle: 90}, edit.Flip(true), edit.Crop{Left: 3, Top: 4, Width: 20, Height: 30}},
			{edit.Blur(2), edit.Grayscale(true)},
			{edit.Text{Text: "hello", FontSize: new(12.0)}},
		} {
			var out bytes.Buffer
			result, err := e.Transform(t.Context(), &out, bytes.NewReader(file), edits, lossless)
			require.NoError(t, err)
			require.Equal(t, 7, result.Pages)
			require.Contains(t, result.Plan.String(), "| animate 7 frames | encode webp lossless |")
			require.EqualValues(t, out.Len(), result.Bytes)
			got := watch(t, webp.Codec{}, out.Bytes())
			require.Equal(t, m.loops, got.loops)
			require.Equal(t, m.delays, got.delays)
			want := apart(t, e, m, edits)
			for i := range want {
				require.Equal(t, result.Width, got.pictures[i].Shape.Width)
				equalPictures(t, want[i], got.pictures[i], fmt.Sprintf("%v, picture %d", edits, i))
			}
		}
	}
}

// equalPictures compares what is seen: one of them may have alpha of 255.
func equalPictures(t *testing.T, want, got *pixel.Image, what string) {
	t.Helper()
	require.Equal(t, want.Shape.Width, got.Shape.Width, what)
	require.Equal(t, want.Shape.Height, got.Shape.Height, what)
	for p := range min(want.Shape.Layout.Planes(), got.Shape.Layout.Planes()) {
		require.Equal(t, want.Planes[p].Pix, got.Planes[p].Pix, what)
	}
	for _, m := range []*pixel.Image{want, got} {
		if m.Shape.Layout == pixel.RGBA && want.Shape.Layout != got.Shape.Layout {
			require.NotContains(t, m.Planes[3].Pix, 254)
			require.Equal(t, 255, int(slices.Min(m.Planes[3].Pix)), what)
		}
	}
}

// TestFirstPictureDecidesForAll holds trims, crops by interest and normalize
// to what they find in the first picture.
func TestFirstPictureDecidesForAll(t *testing.T) {
	e := engineOf(t, nil)
	m := film(60, 48, 5, pixel.RGB)
	file := m.file(t, codec.Options{Lossless: true})
	for _, test := range []struct {
		name  string
		edits []edit.Edit
	}{
		{"trim", []edit.Edit{edit.Trim{}}},
		{"trim and what comes after", []edit.Edit{edit.Trim{}, edit.Resize{Width: 20, Height: 33, Position: edit.PositionEntropy}, edit.Normalize{}, edit.Text{Text: "x"}}},
		{"attention", []edit.Edit{edit.Resize{Width: 16, Height: 48, Position: edit.PositionAttention}}},
		{"normalize", []edit.Edit{edit.Normalize{}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			result, err := e.Transform(t.Context(), &out, bytes.NewReader(file), test.edits, lossless)
			require.NoError(t, err)
			got := watch(t, webp.Codec{}, out.Bytes())
			require.Len(t, got.pictures, 5)
			want := apart(t, e, m, test.edits)
			equalPictures(t, want[0], got.pictures[0], "the first")
			for _, p := range got.pictures {
				require.Equal(t, []int{result.Width, result.Height}, []int{p.Shape.Width, p.Shape.Height})
			}
			if test.name == "normalize" {
				// The border is black and stays it, the square gets darker.
				require.NotEqual(t, want[4].Planes[0].Pix, got.pictures[4].Planes[0].Pix)
			}
		})
	}
}

// TestCropStaysWhereItIs: a crop by interest that followed the square would
// not show it move.
func TestCropStaysWhereItIs(t *testing.T) {
	e := engineOf(t, nil)
	m := film(60, 48, 5, pixel.RGB)
	var out bytes.Buffer
	_, err := e.Transform(t.Context(), &out, bytes.NewReader(m.file(t, codec.Options{Lossless: true})), []edit.Edit{
		edit.Resize{Width: 30, Height: 48, Position: edit.PositionAttention},
	}, lossless)
	require.NoError(t, err)
	got := watch(t, webp.Codec{}, out.Bytes())
	at := -1
	for x := range 31 { // where the first picture's crop is
		if slices.Equal(m.pictures[0].Planes[0].Row(24)[x:x+30], got.pictures[0].Planes[0].Row(24)) {
			at = x
		}
	}
	require.GreaterOrEqual(t, at, 0)
	for i, p := range got.pictures {
		require.Equal(t, m.pictures[i].Planes[0].Row(24)[at:at+30], p.Planes[0].Row(24), "picture %d", i)
	}
}

func TestAnimationIsCopiedWhereNothingIsToBeDone(t *testing.T) {
	e := engineOf(t, nil)
	m := film(40, 30, 4, pixel.RGB)
	plain := m.file(t, codec.Options{Quality: 30})
	told := m.file(t, codec.Options{Quality: 30, Metadata: codec.Metadata{XMP: []byte("<secret/>")}})
	for _, test := range []struct {
		name   string
		edits  []edit.Edit
		output *edit.Output
		copied bool
	}{
		{"nothing", nil, nil, true},
		{"nothing in many words", []edit.Edit{edit.Flip(false), edit.Blur(0.3), edit.Rotate{Angle: 360}}, &edit.Output{Format: edit.FormatWebP, Quality: 90}, true},
		{"an edit", []edit.Edit{edit.Flip(true)}, nil, false},
		{"a quality", nil, &edit.Output{Quality: 80}, false},
		{"lossless", nil, lossless, false},
		{"effort", nil, &edit.Output{Effort: new(4)}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			result, err := e.Transform(t.Context(), &out, bytes.NewReader(told), test.edits, test.output)
			require.NoError(t, err)
			require.Equal(t, test.copied, result.Plan.Copied)
			require.Equal(t, test.copied, bytes.Equal(plain, out.Bytes()))
			require.NotContains(t, out.String(), "secret")
			require.Equal(t, []int{40, 30, 4}, []int{result.Width, result.Height, result.Pages})
			require.Len(t, watch(t, webp.Codec{}, out.Bytes()).pictures, 4)
		})
	}
	plan, err := e.Explain(t.Context(), bytes.NewReader(told), nil, nil)
	require.NoError(t, err)
	require.Contains(t, plan.String(), "copy 4 frames of webp at 40x30 | ")
}

func TestFirstPictureWhereTheFormatHasNoMore(t *testing.T) {
	e := engineOf(t, nil)
	m := film(40, 30, 4, pixel.RGB)
	file := m.file(t, codec.Options{Lossless: true})
	var out bytes.Buffer
	result, err := e.Transform(t.Context(), &out, bytes.NewReader(file), nil, &edit.Output{Format: edit.FormatPNG})
	require.NoError(t, err)
	require.Equal(t, 1, result.Pages)
	require.Equal(t, 1, result.Plan.Frames)
	src, err := png.Codec{}.Decode(t.Context(), &out, codec.Request{})
	require.NoError(t, err)
	got, err := pixel.ReadAll(nil, src)
	require.NoError(t, err)
	equalPictures(t, m.pictures[0], got, "the first")
	metadata, err := e.Metadata(t.Context(), bytes.NewReader(file))
	require.NoError(t, err)
	require.Equal(t, 4, metadata.Pages)
}

func TestAnimationLimits(t *testing.T) {
	file := film(40, 30, 4, pixel.RGB).file(t, codec.Options{})
	for _, test := range []struct {
		name  string
		opts  luna.Options
		edits []edit.Edit
		is    error
	}{
		{"frames", luna.Options{MaxFrames: 3}, nil, luna.ErrLimit},
		{"as many frames", luna.Options{MaxFrames: 4}, nil, nil},
		{"pixels", luna.Options{MaxPixels: 4*40*30 - 1}, nil, luna.ErrLimit},
		{"as many pixels", luna.Options{MaxPixels: 4 * 40 * 30}, nil, nil},
		{"pixels of the result", luna.Options{MaxPixels: 4 * 60 * 45}, []edit.Edit{edit.Resize{Width: 61, Upscale: new(true)}}, luna.ErrImpossible},
		{"as many pixels of the result", luna.Options{MaxPixels: 4 * 60 * 45}, []edit.Edit{edit.Resize{Width: 60, Upscale: new(true)}}, nil},
	} {
		_, err := engineOf(t, &test.opts).Transform(t.Context(), io.Discard, bytes.NewReader(file), test.edits, nil)
		if test.is == nil {
			require.NoError(t, err, test.name)
		} else {
			require.ErrorIs(t, err, test.is, test.name)
		}
	}
	_, err := luna.New([]codec.Codec{webp.Codec{}}, &luna.Options{MaxFrames: -1})
	require.ErrorContains(t, err, "MaxFrames")
}

// store has the picture of a layer.
type store struct{ file []byte }

func (s store) Open(_ context.Context, key string) (io.ReadCloser, int64, string, error) {
	if key != "logo" {
		return nil, 0, "", fs.ErrNotExist
	}
	return io.NopCloser(bytes.NewReader(s.file)), int64(len(s.file)), "1", nil
}

func TestLayerOnEveryPicture(t *testing.T) {
	logo := pixel.NewImage(nil, pixel.Shape{Width: 9, Height: 7, Layout: pixel.RGBA})
	for p, v := range []uint8{250, 10, 90, 140} {
		for i := range logo.Planes[p].Pix {
			logo.Planes[p].Pix[i] = v
		}
	}
	var layer bytes.Buffer
	require.NoError(t, png.Codec{}.Encode(t.Context(), &layer, logo.Source(0, nil), codec.Options{}))
	e := engineOf(t, nil).WithLayers(store{layer.Bytes()})
	m := film(40, 30, 4, pixel.RGB)
	edits := []edit.Edit{edit.Image{Key: "logo", Padding: new(2), Opacity: new(0.7)}, edit.Image{Key: "logo", Tile: new(true), Blend: edit.BlendScreen}}
	var out bytes.Buffer
	_, err := e.Transform(t.Context(), &out, bytes.NewReader(m.file(t, codec.Options{Lossless: true})), edits, lossless)
	require.NoError(t, err)
	got := watch(t, webp.Codec{}, out.Bytes())
	for i, want := range apart(t, e, m, edits) {
		equalPictures(t, want, got.pictures[i], fmt.Sprint(i))
	}
}

func TestAnimationIsCancelled(t *testing.T) {
	m := film(40, 30, 30, pixel.RGB)
	file := m.file(t, codec.Options{})
	for _, stop := range []int{0, 1, 7} {
		ctx, cancel := context.WithCancel(t.Context())
		n := 0
		e := engineOf(t, &luna.Options{Operations: map[string]luna.Operation{"x-stop": {Revision: "1", New: custom(func() {
			if n++; n > stop {
				cancel()
			}
		})}}})
		_, err := e.Transform(ctx, io.Discard, bytes.NewReader(file), []edit.Edit{edit.Custom{Operation: "x-stop"}}, nil)
		require.ErrorIs(t, err, context.Canceled)
		require.LessOrEqual(t, n, stop+1)
		cancel()
	}
}

// TestDamagedAnimation tells errors of decoding from those of an operation,
// of the writer and of the store.
func TestDamagedAnimation(t *testing.T) {
	m := film(40, 30, 6, pixel.RGB)
	file := m.file(t, codec.Options{})
	broken := errors.New("broken")
	stage := func(err error) string {
		var e *luna.Error
		require.ErrorAs(t, err, &e)
		return e.Stage
	}
	flip := []edit.Edit{edit.Flip(true)}
	e := engineOf(t, nil)
	cut := bytes.Clone(file)
	for i := len(cut) / 2; i < len(cut)/2+60; i++ {
		cut[i] = 0xff
	}
	_, err := e.Transform(t.Context(), io.Discard, bytes.NewReader(cut), flip, nil)
	require.ErrorIs(t, err, luna.ErrFormat)

	_, err = e.Transform(t.Context(), failingWriter{broken}, bytes.NewReader(file), flip, nil)
	require.ErrorIs(t, err, broken)
	require.Equal(t, "write", stage(err))
	_, err = e.Transform(t.Context(), failingWriter{broken}, bytes.NewReader(file), nil, nil)
	require.ErrorIs(t, err, broken)
	require.Equal(t, "write", stage(err), "of a copy, too")

	n := 0
	e = engineOf(t, &luna.Options{Operations: map[string]luna.Operation{"x-stop": {Revision: "1", New: custom(func() {
		if n++; n == 3 {
			panic("oh")
		}
	})}}})
	_, err = e.Transform(t.Context(), io.Discard, bytes.NewReader(file), []edit.Edit{edit.Custom{Operation: "x-stop"}}, nil)
	var p *luna.PanicError
	require.ErrorAs(t, err, &p)
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

// A liar tells of fewer pictures than there are.
type liar struct{ webp.Codec }

func (l liar) Probe(r io.Reader) (codec.Info, error) {
	info, err := l.Codec.Probe(r)
	info.Frames--
	return info, err
}

func TestMorePicturesThanAnnounced(t *testing.T) {
	file := film(40, 30, 6, pixel.RGB).file(t, codec.Options{})
	_, err := engineOf(t, nil, liar{}).Transform(t.Context(), io.Discard, bytes.NewReader(file), []edit.Edit{edit.Flip(true)}, nil)
	require.ErrorIs(t, err, luna.ErrFormat)
	require.ErrorContains(t, err, "more pictures than the 5")
}

// A hasty encoder reads a strip of each picture and writes nothing.
type hasty struct {
	webp.Codec
	sizes *[]string
}

func (h hasty) EncodeAnimation(_ context.Context, _ io.Writer, frames codec.Frames, _ codec.Options) error {
	for {
		src, _, err := frames.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		s, err := src.Next()
		if err != nil {
			return err
		}
		*h.sizes = append(*h.sizes, fmt.Sprint(src.Shape(), s.Rows))
	}
}

func TestEncoderThatReadsNotAll(t *testing.T) {
	file := film(40, 30, 3, pixel.RGB).file(t, codec.Options{})
	var sizes []string
	_, err := engineOf(t, nil, hasty{sizes: &sizes}).Transform(t.Context(), io.Discard, bytes.NewReader(file), []edit.Edit{
		edit.Normalize{}, edit.Resize{Width: 20, Height: 30, Position: edit.PositionEntropy},
	}, nil)
	require.NoError(t, err)
	require.Len(t, sizes, 3)
	require.Len(t, slices.Compact(sizes), 1)
}

// custom is an operation that calls f for every picture and changes nothing.
func custom(f func()) func(json.RawMessage) (op.Op, error) {
	return func(json.RawMessage) (op.Op, error) {
		return &op.Func{Opaque: true, Apply: func(m image.Image) (image.Image, error) { f(); return m, nil }}, nil
	}
}
