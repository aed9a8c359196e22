package recipetest

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/scene"
)

// A Drawing makes an original: a file and its media type.
type Drawing func(t *testing.T) (file []byte, contentType string)

// Landscape is a photograph's stand-in of 2000x1500: mountains over a lake.
func Landscape(t *testing.T) ([]byte, string) { return asJPEG(t, scene.Landscape(2000, 1500)) }

// Camera is the same as a camera of 12 megapixels would make it: 4000x3000.
func Camera(t *testing.T) ([]byte, string) { return asJPEG(t, scene.Landscape(4000, 3000)) }

// Portrait is somebody before the landscape, well to the right: 1500x900.
func Portrait(t *testing.T) ([]byte, string) { return asJPEG(t, portrait(scene.Landscape(2000, 1500))) }

// Product is a bottle in front of white paper: 1400x1000.
func Product(t *testing.T) ([]byte, string) { return asJPEG(t, product()) }

// Logo is a ring and a dot on nothing: 400x400.
func Logo(t *testing.T) ([]byte, string) {
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, logo()))
	return b.Bytes(), "image/png"
}

func asJPEG(t *testing.T, m image.Image) ([]byte, string) {
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, m, &jpeg.Options{Quality: 92}))
	return b.Bytes(), "image/jpeg"
}

// ellipse colours what lies inside, with soft edges and light from the left.
func ellipse(m *image.RGBA, x, y, rx, ry float64, c color.RGBA) {
	for py := int(y - ry - 1); py <= int(y+ry+1); py++ {
		for px := int(x - rx - 1); px <= int(x+rx+1); px++ {
			dx, dy := (float64(px)-x)/rx, (float64(py)-y)/ry
			d := math.Hypot(dx, dy)
			cover := min(max((1-d)*min(rx, ry), 0), 1)
			if cover == 0 || !image.Pt(px, py).In(m.Rect) {
				continue
			}
			light := 1 - 0.3*max(dx+dy, 0)
			old := m.RGBAAt(px, py)
			mix := func(a, b uint8) uint8 { return uint8(float64(a)*(1-cover) + float64(b)*light*cover) }
			m.SetRGBA(px, py, color.RGBA{mix(old.R, c.R), mix(old.G, c.G), mix(old.B, c.B), 255})
		}
	}
}

func portrait(landscape *image.RGBA) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 1500, 900))
	for y := range 900 {
		copy(m.Pix[y*m.Stride:][:m.Stride], landscape.Pix[(y+300)*landscape.Stride:])
	}
	ellipse(m, 1130, 900, 260, 330, color.RGBA{60, 70, 110, 255})
	ellipse(m, 1130, 430, 135, 185, color.RGBA{45, 30, 25, 255})
	ellipse(m, 1130, 460, 115, 155, color.RGBA{222, 168, 135, 255})
	for _, eye := range []float64{1088, 1172} {
		ellipse(m, eye, 430, 16, 9, color.RGBA{245, 240, 235, 255})
		ellipse(m, eye, 430, 7, 8, color.RGBA{40, 40, 45, 255})
	}
	ellipse(m, 1130, 540, 36, 11, color.RGBA{176, 72, 74, 255})
	return m
}

// cylinder colours a part of the column around x, darker to the right.
func cylinder(m *image.RGBA, x, top, bottom, radius int, c color.RGBA) {
	for px := x - radius; px < x+radius; px++ {
		light := 1 - 0.4*max(float64(px-x)/float64(radius), 0)
		shade := color.RGBA{uint8(float64(c.R) * light), uint8(float64(c.G) * light), uint8(float64(c.B) * light), 255}
		for y := top; y < bottom; y++ {
			m.SetRGBA(px, y, shade)
		}
	}
}

func product() *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 1400, 1000))
	for i := range m.Pix {
		m.Pix[i] = 255
	}
	glass := color.RGBA{40, 120, 90, 255}
	ellipse(m, 820, 400, 120, 110, glass)
	cylinder(m, 820, 400, 800, 120, glass)
	cylinder(m, 820, 200, 330, 36, glass)
	cylinder(m, 820, 170, 200, 42, color.RGBA{190, 60, 40, 255})
	cylinder(m, 820, 470, 690, 120, color.RGBA{236, 224, 190, 255})
	ellipse(m, 820, 580, 60, 60, color.RGBA{190, 60, 40, 255})
	return m
}

func logo() *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, 400, 400))
	for y := range 400 {
		for x := range 400 {
			d := math.Hypot(float64(x)-199.5, float64(y)-199.5)
			ring := min(max(190-d, 0), 1) * min(max(d-140, 0), 1)
			dot := min(max(80-d, 0), 1)
			m.SetNRGBA(x, y, color.NRGBA{uint8(200 - y/4), uint8(160 - x/8), 220, uint8(255 * max(ring, dot))})
		}
	}
	return m
}
