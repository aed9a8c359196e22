package color

import "sync"

// The white of the connection space, D50, as Little CMS has it.
var white = [3]float64{0.9642, 1, 0.8249}

// labToXYZ converts CIELAB under D50 to XYZ, Y of white being 1.
func labToXYZ(l, a, b float64) [3]float64 {
	y := (l + 16) / 116
	f := [3]float64{y + float64(a*0.002), y, y - float64(b*0.005)}
	for i, t := range f {
		if t <= 24./116 {
			f[i] = float64((108. / 841) * (t - 16./116))
		} else {
			f[i] = float64(float64(t*t) * t)
		}
		f[i] = float64(f[i] * white[i])
	}
	return f
}

// fromXYZ is the matrix from XYZ under D50 to linear sRGB. IEC 61966-2-1 gives
// its inverse under D65, and the adaptation to D50 is Bradford's.
var fromXYZ = sync.OnceValue(func() *matrix {
	const one = 65536.
	toXYZ := matrix{ // as profiles have it, in 65536ths
		28579 / one, 25239 / one, 9375 / one,
		14581 / one, 46982 / one, 3973 / one,
		912 / one, 6362 / one, 46784 / one,
	}
	return toXYZ.inverse()
})

// How fine light is in the tables of codes.
const (
	lightBits = 14
	coarse    = 12 // of the table that is interpolated
)

// A coder makes samples of sRGB of light.
type coder struct {
	// narrow is for light of 0 to 1<<lightBits, one entry a step. What is
	// above is as the last; it is as long as to need no check.
	narrow [1<<lightBits + 1]uint8
	wide   [1<<coarse + 2]int32 // 16-bit samples, interpolated
}

var codes = sync.OnceValue(func() *coder {
	c := new(coder)
	for i := range c.narrow {
		c.narrow[i] = uint8(float64(255*encode(float64(i)/(1<<lightBits))) + 0.5)
	}
	for i := range c.wide {
		c.wide[i] = int32(float64(65535*encode(float64(i)/(1<<coarse))) + 0.5)
	}
	return c
})

// encode is sRGB's transfer function (IEC 61966-2-1).
func encode(light float64) float64 {
	light = clamp(light)
	if light <= 0.0031308 {
		return float64(12.92 * light)
	}
	return float64(1.055*power(light, 1/2.4)) - 0.055
}

// lightOne is full light in what code16 takes.
const lightOne = 1 << 24

// code16 returns the 16-bit sample of light, to 2 in 65535.
func (c *coder) code16(light int64) uint16 {
	light = min(max(light, 0), lightOne)
	const bits = 24 - coarse
	i, rest := light>>bits, light&(1<<bits-1)
	low, high := int64(c.wide[i]), int64(c.wide[i+1])
	return uint16(low + ((high-low)*rest+1<<(bits-1))>>bits)
}

// code8 rounds a 16-bit sample to 8 bits.
func code8(v uint32) uint8 { return uint8((v*65281 + 1<<23) >> 24) }
