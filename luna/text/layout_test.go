package text

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// lines tells which characters stand on the lines of a layout, from left to
// right, and where the lines begin.
func lines(t testing.TB, str string, f Frame) (rows []string, x []int64, l *layout) {
	t.Helper()
	shaped, err := NewSet().Shape(str)
	require.NoError(t, err)
	if f.Wrap == 0 {
		f.Wrap = f.Width
	}
	l = shaped.lay(f, int64(f.Size*sizeUnit))
	// The clusters of unique characters tell themselves apart by their glyph.
	names := map[glyph]string{}
	for _, r := range str {
		one, err := NewSet().Shape(string(r))
		require.NoError(t, err)
		for _, p := range one.paragraphs {
			for _, c := range p {
				for _, g := range c.glyphs {
					names[glyph{font: g.font, id: g.id}] = string(r)
				}
			}
		}
	}
	for _, n := range l.lines {
		row := ""
		for _, c := range n.clusters {
			if len(c.glyphs) == 0 {
				row += " "
			}
			for _, g := range c.glyphs {
				row += names[glyph{font: g.font, id: g.id}]
			}
		}
		rows = append(rows, row)
		x = append(x, n.x)
	}
	return rows, x, l
}

func TestLines(t *testing.T) {
	tests := []struct {
		name, text string
		width      int // in pixels, at size 10
		want       []string
	}{
		{"one", "one line", 500, []string{"one line"}},
		{"between words", "one two three", 40, []string{"one two", "three"}},
		{"spaces at a break are dropped", "one      two", 25, []string{"one", "two"}},
		{"spaces at the end are dropped", "one   ", 100, []string{"one"}},
		{"spaces within stay", "a   b", 100, []string{"a   b"}},
		{"as the author says", "a\nb\r\nc\u2028d", 100, []string{"a", "b", "c", "d"}},
		{"an empty line", "a\n\nb", 100, []string{"a", "", "b"}},
		{"a hyphen", "well-known", 40, []string{"well-", "known"}},
		{"no break at a no-break space", "aa b\u00a0c", 26, []string{"aa", "b c"}},
		{"a long word", "iiiiiiiiii", 12, []string{"iiii", "iiii", "ii"}},
		{"a long word after another", "a iiiiiiii", 12, []string{"a", "iiii", "iiii"}},
		{"no room for one character", "WMW", 1, []string{"W", "M", "W"}},
		{"tabs are spaces", "a\tb", 100, []string{"a b"}},
		{"control characters are nothing", "a\x00\x07b\u009f\x7f", 100, []string{"ab"}},
		{"nothing", "", 100, []string{""}},
		{"only spaces", "   ", 100, []string{""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, _, _ := lines(t, tt.text, Frame{Width: tt.width, Height: 1000, Size: 10, LineHeight: 1})
			require.Equal(t, tt.want, got)
		})
	}
}

func TestWrapIsWithinTheFrame(t *testing.T) {
	for _, tt := range []struct{ wrap, lines int }{{0, 1}, {1000, 1}, {30, 2}, {-5, 1}} {
		shaped, err := NewSet().Shape("one two")
		require.NoError(t, err)
		b, err := shaped.Layout(Frame{Width: 100, Height: 100, Wrap: tt.wrap, Size: 10, LineHeight: 1})
		require.NoError(t, err)
		require.Equal(t, tt.lines, b.Lines(), "wrap %d", tt.wrap)
	}
}

func TestAlign(t *testing.T) {
	for _, a := range []Align{Left, Center, Right} {
		_, x, l := lines(t, "wwww\ni", Frame{Width: 100, Height: 100, Size: 10, LineHeight: 1, Align: a})
		_, _, short := lines(t, "i", Frame{Width: 100, Height: 100, Size: 10, LineHeight: 1})
		_, _, long := lines(t, "wwww", Frame{Width: 100, Height: 100, Size: 10, LineHeight: 1})
		room := long.right - short.right
		require.Equal(t, int64(0), x[0])
		require.InDelta(t, []int64{0, room / 2, room}[a], x[1], 5)
		require.LessOrEqual(t, l.right, long.right)
	}
}

// TestBaselines are on whole pixels, and as far apart as the line height says.
func TestBaselines(t *testing.T) {
	_, _, l := lines(t, "a\nb\nc\nd", Frame{Width: 100, Height: 1000, Size: 11, LineHeight: 1.3})
	for i, n := range l.lines {
		require.Zero(t, n.y%subpixel)
		require.InDelta(t, float64(i)*11*1.3, float64(n.y)/subpixel, 0.5)
	}
}

func TestShrinksToFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-zA-Zäß]{1,12}`), 1, 12).Draw(t, "words")
		f := Frame{
			Width:      rapid.IntRange(1, 300).Draw(t, "width"),
			Height:     rapid.IntRange(1, 200).Draw(t, "height"),
			Size:       rapid.Float64Range(1, 400).Draw(t, "size"),
			LineHeight: rapid.Float64Range(0.5, 3).Draw(t, "line height"),
			Align:      Align(rapid.IntRange(0, 2).Draw(t, "align")),
		}
		shaped, err := NewSet().Shape(strings.Join(words, " "))
		require.NoError(t, err)
		b, err := shaped.Layout(f)
		require.NoError(t, err)
		w, h := b.Size()
		require.LessOrEqual(t, w, f.Width)
		require.LessOrEqual(t, h, f.Height)
		require.GreaterOrEqual(t, b.FontSize(), 1.0)
		require.LessOrEqual(t, b.FontSize(), f.Size+1.0/sizeUnit)
		if b.FontSize() > 1 {
			// All ink is in the block.
			for _, g := range b.glyphs {
				o := b.outlines[g.outline]
				require.GreaterOrEqual(t, g.x+int64(o.left), int64(0))
				require.LessOrEqual(t, g.x+int64(o.right), int64(w)*subpixel)
				require.GreaterOrEqual(t, g.y+int64(o.top), int64(0))
				require.LessOrEqual(t, g.y+int64(o.bottom), int64(h)*subpixel)
			}
		}
		if b.FontSize() < f.Size-1.0/sizeUnit && b.FontSize() > 1 {
			f.Wrap = f.Width
			require.False(t, shaped.lay(f, int64(b.FontSize()*sizeUnit)+1).fits(f), "a larger size fits")
		}
	})
}

func TestFramesOutOfRange(t *testing.T) {
	shaped, err := NewSet().Shape("a")
	require.NoError(t, err)
	good := Frame{Width: 10, Height: 10, Size: 10, LineHeight: 1}
	for _, f := range []func(*Frame){
		func(f *Frame) { f.Width = 0 }, func(f *Frame) { f.Height = -1 },
		func(f *Frame) { f.Size = 0.9 }, func(f *Frame) { f.Size = 4097 },
		func(f *Frame) { f.LineHeight = 0.4 }, func(f *Frame) { f.LineHeight = 11 },
		func(f *Frame) { f.Size = math.NaN() }, func(f *Frame) { f.LineHeight = math.Inf(1) },
	} {
		bad := good
		f(&bad)
		_, err := shaped.Layout(bad)
		require.Error(t, err, "%+v", bad)
	}
}
