package scene

import "math"

// hash gives every lattice point a value from 0 to 1 that looks random.
func hash(x, y, seed int) float64 {
	h := uint32(x)*0x9e3779b1 ^ uint32(y)*0x85ebca77 ^ uint32(seed)*0xc2b2ae3d
	h ^= h >> 15
	h *= 0x2c1b3c6d
	h ^= h >> 12
	h *= 0x297a2d39
	h ^= h >> 15
	return float64(h) / math.MaxUint32
}

// noise is value noise: smooth, 0 to 1, one lattice cell a unit.
func noise(x, y float64, seed int) float64 {
	x0, y0 := math.Floor(x), math.Floor(y)
	fx, fy := smooth(x-x0), smooth(y-y0)
	ix, iy := int(x0), int(y0)
	top := mix(hash(ix, iy, seed), hash(ix+1, iy, seed), fx)
	bottom := mix(hash(ix, iy+1, seed), hash(ix+1, iy+1, seed), fx)
	return mix(top, bottom, fy)
}

// fractal sums octaves of noise, each finer and fainter than the last.
func fractal(x, y float64, octaves, seed int) float64 {
	sum, weight, total := 0.0, 1.0, 0.0
	for i := range octaves {
		sum += weight * noise(x, y, seed+i)
		total += weight
		weight *= 0.5
		x, y = 2*x+17.3, 2*y+9.1
	}
	return sum / total
}

// ridged is fractal noise folded so that its crests are sharp, as those of
// mountains are.
func ridged(x, y float64, octaves, seed int) float64 {
	sum, weight, total := 0.0, 1.0, 0.0
	for i := range octaves {
		v := 1 - math.Abs(2*noise(x, y, seed+i)-1)
		sum += weight * v * v
		total += weight
		weight *= 0.5
		x, y = 2.1*x+5.7, 2.1*y+3.3
	}
	return sum / total
}

func smooth(t float64) float64 { return t * t * (3 - 2*t) }

func mix(a, b, t float64) float64 { return a + (b-a)*t }

func clamp(t float64) float64 { return min(max(t, 0), 1) }

// step rises smoothly from 0 at a to 1 at b.
func step(a, b, t float64) float64 { return smooth(clamp((t - a) / (b - a))) }
