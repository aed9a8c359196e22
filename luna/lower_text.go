package luna

import (
	"fmt"
	"image"
	"maps"
	"slices"
	"strings"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/text"
)

// An UnknownFontError says that a text edit names a font that is not among
// [Options].Fonts.
type UnknownFontError struct {
	// Font that was asked for.
	Font string
	// Have lists, sorted, the names that there are.
	Have []string
}

func (e *UnknownFontError) Error() string {
	have := "none by name"
	if len(e.Have) > 0 {
		have = strings.Join(e.Have, ", ")
	}
	return fmt.Sprintf("no font %q; there is %s", e.Font, have)
}

// Unwrap returns [ErrUnsupported].
func (e *UnknownFontError) Unwrap() error { return ErrUnsupported }

// fontSets makes Options.Fonts ready for use. The embedded font is always
// there, under the name "" unless the integrator put another in its place.
func fontSets(fonts map[string][]*text.Font) (map[string]*text.Set, error) {
	sets := map[string]*text.Set{"": nil}
	for name, list := range fonts {
		if len(list) == 0 || slices.Contains(list, nil) {
			return nil, fmt.Errorf("luna: Options.Fonts[%q] is empty or has a nil font", name)
		}
		if len(name) > 64 {
			return nil, fmt.Errorf("luna: Options.Fonts[%q]: a name has at most 64 bytes", name)
		}
		sets[name] = text.NewSet(list...)
	}
	if sets[""] == nil {
		sets[""] = text.NewSet()
	}
	return sets, nil
}

// fontRevisions is what of fonts changes output bytes.
func fontRevisions(sets map[string]*text.Set) []string {
	list := []string{text.Revision()}
	for _, name := range slices.Sorted(maps.Keys(sets)) {
		list = append(list, name, sets[name].Revision())
	}
	return list
}

type textKey struct{ font, text string }

// shape turns the texts of all edits into glyphs, once, and collects the
// characters that no font has.
func (p *planner) shape(edits []edit.Edit) error {
	for _, e := range edits {
		e, ok := e.(edit.Text)
		if !ok {
			continue
		}
		key := textKey{e.Font, e.Text}
		if p.texts[key] != nil {
			continue
		}
		set := p.fonts[e.Font]
		if set == nil {
			have := slices.Sorted(maps.Keys(p.fonts))
			return &UnknownFontError{Font: e.Font, Have: slices.DeleteFunc(have, func(s string) bool { return s == "" })}
		}
		t, err := set.Shape(e.Text)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrLimit, err)
		}
		if p.texts == nil {
			p.texts = map[textKey]*text.Text{}
		}
		p.texts[key] = t
		p.MissingGlyphs = append(p.MissingGlyphs, t.Missing()...)
	}
	slices.Sort(p.MissingGlyphs)
	p.MissingGlyphs = slices.Compact(p.MissingGlyphs)
	return nil
}

var alignments = map[edit.Align]text.Align{
	edit.AlignLeft:   text.Left,
	edit.AlignCenter: text.Center,
	edit.AlignRight:  text.Right,
}

// text draws a text within the image less the padding on all sides. A padding
// that leaves no room is as wide as it can be.
func (l *lowering) text(e edit.Text) error {
	r, g, b, a, err := e.Color.RGBA()
	if err != nil {
		return err
	}
	padX, padY := min(*e.Padding, (l.width-1)/2), min(*e.Padding, (l.height-1)/2)
	frame := text.Frame{
		Width:      l.width - 2*padX,
		Height:     l.height - 2*padY,
		Size:       *e.FontSize,
		LineHeight: *e.LineHeight,
		Align:      alignments[e.Align],
	}
	if e.MaxWidth != nil {
		frame.Wrap = *e.MaxWidth
	}
	block, err := l.texts[textKey{e.Font, e.Text}].Layout(frame)
	if err != nil {
		return err
	}
	alpha := uint8(float64(float64(a)**e.Opacity) + 0.5)
	if block.Blank() || alpha == 0 {
		return nil
	}
	w, h := block.Size()
	at := anchored(e.Position, image.Rect(padX, padY, l.width-padX, l.height-padY), w, h)
	return l.add(op.Ink{Mask: block, Left: at.X, Top: at.Y, Color: [4]uint8{r, g, b, alpha}})
}

// anchored returns where a layer of w by h stands in room at one of the nine
// positions.
func anchored(p edit.Position, room image.Rectangle, w, h int) image.Point {
	at := image.Pt(room.Min.X+(room.Dx()-w)/2, room.Min.Y+(room.Dy()-h)/2)
	switch p {
	case edit.PositionLeft, edit.PositionTopLeft, edit.PositionBottomLeft:
		at.X = room.Min.X
	case edit.PositionRight, edit.PositionTopRight, edit.PositionBottomRight:
		at.X = room.Max.X - w
	}
	switch p {
	case edit.PositionTop, edit.PositionTopLeft, edit.PositionTopRight:
		at.Y = room.Min.Y
	case edit.PositionBottom, edit.PositionBottomLeft, edit.PositionBottomRight:
		at.Y = room.Max.Y - h
	}
	return at
}
