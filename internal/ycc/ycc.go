// Package ycc holds the row kernels between RGB and JPEG's YCbCr (BT.601
// matrix, full range), and between full-resolution and subsampled chroma, in
// the integer arithmetic of libjpeg (jdcolor.c, jccolor.c, jdsample.c,
// jcsample.c), bit for bit.
//
// All rows of one call that stand for the same columns have the same length.
package ycc

const (
	bits = 16
	half = 1 << (bits - 1)
)

// clip has no branches: saturated colours are anything but rare.
func clip(v int32) uint8 { return uint8(min(max(v, 0), 255)) }

// The factors of jdcolor.c: 1.402, -0.34414, -0.71414 and 1.772 with 16
// fractional bits.
const (
	crRed   = 91881
	cbGreen = -22554
	crGreen = -46802
	cbBlue  = 116130
)

// ToRGB converts a row. The results may overwrite the operands.
func ToRGB(r, g, b, y, cb, cr []uint8) {
	n := len(y)
	r, g, b, cb, cr = r[:n], g[:n], b[:n], cb[:n], cr[:n]
	i := toRGB(r, g, b, y, cb, cr)
	toRGBGeneric(r[i:], g[i:], b[i:], y[i:], cb[i:], cr[i:])
}

func toRGBGeneric(r, g, b, y, cb, cr []uint8) {
	n := len(y)
	r, g, b, cb, cr = r[:n], g[:n], b[:n], cb[:n], cr[:n]
	for i, l := range y {
		l, u, v := int32(l), int32(cb[i])-128, int32(cr[i])-128
		r[i] = clip(l + (crRed*v+half)>>bits)
		g[i] = clip(l + (cbGreen*u+crGreen*v+half)>>bits)
		b[i] = clip(l + (cbBlue*u+half)>>bits)
	}
}

// The factors of jccolor.c, with 16 fractional bits.
const (
	redY, greenY, blueY = 19595, 38470, 7471
	redCb, greenCb      = -11059, -21709
	greenCr, blueCr     = -27439, -5329
	halfC               = 32768
	centre              = 128<<bits + half - 1
)

// Luma stores the Y of a row of RGB. It may overwrite an operand.
func Luma(y, r, g, b []uint8) {
	n := len(y)
	r, g, b = r[:n], g[:n], b[:n]
	i := luma(y, r, g, b)
	lumaGeneric(y[i:], r[i:], g[i:], b[i:])
}

func lumaGeneric(y, r, g, b []uint8) {
	n := len(y)
	r, g, b = r[:n], g[:n], b[:n]
	for i := range y {
		y[i] = uint8((redY*uint32(r[i]) + greenY*uint32(g[i]) + blueY*uint32(b[i]) + half) >> bits)
	}
}

// FromRGB converts a row. The results may overwrite the operands.
func FromRGB(y, cb, cr, r, g, b []uint8) {
	n := len(y)
	cb, cr, r, g, b = cb[:n], cr[:n], r[:n], g[:n], b[:n]
	i := fromRGB(y, cb, cr, r, g, b)
	fromRGBGeneric(y[i:], cb[i:], cr[i:], r[i:], g[i:], b[i:])
}

func fromRGBGeneric(y, cb, cr, r, g, b []uint8) {
	n := len(y)
	cb, cr, r, g, b = cb[:n], cr[:n], r[:n], g[:n], b[:n]
	for i := range y {
		red, green, blue := int32(r[i]), int32(g[i]), int32(b[i])
		y[i] = uint8((redY*red + greenY*green + blueY*blue + half) >> bits)
		cb[i] = uint8((redCb*red + greenCb*green + halfC*blue + centre) >> bits)
		cr[i] = uint8((halfC*red + greenCr*green + blueCr*blue + centre) >> bits)
	}
}

// FromCMYK converts a row by the device formula, red = (255-c)(255-k)/255
// rounded to the nearest; 0 is no ink.
func FromCMYK(r, g, b, c, m, y, k []uint8) {
	n := len(k)
	r, g, b, c, m, y = r[:n], g[:n], b[:n], c[:n], m[:n], y[:n]
	for i, ink := range k {
		light := 255 - uint32(ink)
		r[i] = uint8(((255-uint32(c[i]))*light + 127) / 255)
		g[i] = uint8(((255-uint32(m[i]))*light + 127) / 255)
		b[i] = uint8(((255-uint32(y[i]))*light + 127) / 255)
	}
}
