package decoder

import (
	"errors"
	"fmt"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
)

// Errors of streams that are not what RFC 6386 allows, or that libwebp refuses.
var (
	ErrTruncated = errors.New("vp8: the data ends early")
	ErrHeader    = errors.New("vp8: no header of a key frame that is shown")
)

// HeaderSize is the length of what [Size] reads.
const HeaderSize = 10

// Size reads the size of a key frame from its first bytes.
func Size(b []uint8) (width, height int, err error) {
	switch {
	case len(b) < HeaderSize:
		return 0, 0, ErrTruncated
	case b[0]&1 != 0, b[0]>>1&7 > 3, b[0]>>4&1 == 0, b[3] != 0x9d, b[4] != 0x01, b[5] != 0x2a:
		return 0, 0, ErrHeader
	}
	// The upper two bits ask for an enlargement, which nobody makes.
	width, height = (int(b[7])<<8|int(b[6]))&0x3fff, (int(b[9])<<8|int(b[8]))&0x3fff
	if width == 0 || height == 0 {
		return 0, 0, fmt.Errorf("%w: size %dx%d", ErrHeader, width, height)
	}
	return width, height, nil
}

const segments = 4

// A header is what precedes the macroblocks.
type header struct {
	width, height int
	segmented     bool     // macroblocks say which segment they are of,
	segmentTree   [3]uint8 // with these probabilities
	simple        bool     // the kind of loop filter
	filtered      bool
	// strengths are those of the loop filter by segment, and whether a
	// macroblock is predicted by 4x4 blocks.
	strengths [segments][2]vp8.Strength
	steps     [segments]steps
	skips     bool  // macroblocks say if they have no coefficients,
	skip      uint8 // with this probability
	tokens    tokens
}

// steps are the quantiser's, of DC and AC.
type steps struct {
	luma, second, chroma [2]int16
}

// tokens are the probabilities of tokens by type, place in the block instead of
// band, and context. One more place spares a comparison.
type tokens [vp8.Types][17][vp8.Contexts][vp8.Nodes]uint8

// readHeader reads the header of a frame, and returns readers of the first
// partition behind it and of the partitions of tokens.
func readHeader(data []uint8) (h *header, modes reader, partitions []reader, err error) {
	h = &header{}
	if h.width, h.height, err = Size(data); err != nil {
		return nil, modes, nil, err
	}
	first := int(data[0])>>5 | int(data[1])<<3 | int(data[2])<<11
	rest := data[HeaderSize:]
	if first > len(rest) {
		return nil, modes, nil, ErrTruncated
	}
	r := newReader(rest[:first:first])
	rest = rest[first:]

	r.flag() // the colour space, which has one value
	r.flag() // promises that nothing overflows; everybody clips
	var quantizers, levels [segments]int
	deltas, segmented := true, r.flag()
	if segmented {
		h.segments(&r, &quantizers, &levels, &deltas)
	}
	if r.ended {
		return nil, modes, nil, ErrTruncated
	}
	h.simple = r.flag()
	level, sharpness := r.value(6), r.value(3)
	wholeDelta, blocksDelta := filterDeltas(&r)
	if r.ended {
		return nil, modes, nil, ErrTruncated
	}
	if partitions, err = split(rest, 1<<r.value(2)); err != nil {
		return nil, modes, nil, err
	}
	h.filtered = level > 0
	base := r.value(7)
	lumaDC, secondDC, secondAC, chromaDC, chromaAC := r.optional(4), r.optional(4), r.optional(4), r.optional(4), r.optional(4)
	for i := range segments {
		q, l := base, level
		if segmented {
			if deltas {
				quantizers[i] += base
				levels[i] += level
			}
			q, l = quantizers[i], levels[i]
		}
		h.steps[i] = steps{
			luma:   [2]int16{int16(vp8.DCSteps[index(q+lumaDC, 127)]), int16(vp8.ACSteps[index(q, 127)])},
			second: [2]int16{2 * int16(vp8.DCSteps[index(q+secondDC, 127)]), int16(vp8.SecondACSteps[index(q+secondAC, 127)])},
			chroma: [2]int16{int16(vp8.DCSteps[index(q+chromaDC, 117)]), int16(vp8.ACSteps[index(q+chromaAC, 127)])},
		}
		h.strengths[i][0] = vp8.StrengthOf(l+wholeDelta, sharpness)
		h.strengths[i][1] = vp8.StrengthOf(l+wholeDelta+blocksDelta, sharpness)
	}
	r.flag() // whether probabilities last longer than this frame
	h.probabilities(&r)
	return h, r, partitions, nil
}

func index(q, last int) int { return min(max(q, 0), last) }

// segments reads RFC 6386's 9.3. In deltas it stores whether what it reads is
// added to what the frame has.
func (h *header) segments(r *reader, quantizers, levels *[segments]int, deltas *bool) {
	h.segmented = r.flag()
	if r.flag() {
		*deltas = !r.flag()
		for i := range quantizers {
			quantizers[i] = r.optional(7)
		}
		for i := range levels {
			levels[i] = r.optional(6)
		}
	} else {
		*deltas = false
	}
	for i := range h.segmentTree {
		h.segmentTree[i] = 255
		if h.segmented && r.flag() {
			h.segmentTree[i] = uint8(r.value(8))
		}
	}
}

// filterDeltas reads RFC 6386's 9.6, and returns what is added to the levels of
// all macroblocks, and to those that are predicted by 4x4 blocks.
func filterDeltas(r *reader) (whole, blocks int) {
	if !r.flag() { // there are none,
		return 0, 0
	}
	if !r.flag() { // or they are those of the frame before, which there is not
		return 0, 0
	}
	var deltas [8]int // by reference frame, and by mode
	for i := range deltas {
		deltas[i] = r.optional(6)
	}
	return deltas[0], deltas[4]
}

// split returns readers of n partitions (RFC 6386, 9.5). Like libwebp it takes
// sizes that are too large for those of what there is.
func split(data []uint8, n int) ([]reader, error) {
	if len(data) < 3*(n-1) {
		return nil, ErrTruncated
	}
	sizes, data := data[:3*(n-1)], data[3*(n-1):]
	partitions := make([]reader, n)
	for i := range partitions {
		size := len(data)
		if i < n-1 {
			size = min(size, int(sizes[3*i])|int(sizes[3*i+1])<<8|int(sizes[3*i+2])<<16)
		} else if size == 0 {
			return nil, ErrTruncated
		}
		partitions[i] = newReader(data[:size:size])
		data = data[size:]
	}
	return partitions, nil
}

// probabilities reads RFC 6386's 9.9 to 9.11.
func (h *header) probabilities(r *reader) {
	for t := range vp8.Types {
		var bands [vp8.Bands][vp8.Contexts][vp8.Nodes]uint8
		for b := range bands {
			for c := range bands[b] {
				for n := range bands[b][c] {
					if r.bit(vp8.UpdateProbabilities[t][b][c][n]) {
						bands[b][c][n] = uint8(r.value(8))
					} else {
						bands[b][c][n] = vp8.DefaultProbabilities[t][b][c][n]
					}
				}
			}
		}
		for i, b := range vp8.BandOf {
			h.tokens[t][i] = bands[b]
		}
	}
	if h.skips = r.flag(); h.skips {
		h.skip = uint8(r.value(8))
	}
}
