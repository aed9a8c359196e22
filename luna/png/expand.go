package png

import (
	"encoding/binary"

	"github.com/immagin/immagin-go/internal/interleave"
)

// expand writes n pixels of an unfiltered row of at most 8 bits a sample to the
// rows of the planes, of 8 bits each, that h.layout tells.
func (h *header) expand(planes [][]uint8, row []uint8, n int) {
	switch {
	case h.colour == typePalette:
		h.expandPalette(planes, row, n)
	case h.depth < 8:
		h.expandBits(planes, row, n)
	default:
		h.expandBytes(planes, row, n)
	}
}

func (h *header) expandPalette(planes [][]uint8, row []uint8, n int) {
	for i := range n {
		c := &h.palette[h.sample(row, i)]
		for p := range planes {
			planes[p][i] = c[p]
		}
	}
}

// sample returns sample i of a row of at most 8 bits a sample, one a pixel.
func (h *header) sample(row []uint8, i int) uint8 {
	bit := i * h.depth
	return row[bit/8] << (bit % 8) >> (8 - h.depth)
}

// expandBits is for gray below 8 bits.
func (h *header) expandBits(planes [][]uint8, row []uint8, n int) {
	scale := uint8(255 / (1<<h.depth - 1))
	for i := range n {
		v := h.sample(row, i)
		planes[0][i] = v * scale
		if h.keyed {
			planes[1][i] = opacity(uint16(v) == h.transparent[0])
		}
	}
}

// expandBytes is for samples of a byte.
func (h *header) expandBytes(planes [][]uint8, row []uint8, n int) {
	stored := h.bits() / 8
	interleave.Split(planes[:stored], row, stored)
	if h.keyed {
		h.expandKey(planes[stored], row, n, stored)
	}
}

// expandDeep is expand for samples of 16 bits.
func (h *header) expandDeep(planes [][]uint16, row []uint8, n int) {
	stored := h.bits() / 8
	for p := range stored / 2 {
		plane, src := planes[p][:n], row[2*p:]
		for i := range plane {
			plane[i] = binary.BigEndian.Uint16(src[i*stored:])
		}
	}
	if !h.keyed {
		return
	}
	alpha := planes[len(planes)-1]
	for i := range n {
		alpha[i] = uint16(opacity(h.isKey(row[i*stored:(i+1)*stored]))) * 257
	}
}

// expandKey makes alpha of the colour that is transparent. A pixel has stored
// bytes.
func (h *header) expandKey(alpha, row []uint8, n, stored int) {
	for i := range n {
		px := row[i*stored : (i+1)*stored]
		alpha[i] = opacity(h.isKey(px))
	}
}

// isKey reports whether a stored pixel is the transparent one.
func (h *header) isKey(px []uint8) bool {
	if h.depth == 8 {
		for p, v := range px {
			if uint16(v) != h.transparent[p] {
				return false
			}
		}
		return true
	}
	for p := range len(px) / 2 {
		if binary.BigEndian.Uint16(px[2*p:]) != h.transparent[p] {
			return false
		}
	}
	return true
}

func opacity(transparent bool) uint8 {
	if transparent {
		return 0
	}
	return 255
}
