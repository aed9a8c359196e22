// Package quantize chooses few colours that stand for a picture's many, and
// gives each pixel one of them: what GIF and PNG with a palette take.
//
// Colours are compared with weights for the eye's sense of red, green and blue,
// multiplied by alpha, in a space a little darker than sRGB, as libimagequant
// does (pngquant.org/lib), whose scale of quality is the one that sharp's
// palettes have. All products are rounded by explicit conversions, and roots
// are exact, so that every machine makes the same palette.
package quantize

import "math"

// A Color is red, green, blue and straight alpha.
type Color = [4]uint8

// A Histogram counts the colours of a picture. The zero Histogram is empty. It
// is for one goroutine at a time.
type Histogram struct {
	slots []uint32 // by cell, 1 more than its index in bins; nil if empty
	bins  []bin
	// exact are the colours themselves, as long as there are few.
	exact map[Color]uint64
	many  bool // there are more
	clear uint64
}

// Bytes is the most memory that a Histogram and the making of a palette take.
const Bytes = 4*cells + 2*cells*binBytes

// Work is the most memory that they take for so many pixels.
func Work(pixels int64) int64 { return 4*cells + 2*min(pixels, cells)*binBytes }

const (
	cells    = 8 << 15 // 5 bits a colour and 3 of alpha
	binBytes = 72
	// most is how many colours there are in a palette at most.
	most = 256
)

// A bin is what falls into a cell: how many pixels, and their mean.
type bin struct {
	count uint64
	sum   [4]uint64
	at    point // set when a palette is made
}

// Add counts pixels. The rows are equally long; a nil alpha means opaque.
func (h *Histogram) Add(red, green, blue, alpha []uint8) {
	if h.slots == nil {
		h.slots = make([]uint32, cells)
		h.exact = map[Color]uint64{}
	}
	green, blue = green[:len(red)], blue[:len(red)]
	last, run := Color{}, uint64(0)
	for i, r := range red {
		c := Color{r, green[i], blue[i], 255}
		if alpha != nil {
			c[3] = alpha[i]
		}
		if c == last {
			run++
			continue
		}
		h.add(last, run)
		last, run = c, 1
	}
	h.add(last, run)
}

func (h *Histogram) add(c Color, n uint64) {
	if n == 0 {
		return
	}
	if c[3] == 0 {
		h.clear += n
		return
	}
	if !h.many {
		if h.exact[c] += n; len(h.exact) > most {
			h.many, h.exact = true, nil
		}
	}
	cell := int(c[3]>>5)<<15 | int(c[0]>>3)<<10 | int(c[1]>>3)<<5 | int(c[2]>>3)
	slot := h.slots[cell]
	if slot == 0 {
		h.bins = append(h.bins, bin{})
		slot = uint32(len(h.bins))
		h.slots[cell] = slot
	}
	b := &h.bins[slot-1]
	b.count += n
	for i, v := range c {
		b.sum[i] += n * uint64(v)
	}
}

// A point is a colour where distances are what the eye makes of them: red,
// green, blue, each multiplied by alpha, and alpha.
type point [4]float64

// The weights of red, green, blue and alpha are libimagequant's.
var weights = [4]float64{0.5, 1, 0.45, 0.625}

// curve is a channel in a space darker than sRGB by an exponent of 5/4.
var curve = func() (t [256]float64) {
	for v := range t {
		x := float64(v) / 255
		t[v] = float64(x * math.Sqrt(math.Sqrt(x)))
	}
	return t
}()

// pointOf returns where a colour is.
func pointOf(c Color) point {
	a := float64(c[3]) / 255
	return point{
		float64(float64(curve[c[0]]*a) * weights[0]),
		float64(float64(curve[c[1]]*a) * weights[1]),
		float64(float64(curve[c[2]]*a) * weights[2]),
		float64(a * weights[3]),
	}
}

// distance is the square of that between two points, on whatever they lie:
// black or white, whichever shows more of it.
func distance(p, q *point) float64 {
	d := 0.
	da := p[3] - q[3]
	for i := range 3 {
		black := p[i] - q[i]
		white := black - float64(da*(weights[i]/weights[3]))
		d += max(float64(black*black), float64(white*white))
	}
	return d
}

// mean is a bin's colour.
func (b *bin) mean() Color {
	var c Color
	for i, s := range b.sum {
		c[i] = uint8((s + b.count/2) / b.count)
	}
	return c
}
