package yuv

import "math"

// The curve of BT.709 as sharpyuv_gamma.c has it, in 16 bits: sharpLinear of
// 10-bit samples, and back by 512 steps.
var sharpLinear, sharpGamma = sharpTables()

func sharpTables() (linear [1024]uint32, gamma [514]uint32) {
	const (
		a         = 0.09929682680944
		threshold = 0.018053968510807
		scale     = 1 << 16
	)
	for v := range linear {
		g := float64(v) / 1024
		light := g / 4.5
		if g > threshold*4.5 {
			light = math.Pow((g+a)*(1/(1+a)), 1/0.45)
		}
		linear[v] = uint32(float64(light*scale) + .5)
	}
	for v := range gamma[:513] {
		light := float64(v) / 512
		g := 4.5 * light
		if light > threshold {
			g = float64((1+a)*math.Pow(light, 0.45)) - a
		}
		gamma[v] = uint32(float64(g*scale) + .5)
	}
	gamma[513] = gamma[512]
	return linear, gamma
}

// toSharp undoes sharpLinear.
func toSharp(light uint32) uint32 {
	at, x := light>>7, light&127
	low, high := sharpGamma[at]>>6, sharpGamma[at+1]>>6
	return low + ((high-low)*x+64)>>7
}
