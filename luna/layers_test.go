package luna_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	stdpng "image/png"
	"io"
	"io/fs"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/png"
)

// A shelf is a store of layers that counts what is opened and closed.
type shelf struct {
	files          map[string][]byte
	opened, closed atomic.Int32
	read           error
}

func (s *shelf) Open(_ context.Context, key string) (io.ReadCloser, int64, string, error) {
	file, ok := s.files[key]
	if !ok {
		return nil, 0, "", fs.ErrNotExist
	}
	s.opened.Add(1)
	return &shelved{s, bytes.NewReader(file)}, -1, "1", nil
}

type shelved struct {
	s *shelf
	r *bytes.Reader
}

func (b *shelved) Read(p []byte) (int, error) {
	if b.s.read != nil && b.r.Len() < 100 {
		return 0, b.s.read
	}
	return b.r.Read(p)
}

func (b *shelved) Close() error { b.s.closed.Add(1); return nil }

// plain is a PNG of one colour.
func plain(width, height int, c color.NRGBA) []byte {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			m.SetNRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := stdpng.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

var (
	red  = color.NRGBA{255, 0, 0, 255}
	blue = color.NRGBA{0, 0, 255, 255}
)

func layerEngine(t *testing.T, opts *luna.Options) *luna.Engine {
	e, err := luna.New([]codec.Codec{png.Codec{}}, opts)
	require.NoError(t, err)
	return e
}

func drawn(t *testing.T, e *luna.Engine, original []byte, edits ...edit.Edit) (image.Image, *luna.Result) {
	t.Helper()
	var b bytes.Buffer
	r, err := e.Transform(t.Context(), &b, bytes.NewReader(original), edits, &edit.Output{Format: edit.FormatPNG})
	require.NoError(t, err)
	m, err := stdpng.Decode(&b)
	require.NoError(t, err)
	return m, r
}

// box is what of m has not the colour c.
func box(m image.Image, c color.NRGBA) (r image.Rectangle) {
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			if color.NRGBAModel.Convert(m.At(x, y)) != color.Color(c) {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return r
}

func TestImageLayerStandsWhereItShould(t *testing.T) {
	s := &shelf{files: map[string][]byte{"logo": plain(20, 10, red)}}
	e := layerEngine(t, nil).WithLayers(s)
	for name, c := range map[string]struct {
		edit edit.Image
		want image.Rectangle
	}{
		"by default":           {edit.Image{}, image.Rect(64, 34, 84, 44)},
		"top left":             {edit.Image{Position: edit.PositionTopLeft, Padding: new(5)}, image.Rect(5, 5, 25, 15)},
		"top":                  {edit.Image{Position: edit.PositionTop, Padding: new(0)}, image.Rect(40, 0, 60, 10)},
		"center":               {edit.Image{Position: edit.PositionCenter}, image.Rect(40, 25, 60, 35)},
		"left":                 {edit.Image{Position: edit.PositionLeft, Padding: new(3)}, image.Rect(3, 25, 23, 35)},
		"smaller":              {edit.Image{Width: 10, Position: edit.PositionTopLeft, Padding: new(0)}, image.Rect(0, 0, 10, 5)},
		"larger":               {edit.Image{Width: 60, Position: edit.PositionTopLeft, Padding: new(0)}, image.Rect(0, 0, 60, 30)},
		"too wide":             {edit.Image{Width: 4000, Position: edit.PositionCenter, Padding: new(10)}, image.Rect(10, 10, 90, 50)},
		"all padding":          {edit.Image{Padding: new(16383), Position: edit.PositionCenter}, image.Rect(49, 29, 51, 30)},
		"tiles":                {edit.Image{Tile: new(true)}, image.Rect(0, 0, 100, 60)},
		"tiles, however large": {edit.Image{Tile: new(true), Width: 5000}, image.Rect(0, 0, 100, 60)},
		"not at all":           {edit.Image{Opacity: new(0.0)}, image.Rectangle{}},
	} {
		t.Run(name, func(t *testing.T) {
			c.edit.Key = "logo"
			m, _ := drawn(t, e, plain(100, 60, blue), c.edit)
			require.Equal(t, c.want, box(m, blue))
		})
	}
	require.Equal(t, s.opened.Load(), s.closed.Load())
}

func TestImageLayerMixes(t *testing.T) {
	e := layerEngine(t, nil).WithLayers(&shelf{files: map[string][]byte{"logo": plain(20, 10, red)}})
	at := func(base color.NRGBA, layer edit.Image) color.Color {
		layer.Key, layer.Position = "logo", edit.PositionCenter
		m, _ := drawn(t, e, plain(40, 40, base), layer)
		return color.NRGBAModel.Convert(m.At(20, 20))
	}
	require.Equal(t, color.NRGBA{128, 0, 126, 255}, at(blue, edit.Image{Opacity: new(0.5)}), "128 of 255, cut as in sharp")
	require.Equal(t, color.NRGBA{0, 0, 0, 255}, at(blue, edit.Image{Blend: edit.BlendMultiply}))
	require.Equal(t, color.NRGBA{255, 0, 255, 255}, at(blue, edit.Image{Blend: edit.BlendScreen}))
	require.Equal(t, color.NRGBA{255, 0, 0, 128}, at(color.NRGBA{}, edit.Image{Opacity: new(0.5)}), "a transparent image stays so")
}

// A gray image takes the colours of its layers, at every size.
func TestImageLayerOnGray(t *testing.T) {
	e := layerEngine(t, nil).WithLayers(&shelf{files: map[string][]byte{"logo": plain(20, 10, red)}})
	for _, size := range []image.Point{{1, 1}, {2, 1}, {37, 41}} {
		var b bytes.Buffer
		require.NoError(t, stdpng.Encode(&b, image.NewGray(image.Rectangle{Max: size})))
		m, _ := drawn(t, e, b.Bytes(), edit.Image{Key: "logo", Padding: new(0), Position: edit.PositionTopLeft})
		require.Equal(t, size, m.Bounds().Size())
		require.Equal(t, color.Color(red), color.NRGBAModel.Convert(m.At(0, 0)))
	}
}

// Layers come last, in their own order; a trim before them moves them.
func TestImageLayersComeLast(t *testing.T) {
	s := &shelf{files: map[string][]byte{"red": plain(20, 20, red), "blue": plain(10, 10, blue)}}
	e := layerEngine(t, nil).WithLayers(s)
	white := color.NRGBA{255, 255, 255, 255}
	m, r := drawn(t, e, plain(100, 100, white),
		edit.Image{Key: "red", Position: edit.PositionTopLeft, Padding: new(0)},
		edit.Image{Key: "blue", Position: edit.PositionTopLeft, Padding: new(0)},
		edit.Image{Key: "red", Position: edit.PositionBottomRight, Width: 5, Padding: new(0)},
		edit.Resize{Width: 50},
	)
	require.Equal(t, blue, color.NRGBAModel.Convert(m.At(9, 9)))
	require.Equal(t, red, color.NRGBAModel.Convert(m.At(19, 19)))
	require.Equal(t, white, color.NRGBAModel.Convert(m.At(44, 44)))
	require.Equal(t, red, color.NRGBAModel.Convert(m.At(45, 45)))
	require.Equal(t, int32(2), s.opened.Load(), "a key that is used twice is opened once")
	require.Contains(t, r.Plan.String(), "image 20x20 top-left over | image 10x10 top-left over | image 20x20 bottom-right over")

	framed := image.NewNRGBA(image.Rect(0, 0, 100, 100))
	for i := range framed.Pix {
		framed.Pix[i] = 255
	}
	for y := 30; y < 60; y++ {
		for x := 20; x < 70; x++ {
			framed.SetNRGBA(x, y, color.NRGBA{0, 99, 0, 255})
		}
	}
	var b bytes.Buffer
	require.NoError(t, stdpng.Encode(&b, framed))
	m, _ = drawn(t, e, b.Bytes(), edit.Trim{}, edit.Image{Key: "red", Width: 400, Position: edit.PositionRight, Padding: new(0)})
	require.Equal(t, image.Pt(50, 30), m.Bounds().Size())
	require.Equal(t, image.Rect(20, 0, 50, 30), box(m, color.NRGBA{0, 99, 0, 255}), "as high as what is left")
}

func TestImageLayerErrors(t *testing.T) {
	whole := picture(200, 200, true)
	for name, c := range map[string]struct {
		files map[string][]byte
		read  error
		opts  *luna.Options
		edit  edit.Edit
		is    error
		code  int
	}{
		"none of that key":  {is: fs.ErrNotExist, code: 404},
		"not an image":      {files: map[string][]byte{"logo": []byte("hello, this is text")}, is: luna.ErrNotImage, code: 415},
		"torn":              {files: map[string][]byte{"logo": whole[:len(whole)/2]}, is: luna.ErrFormat, code: 422},
		"too many pixels":   {files: map[string][]byte{"logo": plain(300, 300, red)}, opts: &luna.Options{MaxPixels: 50000}, is: luna.ErrLimit, code: 413},
		"too long":          {files: map[string][]byte{"logo": append(plain(3, 3, red), make([]byte, 5000)...)}, opts: &luna.Options{MaxSourceBytes: 4000}, is: luna.ErrLimit, code: 413},
		"too much memory":   {files: map[string][]byte{"logo": plain(3000, 3000, red)}, opts: &luna.Options{MaxSourceBytes: 1 << 17, MaxRequestBytes: 1 << 18}, is: luna.ErrLimit, code: 413},
		"store that breaks": {files: map[string][]byte{"logo": whole}, read: errors.New("broken"), code: 500},
	} {
		t.Run(name, func(t *testing.T) {
			s := &shelf{files: c.files, read: c.read}
			e := layerEngine(t, c.opts).WithLayers(s)
			_, err := e.Transform(t.Context(), io.Discard, bytes.NewReader(plain(150, 150, blue)), []edit.Edit{edit.Image{Key: "logo", Width: 140}}, &edit.Output{Format: edit.FormatPNG})
			require.Error(t, err)
			var staged *luna.Error
			require.ErrorAs(t, err, &staged)
			var layer *luna.LayerError
			if name != "too much memory" { // that may be the whole transform's
				require.ErrorAs(t, err, &layer)
				require.Equal(t, "logo", layer.Key)
			}
			if c.is != nil {
				require.ErrorIs(t, err, c.is)
			}
			require.Equal(t, c.code, luna.StatusCode(err), "%v", err)
			require.Equal(t, s.opened.Load(), s.closed.Load())
		})
	}
	t.Run("no store", func(t *testing.T) {
		_, err := layerEngine(t, nil).Explain(t.Context(), bytes.NewReader(plain(9, 9, blue)), []edit.Edit{edit.Image{Key: "logo"}}, nil)
		require.ErrorContains(t, err, "WithLayers")
		require.Equal(t, 422, luna.StatusCode(err))
	})
	t.Run("bad key", func(t *testing.T) {
		s := &shelf{files: map[string][]byte{"../logo": whole}}
		_, err := layerEngine(t, nil).WithLayers(s).Explain(t.Context(), bytes.NewReader(plain(9, 9, blue)), []edit.Edit{edit.Image{Key: "../logo"}}, &edit.Output{Format: edit.FormatPNG})
		require.Equal(t, 400, luna.StatusCode(err))
		require.Zero(t, s.opened.Load())
	})
}

// What a layer takes is in the plan, and it stops with its context.
func TestImageLayerCounts(t *testing.T) {
	s := &shelf{files: map[string][]byte{"logo": plain(1000, 1000, red)}}
	e := layerEngine(t, nil).WithLayers(s)
	bytesOf := func(edits ...edit.Edit) int64 {
		p, err := e.Explain(t.Context(), bytes.NewReader(plain(900, 900, blue)), edits, &edit.Output{Format: edit.FormatPNG})
		require.NoError(t, err)
		return p.Bytes
	}
	without := bytesOf()
	require.Greater(t, bytesOf(edit.Image{Key: "logo", Padding: new(0)}), without+4*900*900)
	require.Equal(t, s.opened.Load(), s.closed.Load())

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := e.Transform(ctx, io.Discard, bytes.NewReader(plain(900, 900, blue)), []edit.Edit{edit.Image{Key: "logo"}}, &edit.Output{Format: edit.FormatPNG})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, s.opened.Load(), s.closed.Load())
}

const watermarked = `{"key":"base.png","edits":[{"image":{"key":"logo.png","position":"center"}}],"output":{"format":"png"}}`

func layerSite(t *testing.T) *site {
	s := newSite(t, nil, &luna.HandlerOptions{VersionAge: -1})
	s.origin.put("demo", "base.png", plain(60, 60, blue))
	s.origin.put("demo", "logo.png", plain(10, 10, red))
	return s
}

func center(t *testing.T, b []byte) color.Color {
	m, err := stdpng.Decode(bytes.NewReader(b))
	require.NoError(t, err)
	return color.NRGBAModel.Convert(m.At(30, 30))
}

func TestReplacedLayerIsAnotherImage(t *testing.T) {
	s := layerSite(t)
	first := s.get(signed(watermarked))
	require.Equal(t, http.StatusOK, first.StatusCode)
	require.Equal(t, color.Color(red), center(t, content(t, first)))
	require.Equal(t, "hit", s.get(signed(watermarked)).Header.Get("X-Luna-Cache"))

	green := color.NRGBA{0, 200, 0, 255}
	s.origin.put("demo", "logo.png", plain(10, 10, green))
	second := s.get(signed(watermarked))
	require.Equal(t, "miss", second.Header.Get("X-Luna-Cache"))
	require.Equal(t, color.Color(green), center(t, content(t, second)))
	third := s.get(signed(watermarked), "If-None-Match", first.Header.Get("ETag"))
	require.Equal(t, http.StatusOK, third.StatusCode, "the client's copy has the old layer")
}

// A layer that is replaced between the look at its attributes and its opening
// starts the request again.
func TestLayerReplacedUnderARequest(t *testing.T) {
	s := layerSite(t)
	green := color.NRGBA{0, 200, 0, 255}
	opens := 0
	s.origin.open = func(context.Context) error {
		if opens++; opens == 2 { // the original has been opened
			s.origin.put("demo", "logo.png", plain(10, 10, green))
		}
		return nil
	}
	r := s.get(signed(watermarked))
	require.Equal(t, http.StatusOK, r.StatusCode)
	require.Equal(t, color.Color(green), center(t, content(t, r)))
	require.Equal(t, "hit", s.get(signed(watermarked)).Header.Get("X-Luna-Cache"), "it is cached as what it is")
}

func TestLayerProblems(t *testing.T) {
	s := layerSite(t)
	ask := func(layer string) *http.Response {
		return s.get(signed(fmt.Sprintf(`{"key":"base.png","edits":[{"image":{"key":%q}}],"output":{"format":"png"}}`, layer)))
	}
	s.origin.put("other", "theirs.png", plain(10, 10, red))
	for _, key := range []string{"missing.png", "theirs.png"} {
		p := requireProblem(t, ask(key), http.StatusNotFound, "layer_not_found")
		require.Contains(t, p.Detail, key)
	}
	s.origin.put("demo", "note.txt", []byte("hello, this is text"))
	p := requireProblem(t, ask("note.txt"), http.StatusUnsupportedMediaType, "not_an_image")
	require.Contains(t, p.Detail, "note.txt")
	s.origin.put("demo", "long.png", append(plain(10, 10, red), make([]byte, 33<<20)...))
	requireProblem(t, ask("long.png"), http.StatusRequestEntityTooLarge, "over_limit")
	s.origin.delete("demo", "base.png")
	requireProblem(t, ask("logo.png"), http.StatusNotFound, "not_found")
}

// A layer that is also the original, or used twice, is opened once each.
func TestLayerIsFetchedOnce(t *testing.T) {
	s := layerSite(t)
	r := s.get(signed(`{"key":"base.png","edits":[{"image":{"key":"logo.png"}},{"image":{"key":"logo.png","position":"top","width":5}},{"image":{"key":"base.png","width":20,"position":"left"}}],"output":{"format":"png"}}`))
	require.Equal(t, http.StatusOK, r.StatusCode, "%s", content(t, r))
	_, opens := s.origin.counts()
	require.Equal(t, 3, opens)
}

func ExampleEngine_WithLayers() {
	store := &shelf{files: map[string][]byte{"logo.png": plain(400, 200, red)}}
	engine, err := luna.New([]codec.Codec{png.Codec{}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	edits := []edit.Edit{edit.Image{Key: "logo.png", Width: 120, Opacity: new(0.5)}}
	plan, err := engine.WithLayers(store).Explain(context.Background(), bytes.NewReader(plain(800, 600, blue)), edits, &edit.Output{Format: edit.FormatPNG})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Ops)
	// Output: [image 400x200 bottom-right over]
}
