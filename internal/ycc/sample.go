package ycc

// fancy is the number of chroma columns above which libjpeg interpolates;
// narrower rows it replicates.
const fancy = 2

// Widen doubles a row as h2v1_fancy_upsample does: triangle filter (3, 1)/4,
// chroma sited between its two columns. len(src) is half of len(dst), rounded
// up.
func Widen(dst, src []uint8) {
	n := len(src)
	if n <= fancy {
		replicate(dst, src)
		return
	}
	dst[0] = src[0]
	dst[1] = uint8((3*uint(src[0]) + uint(src[1]) + 2) >> 2)
	widen(dst[2:2*n-2], src)
	dst[2*n-2] = uint8((3*uint(src[n-1]) + uint(src[n-2]) + 1) >> 2)
	if len(dst) == 2*n {
		dst[2*n-1] = src[n-1]
	}
}

// widenGeneric makes two samples of each of src but the first and the last.
func widenGeneric(dst, src []uint8) {
	last, this := uint(src[0]), uint(src[1])
	for i, next := range src[2:] {
		next := uint(next)
		pair := dst[2*i : 2*i+2 : 2*i+2]
		pair[0] = uint8((3*this + last + 1) >> 2)
		pair[1] = uint8((3*this + next + 2) >> 2)
		last, this = this, next
	}
}

// WidenBetween makes one row of twice the width and height out of two rows as
// h2v2_fancy_upsample does: near is the chroma row that the result lies in, far
// the one on its other side, or near itself at the image's edge.
func WidenBetween(dst, near, far []uint8) {
	n := len(near)
	if n <= fancy {
		replicate(dst, near)
		return
	}
	far = far[:n]
	at := func(i int) uint { return 3*uint(near[i]) + uint(far[i]) }
	dst[0] = uint8((4*at(0) + 8) >> 4)
	dst[1] = uint8((3*at(0) + at(1) + 7) >> 4)
	widenBetween(dst[2:2*n-2], near, far)
	dst[2*n-2] = uint8((3*at(n-1) + at(n-2) + 8) >> 4)
	if len(dst) == 2*n {
		dst[2*n-1] = uint8((4*at(n-1) + 7) >> 4)
	}
}

// widenBetweenGeneric makes two samples of each of near and far but the first
// and the last.
func widenBetweenGeneric(dst, near, far []uint8) {
	far = far[:len(near)]
	last := 3*uint(near[0]) + uint(far[0])
	this := 3*uint(near[1]) + uint(far[1])
	for i := 2; i < len(near); i++ {
		next := 3*uint(near[i]) + uint(far[i])
		pair := dst[2*i-4 : 2*i-2 : 2*i-2]
		pair[0] = uint8((3*this + last + 8) >> 4)
		pair[1] = uint8((3*this + next + 7) >> 4)
		last, this = this, next
	}
}

func replicate(dst, src []uint8) {
	for i := range dst {
		dst[i] = src[i/2]
	}
}

// Halve averages pairs as h2v1_downsample does; the halves go down and up by
// turns. An odd last column stands for two. dst may be the start of src.
func Halve(dst, src []uint8) {
	i := halve(dst, src)
	halveGeneric(dst[i:], src[2*i:])
}

func halveGeneric(dst, src []uint8) {
	pairs := len(src) / 2
	bias := uint(0)
	for i := range dst[:pairs] {
		dst[i] = uint8((uint(src[2*i]) + uint(src[2*i+1]) + bias) >> 1)
		bias ^= 1
	}
	if pairs < len(dst) {
		dst[pairs] = uint8((2*uint(src[2*pairs]) + bias) >> 1)
	}
}

// Quarter averages squares of two rows as h2v2_downsample does; a and b are
// the same row where the image's last row stands alone. dst may be the start of a.
func Quarter(dst, a, b []uint8) {
	b = b[:len(a)]
	i := quarter(dst, a, b)
	quarterGeneric(dst[i:], a[2*i:], b[2*i:])
}

func quarterGeneric(dst, a, b []uint8) {
	b = b[:len(a)]
	pairs := len(a) / 2
	bias := uint(1)
	for i := range dst[:pairs] {
		j := 2 * i
		dst[i] = uint8((uint(a[j]) + uint(a[j+1]) + uint(b[j]) + uint(b[j+1]) + bias) >> 2)
		bias ^= 3
	}
	if pairs < len(dst) {
		j := 2 * pairs
		dst[pairs] = uint8((2*uint(a[j]) + 2*uint(b[j]) + bias) >> 2)
	}
}
