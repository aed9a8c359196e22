package text

import (
	"strings"
	"unicode"
)

// clean returns the text as paragraphs, one for each line that its author
// began. The line ends of all systems and U+2028, U+2029, U+0085 end a
// paragraph; tabs are spaces; other control characters, and what is not valid
// UTF-8, are left out.
func clean(text string) [][]rune {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	paragraphs := [][]rune{nil}
	for i, r := range text {
		last := &paragraphs[len(paragraphs)-1]
		switch {
		case r == '\n', r == '\r', r == '\v', r == '\f', r == '\u0085', r == '\u2028', r == '\u2029':
			paragraphs = append(paragraphs, nil)
		case r == '\t':
			*last = append(*last, ' ')
		case unicode.IsControl(r):
		case r == unicode.ReplacementChar && !strings.HasPrefix(text[i:], string(r)):
		default:
			*last = append(*last, r)
		}
	}
	return paragraphs
}

// without returns the runes that drop does not mark. Where that leaves two
// spaces next to each other, or one at an end, that had been apart, only one of
// them, or none, stays.
func without(runes []rune, drop []bool) []rune {
	var kept []rune
	gap := false
	for i, r := range runes {
		switch {
		case drop[i]:
			gap = true
			continue
		case gap && r == ' ' && (len(kept) == 0 || kept[len(kept)-1] == ' '):
			continue
		}
		gap = false
		kept = append(kept, r)
	}
	for gap && len(kept) > 0 && kept[len(kept)-1] == ' ' {
		kept = kept[:len(kept)-1]
	}
	return kept
}
