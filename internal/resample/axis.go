package resample

import "math"

// A Span says what becomes of one side of a plane.
type Span struct {
	// In is the number of samples along the side, Total that of the result;
	// both at least 1.
	In, Total int
	// First and Count are the part of the result that is made. Count 0 means
	// all of it.
	First float64
	Count int
	// Left and Length are the window that is resampled, in samples. What lies
	// outside of it, rounded out to whole samples, is never read: the
	// window's edge is repeated instead. Length 0 means all of the side.
	Left, Length float64
	// Shrink is the distance between two output samples; above 1 reduces,
	// below enlarges. 0 means Length/Total. A reduction whose Total*Shrink is
	// not Length is centred on the window; an enlargement starts at its left.
	Shrink float64
	Kernel Kernel
	// Corner samples at the corners of pixels instead of their centres, as
	// libvips 8.18 does to both sides where either is enlarged. Shrink must
	// not be above 1 then.
	Corner bool
	// Tile and Grid lay tiles over the output: one begins where Count's index
	// less Grid is a multiple of Tile. See [Tiles]. Tile 0 means that each
	// sample is its own.
	Tile, Grid int

	normal bool
	halved bool
	extra  float64 // what Total*Shrink is longer than Length
	box    int
}

// Normal fills in what zero fields stand for.
func (s Span) Normal() Span {
	if s.normal {
		return s
	}
	s.normal = true
	if s.Count == 0 {
		s.First, s.Count = 0, s.Total
	}
	if s.Length <= 0 {
		s.Left, s.Length = 0, float64(s.In)
	}
	if s.Shrink <= 0 {
		s.Shrink = s.Length / float64(s.Total)
	}
	s.extra = float64(float64(s.Total)*s.Shrink) - s.Length
	s.box = max(1, int(s.Length/float64(s.Total)/2))
	return s
}

// Fits reports whether the result is as long as the window, give or take an
// output sample.
func (s Span) Fits() bool {
	s = s.Normal()
	return math.Abs(s.extra) <= s.Shrink*(1+1e-6)
}

// Halve returns the span for a plane of half as many samples, rounded up, on
// both ends: each of its samples lies between two of the full plane's.
func (s Span) Halve() Span {
	s = s.Normal()
	s.halved = true
	s.In = (s.In + 1) / 2
	s.First /= 2
	s.Left /= 2
	s.Length /= 2
	s.extra /= 2
	return s
}

// count is the number of output samples.
func (s Span) count() int {
	if s.halved {
		return (s.Count + 1) / 2
	}
	return s.Count
}

// Tiles sets the tiles of the two sides of an image as libvips does. It adds
// up positions from where a tile of its output begins, and so the size of its
// tiles decides, by the rounding of the sums, what becomes of a position that
// lies exactly between two phases.
func Tiles(h, v *Span) {
	*h, *v = h.Normal(), v.Normal()
	const strip, tile, none = 16, 128, math.MaxInt32
	switch {
	case v.box == 1:
		h.Tile, v.Tile = none, strip
	case h.box == 1:
		h.Tile, v.Tile = tile, tile
	default:
		h.Tile, v.Tile = tile, strip
	}
}

// An Axis is a Span made ready: where each output sample's taps start, and
// their weights. Planes of equal geometry share their axes. It is not safe for
// concurrent use.
type Axis struct {
	out     int
	lo, hi  int // the samples that are read
	box     int // how many of them are averaged first
	mid     int // how many samples that gives
	taps    int
	enlarge bool
	start   []int32 // per output sample, its first tap; may be out of range
	phase   []uint8
	table   [phases + 1][]int16
	weights func(phase int) []int16
}

// NewAxis prepares s, whose window must overlap the side.
func NewAxis(s Span) *Axis {
	s = s.Normal()
	const grain = 1e-6 // forgives what sums of fractions lost
	a := &Axis{out: s.count(), box: 1}
	a.lo = min(max(int(math.Floor(s.Left+grain)), 0), s.In-1)
	a.hi = min(max(int(math.Ceil(s.Left+s.Length-grain)), a.lo+1), s.In)
	a.mid = a.hi - a.lo
	a.start = make([]int32, a.out)
	left := s.Left - float64(a.lo)
	shift := left + s.First
	switch {
	case s.Shrink < 1 || s.Corner:
		a.toEnlarge(s, left)
	case s.Shrink == 1 && shift == math.Trunc(shift) && s.extra == 0:
		a.taps = 1
		for i := range a.start {
			a.start[i] = int32(min(i+int(shift), a.mid-1))
		}
	default:
		a.toReduce(s, left)
	}
	return a
}

// toReduce follows vips_reducev_build and vips_reduceh_build.
func (a *Axis) toReduce(s Span, left float64) {
	box := float64(s.box)
	shrink, extra := s.Shrink/box, s.extra/box
	left /= box
	a.box = s.box
	a.mid = (a.mid + s.box - 1) / s.box
	a.taps = s.Kernel.taps(shrink)
	offset := (1+extra)/2 - 1
	a.place(s, shrink, func(i float64) float64 {
		return float64((i+.5)*shrink) - .5 - offset + left
	})
	a.weights = func(phase int) []int16 { return reduceWeights(s.Kernel, a.taps, shrink, phase) }
}

// toEnlarge follows vips_affine_gen under the bicubic interpolator.
func (a *Axis) toEnlarge(s Span, left float64) {
	a.enlarge = true
	a.taps = 4
	centre := .5
	switch {
	case s.Corner && s.halved:
		centre = .25
	case s.Corner:
		centre = 0
	}
	s.Tile = 0 // libvips' tiles are known for reductions only
	a.place(s, s.Shrink, func(i float64) float64 {
		return float64((i+centre)*s.Shrink) - .5 + left
	})
	a.weights = enlargeWeights
}

// place puts all output samples at the positions that at tells, shrink apart.
func (a *Axis) place(s Span, shrink float64, at func(i float64) float64) {
	a.phase = make([]uint8, a.out)
	x := 0.
	for i := range a.start {
		if i == 0 || s.Tile == 0 || (i-s.Grid)%s.Tile == 0 {
			x = at(s.First + float64(i))
		} else {
			x += shrink
		}
		p := x
		if s.halved && s.Count&1 != 0 && i == a.out-1 {
			// The last sample has but one of the full plane's.
			p -= shrink / 4
		}
		fixed := int(math.Floor(p * (2 * phases)))
		a.start[i] = int32(fixed>>7 - (a.taps-1)/2)
		a.phase[i] = uint8((fixed&(2*phases-1) + 1) >> 1)
	}
}

// Out reports the number of output samples.
func (a *Axis) Out() int { return a.out }

// Bytes reports the memory that the axis and its weights take.
func (a *Axis) Bytes() int64 {
	return 5*int64(a.out) + 2*int64(align(a.taps))*int64(min(a.out, phases+1))
}

// Identity reports whether the axis copies all in samples of its side.
func (a *Axis) Identity(in int) bool {
	return a.taps == 1 && a.start[0] == 0 && a.lo == 0 && a.out == in
}

// Need reports how many samples of the side must be known before output
// sample i can be made.
func (a *Axis) Need(i int) int {
	last := min(max(int(a.start[i])+a.taps, 1), a.mid)
	return min(a.lo+last*a.box, a.hi)
}

// pads reports how many samples before and after the side the taps reach.
func (a *Axis) pads() (before, after int) {
	return max(0, -int(a.start[0])), max(0, int(a.start[a.out-1])+a.taps-a.mid)
}

// at returns the weights of output sample i.
func (a *Axis) at(i int) []int16 { return a.table[a.phase[i]] }

// prepare makes all weights that the axis uses.
func (a *Axis) prepare() {
	for _, p := range a.phase {
		if a.table[p] == nil {
			a.table[p] = a.weights(int(p))
		}
	}
}
