package luna_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	stdpng "image/png"
	"log"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/png"
	"github.com/immagin/immagin-go/luna/text"
)

// flat returns a PNG file of one colour.
func flat(w, h int, c color.NRGBA) []byte {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		m.SetNRGBA(i%w, i/w, c)
	}
	var b bytes.Buffer
	if err := stdpng.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// written applies edits to a black picture, and returns the box of what is not
// black any more.
func written(t testing.TB, w, h int, opts *luna.Options, edits ...edit.Edit) (image.Rectangle, image.Image, *luna.Result) {
	t.Helper()
	e, err := luna.New([]codec.Codec{png.Codec{}}, opts)
	require.NoError(t, err)
	var b bytes.Buffer
	res, err := e.Transform(t.Context(), &b, bytes.NewReader(flat(w, h, color.NRGBA{A: 255})), edits, &edit.Output{Format: edit.FormatPNG})
	require.NoError(t, err)
	m, err := stdpng.Decode(&b)
	require.NoError(t, err)
	var box image.Rectangle
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			if r, g, b, _ := m.At(x, y).RGBA(); r|g|b != 0 {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return box, m, res
}

func TestTextPositions(t *testing.T) {
	const w, h, pad = 200, 100, 10
	for p, at := range map[edit.Position]image.Point{ // -1, 0 and 1: near, middle, far
		edit.PositionTopLeft: {-1, -1}, edit.PositionTop: {0, -1}, edit.PositionTopRight: {1, -1},
		edit.PositionLeft: {-1, 0}, edit.PositionCenter: {0, 0}, edit.PositionRight: {1, 0},
		edit.PositionBottomLeft: {-1, 1}, edit.PositionBottom: {0, 1}, edit.PositionBottomRight: {1, 1},
		"": {1, 1},
	} {
		box, _, _ := written(t, w, h, nil, edit.Text{Text: "Hg", Position: p, Padding: new(pad)})
		require.True(t, box.In(image.Rect(pad, pad, w-pad, h-pad)), "%s: %v", p, box)
		near := func(low, high, side, at int) {
			switch at {
			case -1:
				require.InDelta(t, pad, low, 6, "%s: %v", p, box)
			case 0:
				require.InDelta(t, side-high, low, 6, "%s: %v", p, box)
			case 1:
				require.InDelta(t, side-pad, high, 6, "%s: %v", p, box)
			}
		}
		near(box.Min.X, box.Max.X, w, at.X)
		near(box.Min.Y, box.Max.Y, h, at.Y)
	}
}

// TestTextStaysInside: whatever is asked for, the text is there, and inside the
// padding.
func TestTextStaysInside(t *testing.T) {
	long := strings.Repeat("A long title, ", 12)
	for _, tt := range []struct {
		w, h int
		text edit.Text
		room image.Rectangle
	}{
		{300, 200, edit.Text{Text: long, FontSize: new(48.0)}, image.Rect(16, 16, 284, 184)},
		{300, 60, edit.Text{Text: long, FontSize: new(4096.0), Padding: new(0)}, image.Rect(0, 0, 300, 60)},
		{300, 60, edit.Text{Text: "fjÅ", FontSize: new(300.0), Padding: new(0), LineHeight: new(0.5)}, image.Rect(0, 0, 300, 60)},
		{100, 400, edit.Text{Text: long, MaxWidth: new(50), Position: "left"}, image.Rect(16, 16, 66, 384)},
		{33, 17, edit.Text{Text: "Ag", Padding: new(200)}, image.Rect(0, 0, 33, 17)},
		{1, 1, edit.Text{Text: "MMM"}, image.Rect(0, 0, 1, 1)},
	} {
		box, _, _ := written(t, tt.w, tt.h, nil, tt.text)
		require.True(t, box.In(tt.room), "%v in %v", box, tt.room)
		if tt.w > 33 {
			require.False(t, box.Empty())
		}
	}
}

func TestTextColor(t *testing.T) {
	solid := edit.Text{Text: "MMMM", FontSize: new(90.0), Position: "center"}
	brightest := func(e edit.Text) (c color.NRGBA) {
		_, m, _ := written(t, 400, 120, nil, e)
		for y := range 120 {
			for x := range 400 {
				n := color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA)
				if int(n.R)+int(n.G)+int(n.B) > int(c.R)+int(c.G)+int(c.B) {
					c = n
				}
			}
		}
		return c
	}
	require.Equal(t, color.NRGBA{255, 255, 255, 255}, brightest(solid))
	solid.Color = "rgb(200 100 50)"
	require.Equal(t, color.NRGBA{200, 100, 50, 255}, brightest(solid))
	solid.Opacity = new(0.5)
	require.Equal(t, color.NRGBA{100, 50, 25, 255}, brightest(solid)) // of 128/255
	solid.Color = "rgb(200 100 50 / 50%)"
	require.Equal(t, color.NRGBA{50, 25, 12, 255}, brightest(solid)) // of 64/255
	solid.Opacity = new(0.0)
	require.Equal(t, color.NRGBA{}, brightest(solid))
}

func TestTextFollowsTrim(t *testing.T) {
	e, err := luna.New([]codec.Codec{png.Codec{}}, nil)
	require.NoError(t, err)
	m := image.NewNRGBA(image.Rect(0, 0, 300, 300))
	for y := 100; y < 200; y++ {
		for x := 50; x < 250; x++ {
			m.SetNRGBA(x, y, color.NRGBA{0, 0, uint8(100 + x%2), 255})
		}
	}
	var in, out bytes.Buffer
	require.NoError(t, stdpng.Encode(&in, m))
	// The text stands in front, but layers come last.
	res, err := e.Transform(t.Context(), &out, &in, []edit.Edit{
		edit.Text{Text: "x 🎉", Position: "center", Color: "#ff0000"}, edit.Trim{},
	}, &edit.Output{Format: edit.FormatPNG})
	require.NoError(t, err)
	require.Equal(t, [2]int{200, 100}, [2]int{res.Width, res.Height})
	require.Equal(t, []rune{'🎉'}, res.MissingGlyphs)
	got, err := stdpng.Decode(&out)
	require.NoError(t, err)
	sum, n := image.Point{}, 0
	for y := range 100 {
		for x := range 200 {
			if r, _, _, _ := got.At(x, y).RGBA(); r > 0x8000 {
				sum, n = sum.Add(image.Pt(x, y)), n+1
			}
		}
	}
	require.NotZero(t, n)
	require.InDelta(t, 100, float64(sum.X)/float64(n), 3)
	require.InDelta(t, 50, float64(sum.Y)/float64(n), 8)
}

func TestTextOfNoGlyphs(t *testing.T) {
	box, _, res := written(t, 50, 50, nil, edit.Text{Text: "世界 世"}, edit.Text{Text: "\U0001f389"})
	require.True(t, box.Empty())
	require.Equal(t, []rune("世界🎉"), res.MissingGlyphs)
	_, _, res = written(t, 50, 50, nil, edit.Text{Text: "plain"})
	require.Empty(t, res.MissingGlyphs)
}

func TestFonts(t *testing.T) {
	bold, err := text.Parse(gobold.TTF)
	require.NoError(t, err)
	mono, err := text.Parse(gomono.TTF)
	require.NoError(t, err)
	fonts := map[string][]*text.Font{"bold": {bold}, "mono": {mono}}
	opts := &luna.Options{Fonts: fonts}

	_, regular, _ := written(t, 100, 50, opts, edit.Text{Text: "mi"})
	_, heavy, _ := written(t, 100, 50, opts, edit.Text{Text: "mi", Font: "bold"})
	_, instead, _ := written(t, 100, 50, &luna.Options{Fonts: map[string][]*text.Font{"": {bold}}}, edit.Text{Text: "mi"})
	require.NotEqual(t, regular, heavy)
	require.Equal(t, heavy, instead)

	e, err := luna.New([]codec.Codec{png.Codec{}}, opts)
	require.NoError(t, err)
	_, err = e.Transform(t.Context(), new(bytes.Buffer), bytes.NewReader(flat(9, 9, color.NRGBA{})), []edit.Edit{edit.Text{Text: "a", Font: "serif"}}, &edit.Output{Format: edit.FormatPNG})
	var unknown *luna.UnknownFontError
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, &luna.UnknownFontError{Font: "serif", Have: []string{"bold", "mono"}}, unknown)
	require.ErrorIs(t, err, luna.ErrUnsupported)
	require.ErrorContains(t, err, `no font "serif"; there is bold, mono`)
	require.Equal(t, 422, luna.StatusCode(err))
	require.Equal(t, "font_unavailable", luna.ErrorCode(err))

	for name, bad := range map[string]map[string][]*text.Font{
		"no font in a list": {"a": {}}, "a nil font": {"a": {nil}}, "a long name": {strings.Repeat("a", 65): {bold}},
	} {
		_, err := luna.New([]codec.Codec{png.Codec{}}, &luna.Options{Fonts: bad})
		require.ErrorContains(t, err, "Options.Fonts", name)
	}

	revisions := map[string]bool{}
	for _, fonts := range []map[string][]*text.Font{
		nil, fonts, {"bold": {bold}}, {"bold": {mono}}, {"": {bold}}, {"bold": {bold, mono}}, {"bold": {mono, bold}},
	} {
		e, err := luna.New([]codec.Codec{png.Codec{}}, &luna.Options{Fonts: fonts})
		require.NoError(t, err)
		require.False(t, revisions[e.Revision()], "fonts change the revision")
		revisions[e.Revision()] = true
	}
	fonts["late"] = []*text.Font{bold}
	_, err = e.Transform(t.Context(), new(bytes.Buffer), bytes.NewReader(flat(9, 9, color.NRGBA{})), []edit.Edit{edit.Text{Text: "a", Font: "late"}}, &edit.Output{Format: edit.FormatPNG})
	require.ErrorAs(t, err, &unknown, "the engine has its own map")
}

func TestTextPlan(t *testing.T) {
	e, err := luna.New([]codec.Codec{png.Codec{}}, nil)
	require.NoError(t, err)
	in := flat(400, 300, color.NRGBA{R: 1, G: 2, B: 3, A: 255})
	plan := func(edits ...edit.Edit) *luna.Plan {
		p, err := e.Explain(t.Context(), bytes.NewReader(in), edits, &edit.Output{Format: edit.FormatPNG})
		require.NoError(t, err)
		return p
	}
	p := plan(edit.Text{Text: "Title", Opacity: new(0.8)})
	require.Regexp(t, `\| ink \d+x\d+\+\d+\+\d+ in #ffffffcc \|`, p.String())
	require.Greater(t, p.Bytes, plan().Bytes, "the glyphs' outlines count")
	require.NotContains(t, plan(edit.Text{Text: " "}).String(), "ink")
}

func ExampleOptions_fonts() {
	bold, err := text.Parse(gobold.TTF)
	if err != nil {
		log.Fatal(err)
	}
	engine, err := luna.New([]codec.Codec{png.Codec{}}, &luna.Options{
		Fonts: map[string][]*text.Font{"heading": {bold}},
	})
	if err != nil {
		log.Fatal(err)
	}
	title := edit.Text{Text: "Sunset 🌅", Font: "heading", FontSize: new(48.0), Position: edit.PositionBottomLeft}
	var out bytes.Buffer
	result, err := engine.Transform(context.Background(), &out, bytes.NewReader(sunset()), []edit.Edit{title}, &edit.Output{Format: edit.FormatPNG})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%dx%d, without %s\n", result.Width, result.Height, string(result.MissingGlyphs))
	// Output: 400x300, without 🌅
}
