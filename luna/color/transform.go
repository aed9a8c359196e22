package color

import (
	"sync"

	"github.com/immagin/immagin-go/luna/pixel"
)

// A Transform converts samples of one space to sRGB, CMYK and RGB to RGB, gray
// to gray. It is safe for concurrent use. Its tables are made when they are
// first needed, which takes from 1 to 100 ms.
type Transform struct {
	name  string
	space Space
	plain bool

	once    sync.Once
	profile *Profile // nil once the tables are made
	kernel  kernel
}

// A kernel converts rows of samples; there are as many of them as the space
// has channels. The result takes the place of the first three, or the first.
type kernel interface {
	narrow(rows [4][]uint8)
	wide(rows [4][]uint16)
}

// New returns the transform from p to sRGB. It is cheap.
func New(p *Profile) *Transform {
	return &Transform{
		name:    p.description,
		space:   p.space,
		plain:   newEvaluation(p).plain(),
		profile: p,
	}
}

// Plain reports whether the profile is sRGB itself, or gray with sRGB's curve:
// no sample would change by more than one level of 255, so that images need no
// conversion.
func (t *Transform) Plain() bool { return t.plain }

// Name is the profile's description, for people; it may be empty.
func (t *Transform) Name() string { return t.name }

// Space is what samples it converts.
func (t *Transform) Space() Space { return t.space }

// In returns the layout that images must have, given the one that they do:
// with alpha if that has. It is 0 where the samples cannot be the profile's.
func (t *Transform) In(l pixel.Layout) pixel.Layout {
	switch {
	case t.space == Gray && l.Opaque() == pixel.Gray, t.space == CMYK && l == pixel.CMYK:
		return l
	case t.space == RGB && l.IsYCbCr():
		return pixel.RGB
	case t.space == RGB && l.Opaque() == pixel.RGB:
		return l
	}
	return 0
}

// Out returns the layout that becomes of one that In returned.
func (t *Transform) Out(l pixel.Layout) pixel.Layout {
	if l == pixel.CMYK {
		return pixel.RGB
	}
	return l
}

// Bytes reports how much memory the tables take, at most, for samples of 8 or
// of 16 bits.
func (t *Transform) Bytes(deep bool) int64 {
	switch {
	case t.space == CMYK:
		return 8*cmykPoints*cmykPoints*cmykPoints*cmykPoints + 64<<10
	case t.space == RGB:
		return 8*rgbPoints*rgbPoints*rgbPoints + 128<<10
	case deep:
		return 128 << 10
	}
	return 1 << 10
}

// Apply converts the samples of a strip whose layout is what In returned, in
// place. Alpha stays.
func (t *Transform) Apply(s *pixel.Strip) {
	t.once.Do(t.bake)
	n := t.space.channels()
	if s.Planes[0].Pix16 != nil {
		var rows [4][]uint16
		for y := range s.Rows {
			for p := range n {
				rows[p] = s.Planes[p].Row16(y)
			}
			t.kernel.wide(rows)
		}
		return
	}
	var rows [4][]uint8
	for y := range s.Rows {
		for p := range n {
			rows[p] = s.Planes[p].Row(y)
		}
		t.kernel.narrow(rows)
	}
}

func (t *Transform) bake() {
	if t.kernel != nil { // came ready
		return
	}
	e := newEvaluation(t.profile)
	switch {
	case t.space == Gray:
		t.kernel = newTable(e)
	case t.profile.perceptual == nil:
		t.kernel = newShaper(e)
	default:
		t.kernel = newGrid(e)
	}
	t.profile = nil
}
