//go:build amd64 && !noasm && gc

package convolve

import "golang.org/x/sys/cpu"

// accelerated tells whether there is AVX2. It is never written.
var accelerated = cpu.X86.HasAVX2

// The kernels of kernel_amd64.s give the bits of the portable ones. They check
// no bounds.

// slide8AVX2 works on whole blocks of n.
//
//go:noescape
func slide8AVX2(sums *int32, n int, base *uint8, moves *move, count int)

// slide16AVX2 works on whole blocks of n.
//
//go:noescape
func slide16AVX2(sums *int32, n int, base *uint16, moves *move, count int)

// addUpAVX2 works on whole eights of n.
//
//go:noescape
func addUpAVX2(sums *int32, n int)

// The kernels that scale work on so many sums at a time, n being no fewer; the
// last time they do some once more.
const scaledAtOnce = 16

// shift8AVX2 computes (sum+round)>>shift, at most 255.
//
//go:noescape
func shift8AVX2(dst *uint8, n int, sums *int32, round, shift uint32)

// divide8AVX2 computes (sum+round)*factor>>shift. The sum in parentheses and
// factor have 32 bits.
//
//go:noescape
func divide8AVX2(dst *uint8, n int, sums *int32, round, factor uint32, shift uint64)

// divide16AVX2 is divide8AVX2 for wider samples.
//
//go:noescape
func divide16AVX2(dst *uint16, n int, sums *int32, round, factor uint32, shift uint64)

func slide8(sums []int32, base []uint8, moves []move) {
	n := len(sums)
	if !accelerated || n < block || n%block != 0 || len(moves) == 0 {
		slide8Generic(sums, base, moves)
		return
	}
	within(len(base), n, moves)
	slide8AVX2(&sums[0], n, &base[0], &moves[0], len(moves))
}

func slide16(sums []int32, base []uint16, moves []move) {
	n := len(sums)
	if !accelerated || n < block || n%block != 0 || len(moves) == 0 {
		slide16Generic(sums, base, moves)
		return
	}
	within(len(base), n, moves)
	slide16AVX2(&sums[0], n, &base[0], &moves[0], len(moves))
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
	if !accelerated || len(sums) == 0 || len(sums)%8 != 0 {
		addUpGeneric(sums)
		return
	}
	addUpAVX2(&sums[0], len(sums))
}

func scale8(dst []uint8, sums []int32, m *Mask) {
	n := len(dst)
	if !accelerated || n < scaledAtOnce {
		scaleGeneric(dst, sums, m)
		return
	}
	sums = sums[:n]
	if m.factor == 1 {
		shift8AVX2(&dst[0], n, &sums[0], uint32(m.round), uint32(m.shift))
		return
	}
	divide8AVX2(&dst[0], n, &sums[0], uint32(m.round), uint32(m.factor), uint64(m.shift))
}

func scale16(dst []uint16, sums []int32, m *Mask) {
	n := len(dst)
	if !accelerated || n < scaledAtOnce || m.factor == 1 {
		scaleGeneric(dst, sums, m)
		return
	}
	sums = sums[:n]
	divide16AVX2(&dst[0], n, &sums[0], uint32(m.round), uint32(m.factor), uint64(m.shift))
}
