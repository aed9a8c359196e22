package affine

// A Plane holds samples with a border of one sample of background around them,
// Stride samples a row.
type Plane struct {
	Pix    []uint8
	Stride int
}

// fraction bits of the weights of opaque images.
const (
	weightBits = 12
	weightOne  = 1 << weightBits
)

// Opaque makes row y of the turned image from the planes of one without alpha.
// What lies outside is left as it is in the rows of dst: it reports the part
// that was made. Weights have 12 bits.
func (r *Rotation) Opaque(y int, dst [][]uint8, planes []Plane) (first, last int) {
	stride := planes[0].Stride
	return r.walk(y, func(x int, px, py float64) {
		ix, iy := int(px), int(py)
		fx := int32(float64((px - float64(ix)) * weightOne))
		fy := int32(float64((py - float64(iy)) * weightOne))
		c4 := fy * fx >> weightBits
		c2 := (weightOne - fy) * fx >> weightBits
		c3 := fy - c4
		c1 := weightOne - fy - c2
		at := iy*stride + ix
		for p := range planes {
			up := planes[p].Pix[at : at+2 : at+2]
			down := planes[p].Pix[at+stride : at+stride+2 : at+stride+2]
			sum := c1*int32(up[0]) + c2*int32(up[1]) + c3*int32(down[0]) + c4*int32(down[1])
			dst[p][x] = uint8((sum + weightOne/2) >> weightBits)
		}
	})
}

// scales[a] is a/255 as a float32.
var scales = func() (t [256]float32) {
	for a := range t {
		t[a] = float32(a) / 255
	}
	return t
}()

// Alpha is Opaque for planes whose last is alpha. Colours are multiplied by
// it meanwhile, as fractions.
func (r *Rotation) Alpha(y int, dst [][]uint8, planes []Plane) (first, last int) {
	stride := planes[0].Stride
	n := len(planes) - 1
	return r.walk(y, func(x int, px, py float64) {
		ix, iy := int(px), int(py)
		fx, fy := px-float64(ix), py-float64(iy)
		c4 := float64(fy * fx)
		c2 := float64((1 - fy) * fx)
		c3 := fy - c4
		c1 := 1 - fy - c2
		at := iy*stride + ix
		up := planes[n].Pix[at : at+2 : at+2]
		down := planes[n].Pix[at+stride : at+stride+2 : at+stride+2]
		a1, a2, a3, a4 := up[0], up[1], down[0], down[1]
		mix := func(v1, v2, v3, v4 float32) float32 {
			return float32(float64(c1*float64(v1)) + float64(c2*float64(v2)) + float64(c3*float64(v3)) + float64(c4*float64(v4)))
		}
		alpha := mix(float32(a1), float32(a2), float32(a3), float32(a4))
		factor := float32(0)
		if alpha >= .01 {
			factor = 255 / alpha
		}
		s1, s2, s3, s4 := scales[a1], scales[a2], scales[a3], scales[a4]
		for p := range n {
			up := planes[p].Pix[at : at+2 : at+2]
			down := planes[p].Pix[at+stride : at+stride+2 : at+stride+2]
			v := mix(float32(float32(up[0])*s1), float32(float32(up[1])*s2), float32(float32(down[0])*s3), float32(float32(down[1])*s4))
			dst[p][x] = uint8(min(max(float32(factor*v), 0), 255))
		}
		dst[n][x] = uint8(min(max(alpha, 0), 255))
	})
}
