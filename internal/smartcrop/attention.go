package smartcrop

import (
	"image"
	"math"
)

// Side is that of the thumbnail on which Attention looks for the point.
const Side = 32

// A field is one number per pixel of the thumbnail.
type field [Side * Side]float32

// at repeats the edges.
func (f *field) at(x, y int) float32 {
	return f[min(max(y, 0), Side-1)*Side+min(max(x, 0), Side-1)]
}

// Attention reports the part to keep of an image of that size: keep, around the
// point where edges, skin and saturated colours are strongest. red, green and
// blue are the image, scaled to Side x Side, row by row.
func Attention(width, height int, keep image.Point, red, green, blue []uint8) image.Rectangle {
	score := interest(red, green, blue)
	sx, sy := Side/float64(width), Side/float64(height)
	dx, dy := float64(float64(keep.X)*sx), float64(float64(keep.Y)*sy)
	score.blur(max(1, math.Sqrt(float64(dx*dx)+float64(dy*dy))/10))
	best := 0
	for i, v := range score {
		if v > score[best] {
			best = i
		}
	}
	left := int(float64(best%Side)/sx) - keep.X/2
	top := int(float64(best/Side)/sy) - keep.Y/2
	left = min(max(left, 0), width-keep.X)
	top = min(max(top, 0), height-keep.Y)
	return image.Rect(left, top, left+keep.X, top+keep.Y)
}

// interest adds up what draws the eye to each pixel.
func interest(red, green, blue []uint8) *field {
	linear := linearised()
	var score, lightness, skin, saturation field
	for i := range score {
		x, y, z := xyz(linear[red[i]], linear[green[i]], linear[blue[i]])
		lightness[i] = y
		if y > 5 {
			skin[i] = likeSkin(x, y, z)
			saturation[i] = labA(x, y)
		}
	}
	for y := range Side {
		for x := range Side {
			i := y*Side + x
			around := float64(lightness.at(x, y-1)) + float64(lightness.at(x-1, y)) + float64(lightness.at(x+1, y)) + float64(lightness.at(x, y+1))
			edge := float32(5 * float32(4*float64(lightness[i])-around))
			score[i] = float32(float32(max(edge, -edge)+skin[i]) + saturation[i])
		}
	}
	return &score
}

// linearised is the sRGB curve, IEC 61966-2-1.
func linearised() (t [256]float32) {
	for i := range t {
		v := float64(i) / 255
		if v <= .04045 {
			t[i] = float32(v / 12.92)
			continue
		}
		r := root((v+.055)/1.055, 5) // to the power of 2.4
		r2 := float64(r * r)
		r4 := float64(r2 * r2)
		t[i] = float32(float64(float64(r4*r4) * r4))
	}
	return t
}

// xyz converts linear light to CIE XYZ with Y up to 100.
func xyz(red, green, blue float32) (x, y, z float32) {
	red, green, blue = float32(red*100), float32(green*100), float32(blue*100)
	mix := func(r, g, b float32) float32 {
		return float32(float32(float32(r*red)+float32(g*green)) + float32(b*blue))
	}
	return mix(.4124, .3576, .1805), mix(.2126, .7152, .0722), mix(.0193, .1192, .9505)
}

// likeSkin is 100 less the distance from the colour of skin, from smartcrop.js.
func likeSkin(x, y, z float32) float32 {
	n := norm(x, y, z)
	return 100 - float32(100*norm(x/n-.78, y/n-.57, z/n-.44))
}

func norm(x, y, z float32) float32 {
	sum := float32(float32(float32(x*x)+float32(y*y)) + float32(z*z))
	return float32(math.Sqrt(float64(sum)))
}

// labA is the a of CIE LAB: above 0 for red, below for green.
func labA(x, y float32) float32 {
	const whiteX, whiteY = 95.0470, 100.
	return float32(500 * float32(cube(x/whiteX)-cube(y/whiteY)))
}

// cube interpolates cube roots between hundred thousandths.
func cube(v float32) float32 {
	const steps = 100_000
	n := float32(steps * v)
	i := min(max(int(n), 0), steps-2)
	at := func(i int) float32 {
		v := float64(i) / steps
		if v < .008856 {
			return float32(float64(7.787*v) + 16./116)
		}
		return float32(root(v, 3))
	}
	low := at(i)
	return low + float32((n-float32(i))*(at(i+1)-low))
}

// blur blurs f by a Gaussian whose weights are rounded to whole numbers, edges
// repeated.
func (f *field) blur(sigma float64) {
	var weights []float64
	sum := 0.
	for i := 0; ; i++ {
		w := exp(float64(i*i) / float64(2*float64(sigma*sigma)))
		if w < .2 {
			break
		}
		weights = append(weights, math.RoundToEven(20*w))
		sum += weights[i]
		if i > 0 {
			sum += weights[i]
		}
	}
	for _, down := range []bool{false, true} {
		from := *f
		for y := range Side {
			for x := range Side {
				total := 0.
				for k := 1 - len(weights); k < len(weights); k++ {
					v := from.at(x+k, y)
					if down {
						v = from.at(x, y+k)
					}
					total += float64(weights[max(k, -k)] * float64(v))
				}
				f[y*Side+x] = float32(total / sum)
			}
		}
	}
}
