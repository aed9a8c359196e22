package text

import (
	"slices"
	"testing"

	"github.com/go-text/typesetting/bidi"
	"github.com/stretchr/testify/require"
)

// TestVisualOrder checks against the examples of UAX #9 and the outcome of its
// reference implementation, by hand.
func TestVisualOrder(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"left to right", "car is blue", "car is blue"},
		{"right to left", "אבג דה", "הד גבא"},
		{"a word within", "car is אבג now", "car is גבא now"},
		{"two words within", "car אב גד now", "car דג בא now"},
		{"a number between words", "abc אב 123 גד def", "abc דג 123 בא def"},
		{"a number after words", "אב 12 abc", "abc 12 בא"},
		{"a number after words, to the right", "x אב 12 abc", "x 12 בא abc"},
		{"a number before words", "12 אב", "בא 12"},
		{"a decimal and its sign", "x אב 1.5% גד", "x דג 1.5% בא"},
		{"latin within", "אב car גד", "דג car בא"},
		{"arabic-indic digits", "x ٣٤ אב", "x בא ٣٤"},
		{"a sign after arabic", "x عب 5% y", "x 5 بع% y"},
		{"brackets", "אב (גד) הו", "וה )דג( בא"},
		{"spaces", "אב   גד", "דג   בא"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			runes := []rune(tt.text)
			level := levels(new(bidi.Paragraph), runes, rightToLeft(runes))
			line := make([]cluster, len(runes))
			for i, r := range runes {
				line[i] = cluster{level: level[i], advance: int64(r)}
			}
			reorder(line)
			var got []rune
			for _, c := range line {
				got = append(got, rune(c.advance))
			}
			require.Equal(t, tt.want, string(got), "levels %v", level)
		})
	}
}

func TestDirection(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "abc": false, "123 אב": true, "אב abc": true, "abc אב": false,
		"... عرب": true, "\u2067אב\u2069 abc": false, "\u2066abc\u2069 אב": true, "\u2069אב": true,
	} {
		require.Equal(t, want, rightToLeft([]rune(text)), "%q", text)
	}
}

func FuzzLevels(f *testing.F) {
	f.Add("abc אב 1,5% گ ٣٤ \u2067x\u2069\u202e1\u202c")
	f.Fuzz(func(t *testing.T, text string) {
		for _, runes := range clean(text) {
			level := levels(new(bidi.Paragraph), runes, rightToLeft(runes))
			line := make([]cluster, len(runes))
			for i := range line {
				line[i] = cluster{level: level[i], advance: int64(i)}
			}
			reorder(line)
			slices.SortFunc(line, func(a, b cluster) int { return int(a.advance - b.advance) })
			for i, c := range line {
				require.EqualValues(t, i, c.advance)
			}
		}
	})
}
