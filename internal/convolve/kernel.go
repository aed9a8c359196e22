package convolve

import "encoding/binary"

// block is how many samples the kernels work on at once, at most. Rows are
// padded to a multiple of it: kernels work on whole blocks, and what they make
// of the padding is not looked at.
const block = 32

// padded returns n rounded up to whole blocks.
func padded(n int) int { return (n + block - 1) &^ (block - 1) }

// A move is what becomes of one box as it moves on by a sample: what stands at
// enter comes under it, and what stands at leave does no longer. Both count
// from the start of the samples that they are given with.
type move struct {
	enter, leave int
	weight       int32
	// pair is the weight and its negation as the assembly wants them: as
	// bytes, twice, for 8-bit samples, and as words for 16-bit ones.
	pair uint32
}

// pairOf returns the pair of a weight for samples of type T.
func pairOf[T uint8 | uint16](weight int32) uint32 {
	if ^T(0) == 0xff {
		return uint32(uint8(weight))*0x00010001 | uint32(uint8(-weight))*0x01000100
	}
	return uint32(uint16(weight)) | uint32(uint16(-weight))<<16
}

// slide8Generic adds to sums what changes as boxes move on. Their weights sum
// up to 127 at most. The length of sums is a multiple of 16.
func slide8Generic(sums []int32, base []uint8, moves []move) {
	const even = 0x00ff00ff00ff00ff
	const bias = 0x0100010001000100 // keeps differences from borrowing of each other
	total := int32(0)
	for _, m := range moves {
		total += m.weight
	}
	total <<= 8
	for i := 0; i+16 <= len(sums); i += 16 {
		// Four samples to a word, each in 16 bits.
		var a, b, c, d uint64
		for k := range moves {
			m := &moves[k]
			enter := (*[16]uint8)(base[m.enter+i:])
			leave := (*[16]uint8)(base[m.leave+i:])
			w := uint64(m.weight)
			e := binary.LittleEndian.Uint64(enter[:8])
			l := binary.LittleEndian.Uint64(leave[:8])
			a += w * (e&even + bias - l&even)
			b += w * (e>>8&even + bias - l>>8&even)
			e = binary.LittleEndian.Uint64(enter[8:])
			l = binary.LittleEndian.Uint64(leave[8:])
			c += w * (e&even + bias - l&even)
			d += w * (e>>8&even + bias - l>>8&even)
		}
		s := (*[16]int32)(sums[i:])
		for k := range 4 {
			s[2*k] += int32(a&0xffff) - total
			s[2*k+1] += int32(b&0xffff) - total
			s[2*k+8] += int32(c&0xffff) - total
			s[2*k+9] += int32(d&0xffff) - total
			a, b, c, d = a>>16, b>>16, c>>16, d>>16
		}
	}
}

// slide16Generic is slide8Generic for samples of 16 bits, of which the assembly
// knows 15. Sums wrap around, and are right without sign.
func slide16Generic(sums []int32, base []uint16, moves []move) {
	for _, m := range moves {
		enter, leave := base[m.enter:][:len(sums)], base[m.leave:][:len(sums)]
		for i := range sums {
			sums[i] += m.weight * (int32(enter[i]) - int32(leave[i]))
		}
	}
}

// addUpGeneric replaces each number by the sum of those up to it.
func addUpGeneric(sums []int32) {
	sum := int32(0)
	for i, d := range sums {
		sum += d
		sums[i] = sum
	}
}

// scaleGeneric makes samples of sums.
func scaleGeneric[T uint8 | uint16](dst []T, sums []int32, m *Mask) {
	sums = sums[:len(dst)]
	if m.factor == 1 {
		round, shift, limit := uint32(m.round), m.shift&31, uint32(m.limit)
		for i, s := range sums {
			dst[i] = T(min((uint32(s)+round)>>shift, limit))
		}
		return
	}
	round, factor, shift := m.round, m.factor, m.shift&63
	for i, s := range sums {
		dst[i] = T((uint64(uint32(s)) + round) * factor >> shift)
	}
}

// slide adds to sums what changes as boxes move on.
func slide[T uint8 | uint16](sums []int32, base []T, moves []move, deep bool) {
	switch base := any(base).(type) {
	case []uint8:
		slide8(sums, base, moves)
	case []uint16:
		if deep {
			slide16Generic(sums, base, moves)
		} else {
			slide16(sums, base, moves)
		}
	}
}

// scale makes samples of sums.
func scale[T uint8 | uint16](dst []T, sums []int32, m *Mask) {
	switch dst := any(dst).(type) {
	case []uint8:
		scale8(dst, sums, m)
	case []uint16:
		if m.deep() {
			scaleGeneric(dst, sums, m)
		} else {
			scale16(dst, sums, m)
		}
	}
}
