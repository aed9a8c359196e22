package resample

import "math"

// A Span says what becomes of one side of a plane.
type Span struct {
	// In is the number of samples along the side, Out that of the result;
	// both at least 1.
	In, Out int
	// Left and Length are the window that is resampled, in samples. What lies
	// outside of it, rounded out to whole samples, is never read: the
	// window's edge is repeated instead. Length 0 means all of the side.
	Left, Length float64
	// Shrink is the distance between two output samples; above 1 reduces,
	// below enlarges. 0 means Length/Out. A reduction whose Out*Shrink is not
	// Length is centred on the window; an enlargement starts at its left.
	Shrink float64
	Kernel Kernel
	// Corner samples an enlargement at the corners of pixels instead of their
	// centres, as libvips 8.18 does.
	Corner bool

	half  bool    // made by Halve
	odd   bool    // the last sample has but one of the full plane's
	extra float64 // what Out*Shrink is longer than Length
}

// normal fills in what zero fields stand for.
func (s Span) normal() Span {
	if s.Length <= 0 {
		s.Left, s.Length = 0, float64(s.In)
	}
	if s.Shrink <= 0 {
		s.Shrink = s.Length / float64(s.Out)
	}
	if !s.half {
		s.extra = float64(float64(s.Out)*s.Shrink) - s.Length
	}
	return s
}

// Halve returns the span for a plane of half as many samples, rounded up, on
// both ends: each of its samples lies between two of the full plane's.
func (s Span) Halve() Span {
	s = s.normal()
	s.half = true
	s.In = (s.In + 1) / 2
	s.Left /= 2
	s.Length /= 2
	s.extra /= 2
	s.odd = s.Out&1 != 0
	s.Out = (s.Out + 1) / 2
	return s
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
	s = s.normal()
	const grain = 1e-6 // forgives what sums of fractions lost
	a := &Axis{out: s.Out, box: 1}
	a.lo = min(max(int(math.Floor(s.Left+grain)), 0), s.In-1)
	a.hi = min(max(int(math.Ceil(s.Left+s.Length-grain)), a.lo+1), s.In)
	a.mid = a.hi - a.lo
	a.start = make([]int32, s.Out)
	left := s.Left - float64(a.lo)
	switch {
	case s.Shrink == 1 && left == math.Trunc(left) && s.extra == 0:
		a.taps = 1
		for i := range a.start {
			a.start[i] = int32(i + int(left))
		}
	case s.Shrink < 1:
		a.toEnlarge(s, left)
	default:
		a.toReduce(s, left)
	}
	return a
}

// toReduce follows vips_reducev_build and vips_reduceh_build.
func (a *Axis) toReduce(s Span, left float64) {
	shrink := s.Shrink
	extra := s.extra
	if box := int(s.Length / float64(s.Out) / 2); box > 1 {
		a.box = box
		a.mid = (a.mid + box - 1) / box
		shrink /= float64(box)
		extra /= float64(box)
		left /= float64(box)
	}
	a.taps = s.Kernel.taps(shrink)
	offset := (1+extra)/2 - 1
	a.phase = make([]uint8, s.Out)
	for i := range a.start {
		x := float64((float64(i)+.5)*shrink) - .5 - offset + left
		if s.odd && i == s.Out-1 {
			x -= shrink / 4
		}
		a.place(i, x, a.taps/2)
	}
	taps, kernel := a.taps, s.Kernel
	a.weights = func(phase int) []int16 { return reduceWeights(kernel, taps, shrink, phase) }
}

// toEnlarge follows vips_affine_gen under the bicubic interpolator.
func (a *Axis) toEnlarge(s Span, left float64) {
	a.enlarge = true
	a.taps = 4
	a.phase = make([]uint8, s.Out)
	centre := .5
	switch {
	case s.Corner && s.half:
		centre = .25
	case s.Corner:
		centre = 0
	}
	for i := range a.start {
		x := float64((float64(i)+centre)*s.Shrink) - .5 + left
		if s.odd && i == s.Out-1 {
			x -= s.Shrink / 4
		}
		a.place(i, x, 1)
	}
	a.weights = enlargeWeights
}

// place puts output sample i at x, with the given number of taps before it.
func (a *Axis) place(i int, x float64, before int) {
	fixed := int(math.Floor(x * (2 * phases)))
	a.start[i] = int32(fixed>>7 - before)
	a.phase[i] = uint8((fixed&(2*phases-1) + 1) >> 1)
}

// Out reports the number of output samples.
func (a *Axis) Out() int { return a.out }

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
func (a *Axis) at(i int) []int16 {
	p := a.phase[i]
	w := a.table[p]
	if w == nil {
		w = a.weights(int(p))
		a.table[p] = w
	}
	return w
}

// prepare makes all weights that the axis uses.
func (a *Axis) prepare() {
	if a.taps == 1 {
		return
	}
	for i := range a.phase {
		a.at(i)
	}
}
