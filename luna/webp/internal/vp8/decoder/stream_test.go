package decoder

import (
	"math/rand/v2"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
)

// A writer encodes booleans (RFC 6386, 7.3).
type writer struct {
	out    []uint8
	span   uint32
	bottom uint32
	count  int
}

func newWriter() *writer { return &writer{span: 255, count: 24} }

func (w *writer) bit(set bool, p uint8) {
	split := 1 + (w.span-1)*uint32(p)>>8
	if set {
		w.bottom += split
		if w.bottom < split { // a carry
			w.carry()
		}
		w.span -= split
	} else {
		w.span = split
	}
	for w.span < 128 {
		w.span <<= 1
		if w.bottom&(1<<31) != 0 {
			w.carry()
		}
		w.bottom <<= 1
		if w.count--; w.count == 0 {
			w.out = append(w.out, uint8(w.bottom>>24))
			w.bottom &= 1<<24 - 1
			w.count = 8
		}
	}
}

func (w *writer) carry() {
	for i := len(w.out) - 1; i >= 0; i-- {
		if w.out[i]++; w.out[i] != 0 {
			break
		}
	}
}

func (w *writer) value(v, n int) {
	for n--; n >= 0; n-- {
		w.bit(v>>n&1 != 0, 128)
	}
}

func (w *writer) flag(set bool) { w.bit(set, 128) }

// signed writes n bits and a sign behind a flag.
func (w *writer) optional(v, n int) {
	w.flag(v != 0)
	if v != 0 {
		w.value(max(v, -v), n)
		w.flag(v < 0)
	}
}

func (w *writer) bytes() []uint8 {
	for range 32 {
		w.flag(false)
	}
	return w.out
}

// A stream is what a random frame is made of.
type stream struct {
	width, height int
	partitions    int // 1, 2, 4 or 8
	quantizer     int // 0 to 127
	simple        bool
	level         int // of the loop filter
	sharpness     int
	segmented     bool
	skips         bool
	deltas        bool
	// bytes is the length of each partition of tokens; modes come to what they
	// take.
	bytes int
}

// make writes a frame whose modes and coefficients are as random as r: bits that
// follow no probabilities decode to symbols that do.
func (s stream) make(r *rand.Rand) []uint8 {
	w := newWriter()
	w.value(0, 2) // colour space and clamping
	w.flag(s.segmented)
	if s.segmented {
		w.flag(true) // a map,
		w.flag(true) // and data
		absolute := r.IntN(2) == 0
		w.flag(absolute)
		for range segments {
			if absolute {
				w.optional(min(s.quantizer+r.IntN(5), 127), 7)
			} else {
				w.optional(r.IntN(9)-4, 7)
			}
		}
		for range segments {
			if absolute {
				w.optional(r.IntN(64), 6)
			} else {
				w.optional(r.IntN(41)-20, 6)
			}
		}
		for range 3 {
			w.flag(true)
			w.value(r.IntN(256), 8)
		}
	}
	w.flag(s.simple)
	w.value(s.level, 6)
	w.value(s.sharpness, 3)
	w.flag(s.deltas)
	if s.deltas {
		w.flag(true)
		for range 8 {
			w.optional(r.IntN(31)-15, 6)
		}
	}
	log := 0
	for 1<<log < s.partitions {
		log++
	}
	w.value(log, 2)
	w.value(s.quantizer, 7)
	for range 5 {
		w.optional(r.IntN(5)-2, 4)
	}
	w.flag(false)
	for t := range vp8.Types {
		for b := range vp8.Bands {
			for c := range vp8.Contexts {
				for n := range vp8.Nodes {
					update := r.IntN(20) == 0
					w.bit(update, vp8.UpdateProbabilities[t][b][c][n])
					if update {
						w.value(1+r.IntN(255), 8)
					}
				}
			}
		}
	}
	w.flag(s.skips)
	if s.skips {
		w.value(1+r.IntN(255), 8)
	}
	macroblocks := (s.width + 15) / 16 * ((s.height + 15) / 16)
	for range macroblocks * 100 {
		w.flag(r.IntN(2) == 0)
	}
	first := w.bytes()

	b := []uint8{uint8(len(first)<<5) | 1<<4, uint8(len(first) >> 3), uint8(len(first) >> 11), 0x9d, 0x01, 0x2a,
		uint8(s.width), uint8(s.width >> 8), uint8(s.height), uint8(s.height >> 8)}
	b = append(b, first...)
	for range s.partitions - 1 {
		b = append(b, uint8(s.bytes), uint8(s.bytes>>8), uint8(s.bytes>>16))
	}
	for i := range s.partitions * s.bytes {
		v := r.Uint32()
		if i%s.bytes == 0 {
			v = min(v&255, 254) // no encoder begins with 255: that is out of range
		}
		b = append(b, uint8(v))
	}
	return b
}

// random returns a stream that is long enough.
func random(r *rand.Rand, most int) stream {
	s := stream{
		width: 1 + r.IntN(most), height: 1 + r.IntN(most), partitions: 1 << r.IntN(4), quantizer: r.IntN(128),
		simple: r.IntN(2) == 0, level: r.IntN(64), sharpness: r.IntN(8),
		segmented: r.IntN(2) == 0, skips: r.IntN(2) == 0, deltas: r.IntN(2) == 0,
	}
	if r.IntN(8) == 0 {
		s.level = 0
	}
	rows := ((s.height+15)/16 + s.partitions - 1) / s.partitions
	s.bytes = 100 + rows*((s.width+15)/16)*1200
	return s
}
