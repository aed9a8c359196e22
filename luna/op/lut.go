package op

import "github.com/immagin/immagin-go/luna/pixel"

// A Table says what becomes of each value of a sample.
type Table [256]uint8

// LUT maps every sample of red, green and blue through a table of its own;
// alpha stays as it is. The zero LUT makes everything black. Gray images are
// only accepted where the three tables are one.
type LUT struct{ Red, Green, Blue Table }

// NewLUT returns the op that maps all three colours by f.
func NewLUT(f func(v uint8) uint8) LUT {
	var t Table
	for v := range t {
		t[v] = f(uint8(v))
	}
	return LUT{t, t, t}
}

// Then returns the op that does what l does and then what m does.
func (l LUT) Then(m LUT) LUT {
	for v := range 256 {
		l.Red[v] = m.Red[l.Red[v]]
		l.Green[v] = m.Green[l.Green[v]]
		l.Blue[v] = m.Blue[l.Blue[v]]
	}
	return l
}

// Accepts implements Op.
func (l LUT) Accepts(in pixel.Layout) pixel.Layout {
	if in.Opaque() == pixel.Gray && l.Red == l.Green && l.Green == l.Blue {
		return in
	}
	if in.HasAlpha() {
		return pixel.RGBA
	}
	return pixel.RGB
}

// AcceptsDeep is true: between two values of the table is a straight line.
func (LUT) AcceptsDeep(pixel.Layout) bool { return true }

// deep returns what becomes of a sample of 16 bits.
func (t *Table) deep(v uint16) uint16 {
	i, f := int32(v/257), int32(v%257)
	from, to := int32(t[i]), int32(t[min(i+1, 255)])
	return uint16(257*from + (to-from)*f)
}

// Out implements Op.
func (l LUT) Out(in pixel.Shape) (pixel.Shape, error) { return in, accept(l, in) }

// Work implements Op.
func (LUT) Work(pixel.Shape) int64 { return 0 }

// String implements [Op].
func (LUT) String() string { return "lut" }

// Wrap implements Op.
func (l LUT) Wrap(in pixel.Source, _ *pixel.Pool) (pixel.Source, error) {
	shape, err := l.Out(in.Shape())
	if err != nil {
		return refuse(in, err)
	}
	tables := [...]*Table{&l.Red, &l.Green, &l.Blue}
	colours := shape.Layout.Opaque().Planes()
	return &inPlace{upstream: upstream{in: in, shape: shape}, edit: func(t *pixel.Strip) {
		for p := range colours {
			table := tables[p]
			for y := range t.Rows {
				if shape.Deep {
					row := t.Planes[p].Row16(y)
					for x, v := range row {
						row[x] = table.deep(v)
					}
					continue
				}
				row := t.Planes[p].Row(y)
				for x, v := range row {
					row[x] = table[v]
				}
			}
		}
	}}, nil
}
