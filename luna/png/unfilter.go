package png

import (
	"fmt"

	"github.com/immagin/immagin-go/luna/codec"
)

// The filter types (PNG, section 9.2).
const (
	filterNone = iota
	filterSub
	filterUp
	filterAverage
	filterPaeth
	filters
)

// unfilter undoes the filter of row in place. above is the row before, of the
// same length, and step the bytes of a pixel, 1 to 8.
func unfilter(filter byte, row, above []uint8, step int) error {
	switch {
	case filter == filterNone:
		return nil
	case filter >= filters:
		return fmt.Errorf("%w: filter type %d", codec.ErrFormat, filter)
	}
	unfilterHead(filter, row[:min(step, len(row))], above)
	if len(row) > step {
		unfilterFrom(undo(filter, row, above, step), filter, row, above, step)
	}
	return nil
}

// unfilterHead undoes the filter of the first pixel.
func unfilterHead(filter byte, head, above []uint8) {
	for i := range head {
		switch filter {
		case filterUp, filterPaeth:
			head[i] += above[i]
		case filterAverage:
			head[i] += above[i] / 2
		}
	}
}

// unfilterFrom undoes the filter of the bytes from a place on, which is not in
// the first pixel.
func unfilterFrom(from int, filter byte, row, above []uint8, step int) {
	above = above[:len(row)]
	switch filter {
	case filterSub:
		for i := from; i < len(row); i++ {
			row[i] += row[i-step]
		}
	case filterUp:
		for i := from; i < len(row); i++ {
			row[i] += above[i]
		}
	case filterAverage:
		for i := from; i < len(row); i++ {
			row[i] += uint8((int(row[i-step]) + int(above[i])) / 2)
		}
	case filterPaeth:
		for i := from; i < len(row); i++ {
			row[i] += paeth(row[i-step], above[i], above[i-step])
		}
	}
}

// paeth returns whichever of left, up and corner is nearest to
// left + up - corner; in case of a tie the first of them.
func paeth(left, up, corner uint8) uint8 {
	l, u := int(up)-int(corner), int(left)-int(corner)
	c := abs(l + u)
	l, u = abs(l), abs(u)
	switch {
	case l <= u && l <= c:
		return left
	case u <= c:
		return up
	}
	return corner
}

func abs(v int) int { return max(v, -v) }
