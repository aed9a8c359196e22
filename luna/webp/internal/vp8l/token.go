package vp8l

import "math/bits"

// The kinds of tokens that entropy-coded pixels consist of.
const (
	literal = iota
	cached
	copied
)

// A token is a pixel, an entry of the colour cache or a copy of earlier
// pixels.
type token struct {
	value  uint32 // the pixel, the index, or the distance
	length uint16 // in pixels
	kind   uint8
}

// prefix returns the prefix code of a length or distance from 1, the number of
// its extra bits, and those (RFC 9649, section 5.2.2).
func prefix(v uint32) (symbol int, n uint, extra uint32) {
	v--
	if v < 4 {
		return int(v), 0, 0
	}
	n = uint(bits.Len32(v)) - 2
	return int(2*(uint32(n)+1) + v>>n&1), n, v & (1<<n - 1)
}

// planeCode returns the code of a distance: those nearby in two dimensions have
// codes of their own, 1 to 120.
func planeCode(width, distance int) uint32 {
	y := distance / width
	x := distance - y*width
	switch {
	case x <= 8 && y < 8:
		return uint32(planeCodes[16*y+8-x]) + 1
	case x > width-8 && y < 7:
		return uint32(planeCodes[16*(y+1)+8+width-x]) + 1
	}
	return uint32(distance) + 120
}

// planeCodes are the codes, less 1, of 8 rows, by how far to the right.
var planeCodes = [128]uint8{
	96, 73, 55, 39, 23, 13, 5, 1, 255, 255, 255, 255, 255, 255, 255, 255,
	101, 78, 58, 42, 26, 16, 8, 2, 0, 3, 9, 17, 27, 43, 59, 79,
	102, 86, 62, 46, 32, 20, 10, 6, 4, 7, 11, 21, 33, 47, 63, 87,
	105, 90, 70, 52, 37, 28, 18, 14, 12, 15, 19, 29, 38, 53, 71, 91,
	110, 99, 82, 66, 48, 35, 30, 24, 22, 25, 31, 36, 49, 67, 83, 100,
	115, 108, 94, 76, 64, 50, 44, 40, 34, 41, 45, 51, 65, 77, 95, 109,
	118, 113, 103, 92, 80, 68, 60, 56, 54, 57, 61, 69, 81, 93, 104, 114,
	119, 116, 111, 106, 97, 88, 84, 74, 72, 75, 85, 89, 98, 107, 112, 117,
}

// cacheIndex returns where the colour cache keeps a pixel.
func cacheIndex(pixel uint32, cacheBits int) uint32 {
	return pixel * 0x1e35a7bd >> (32 - cacheBits)
}
