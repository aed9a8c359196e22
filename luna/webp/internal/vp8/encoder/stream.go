package encoder

import (
	"math/bits"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
)

// assemble appends headers and partitions.
func (e *Encoder) assemble(dst []byte) ([]byte, error) {
	head := e.header.buf
	if len(head) >= 1<<19 {
		return dst, ErrTooComplex
	}
	w, h := e.picture.Width, e.picture.Height
	tag := 1<<4 | len(head)<<5 // a key frame that is shown, of version 0
	start := len(dst)
	dst = append(dst, byte(tag), byte(tag>>8), byte(tag>>16), 0x9d, 0x01, 0x2a,
		byte(w), byte(w>>8), byte(h), byte(h>>8))
	dst = append(dst, head...)
	for i := range e.nParts - 1 {
		n := len(e.parts[i].buf)
		if n >= 1<<24 {
			return dst[:start], ErrTooComplex
		}
		dst = append(dst, byte(n), byte(n>>8), byte(n>>16))
	}
	for i := range e.nParts {
		dst = append(dst, e.parts[i].buf...)
	}
	return dst, nil
}

// writeHeader writes the first partition (RFC 6386, 9.2 to 9.11 and 19.2).
func (e *Encoder) writeHeader() {
	w := &e.header
	w.reset()
	w.bits(0, 2) // colour space, and that samples are clamped
	mapped := e.used > 1
	w.bit(mapped, 128)
	if mapped {
		mapped = e.fitSegments()
		w.bit(mapped, 128)
		w.bits(3, 2) // the segments' numbers follow, and are not differences
		for i := range e.segments {
			w.signed(e.segments[i].index, 7)
		}
		for i := range e.segments {
			w.signed(e.segments[i].filter, 6)
		}
		if mapped {
			for _, p := range e.segP {
				w.bit(p != 255, 128)
				if p != 255 {
					w.bits(uint32(p), 8)
				}
			}
		}
	}
	filter := 0
	for i := range e.segments {
		filter = max(filter, e.segments[i].filter)
	}
	w.bit(false, 128) // the normal filter
	w.bits(uint32(filter), 6)
	w.bits(0, 3) // sharpness
	w.bit(false, 128)
	w.bits(uint32(bits.TrailingZeros(uint(e.nParts))), 2)
	w.bits(uint32(e.segments[0].index), 7)
	w.signed(0, 4)
	w.signed(0, 4)
	w.signed(0, 4)
	w.signed(e.chromaDC, 4)
	w.signed(e.chromaAC, 4)
	w.bit(false, 128) // probabilities are not kept
	for t := range e.final {
		for band := range e.final[t] {
			for ctx := range e.final[t][band] {
				for n, p := range e.final[t][band][ctx] {
					differs := p != vp8.DefaultProbabilities[t][band][ctx][n]
					w.bit(differs, vp8.UpdateProbabilities[t][band][ctx][n])
					if differs {
						w.bits(uint32(p), 8)
					}
				}
			}
		}
	}
	w.bit(e.useSkip, 128)
	if e.useSkip {
		w.bits(uint32(e.skipP), 8)
	}
	e.writeModes(mapped)
	w.finish()
}

// fitSegments gives the probabilities of the tree of segments, and reports whether
// there is one beside the first.
func (e *Encoder) fitSegments() bool {
	var n [segments]int
	for i := range e.blocks {
		n[e.blocks[i].segment]++
	}
	p := func(a, b int) uint8 {
		if a+b == 0 {
			return 255
		}
		return uint8((255*a + (a+b)/2) / (a + b))
	}
	e.segP = [3]uint8{p(n[0]+n[1], n[2]+n[3]), p(n[0], n[1]), p(n[2], n[3])}
	return n[0] < len(e.blocks)
}

// writeModes writes what each macroblock is (RFC 6386, 11).
func (e *Encoder) writeModes(mapped bool) {
	w := &e.header
	for y := range e.rows {
		var left [4]uint8
		for x := range e.columns {
			b := &e.blocks[y*e.columns+x]
			if mapped {
				w.bit(b.segment >= 2, e.segP[0])
				w.bit(b.segment&1 != 0, e.segP[1+b.segment>>1])
			}
			if e.useSkip {
				w.bit(b.skip, e.skipP)
			}
			w.bit(b.whole, vp8.ProbabilityWhole)
			if b.whole {
				w.mode(b.mode)
				m := b.mode
				left = [4]uint8{m, m, m, m}
				b.modes = [16]uint8{m, m, m, m, m, m, m, m, m, m, m, m, m, m, m, m}
			} else {
				var top [4]uint8
				if y > 0 {
					top = [4]uint8(e.blocks[(y-1)*e.columns+x].modes[12:])
				}
				for n, m := range b.modes {
					above, before := top[n&3], left[n>>2]
					w.blockMode(m, &vp8.BlockModeProbabilities[above][before])
					top[n&3], left[n>>2] = m, m
				}
			}
			w.bit(b.chroma != vp8.DC, vp8.ProbabilityChromaNotDC)
			if b.chroma != vp8.DC {
				w.bit(b.chroma != vp8.Vertical, vp8.ProbabilityChromaNotV)
				if b.chroma != vp8.Vertical {
					w.bit(b.chroma != vp8.Horizontal, vp8.ProbabilityChromaTM)
				}
			}
		}
	}
}

func (w *writer) mode(m uint8) {
	other := m == vp8.TrueMotion || m == vp8.Horizontal
	w.bit(other, vp8.ProbabilityWholeTMOrH)
	if other {
		w.bit(m == vp8.TrueMotion, vp8.ProbabilityWholeTM)
	} else {
		w.bit(m == vp8.Vertical, vp8.ProbabilityWholeV)
	}
}

// modePaths are, for each mode of 4x4 blocks, the nodes of the tree: a bit and
// a number, four bits each, ended by 15.
var modePaths = func() (p [vp8.BlockModes]uint64) {
	var walk func(node, depth int, path uint64)
	walk = func(node, depth int, path uint64) {
		for bit := range 2 {
			to := int(vp8.BlockModeTree[node+bit])
			v := path | uint64(32|bit<<4|node/2)<<(6*depth)
			if to > 0 {
				walk(to, depth+1, v)
			} else {
				p[-to] = v
			}
		}
	}
	walk(0, 0, 0)
	return p
}()

func (w *writer) blockMode(m uint8, p *[9]uint8) {
	for path := modePaths[m]; path != 0; path >>= 6 {
		w.bit(path&16 != 0, p[path&15])
	}
}
