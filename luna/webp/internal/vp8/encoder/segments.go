package encoder

import (
	"math"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
	"github.com/immagin/immagin-go/luna/webp/internal/vp8/kernel"
)

const segments = 4

// How strongly segments differ, and how strong the loop filter is, in hundredths.
// libwebp's defaults are 50 and 60; a stronger filter is worth about 1 % of bytes at
// equal PSNR, and costs no SSIM.
const (
	noiseShaping   = 50
	filterStrength = 100
)

// lambdaOne is the unit of lambdas: small ones count.
const lambdaOne = 256

// A segment is how its macroblocks are quantised and judged.
type segment struct {
	alpha, beta int
	index       int // of the quantiser, 0..127
	filter      int // the loop filter's level, 0..63

	y1, y2, uv kernel.Matrix

	// What a bit of rate is worth in distortion, in 1/lambdaOne.
	lambdaI4, lambdaI16, lambdaUV     int64
	lambdaTrellisI4, lambdaTrellisI16 int64
	lambdaTexture                     int64
	lambdaSATD                        int // of a bit, in units of SATD
	minDistortion                     int64
}

// compression maps quality to a power law of the quantiser (libwebp's
// QualityToCompression).
func compression(quality int) float64 {
	c := float64(quality) / 100
	if c < 0.75 {
		c *= 2. / 3
	} else {
		c = 2*c - 1
	}
	return math.Pow(c, 1./3)
}

// setSegments turns quality and what analysis found into quantisers and filters
// (libwebp's VP8SetSegmentParams).
func (e *Encoder) setSegments() {
	base := compression(e.options.Quality)
	for i := range e.segments {
		s := &e.segments[i]
		// The conversion keeps the compiler from fusing, which would make bytes
		// depend on the processor.
		c := math.Pow(base, 1-float64(0.9*noiseShaping/100/128*float64(s.alpha)))
		s.index = min(max(int(127*(1-c)), 0), 127)
	}
	e.chromaAC = min(max((e.chromaAlpha-64)*10/70*noiseShaping/100, -4), 6)
	e.chromaDC = -4 * noiseShaping / 100

	for i := range e.segments {
		s := &e.segments[i]
		// Segments that compress easily are filtered less.
		f := int(vp8.ACSteps[s.index]>>2) * 5 * filterStrength / (256 + s.beta)
		if f < 2 {
			f = 0
		}
		s.filter = min(f, 63)
	}
	e.merge()
	for i := range e.used {
		e.segments[i].setup(e.chromaDC, e.chromaAC)
	}
}

// merge makes one of segments that do not differ.
func (e *Encoder) merge() {
	var to [segments]uint8
	e.used = 1
	for i := 1; i < segments; i++ {
		s := &e.segments[i]
		k := 0
		for k < e.used && (e.segments[k].index != s.index || e.segments[k].filter != s.filter) {
			k++
		}
		to[i] = uint8(k)
		if k == e.used {
			if k != i {
				e.segments[k] = *s
			}
			e.used++
		}
	}
	if e.used == segments {
		return
	}
	for i := range e.blocks {
		b := &e.blocks[i]
		b.segment = to[b.segment]
	}
	for i := e.used; i < segments; i++ {
		e.segments[i] = e.segments[e.used-1]
	}
}

// Rounding biases of AC in 1/256 of a step. With these and lambdas to match, files are
// 1 to 2 % smaller than with libwebp's at the same PSNR and SSIM.
const (
	biasLumaAC   = kernel.BiasLumaAC - 8
	biasSecondAC = kernel.BiasSecondAC + 4
	biasChromaAC = kernel.BiasChromaAC - 5
)

// setup derives all else from the index (as libwebp's SetupMatrices; the lambda of
// blocks is ours).
func (s *segment) setup(chromaDC, chromaAC int) {
	step := func(t *[128]uint16, index, last int) int { return int(t[min(max(index, 0), last)]) }
	s.y1.Set(step(&vp8.DCSteps, s.index, 127), step(&vp8.ACSteps, s.index, 127),
		kernel.BiasLumaDC, biasLumaAC, true)
	s.y2.Set(2*step(&vp8.DCSteps, s.index, 127), step(&vp8.SecondACSteps, s.index, 127),
		kernel.BiasSecondDC, biasSecondAC, false)
	s.uv.Set(step(&vp8.DCSteps, s.index+chromaDC, 117), step(&vp8.ACSteps, s.index+chromaAC, 127),
		kernel.BiasChromaDC, biasChromaAC, false)
	i4, i16, uv := int64(average(&s.y1)), int64(average(&s.y2)), int64(average(&s.uv))
	s.lambdaI4 = lambdaOne * 16 * i4 * i4 / (10 * 128)
	s.lambdaI16 = 3 * lambdaOne * i16 * i16
	s.lambdaUV = lambdaOne * 3 * uv * uv / 128
	s.lambdaTrellisI4 = max(5*i4*i4>>3, 1)
	s.lambdaTrellisI16 = max(i16*i16>>2, 1)
	s.lambdaTexture = max(noiseShaping*i4>>5, 1)
	s.lambdaSATD = min(max(int(i4)/2, 1), 255)
	s.minDistortion = 20 * int64(s.y1.Q[0])
}

// average is that of the steps.
func average(m *kernel.Matrix) int {
	sum := 0
	for _, q := range m.Q {
		sum += int(q)
	}
	return (sum + 8) >> 4
}
