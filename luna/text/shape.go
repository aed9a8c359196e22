package text

import (
	"slices"
	"unicode"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/harfbuzz"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// shapeSize is the size in pixels that text is shaped at; the outcome scales.
// The shaper multiplies 64 times that by font units, in 32 bits.
const shapeSize = 512

// retries is how often a paragraph is shaped again without the characters that
// turned out to have no glyph.
const retries = 3

// paragraph shapes one paragraph, and adds to t what is missing.
func (w *shaper) paragraph(runes []rune, t *Text) []cluster {
	for try := 0; ; try++ {
		clusters, drop := w.shape(runes)
		if drop == nil {
			return clusters
		}
		for i, r := range runes {
			if drop[i] && !harfbuzz.IsDefaultIgnorable(r) {
				t.missing = append(t.missing, r)
			}
		}
		if try == retries {
			return clusters // which have no glyphs in place of those
		}
		runes = without(runes, drop)
	}
}

// shape returns the clusters of a paragraph in reading order. Where glyphs are
// missing, drop marks the runes without which it is to be tried again.
func (w *shaper) shape(runes []rune) (clusters []cluster, drop []bool) {
	if len(runes) == 0 {
		return nil, nil
	}
	rtl := rightToLeft(runes)
	level := levels(&w.bidi, runes, rtl)
	begins, may := w.boundaries(runes)
	in := shaping.Input{
		Text:      runes,
		RunEnd:    len(runes),
		Direction: di.DirectionLTR,
		Size:      fixed.I(shapeSize),
		Language:  "en",
	}
	if rtl {
		in.Direction = di.DirectionRTL
	}
	for _, run := range w.runs.Split(in, oneFace{w.faces[0]}) {
		for _, p := range w.byFace(run, begins) {
			out := w.harfbuzz.Shape(p.input)
			for _, s := range spans(out) {
				c, lost := w.cluster(p.face, out.Glyphs[s.from:s.to], runes[s.start:s.end])
				c.level = level[s.start]
				c.mayBreak, c.canBreak = may[s.end], begins[s.end]
				clusters = append(clusters, c)
				if drop == nil && lost != nil {
					drop = make([]bool, len(runes))
				}
				for _, i := range lost {
					drop[s.start+i] = true
				}
			}
		}
	}
	return clusters, drop
}

// boundaries marks where a user-perceived character begins (UAX #29), and
// where a line may (UAX #14); both at the end, too.
func (w *shaper) boundaries(runes []rune) (characters, lines []bool) {
	characters, lines = make([]bool, len(runes)+1), make([]bool, len(runes)+1)
	w.breaks.Init(runes)
	for g := w.breaks.GraphemeIterator(); g.Next(); {
		characters[g.Grapheme().Offset] = true
	}
	for l := w.breaks.LineIterator(); l.Next(); {
		lines[l.Line().Offset] = true
	}
	characters[len(runes)], lines[len(runes)] = true, true
	return characters, lines
}

// oneFace keeps the splitting by direction and script from splitting by face.
type oneFace struct{ face *font.Face }

func (o oneFace) ResolveFace(rune) *font.Face { return o.face }

// A part of a run is drawn with one font of the set.
type part struct {
	input shaping.Input
	face  int
}

// byFace splits a run where the font has to change. A character and its marks
// are drawn with one font; spaces go with what stands before them.
func (w *shaper) byFace(run shaping.Input, begins []bool) []part {
	const any = -1
	var parts []part
	for i, j := run.RunStart, 0; i < run.RunEnd; i = j {
		for j = i + 1; j < run.RunEnd && !begins[j]; j++ {
		}
		face := w.resolve(run.Text[i:j])
		last := len(parts) - 1
		if last >= 0 && (face == any || parts[last].face == any || parts[last].face == face) {
			parts[last].input.RunEnd = j
			parts[last].face = max(parts[last].face, face)
			continue
		}
		p := part{run, face}
		p.input.RunStart, p.input.RunEnd = i, j
		parts = append(parts, p)
	}
	for i := range parts {
		parts[i].face = max(parts[i].face, 0)
		parts[i].input.Face = w.faces[parts[i].face]
	}
	return parts
}

// resolve returns the first font that has all of a character and its marks, or
// else the first that has its base, or else the first; and -1 for spaces and
// what is invisible, which any font will do for.
func (w *shaper) resolve(character []rune) int {
	any := true
	for _, r := range character {
		any = any && (unicode.IsSpace(r) || harfbuzz.IsDefaultIgnorable(r))
	}
	if any {
		return -1
	}
	all := func(f *font.Face) bool {
		for _, r := range character {
			if _, ok := f.NominalGlyph(r); !ok && !harfbuzz.IsDefaultIgnorable(r) {
				return false
			}
		}
		return true
	}
	if i := slices.IndexFunc(w.faces, all); i >= 0 {
		return i
	}
	return max(0, slices.IndexFunc(w.faces, func(f *font.Face) bool {
		_, ok := f.NominalGlyph(character[0])
		return ok
	}))
}

// A span is a cluster of a shaped run: its glyphs and its runes.
type span struct{ from, to, start, end int }

// spans returns the clusters of a run in reading order.
func spans(out shaping.Output) []span {
	var list []span
	for i, j := 0, 0; i < len(out.Glyphs); i = j {
		first := out.Glyphs[i]
		for j = i + 1; j < len(out.Glyphs) && out.Glyphs[j].TextIndex() == first.TextIndex(); j++ {
		}
		list = append(list, span{i, j, first.TextIndex(), first.TextIndex() + first.RunesCount()})
	}
	if out.Direction.Progression() == di.TowardTopLeft {
		slices.Reverse(list)
	}
	return list
}

// cluster takes over the glyphs of one cluster, and reports the runes of it
// that are missing.
func (w *shaper) cluster(face int, glyphs []shaping.Glyph, runes []rune) (c cluster, missing []int) {
	c.space = !slices.ContainsFunc(runes, func(r rune) bool { return !unicode.IsSpace(r) })
	lost, ink := false, false
	for _, g := range glyphs {
		if g.GlyphID == 0 {
			lost = true
			continue
		}
		k := glyph{font: face, id: g.GlyphID, x: c.advance + int64(g.XOffset), y: int64(g.YOffset)}
		c.advance += int64(g.Advance)
		if g.Width == 0 || g.Height == 0 {
			continue
		}
		ink = true
		k.left = k.x + int64(g.XBearing)
		k.right = k.left + int64(g.Width)
		k.top = k.y + int64(g.YBearing)
		k.bottom = k.top + int64(g.Height)
		c.glyphs = append(c.glyphs, k)
	}
	if !lost && (ink || !visible(runes)) {
		return c, nil
	}
	for i, r := range runes {
		if _, ok := w.faces[face].NominalGlyph(r); !ok && !harfbuzz.IsDefaultIgnorable(r) {
			missing = append(missing, i)
		}
	}
	if missing == nil {
		for i := range runes {
			missing = append(missing, i)
		}
	}
	return c, missing
}

// visible reports whether any of the runes leaves ink.
func visible(runes []rune) bool {
	return slices.ContainsFunc(runes, func(r rune) bool {
		const brailleBlank = '\u2800'
		return unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.Is(unicode.Zs, r) && r != brailleBlank && !harfbuzz.IsDefaultIgnorable(r)
	})
}
