package decoder

import (
	"math/bits"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
)

// A macroblock is what the stream says of one, but for the coefficients.
type macroblock struct {
	// luma has two bits for each luma block, the first block's highest: 0 where
	// it has no coefficients, 1 where it has DC, 2 where there are more among the
	// first three, 3 else. chroma has them in its lower 16 bits, Cb's first
	// block lowest.
	luma, chroma uint32
	modes        [16]uint8 // of 4x4 blocks, or the first of all of them
	chromaMode   uint8
	segment      uint8
	blocks       bool // luma is predicted by 4x4 blocks
	skip         bool // there are no coefficients
	inner        bool // inner edges are filtered
}

// parseModes reads the modes of a row of macroblocks (RFC 6386, 11). above has
// those of the 4x4 blocks above it, and then its own last ones.
func (h *header) parseModes(r *reader, above []uint8, row []macroblock) {
	var left [4]uint8
	for x := range row {
		m := &row[x]
		top := (*[4]uint8)(above[4*x:])
		m.segment = 0
		if h.segmented {
			if r.bit(h.segmentTree[0]) {
				m.segment = 2 + uint8(r.number(h.segmentTree[2]))
			} else {
				m.segment = uint8(r.number(h.segmentTree[1]))
			}
		}
		m.skip = h.skips && r.bit(h.skip)
		m.blocks = !r.bit(vp8.ProbabilityWhole)
		if m.blocks {
			m.parseBlockModes(r, top, &left)
		} else {
			mode := uint8(vp8.DC)
			if r.bit(vp8.ProbabilityWholeTMOrH) {
				mode = vp8.Horizontal
				if r.bit(vp8.ProbabilityWholeTM) {
					mode = vp8.TrueMotion
				}
			} else if r.bit(vp8.ProbabilityWholeV) {
				mode = vp8.Vertical
			}
			m.modes[0] = mode
			// Modes of 4x4 blocks have the same numbers.
			*top = [4]uint8{mode, mode, mode, mode}
			left = *top
		}
		m.chromaMode = vp8.DC
		if r.bit(vp8.ProbabilityChromaNotDC) {
			m.chromaMode = vp8.Vertical
			if r.bit(vp8.ProbabilityChromaNotV) {
				m.chromaMode = vp8.Horizontal
				if r.bit(vp8.ProbabilityChromaTM) {
					m.chromaMode = vp8.TrueMotion
				}
			}
		}
	}
}

// parseBlockModes decodes without jumps that depend on the bits, which are too
// random to be foreseen.
func (m *macroblock) parseBlockModes(r *reader, top, left *[4]uint8) {
	window, count, span := r.window, r.count, uint64(r.span)
	for y := range 4 {
		mode := left[y]
		for x := range 4 {
			p := &vp8.BlockModeProbabilities[top[x]][mode]
			node := uint(0)
			for node < leaf {
				if count < 0 {
					r.window, r.count = window, count
					r.load()
					window, count = r.window, r.count
				}
				split := span * uint64(p[node>>1]) >> 8
				rest, clear := bits.Sub64(window, (split+1)<<56, 0)
				set := clear - 1 // all of its bits, or none
				window -= (window - rest) & set
				span = split + 1 + (span-2*split-1)&set
				shift := bits.LeadingZeros8(uint8(span))
				window <<= uint(shift & 7)
				count -= shift
				span = span<<uint(shift&7) - 1
				node = uint(blockModeTree[(node+1-uint(clear))&31])
			}
			mode = uint8(node - leaf)
			top[x] = mode
			m.modes[4*y+x] = mode
		}
		left[y] = mode
	}
	r.window, r.count, r.span = window, count, uint32(span)
}

// leaf is added to modes in blockModeTree.
const leaf = 32

// blockModeTree is vp8.BlockModeTree with leaf for a sign.
var blockModeTree = func() (tree [32]uint8) {
	for i, v := range vp8.BlockModeTree {
		tree[i] = uint8(v)
		if v <= 0 {
			tree[i] = leaf + uint8(-v)
		}
	}
	return tree
}()
