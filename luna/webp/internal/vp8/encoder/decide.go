package encoder

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8/kernel"
)

// A score is what a way of coding costs: distortion, spectral distortion, header
// bits and rate, the latter in 1/256 bit.
type score struct {
	d, sd, h, r int64
	total       int64
}

// weigh sums up a score, as libwebp does (SetRDScore).
func (s *score) weigh(lambda int64) {
	s.total = (s.r+s.h)*lambda + 256*lambdaOne*(s.d+s.sd)
}

// Places in a macroblock's list of blocks: the DCs' block, luma, Cb and Cr.
const (
	blockDC = 0
	blockY  = 1
	blockC  = 17
	blocks  = 25
)

// A coded macroblock is levels and what they make.
type coded struct {
	levels  [blocks]kernel.Coefficients
	out     samples
	modes   [16]uint8
	nonzero uint32        // of Encode16x16
	last    [blocks]uint8 // one more than the place of each block's last level
}

// lastOf is one more than the place of the last level, or 0.
func lastOf(levels *[16]int16) uint8 {
	var w [4]uint64
	for i := range w {
		l := (*[4]int16)(levels[4*i:])
		w[i] = uint64(uint16(l[0])) | uint64(uint16(l[1]))<<16 | uint64(uint16(l[2]))<<32 | uint64(uint16(l[3]))<<48
	}
	for i := 3; i >= 0; i-- {
		if w[i] != 0 {
			return uint8(4*i + (bits.Len64(w[i])+15)/16)
		}
	}
	return 0
}

// flat reports whether at most limit levels beside DCs are not zero.
func flat(levels []kernel.Coefficients, limit int) bool {
	n := 0
	for i := range levels {
		for _, v := range levels[i][1:] {
			if v != 0 {
				n++
			}
		}
		if n > limit {
			return false
		}
	}
	return true
}

// flatSource reports whether all luma samples are the same.
func flatSource(s *[256]uint8) bool {
	v := uint64(s[0]) * 0x0101010101010101
	for i := 0; i < 256; i += 8 {
		if binary.LittleEndian.Uint64(s[i:]) != v {
			return false
		}
	}
	return true
}

// flatLimitUV is how many levels of chroma, DCs apart, are too few for the complex
// modes (libwebp's FLATNESS_LIMIT_UV).
const flatLimitUV = 2

const (
	unlimited     = math.MaxInt64 / 4
	wholeCostBits = 211 // of telling that luma is not predicted as a whole
)

// contexts tell which blocks above or to the left have levels, a bit each: 4 luma,
// 2 Cb, 2 Cr, DCs.
type contexts uint32

const contextDC = 8

// decide chooses how to code the macroblock, and codes it. What is chosen is in
// w.best and b.
func (w *worker) decide(b *macroblock, x, y int) {
	s := &w.e.segments[b.segment]
	whole := w.pickI16(b, s, x, y)
	if !w.effort.coarse || w.best.nonzero&0xffff != 0 {
		w.pickI4(b, s, whole.total)
	}
	if b.whole {
		w.best.findLast()
	}
	w.pickChroma(b, s, x, y)
}

// findLast fills last for luma that is coded as a whole.
func (t *coded) findLast() {
	t.last[blockDC] = lastOf(&t.levels[blockDC])
	for n := range 16 {
		last := uint8(0)
		if t.nonzero>>n&1 != 0 {
			last = lastOf(&t.levels[blockY+n])
		}
		t.last[blockY+n] = last
	}
}
