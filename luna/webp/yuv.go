package webp

// upsample doubles a row of chroma horizontally and blends it with the row on
// its other side, in the weights (9, 3, 3, 1)/16 with libwebp's rounding
// (src/dsp/upsampling.c). near is the stored row that dst lies in, far the
// one next to it, or near again at the picture's edge.
func upsample(dst, near, far []uint8) {
	x := upsampleRow(dst, near, far)
	upsampleGeneric(dst, near, far, x)
}

// upsampleGeneric goes on from the stored sample from, of which those to the left
// and the one between are done.
func upsampleGeneric(dst, near, far []uint8, from int) {
	n := len(dst)
	nl, fl := uint(near[from]), uint(far[from])
	if from == 0 {
		dst[0] = uint8((3*nl + fl + 2) >> 2)
	}
	last := (n - 1) / 2
	near, far = near[:last+1], far[:last+1]
	for x := from + 1; x <= last; x++ {
		nr, fr := uint(near[x]), uint(far[x])
		sum := nl + nr + fl + fr + 8
		rising := (sum + 2*(nr+fl)) >> 3
		falling := (sum + 2*(nl+fr)) >> 3
		d := dst[2*x-1 : 2*x+1 : 2*x+1]
		d[0] = uint8((rising + nl) >> 1)
		d[1] = uint8((falling + nr) >> 1)
		nl, fl = nr, fr
	}
	if n%2 == 0 {
		nl, fl = uint(near[last]), uint(far[last])
		dst[n-1] = uint8((3*nl + fl + 2) >> 2)
	}
}

// rgb converts a row of VP8's limited-range BT.601 with libwebp's integer
// matrix (src/dsp/yuv.h).
func rgb(r, g, b, y, u, v []uint8) {
	n := len(y)
	r, g, b, u, v = r[:n], g[:n], b[:n], u[:n], v[:n]
	i := rgbRow(r, g, b, y, u, v)
	rgbGeneric(r[i:], g[i:], b[i:], y[i:], u[i:], v[i:])
}

func rgbGeneric(r, g, b, y, u, v []uint8) {
	n := len(y)
	r, g, b, u, v = r[:n], g[:n], b[:n], u[:n], v[:n]
	for i := range y {
		luma := int(y[i]) * 19077 >> 8
		cb, cr := int(u[i]), int(v[i])
		r[i] = clip(luma + cr*26149>>8 - 14234)
		g[i] = clip(luma - cb*6419>>8 - cr*13320>>8 + 8708)
		b[i] = clip(luma + cb*33050>>8 - 17685)
	}
}

// clip drops the six bits of fraction.
func clip(v int) uint8 {
	if uint(v) < 256<<6 {
		return uint8(v >> 6)
	}
	if v < 0 {
		return 0
	}
	return 255
}
