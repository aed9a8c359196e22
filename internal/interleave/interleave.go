// Package interleave moves rows of 8-bit samples between planes and packed
// pixels.
package interleave

// Split writes sample p of each pixel of packed, which has stride samples a
// pixel, to planes[p]. All planes are of one length, and packed holds at
// least that many pixels.
func Split(planes [][]uint8, packed []uint8, stride int) {
	splitGeneric(planes, packed, stride, split(planes, packed, stride))
}

// splitGeneric does the pixels from a first one on.
func splitGeneric(planes [][]uint8, packed []uint8, stride, first int) {
	for p, plane := range planes {
		for i := first; i < len(plane); i++ {
			plane[i] = packed[i*stride+p]
		}
	}
}

// Join writes the pixels of planes, of one length each, to packed one after
// the other, without padding.
func Join(packed []uint8, planes [][]uint8) {
	joinGeneric(packed, planes, join(packed, planes))
}

// joinGeneric does the pixels from a first one on.
func joinGeneric(packed []uint8, planes [][]uint8, first int) {
	packed = packed[first*len(planes):]
	switch len(planes) {
	case 3:
		join3(packed, planes[0][first:], planes[1][first:], planes[2][first:])
	case 4:
		join4(packed, planes[0][first:], planes[1][first:], planes[2][first:], planes[3][first:])
	default:
		n := len(planes)
		for p, plane := range planes {
			for i, v := range plane[first:] {
				packed[i*n+p] = v
			}
		}
	}
}

func join3(packed, a, b, c []uint8) {
	b, c = b[:len(a)], c[:len(a)]
	packed = packed[:3*len(a)]
	for i := range a {
		q := packed[3*i : 3*i+3 : 3*i+3]
		q[0], q[1], q[2] = a[i], b[i], c[i]
	}
}

func join4(packed, a, b, c, d []uint8) {
	b, c, d = b[:len(a)], c[:len(a)], d[:len(a)]
	packed = packed[:4*len(a)]
	for i := range a {
		q := packed[4*i : 4*i+4 : 4*i+4]
		q[0], q[1], q[2], q[3] = a[i], b[i], c[i], d[i]
	}
}
