package ratedistortion

import (
	"bytes"
	"encoding/binary"
	"errors"

	"golang.org/x/image/vp8"
)

// Decoded is a file's picture: luma as it is stored, and RGB as dwebp makes it.
type Decoded struct {
	Picture
	Y []uint8
}

// Decode reads a lossy WebP by a decoder that is not this project's, so that
// neither encoder is measured by what it was written together with. The
// upsampling of chroma and the conversion are libwebp's.
func Decode(file []byte) (*Decoded, error) {
	frame, err := lossyFrame(file)
	if err != nil {
		return nil, err
	}
	d := vp8.NewDecoder()
	d.Init(bytes.NewReader(frame), len(frame))
	h, err := d.DecodeFrameHeader()
	if err != nil {
		return nil, err
	}
	m, err := d.DecodeFrame()
	if err != nil {
		return nil, err
	}
	r := &Decoded{Picture: Picture{h.Width, h.Height, make([]uint8, 3*h.Width*h.Height)}, Y: make([]uint8, h.Width*h.Height)}
	cb, cr := make([]uint8, h.Width), make([]uint8, h.Width)
	for y := range h.Height {
		row := r.Y[y*h.Width:][:h.Width]
		copy(row, m.Y[y*m.YStride:])
		near := y / 2
		far := min(max(0, near-1+2*(y&1)), (h.Height+1)/2-1)
		upsample(cb, m.Cb[near*m.CStride:], m.Cb[far*m.CStride:])
		upsample(cr, m.Cr[near*m.CStride:], m.Cr[far*m.CStride:])
		out := r.RGB[3*y*h.Width:]
		for x, v := range row {
			luma, u, w := int(v)*19077>>8, int(cb[x]), int(cr[x])
			out[3*x] = clip(luma + w*26149>>8 - 14234)
			out[3*x+1] = clip(luma - u*6419>>8 - w*13320>>8 + 8708)
			out[3*x+2] = clip(luma + u*33050>>8 - 17685)
		}
	}
	return r, nil
}

// lossyFrame returns the VP8 chunk of a file.
func lossyFrame(file []byte) ([]byte, error) {
	if len(file) < 12 || string(file[:4]) != "RIFF" || string(file[8:12]) != "WEBP" {
		return nil, errors.New("not a WebP")
	}
	for rest := file[12:]; len(rest) >= 8; {
		n := int(binary.LittleEndian.Uint32(rest[4:]))
		if n > len(rest)-8 {
			break
		}
		if string(rest[:4]) == "VP8 " {
			return rest[8 : 8+n], nil
		}
		rest = rest[8+min(n+n&1, len(rest)-8):]
	}
	return nil, errors.New("the WebP has no lossy picture")
}

// upsample makes a row of chroma as wide as dst out of the stored row that it
// lies in and the next one on its other side (libwebp's "fancy" upsampling,
// dsp/upsampling.c), sample by sample and not quickly.
func upsample(dst, near, far []uint8) {
	last := (len(dst)+1)/2 - 1
	for x := range dst {
		i := x / 2
		j := min(max(0, i-1+2*(x&1)), last)
		a, b, c, d := int(near[i]), int(near[j]), int(far[i]), int(far[j])
		if i == j {
			dst[x] = uint8((3*a + c + 2) >> 2)
			continue
		}
		sum := a + b + c + d + 8
		dst[x] = uint8(((sum+2*(b+c))>>3 + a) >> 1)
	}
}

func clip(v int) uint8 { return uint8(min(max(0, v>>6), 255)) }
