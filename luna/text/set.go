package text

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/go-text/typesetting/bidi"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/segmenter"
	"github.com/go-text/typesetting/shaping"
)

// MaxLength is how many Unicode characters one text may have.
const MaxLength = 1 << 14

// ErrTooLong is wrapped by the error of [Set.Shape] for a text of more than
// [MaxLength] characters, or of more glyphs than that allows for.
var ErrTooLong = errors.New("the text is too long")

// A Set is an ordered list of fonts: a character is drawn with the first that
// has it. It is safe for concurrent use. The zero Set is not usable: get one
// from [NewSet].
type Set struct {
	fonts []*Font
	// shapers are kept, since a shaper prepares each font once.
	shapers sync.Pool
}

// NewSet returns the set of these fonts, in order of preference, and of the
// embedded one ([Regular]) as the last resort.
func NewSet(fonts ...*Font) *Set {
	all := slices.Clone(fonts)
	if !slices.Contains(all, Regular()) {
		all = append(all, Regular())
	}
	s := &Set{fonts: all}
	s.shapers.New = func() any {
		w := &shaper{}
		w.harfbuzz.SetFontCacheSize(len(all))
		for _, f := range all {
			w.faces = append(w.faces, font.NewFace(f.font))
		}
		return w
	}
	return s
}

// A shaper is what one goroutine at a time shapes with.
type shaper struct {
	faces    []*font.Face // of the set's fonts
	harfbuzz shaping.HarfbuzzShaper
	runs     shaping.Segmenter
	breaks   segmenter.Segmenter
	bidi     bidi.Paragraph
}

// Shape turns text into glyphs, whose size does not matter yet. Line ends
// separate paragraphs; other control characters are spaces (tabs) or nothing.
//
// A character that no font of the set has a glyph for is left out, and is never
// drawn as a box; the result tells which were ([Text.Missing]). Glyphs without
// an outline, as those of some colour fonts, count as missing.
func (s *Set) Shape(text string) (*Text, error) {
	if n := utf8.RuneCountInString(text); n > MaxLength {
		return nil, fmt.Errorf("text: %w: it has %d characters, more than %d", ErrTooLong, n, MaxLength)
	}
	w := s.shapers.Get().(*shaper)
	t := &Text{set: s}
	glyphs := 0
	for _, runes := range clean(text) {
		p := w.paragraph(runes, t)
		for _, c := range p {
			glyphs += len(c.glyphs)
		}
		if glyphs > 4*MaxLength {
			return nil, fmt.Errorf("text: %w: it takes more than %d glyphs", ErrTooLong, 4*MaxLength)
		}
		t.paragraphs = append(t.paragraphs, p)
	}
	slices.Sort(t.missing)
	t.missing = slices.Compact(t.missing)
	t.measure(w)
	s.shapers.Put(w) // not after a panic
	return t, nil
}

// A Text is text as glyphs, ready to be laid out in any size. It does not
// change and is safe for concurrent use.
type Text struct {
	set        *Set
	paragraphs [][]cluster // in reading order
	missing    []rune
	// The lines' ascent and descent, both positive, in units.
	ascent, descent int64
}

// Missing lists, sorted, the characters that no font had a glyph for and that
// are left out.
func (t *Text) Missing() []rune { return slices.Clone(t.missing) }

// em is how many units, in which glyphs are placed before their size is known,
// the font size has.
const em = shapeSize * 64

// A cluster is what cannot be taken apart: a character with its marks, or a
// ligature.
type cluster struct {
	glyphs  []glyph // from left to right
	advance int64   // in units
	level   uint8   // of embedding, odd from right to left
	space   bool    // it is white space, which is not drawn where a line ends
	// A line may end after it: at a good place, or where a word that is too
	// long is broken.
	mayBreak, canBreak bool
}

// A glyph is placed in relation to its cluster's left end and the baseline, in
// units, y upwards.
type glyph struct {
	font int // of the set
	id   font.GID
	x, y int64
	// Its ink, in the same terms; empty where left is right.
	left, right, top, bottom int64
}

// measure takes the height of lines from the fonts that are drawn with.
func (t *Text) measure(w *shaper) {
	used := make([]bool, len(w.faces))
	for _, p := range t.paragraphs {
		for _, c := range p {
			for _, g := range c.glyphs {
				used[g.font] = true
			}
		}
	}
	for i, face := range w.faces {
		extents, ok := face.FontHExtents()
		if !used[i] || !ok {
			continue
		}
		upem := int64(face.Upem())
		t.ascent = max(t.ascent, roundDiv(int64(extents.Ascender)*em, upem))
		t.descent = max(t.descent, roundDiv(-int64(extents.Descender)*em, upem))
	}
}

// roundDiv returns a/b rounded to the nearest integer, halves up. b is
// positive.
func roundDiv(a, b int64) int64 { return floorDiv(2*a+b, 2*b) }

// floorDiv returns a/b rounded down. b is positive.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func ceilDiv(a, b int64) int64 { return -floorDiv(-a, b) }
