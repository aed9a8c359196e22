package sharpref

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
)

// A Difference is what two pictures, or all pictures of a set, differ by.
type Difference struct {
	// Most is that of the sample that differs most.
	Most int
	// Samples is how many were compared, Unequal how many of them differ.
	Samples, Unequal int
}

// Add takes in the samples of o.
func (d *Difference) Add(o Difference) {
	d.Most = max(d.Most, o.Most)
	d.Samples += o.Samples
	d.Unequal += o.Unequal
}

// Share is the part of the samples that differ, 0 to 1.
func (d Difference) Share() float64 {
	if d.Samples == 0 {
		return 0
	}
	return float64(d.Unequal) / float64(d.Samples)
}

func (d Difference) String() string {
	return fmt.Sprintf("at most %d, on %.3g %% of %d samples", d.Most, 100*d.Share(), d.Samples)
}

// Compare compares two PNG files of 8 bits, sample by sample: red, green and
// blue, and alpha where one of them has any that is not opaque. So a gray
// picture equals one of three equal colours. Files of different size, or that
// are not PNG of 8 bits, are an error.
func Compare(got, want []byte) (Difference, error) {
	a, err := pixels(got)
	if err != nil {
		return Difference{}, err
	}
	b, err := pixels(want)
	if err != nil {
		return Difference{}, err
	}
	if a.Rect != b.Rect {
		return Difference{}, fmt.Errorf("the size is %v where sharp's is %v", a.Rect.Max, b.Rect.Max)
	}
	samples := 4
	if a.Opaque() && b.Opaque() {
		samples = 3
	}
	d := Difference{Samples: samples * len(a.Pix) / 4}
	for i := range a.Pix {
		if v := max(a.Pix[i], b.Pix[i]) - min(a.Pix[i], b.Pix[i]); v != 0 {
			d.Unequal++
			d.Most = max(d.Most, int(v))
		}
	}
	return d, nil
}

// pixels decodes a PNG without a detour over premultiplied alpha.
func pixels(file []byte) (*image.NRGBA, error) {
	m, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	switch m := m.(type) {
	case *image.NRGBA:
		return m, nil
	case *image.RGBA: // what png.Decode makes of RGB
		return &image.NRGBA{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect}, nil
	case *image.Gray:
		n := image.NewNRGBA(m.Rect)
		for y := range m.Rect.Dy() {
			for x := range m.Rect.Dx() {
				v := m.GrayAt(x, y).Y
				n.SetNRGBA(x, y, color.NRGBA{R: v, G: v, B: v, A: 255})
			}
		}
		return n, nil
	}
	return nil, fmt.Errorf("a PNG of type %T", m)
}
