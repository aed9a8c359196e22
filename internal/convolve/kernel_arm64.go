//go:build arm64 && !noasm && gc

package convolve

// accelerated tells whether there is NEON, which every arm64 has.
const accelerated = true

// The kernels of kernel_arm64.s give the bits of the portable ones. They check
// no bounds.

// slide8NEON works on whole blocks of n.
//
//go:noescape
func slide8NEON(sums *int32, n int, base *uint8, moves *move, count int)

// slide16NEON works on whole blocks of n.
//
//go:noescape
func slide16NEON(sums *int32, n int, base *uint16, moves *move, count int)

// addUpNEON works on whole eights of n.
//
//go:noescape
func addUpNEON(sums *int32, n int)

// The kernels that scale work on so many sums at a time, n being no fewer; the
// last time they do some once more.
const scaledAtOnce = 16

// shift8NEON computes (sum+round)>>shift, 0 to 255.
//
//go:noescape
func shift8NEON(dst *uint8, n int, sums *int32, round int32, shift uint32)

// divide8NEON computes (sum+round)*factor>>shift, 0 to 255.
//
//go:noescape
func divide8NEON(dst *uint8, n int, sums *int32, round int32, factor uint32, shift uint64)

// divide16NEON is divide8NEON for results of 16 bits, which none is above.
//
//go:noescape
func divide16NEON(dst *uint16, n int, sums *int32, round int32, factor uint32, shift uint64)

func slide8(sums []int32, base []uint8, moves []move) {
	n := len(sums)
	if n < block || n%block != 0 || len(moves) == 0 {
		slide8Generic(sums, base, moves)
		return
	}
	within(len(base), n, moves)
	slide8NEON(&sums[0], n, &base[0], &moves[0], len(moves))
}

func slide16(sums []int32, base []uint16, moves []move) {
	n := len(sums)
	if n < block || n%block != 0 || len(moves) == 0 {
		slide16Generic(sums, base, moves)
		return
	}
	within(len(base), n, moves)
	slide16NEON(&sums[0], n, &base[0], &moves[0], len(moves))
}

// within panics unless all that n sums look at is among so many samples.
func within(samples, n int, moves []move) {
	for i := range moves {
		if m := &moves[i]; m.enter < 0 || m.leave < 0 || max(m.enter, m.leave)+n > samples {
			panic("convolve: a box beyond its samples")
		}
	}
}

func addUp(sums []int32) {
	if len(sums) == 0 || len(sums)%8 != 0 {
		addUpGeneric(sums)
		return
	}
	addUpNEON(&sums[0], len(sums))
}

func scale8(dst []uint8, sums []int32, m *Mask) {
	n := len(dst)
	if n < scaledAtOnce {
		scaleGeneric(dst, sums, m)
		return
	}
	sums = sums[:n]
	if m.factor == 1 {
		shift8NEON(&dst[0], n, &sums[0], int32(m.round), uint32(m.shift))
		return
	}
	divide8NEON(&dst[0], n, &sums[0], int32(m.round), uint32(m.factor), uint64(m.shift))
}

func scale16(dst []uint16, sums []int32, m *Mask) {
	n := len(dst)
	if n < scaledAtOnce || m.factor == 1 {
		scaleGeneric(dst, sums, m)
		return
	}
	sums = sums[:n]
	divide16NEON(&dst[0], n, &sums[0], int32(m.round), uint32(m.factor), uint64(m.shift))
}
