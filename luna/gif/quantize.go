package gif

import (
	"context"
	"slices"
	"unsafe"

	"github.com/immagin/immagin-go/luna/pixel"
)

const (
	// rounds is how often a palette is refined, by so many pixels.
	rounds  = 4
	samples = 1 << 15
)

// quantizeWork is what encoders hold beside pictures and rows.
const quantizeWork = int64(unsafe.Sizeof(quantizer{})) + samples*int64(unsafe.Sizeof(sample{})) + maxCandidates + 256<<10 + int64(unsafe.Sizeof(packer{}))

// A sample is a pixel, and the number of the colour that is nearest to it.
type sample struct{ r, g, b, nearest uint8 }

// A quantizer chooses palettes.
type quantizer struct {
	moments moments
	shown   int64 // pixels that the moments are of
	samples []sample
	set     colourSet
	near    nearest
	cells   candidates
}

// count counts the colours of a patch.
func (q *quantizer) count(ctx context.Context, p *patch, row []uint32) error {
	clear(q.moments[:])
	q.shown = 0
	for y := range p.rect.Dy() {
		if y%pixel.StripRows == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		p.row(y, row)
		for _, c := range row {
			if c == 0 {
				continue
			}
			m := &q.moments[cell(c)]
			r, g, b := int64(c&255), int64(c>>8&255), int64(c>>16&255)
			m.n++
			m.r += r
			m.g += g
			m.b += b
			m.squares += r*r + g*g + b*b
			q.shown++
		}
	}
	q.moments.sum()
	return q.sample(ctx, p, row)
}

// sample takes pixels of a patch at equal distances.
func (q *quantizer) sample(ctx context.Context, p *patch, row []uint32) error {
	q.samples = q.samples[:0]
	step := (q.shown+samples-1)/samples | 1 // odd, for pictures with a rhythm
	skip := int64(0)
	for y := range p.rect.Dy() {
		if y%pixel.StripRows == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		p.row(y, row)
		for _, c := range row {
			if c == 0 {
				continue
			}
			if skip--; skip < 0 {
				q.samples = append(q.samples, sample{r: uint8(c), g: uint8(c >> 8), b: uint8(c >> 16)})
				skip = step - 1
			}
		}
	}
	return nil
}

// palette returns up to n colours for what was counted, and the square error
// that they leave in the samples.
func (q *quantizer) palette(n int) ([]uint32, int64) {
	colours := q.moments.colours(n)
	for range rounds {
		var sums [maxColours]moment
		q.near.set(colours)
		for i := range q.samples {
			s := &q.samples[i]
			s.nearest, _ = q.near.find(int32(s.r), int32(s.g), int32(s.b), int(s.nearest))
			m := &sums[s.nearest]
			m.n++
			m.r += int64(s.r)
			m.g += int64(s.g)
			m.b += int64(s.b)
		}
		for i := range colours {
			if sums[i].n > 0 {
				colours[i] = sums[i].mean()
			}
		}
	}
	slices.Sort(colours)
	colours = slices.Compact(colours)
	return colours, q.error(colours)
}

// error is the square error that colours leave in the samples.
func (q *quantizer) error(colours []uint32) (sum int64) {
	q.near.set(colours)
	last := 0
	for _, s := range q.samples {
		number, d := q.near.find(int32(s.r), int32(s.g), int32(s.b), last)
		last = int(number)
		sum += int64(d)
	}
	return sum
}

// nearest finds the nearest of some colours.
type nearest struct {
	colours []neighbour
	// byGreen are the same in the order of green, and first is the place there
	// of the first with a green of at least that.
	byGreen []neighbour
	first   [256]uint16
}

const neighbourBytes = 16

type neighbour struct {
	r, g, b int32
	number  uint8
}

func (s *nearest) set(colours []uint32) {
	s.colours = s.colours[:0]
	for i, c := range colours {
		s.colours = append(s.colours, neighbour{r: int32(c & 255), g: int32(c >> 8 & 255), b: int32(c >> 16 & 255), number: uint8(i)})
	}
	s.byGreen = append(s.byGreen[:0], s.colours...)
	slices.SortStableFunc(s.byGreen, func(a, b neighbour) int { return int(a.g - b.g) })
	i := 0
	for g := range s.first {
		for i < len(s.byGreen) && int(s.byGreen[i].g) < g {
			i++
		}
		s.first[g] = uint16(i)
	}
}

func (n *neighbour) distance(r, g, b int32) int32 {
	r, g, b = r-n.r, g-n.g, b-n.b
	return r*r + g*g + b*b
}

// find returns the number and the square distance of the nearest colour. It is
// the quicker, the nearer guess is.
func (s *nearest) find(r, g, b int32, guess int) (number uint8, distance int32) {
	if guess >= len(s.colours) {
		guess = 0
	}
	number = uint8(guess)
	distance = s.colours[guess].distance(r, g, b)
	start := int(s.first[g])
	for i := start; i < len(s.byGreen); i++ {
		n := &s.byGreen[i]
		if d := n.g - g; d*d >= distance {
			break
		}
		if d := n.distance(r, g, b); d < distance {
			number, distance = n.number, d
		}
	}
	for i := start - 1; i >= 0; i-- {
		n := &s.byGreen[i]
		if d := g - n.g; d*d >= distance {
			break
		}
		if d := n.distance(r, g, b); d < distance {
			number, distance = n.number, d
		}
	}
	return number, distance
}
