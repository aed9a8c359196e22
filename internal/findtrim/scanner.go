// Package findtrim finds the box around what differs from a background, as
// libvips' find_trim does: each band goes through a median of 3x3 samples, and
// what is further from the background than a threshold in any band is content.
//
// A median is above a value where most of its nine samples are, so that no
// sample is ever sorted: they are compared first and counted then, eight at a
// time.
package findtrim

import (
	"encoding/binary"
	"image"
	"math/bits"
)

// A Scanner is given the rows of an image, from the top, and tells the box. It
// holds three rows and a bit more.
type Scanner struct {
	width  int
	bands  []band
	counts []uint8 // of one row of a band: sums over three rows
	pushed int
	box    image.Rectangle
}

// A band's codes have one sample of padding in front.
type band struct {
	codes [256]uint8
	rows  [3][]uint8
}

// A sample's code counts it as brighter than the background in its low four
// bits, and as darker in its high four. Nine of either still fit.
const (
	brighter = 1
	darker   = 16
)

// Bytes reports the memory that a Scanner holds.
func Bytes(width, bands int) int64 {
	return int64(bands)*(3*int64(padded(width))+256) + int64(padded(width))
}

// padded is the length of a row: a sample in front, one behind, and room to
// read eight from the last but one.
func padded(width int) int { return width + 2 + 8 }

// NewScanner returns a Scanner for an image of that width, at least 1, and as
// many bands as there are backgrounds.
func NewScanner(width int, threshold float64, background ...uint8) *Scanner {
	s := &Scanner{width: width, bands: make([]band, len(background)), counts: make([]uint8, padded(width))}
	for i := range s.bands {
		b := &s.bands[i]
		for v := range b.codes {
			switch d := float64(v - int(background[i])); {
			case d > threshold:
				b.codes[v] = brighter
			case -d > threshold:
				b.codes[v] = darker
			}
		}
		for k := range b.rows {
			b.rows[k] = make([]uint8, padded(width))
		}
	}
	return s
}

// Push takes the next row: the samples of each band.
func (s *Scanner) Push(rows ...[]uint8) {
	for i := range s.bands {
		b := &s.bands[i]
		row := b.rows[s.pushed%3]
		for x, v := range rows[i][:s.width] {
			row[x+1] = b.codes[v]
		}
		row[0], row[s.width+1] = row[1], row[s.width]
		if s.pushed == 0 {
			copy(b.rows[2], row) // the edge is repeated
		}
	}
	s.pushed++
	if s.pushed > 1 {
		s.scan(s.pushed - 2)
	}
}

// Box reports the box around all content after the last row; empty if there is
// none.
func (s *Scanner) Box() image.Rectangle {
	if s.pushed > 0 {
		last := s.pushed - 1
		for i := range s.bands {
			rows := &s.bands[i].rows
			copy(rows[s.pushed%3], rows[last%3])
		}
		s.scan(last)
	}
	return s.box
}

// scan looks for content in row y, by the three rows around it, which are all
// that is held.
func (s *Scanner) scan(y int) {
	for i := range s.bands {
		rows := &s.bands[i].rows
		s.sum(rows)
		first, last := s.content()
		if first < 0 {
			continue
		}
		found := image.Rect(first, y, last+1, y+1)
		s.box = s.box.Union(found)
	}
}

// sum adds up the codes of three rows.
func (s *Scanner) sum(rows *[3][]uint8) {
	a, b, c := rows[0], rows[1], rows[2]
	for x := 0; x < s.width+2; x += 8 {
		v := binary.LittleEndian.Uint64(a[x:]) + binary.LittleEndian.Uint64(b[x:]) + binary.LittleEndian.Uint64(c[x:])
		binary.LittleEndian.PutUint64(s.counts[x:], v)
	}
}

// content reports the first and the last x with at least five of nine samples
// on one side of the background; first is -1 where there is none.
func (s *Scanner) content() (first, last int) {
	const (
		three = 0x3333333333333333
		eight = 0x8888888888888888
	)
	first = -1
	for x := 0; x < s.width; x += 8 {
		v := binary.LittleEndian.Uint64(s.counts[x:]) + binary.LittleEndian.Uint64(s.counts[x+1:]) + binary.LittleEndian.Uint64(s.counts[x+2:])
		hit := (v + three) & eight
		if n := s.width - x; n < 8 {
			hit &= 1<<(8*n) - 1
		}
		if hit == 0 {
			continue
		}
		if first < 0 {
			first = x + bits.TrailingZeros64(hit)/8
		}
		last = x + (63-bits.LeadingZeros64(hit))/8
	}
	return first, last
}
