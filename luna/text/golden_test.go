package text_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/text"
)

func block(t testing.TB, s *text.Set, str string, f text.Frame) *text.Block {
	t.Helper()
	shaped, err := s.Shape(str)
	require.NoError(t, err)
	b, err := shaped.Layout(f)
	require.NoError(t, err)
	return b
}

// paint returns the whole coverage of a block, painted so many rows at a time.
func paint(b *text.Block, rows int) []uint8 {
	w, h := b.Size()
	pix := make([]uint8, w*h)
	paint := b.Painter()
	for y := 0; y < h && w > 0; y += rows {
		paint(pix[y*w:min(y+rows, h)*w], y)
	}
	return pix
}

// TestGolden holds the coverage to the same bits on every machine. Whoever
// changes it on purpose looks at the pictures, raises the version in
// revision.go, and takes the new sums over.
func TestGolden(t *testing.T) {
	regular := func(testing.TB) *text.Font { return text.Regular() }
	tests := []struct {
		name  string
		font  func(testing.TB) *text.Font
		text  string
		frame text.Frame
		sum   string
	}{
		{"small", regular, "Hamburgefonstiv 0123 (áßçđ) Ωμέγα Ёж", text.Frame{Width: 400, Height: 99, Size: 13, LineHeight: 1.2}, "5275b6e436ed947c"},
		{"large", regular, "Rag & fly", text.Frame{Width: 1600, Height: 900, Size: 301.7, LineHeight: 1}, "d2eab2b0087d0a4e"},
		{"lines", regular, "The quick brown fox jumps over the lazy dog and\nover superincomprehensiblenesses", text.Frame{Width: 200, Height: 600, Size: 24, LineHeight: 1.5, Align: text.Center}, "e896bd81d8609e0c"},
		{"shrunk", regular, "The quick brown fox jumps over the lazy dog", text.Frame{Width: 120, Height: 40, Size: 48, LineHeight: 1.2, Align: text.Right}, "46435e4c03385216"},
		{"arabic", amiri, "السلام عليكم 123 abc office", text.Frame{Width: 400, Height: 200, Size: 40, LineHeight: 1.2, Align: text.Right}, "2f1ff447179f5ce3"},
		{"marks", amiri, "إِلٰهَ e\u0301 a\u0302\u0323", text.Frame{Width: 400, Height: 200, Size: 40, LineHeight: 1.2}, "effdd6ea9bfc8d50"},
		{"cubic", cff, "AB01", text.Frame{Width: 400, Height: 200, Size: 80, LineHeight: 1.2}, "c99ea5881d993996"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := block(t, text.NewSet(tt.font(t)), tt.text, tt.frame)
			sum := sha256.Sum256(paint(b, 16))
			require.Equal(t, tt.sum, hex.EncodeToString(sum[:8]))
		})
	}
}

func TestRowsMakeNoDifference(t *testing.T) {
	for _, str := range []string{"gÅ", "Many words, in several lines, of which some overhang: fjÇ", "x"} {
		for _, size := range []float64{1, 7.3, 40, 300} {
			b := block(t, text.NewSet(), str, text.Frame{Width: 500, Height: 400, Size: size, LineHeight: 0.7})
			want := paint(b, 1000)
			for _, rows := range []int{1, 2, 6, 16} {
				require.Equal(t, want, paint(b, rows))
			}
		}
	}
}

// TestCoverageIsTheArea compares with the average of a picture four times as
// large, which errs by its own rounding alone.
func TestCoverageIsTheArea(t *testing.T) {
	// Whole pixels of the small size are whole pixels of the large one.
	small := block(t, text.NewSet(), "Q&e8", text.Frame{Width: 1000, Height: 1000, Size: 64, LineHeight: 1})
	large := block(t, text.NewSet(), "Q&e8", text.Frame{Width: 4000, Height: 4000, Size: 256, LineHeight: 1})
	w, h := small.Size()
	wl, hl := large.Size()
	sum := func(pix []uint8) (n float64) {
		for _, v := range pix {
			n += float64(v)
		}
		return n
	}
	require.InDelta(t, sum(paint(large, hl))/16, sum(paint(small, h)), sum(paint(small, h))/500)
	require.InDelta(t, float64(wl)/4, float64(w), 1)
	require.InDelta(t, float64(hl)/4, float64(h), 1)
}
