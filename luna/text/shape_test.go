package text_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/image/font/gofont/gobold"

	"github.com/immagin/immagin-go/luna/text"
)

var roomy = text.Frame{Width: 4000, Height: 1000, Size: 40, LineHeight: 1.2}

func TestMissingGlyphs(t *testing.T) {
	tests := []struct{ name, text, missing, drawn string }{
		{"none", "plain", "", "plain"},
		{"an emoji", "party 🎉", "🎉", "party"},
		{"between spaces, one stays", "a 🎉 b", "🎉", "a b"},
		{"within a word", "a🎉b", "🎉", "ab"},
		{"each once, sorted", "世界世a", "世界", "a"},
		{"a family is four, and its joiners are invisible", "a👨\u200d👩\u200d👧\u200d👦", "👦👧👨👩", "a"},
		{"with a variation selector", "a☂\ufe0fb", "☂", "ab"},
		{"a letter of no font", "אa", "א", "a"},
		{"all", "世界", "世界", ""},
		{"spaces of all kinds", "a\u2003b\u3000c", "", "a\u2003b\u3000c"},
		{"what is invisible", "a\u200b\u2060\u00adb", "", "a\u200b\u2060\u00adb"},
		{"the replacement character is a character", "a\ufffdb", "", "a\ufffdb"},
		{"a broken byte is none", "a\xffb", "", "ab"},
	}
	set := text.NewSet()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			shaped, err := set.Shape(tt.text)
			require.NoError(t, err)
			require.Equal(t, tt.missing, string(shaped.Missing()))
			got, want := block(t, set, tt.text, roomy), block(t, set, tt.drawn, roomy)
			require.Equal(t, paint(want, 16), paint(got, 16))
			require.Equal(t, tt.drawn == "", got.Blank())
		})
	}
}

func TestFallback(t *testing.T) {
	bold, err := text.Parse(gobold.TTF)
	require.NoError(t, err)
	small := cff(t) // has no more than a few letters
	require.True(t, small.Has('0'))
	require.False(t, small.Has('C'))

	alone, mixed := text.NewSet(), text.NewSet(small)
	require.NotEqual(t, paint(block(t, alone, "0", roomy), 16), paint(block(t, mixed, "0", roomy), 16), "the first font draws what it has")
	shaped, err := mixed.Shape("01ABC")
	require.NoError(t, err)
	require.Empty(t, shaped.Missing(), "the embedded one draws the rest")
	require.Equal(t, paint(block(t, text.NewSet(bold), "x", roomy), 16), paint(block(t, text.NewSet(bold, small), "x", roomy), 16))
	require.NotEqual(t, paint(block(t, text.NewSet(bold), "x", roomy), 16), paint(block(t, alone, "x", roomy), 16))

	require.Equal(t, alone.Revision(), text.NewSet(text.Regular()).Revision())
	require.NotEqual(t, alone.Revision(), mixed.Revision())
	require.NotEqual(t, text.NewSet(bold, small).Revision(), text.NewSet(small, bold).Revision())
}

// TestCombining: a letter and its mark are what the composed letter is, in
// whichever order or form they came.
func TestCombining(t *testing.T) {
	for _, font := range []*text.Font{text.Regular(), amiri(t)} {
		set := text.NewSet(font)
		for composed, apart := range map[string]string{"é": "e\u0301", "Å": "A\u030a", "ñ": "n\u0303"} {
			require.Equal(t, paint(block(t, set, composed, roomy), 16), paint(block(t, set, apart, roomy), 16), composed)
		}
	}
	// A mark for which there is no composed letter takes no room of its own.
	set := text.NewSet(amiri(t))
	plain, _ := block(t, set, "\u0644\u0645", roomy).Size()
	marked, _ := block(t, set, "\u0644\u064e\u0645", roomy).Size()
	require.InDelta(t, plain, marked, 1)
}

func TestLigature(t *testing.T) {
	set := text.NewSet(amiri(t))
	joined, _ := block(t, set, "ffi", roomy).Size()
	apart, _ := block(t, set, "f\u200cf\u200ci", roomy).Size()
	require.NotEqual(t, joined, apart, "a non-joiner keeps the letters apart")
}

// TestArabicJoins: a letter has another form in the middle of a word.
func TestArabicJoins(t *testing.T) {
	set := text.NewSet(amiri(t))
	three, _ := block(t, set, "\u0639\u0639\u0639", roomy).Size()
	one, _ := block(t, set, "\u0639", roomy).Size()
	require.Less(t, three, 3*one-8)
}

// TestRightToLeft: the first letter stands at the right.
func TestRightToLeft(t *testing.T) {
	set := text.NewSet(amiri(t))
	b := block(t, set, "\u0627 \u0633\u0633\u0633\u0633", roomy) // an upright stroke, then wide letters
	pix := paint(b, 16)
	w, h := b.Size()
	ink := func(from, to int) (columns int) {
		for x := from; x < to; x++ {
			for y := range h {
				if pix[y*w+x] > 128 {
					columns++
					break
				}
			}
		}
		return columns
	}
	require.Less(t, ink(w*3/4, w), ink(0, w/4))
}

func TestLimits(t *testing.T) {
	_, err := text.NewSet().Shape(strings.Repeat("a", text.MaxLength+1))
	require.ErrorIs(t, err, text.ErrTooLong)
	shaped, err := text.NewSet().Shape(strings.Repeat("W ", text.MaxLength/2))
	require.NoError(t, err)
	b, err := shaped.Layout(text.Frame{Width: 300, Height: 200, Size: 4096, LineHeight: 10})
	require.NoError(t, err)
	w, h := b.Size()
	require.LessOrEqual(t, w, 300)
	require.LessOrEqual(t, h, 200)
	require.Equal(t, 1.0, b.FontSize(), "what fits in no size is set in the smallest and cut off")
	require.Less(t, b.Bytes(16), int64(2<<20))
	paint(b, 16)
}

// TestConcurrentUse is of use under the race detector, and everywhere to see
// that the sets' shapers leave nothing behind.
func TestConcurrentUse(t *testing.T) {
	set := text.NewSet(amiri(t))
	words := []string{"one", "عربي", "ffi é", "🎉 two"}
	want := make([][]uint8, len(words))
	for i, s := range words {
		want[i] = paint(block(t, text.NewSet(amiri(t)), s, roomy), 16)
	}
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range 20 {
				k := (g + i) % len(words)
				b := block(t, set, words[k], roomy)
				if got := paint(b, 1+i); string(got) != string(want[k]) {
					t.Errorf("%q came out otherwise", words[k])
				}
			}
		})
	}
	all.Wait()
}
