package encoder

import (
	"math/bits"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
)

// tokenProbabilities are vp8.Probabilities by type, and by band and context as
// counts have them.
type tokenProbabilities [vp8.Types][vp8.Bands * 4][16]uint8

func (t *tokenProbabilities) set(p *vp8.Probabilities) {
	for kind := range p {
		for band := range p[kind] {
			for ctx := range p[kind][band] {
				copy(t[kind][4*band+ctx][:], p[kind][band][ctx][:])
			}
		}
	}
}

// paths lead through the token tree to each class: six bits a node, the first
// lowest, with 32 to mark it, 16 for its bit and its number.
var paths = func() (p [classes]uint64) {
	of := func(nodes ...int) (v uint64) {
		for i, n := range nodes {
			v |= uint64(32|n) << (6 * i)
		}
		return v
	}
	const bit = 16
	p[classEnd] = of(0)
	p[classZero] = of(0|bit, 1)
	p[classOne] = of(0|bit, 1|bit, 2)
	p[classTwo] = of(0|bit, 1|bit, 2|bit, 3, 4)
	p[classThree] = of(0|bit, 1|bit, 2|bit, 3, 4|bit, 5)
	p[classFour] = of(0|bit, 1|bit, 2|bit, 3, 4|bit, 5|bit)
	p[classFive] = of(0|bit, 1|bit, 2|bit, 3|bit, 6, 7)
	p[classSeven] = of(0|bit, 1|bit, 2|bit, 3|bit, 6, 7|bit)
	p[class11] = of(0|bit, 1|bit, 2|bit, 3|bit, 6|bit, 8, 9)
	p[class19] = of(0|bit, 1|bit, 2|bit, 3|bit, 6|bit, 8, 9|bit)
	p[class35] = of(0|bit, 1|bit, 2|bit, 3|bit, 6|bit, 8|bit, 10)
	p[class67] = of(0|bit, 1|bit, 2|bit, 3|bit, 6|bit, 8|bit, 10|bit)
	return p
}()

// An extra is what follows a class: the lowest level, the number of extra bits and
// then a sign, and their probabilities.
type extra struct {
	base, n int
	p       [12]uint8
}

var extras = func() (x [classes]extra) {
	for class := classOne; class < classes; class++ {
		x[class] = extra{n: 1, p: [12]uint8{128}}
		if class >= classFive {
			c := vp8.Categories[class-classFive]
			x[class].base, x[class].n = c.Base, len(c.Probabilities)+1
			copy(x[class].p[:], c.Probabilities)
			x[class].p[len(c.Probabilities)] = 128
		} else {
			x[class].base = class - classZero
		}
	}
	return x
}()

// tokens writes the levels of a block of which there are any, but for its end.
func (w *writer) tokens(levels []int16, first, context int, p *[vp8.Bands * 4][16]uint8) {
	low, span, count := w.low, w.span, w.count
	at := 4*first + context
	shiftPath := 0
	for i, l := range levels {
		v := int(l)
		sign := v >> 63
		v = v ^ sign - sign
		class := classOf[min(v, 67)]
		q := &p[at&31]
		for path := paths[class%classes] >> shiftPath; path != 0; path >>= 6 {
			split := 1 + ((span-1)*uint32(q[path&15]))>>8
			mask := -uint32(path >> 4 & 1)
			low += uint64(split & mask)
			span = split + mask&(span-2*split)
			shift := bits.LeadingZeros8(uint8(span))
			span <<= shift
			low <<= shift
			count += shift
			if count >= 48 {
				low = w.spill(low, count)
				count -= 48
			}
		}
		at = int(nextAt[(first+i)&15]) + min(v, 2)
		if v == 0 {
			shiftPath = 6
			continue
		}
		shiftPath = 0
		x := &extras[class%classes]
		rest := uint32(v-x.base)<<1 | uint32(sign&1)
		for j := x.n - 1; j >= 0; j-- {
			split := 1 + ((span-1)*uint32(x.p[(x.n-1-j)%12]))>>8
			mask := -(rest >> j & 1)
			low += uint64(split & mask)
			span = split + mask&(span-2*split)
			shift := bits.LeadingZeros8(uint8(span))
			span <<= shift
			low <<= shift
			count += shift
			if count >= 48 {
				low = w.spill(low, count)
				count -= 48
			}
		}
	}
	w.low, w.span, w.count = low, span, count
	if first+len(levels) < 16 {
		w.bit(false, p[at&31][0])
	}
}

// writePart writes the tokens of every row of partition n.
func (w *worker) writePart(n int) {
	e := w.e
	w.probability.set(&e.final)
	out := &e.parts[n]
	out.reset()
	for y := n; y < e.rows; y += e.nParts {
		if w.canceled(0) {
			return
		}
		levels := e.levels[y].v
		row := e.blocks[y*e.columns:][:e.columns]
		for x := range row {
			b := &row[x]
			if b.skip && e.useSkip {
				continue
			}
			kind, first := vp8.Luma, 0
			if b.whole {
				levels = w.writeBlock(out, levels, b.blocks[blockDC], vp8.SecondOrder, 0)
				kind, first = vp8.LumaAfterDC, 1
			}
			for _, c := range b.blocks[blockY:blockC] {
				levels = w.writeBlock(out, levels, c, kind, first)
			}
			for _, c := range b.blocks[blockC:] {
				levels = w.writeBlock(out, levels, c, vp8.Chroma, 0)
			}
		}
	}
	out.finish()
}

// writeBlock writes one block, and returns the levels that follow.
func (w *worker) writeBlock(out *writer, levels []int16, b uint8, kind, first int) []int16 {
	last, context := int(b&31), int(b>>5)
	p := &w.probability[kind]
	if last == 0 {
		out.bit(false, p[4*first+context][0])
		return levels
	}
	out.tokens(levels[:last-first], first, context, p)
	return levels[last-first:]
}

// assemble appends headers and partitions.
func (e *Encoder) assemble(dst []byte) ([]byte, error) {
	e.writeHeader()
	head := e.header.finish()
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
