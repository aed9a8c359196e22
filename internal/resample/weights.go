// Package resample holds the kernels that change the size of one plane of
// 8-bit samples: box averaging and windowed-sinc reduction, Catmull-Rom
// enlargement, in the fixed-point arithmetic of libvips 8.18 and 8.19
// (libvips/resample: resize.c, shrinkv.c, reducev.cpp, reduceh.cpp,
// bicubic.cpp), so that results agree with it to the last bit.
//
// Samples are only ever touched by integer arithmetic. Floating point makes
// the tables, and every product in it is rounded by an explicit conversion, so
// that no machine fuses it into an addition: the tables too are the same
// everywhere.
package resample

import "math"

// A Kernel is a filter for reduction. Enlargement is by Catmull-Rom splines
// whatever the kernel.
type Kernel uint8

// The kernels, Lanczos3 being the zero value.
const (
	Lanczos3 Kernel = iota
	Lanczos2
	Mitchell // cubic with B = C = 1/3
	Cubic    // Catmull-Rom: cubic with B = 0, C = 1/2
)

// Valid reports whether k is one of the kernels of this package.
func (k Kernel) Valid() bool { return k <= Cubic }

// support is the distance from its centre at which the kernel becomes zero.
func (k Kernel) support() float64 {
	if k == Lanczos3 {
		return 3
	}
	return 2
}

func (k Kernel) at(x float64) float64 {
	switch k {
	case Lanczos2:
		return lanczos(x, 2)
	case Mitchell:
		return cubic(x, 1./3, 1./3)
	case Cubic:
		return cubic(x, 0, .5)
	}
	return lanczos(x, 3)
}

// taps is the number of samples that the kernel spans when it is stretched to
// reduce by shrink. It is odd.
func (k Kernel) taps(shrink float64) int {
	return 2*int(math.RoundToEven(k.support()*shrink)) + 1
}

// Weights have 12 fractional bits. Being truncated they do not quite sum up
// to one; libvips' do not either.
const (
	weightBits = 12
	weightOne  = 1 << weightBits
	weightHalf = weightOne / 2
)

// A sample's position within a pixel is rounded to one of 64 phases, the
// 65th being the next pixel.
const phases = 64

// reduceWeights returns the n weights of k for the given phase. Zeros follow
// them up to a multiple of eight, within their capacity.
func reduceWeights(k Kernel, n int, shrink float64, phase int) []int16 {
	half := float64(phase)/phases + float64(n)/2 - 1
	var buffer [32]float64
	weights := buffer[:0]
	sum := 0.
	for i := range n {
		w := k.at((float64(i) - half) / shrink)
		weights = append(weights, w)
		sum += w
	}
	fixed := make([]int16, n, align(n))
	for i, w := range weights {
		fixed[i] = int16(float64(w/sum) * weightOne)
	}
	return fixed
}

// enlargeWeights returns the four weights of the Catmull-Rom spline. All its
// terms are exact.
func enlargeWeights(phase int) []int16 {
	x := float64(phase) / phases
	x2 := float64(x * x)
	x3 := float64(x2 * x)
	return []int16{
		int16((x2 - float64(.5*x) - float64(.5*x3)) * weightOne),
		int16((1 - float64(2.5*x2) + float64(1.5*x3)) * weightOne),
		int16((float64(.5*x) + float64(2*x2) - float64(1.5*x3)) * weightOne),
		int16((float64(.5*x3) - float64(.5*x2)) * weightOne),
	}
}

func lanczos(x, lobes float64) float64 {
	if x < -lobes || x > lobes {
		return 0
	}
	return sinc(x) * sinc(x/lobes)
}

// cubic is the family of Mitchell and Netravali, "Reconstruction Filters in
// Computer Graphics", 1988.
func cubic(x, b, c float64) float64 {
	x = math.Abs(x)
	x2 := float64(x * x)
	x3 := float64(x2 * x)
	switch {
	case x <= 1:
		return (float64((12-float64(9*b)-float64(6*c))*x3) + float64((float64(12*b)+float64(6*c)-18)*x2) + (6 - float64(2*b))) / 6
	case x <= 2:
		return (float64((-b-float64(6*c))*x3) + float64((float64(6*b)+float64(30*c))*x2) + float64((-float64(12*b)-float64(48*c))*x) + (float64(8*b) + float64(24*c))) / 6
	}
	return 0
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return sinPi(x) / float64(math.Pi*x)
}

// sinPi returns sin(pi x) for moderate x, within 1e-15. It stands in for
// math.Sin, which is assembly on some machines and fused on others.
func sinPi(x float64) float64 {
	n := math.RoundToEven(x)
	t := float64((x - n) * math.Pi)
	z := float64(t * t)
	// The Taylor series: at pi/2 the first term left out is 1e-18.
	sum := 0.
	for i := 21; i >= 3; i -= 2 {
		sum = float64((1-sum)*z) / float64(i*(i-1))
	}
	t = float64(t * (1 - sum))
	if int(n)&1 != 0 {
		return -t
	}
	return t
}
