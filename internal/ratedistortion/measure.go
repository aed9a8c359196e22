// Package ratedistortion measures lossy files against the pixels that they were
// made of: PSNR, SSIM, and how many bytes more or less one encoder takes than
// another at equal quality.
package ratedistortion

import (
	"fmt"
	"math"
)

// A Picture is what encoders are given: packed RGB.
type Picture struct {
	Width, Height int
	RGB           []uint8
}

// A Measurement is one file.
type Measurement struct {
	Bytes int
	// PSNR in dB: of red, green and blue together, and of luma alone. Luma is
	// BT.601 in limited range, as VP8 stores it.
	RGB, Luma float64
	// SSIM is the mean structural similarity of luma, at most 1.
	SSIM float64
}

// SSIMDecibels is the similarity on a scale that is not as crowded at its end.
func (m Measurement) SSIMDecibels() float64 { return -10 * math.Log10(1-m.SSIM) }

// Measure decodes a lossy WebP, and holds it against p.
func Measure(file []byte, p Picture) (Measurement, error) {
	d, err := Decode(file)
	if err != nil {
		return Measurement{}, err
	}
	if d.Width != p.Width || d.Height != p.Height {
		return Measurement{}, fmt.Errorf("the file has %dx%d pixels where the picture has %dx%d", d.Width, d.Height, p.Width, p.Height)
	}
	luma := p.Luma()
	return Measurement{
		Bytes: len(file),
		RGB:   PSNR(p.RGB, d.RGB),
		Luma:  PSNR(luma, d.Y),
		SSIM:  SSIM(luma, d.Y, p.Width, p.Height),
	}, nil
}

// Luma converts p, with libwebp's rounding.
func (p Picture) Luma() []uint8 {
	y := make([]uint8, p.Width*p.Height)
	for i := range y {
		r, g, b := int(p.RGB[3*i]), int(p.RGB[3*i+1]), int(p.RGB[3*i+2])
		y[i] = uint8((16839*r + 33059*g + 6420*b + 1<<15 + 16<<16) >> 16)
	}
	return y
}

// PSNR is the peak signal-to-noise ratio in dB, infinite where a equals b.
func PSNR(a, b []uint8) float64 {
	sum := 0
	for i, v := range a {
		d := int(v) - int(b[i])
		sum += d * d
	}
	return 10 * math.Log10(255*255*float64(len(a))/float64(sum))
}

// SSIM is the mean structural similarity (Wang and others, 2004) of windows of
// 8x8 samples at every fourth sample, as libvpx takes them. Planes that are
// smaller than a window are one window.
func SSIM(a, b []uint8, width, height int) float64 {
	w, h := min(8, width), min(8, height)
	sum, n := 0.0, 0
	for y := 0; y+h <= height; y += 4 {
		for x := 0; x+w <= width; x += 4 {
			sum += similarity(a[y*width+x:], b[y*width+x:], width, w, h)
			n++
		}
	}
	return sum / float64(n)
}

func similarity(a, b []uint8, stride, w, h int) float64 {
	var sa, sb, saa, sbb, sab int
	for y := range h {
		p, q := a[y*stride:][:w], b[y*stride:][:w]
		for x, v := range p {
			i, j := int(v), int(q[x])
			sa += i
			sb += j
			saa += i * i
			sbb += j * j
			sab += i * j
		}
	}
	const c1, c2 = (0.01 * 255) * (0.01 * 255), (0.03 * 255) * (0.03 * 255)
	n := float64(w * h)
	ma, mb := float64(sa)/n, float64(sb)/n
	va, vb, vab := float64(saa)/n-ma*ma, float64(sbb)/n-mb*mb, float64(sab)/n-ma*mb
	return (2*ma*mb + c1) * (2*vab + c2) / ((ma*ma + mb*mb + c1) * (va + vb + c2))
}
