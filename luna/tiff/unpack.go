package tiff

import (
	"bytes"
	"fmt"
	"io"
	"math/bits"

	"github.com/klauspost/compress/zstd"

	"github.com/immagin/immagin-go/internal/inflate"
	"github.com/immagin/immagin-go/luna/codec"
)

// The compressions (TIFF 6.0, Technical Note 2, libtiff's tiff.h).
const (
	packNone       = 1
	packHuffman    = 2
	packGroup3     = 3
	packGroup4     = 4
	packLZW        = 5
	packOldJPEG    = 6
	packJPEG       = 7
	packDeflate    = 8
	packBits       = 32773
	packOldDeflate = 32946
	packZstd       = 50000
)

// zstdWindow is how far back a stream may refer.
const zstdWindow = 8 << 20

// unpacker returns a reader of the samples in data, a strip or tile of the
// given size.
func (h *header) unpacker(data []byte, width int) (io.Reader, error) {
	if h.fillOrder == 2 {
		data = bytes.Clone(data)
		for i, b := range data {
			data[i] = bits.Reverse8(b)
		}
	}
	in := bytes.NewReader(data)
	switch h.packing {
	case packNone:
		return in, nil
	case packLZW:
		return newLZW(data), nil
	case packDeflate, packOldDeflate:
		return inflate.NewReader(in), nil
	case packBits:
		return &packBitsReader{in: data}, nil
	case packZstd:
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, fmt.Errorf("%w: Zstandard: %w", codec.ErrFormat, err)
		}
		return z.IOReadCloser(), nil
	case packHuffman, packGroup3, packGroup4:
		return newFax(data, width, h.packing, h.twoRows), nil
	}
	return nil, fmt.Errorf("%w: compression %d", codec.ErrUnsupported, h.packing)
}

// A packBitsReader undoes PackBits (TIFF 6.0, section 9).
type packBitsReader struct {
	in      []byte
	literal int // bytes of in to be copied
	repeat  int // times that value comes
	value   byte
}

func (r *packBitsReader) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		switch {
		case r.literal > 0:
			k := min(r.literal, len(p)-n, len(r.in))
			if k == 0 {
				return n, io.ErrUnexpectedEOF
			}
			copy(p[n:], r.in[:k])
			r.in, r.literal, n = r.in[k:], r.literal-k, n+k
		case r.repeat > 0:
			k := min(r.repeat, len(p)-n)
			for i := range p[n : n+k] {
				p[n+i] = r.value
			}
			r.repeat, n = r.repeat-k, n+k
		case len(r.in) == 0:
			if n == 0 {
				return 0, io.EOF
			}
			return n, nil
		default:
			c := int8(r.in[0])
			r.in = r.in[1:]
			switch {
			case c >= 0:
				r.literal = int(c) + 1
			case c == -128: // nothing
			case len(r.in) == 0:
				return n, io.ErrUnexpectedEOF
			default:
				r.value, r.repeat = r.in[0], 1-int(c)
				r.in = r.in[1:]
			}
		}
	}
	return n, nil
}
