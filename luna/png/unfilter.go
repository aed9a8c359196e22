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
// same length, and step the bytes of a pixel, at least 1.
func unfilter(filter byte, row, above []uint8, step int) error {
	switch filter {
	case filterNone:
	case filterSub:
		for i := step; i < len(row); i++ {
			row[i] += row[i-step]
		}
	case filterUp:
		for i, v := range above[:len(row)] {
			row[i] += v
		}
	case filterAverage:
		for i := range min(step, len(row)) {
			row[i] += above[i] / 2
		}
		for i := step; i < len(row); i++ {
			row[i] += uint8((int(row[i-step]) + int(above[i])) / 2)
		}
	case filterPaeth:
		for i := range min(step, len(row)) {
			row[i] += above[i]
		}
		for i := step; i < len(row); i++ {
			row[i] += paeth(row[i-step], above[i], above[i-step])
		}
	default:
		return fmt.Errorf("%w: filter type %d", codec.ErrFormat, filter)
	}
	return nil
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
