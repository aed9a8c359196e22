package webp

import (
	"bytes"
	"fmt"
	"image"
	"io"

	"golang.org/x/image/vp8l"

	"github.com/immagin/immagin-go/luna/codec"
)

// readAlpha reads an ALPH chunk (RFC 9649, section 2.7.1.2): the alpha plane
// of a lossy picture, filtered, and raw or as the green of a VP8L picture.
func readAlpha(c *chunks, width, height int) ([]uint8, error) {
	var head [1]byte
	if _, err := io.ReadFull(c, head[:]); err != nil {
		return nil, early(err)
	}
	var alpha []uint8
	switch method := head[0] & 3; method {
	case 0:
		if int64(width)*int64(height) > c.body {
			return nil, fmt.Errorf("%w: alpha of %d bytes for %dx%d pixels", codec.ErrFormat, c.body, width, height)
		}
		alpha = make([]uint8, width*height)
		if _, err := io.ReadFull(c, alpha); err != nil {
			return nil, early(err)
		}
	case 1:
		if width > 1<<14 || height > 1<<14 {
			return nil, fmt.Errorf("%w: alpha of %dx%d pixels", codec.ErrFormat, width, height)
		}
		m, err := vp8l.Decode(io.MultiReader(bytes.NewReader(headerVP8L(width, height)), c))
		if err != nil {
			return nil, malformed("alpha", err)
		}
		pix := m.(*image.NRGBA).Pix
		alpha = make([]uint8, width*height)
		for i := range alpha {
			alpha[i] = pix[4*i+1]
		}
	default:
		return nil, fmt.Errorf("%w: alpha compressed by method %d", codec.ErrFormat, method)
	}
	unfilter(alpha, width, head[0]>>2&3)
	return alpha, nil
}

// headerVP8L makes the header that an ALPH chunk's picture lacks.
func headerVP8L(width, height int) []byte {
	bits := uint32(width-1) | uint32(height-1)<<14
	return []byte{0x2f, byte(bits), byte(bits >> 8), byte(bits >> 16), byte(bits >> 24)}
}

// unfilter undoes a filter: 1 predicts from the left, 2 from above, 3 from
// left + above - corner, clamped. The first row is always predicted from the
// left, the first column from above, the first sample from 0.
func unfilter(alpha []uint8, width int, filter byte) {
	if filter == 0 {
		return
	}
	for i := 1; i < width; i++ {
		alpha[i] += alpha[i-1]
	}
	above := alpha[:width]
	for alpha = alpha[width:]; len(alpha) > 0; alpha = alpha[width:] {
		row := alpha[:width]
		row[0] += above[0]
		for i := 1; i < width; i++ {
			switch filter {
			case 1:
				row[i] += row[i-1]
			case 2:
				row[i] += above[i]
			case 3:
				row[i] += uint8(min(max(int(row[i-1])+int(above[i])-int(above[i-1]), 0), 255))
			}
		}
		above = row
	}
}
