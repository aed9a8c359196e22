package tiff

import (
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A header is what the first page's directory says of its pixels.
type header struct {
	*file
	dir directory

	width, height int
	bits          int // of a sample
	samples       int // of a pixel
	photometric   int
	packing       int
	fillOrder     int
	predictor     int
	twoRows       bool // of Group 3, that rows may be coded by those above
	planar        bool // plane after plane

	tiled                   bool
	chunkWidth, chunkHeight int // of a strip or tile
	across, down            int // of chunks
	offsets, counts         field
	counted                 bool

	wanted     int  // how many of the samples are read: colours and alpha
	alpha      bool // the last of them is alpha
	associated bool
	palette    [256][3]uint8
	grayscale  bool // of the palette
	subX, subY int  // of YCbCr that is no JPEG
	ycc        yccTable

	layout pixel.Layout
	deep   bool
	tables []byte       // of JPEG
	coded  pixel.Layout // of each JPEG stream

	frames int
}

func (c Codec) readHeader(r io.Reader) (*header, error) {
	f, err := open(&buffer{r: r, limit: c.maxBytes()})
	if err != nil {
		return nil, err
	}
	h := &header{file: f, frames: 1}
	if h.dir, err = f.directory(f.first); err != nil {
		return nil, err
	}
	for _, step := range []func() error{h.readSize, h.readSamples, h.readChunks, h.readColours} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	if h.packing == packJPEG || h.packing == packOldJPEG {
		if err := h.readJPEG(c); err != nil {
			return nil, err
		}
	}
	h.deep = h.bits > 8
	return h, nil
}

func (h *header) readSize() error {
	width, err := h.number(h.dir, tagWidth, 0)
	if err != nil {
		return err
	}
	height, err := h.number(h.dir, tagHeight, 0)
	if err != nil {
		return err
	}
	if width-1 > 1<<26-1 || height-1 > 1<<26-1 {
		return fmt.Errorf("%w: %dx%d pixels; sides are 1 to %d", codec.ErrFormat, width, height, 1<<26)
	}
	h.width, h.height = int(width), int(height)
	return nil
}

func (h *header) readSamples() error {
	var v [7]int
	for i, of := range []struct {
		tag       uint16
		otherwise uint64
	}{
		{tagBits, 1}, {tagSamples, 1}, {tagCompression, packNone}, {tagFillOrder, 1}, {tagPredictor, 1}, {tagPlanar, 1}, {tagSampleFormat, 1},
	} {
		n, err := h.number(h.dir, of.tag, of.otherwise)
		if err != nil {
			return err
		}
		if n > 1<<16 {
			return fmt.Errorf("%w: tag %d is %d", codec.ErrFormat, of.tag, n)
		}
		v[i] = int(n)
	}
	h.bits, h.samples, h.packing, h.fillOrder, h.predictor, h.planar = v[0], v[1], v[2], v[3], v[4], v[5] == 2
	if bits := h.dir[tagBits]; bits.count > 1 {
		for i := range min(bits.count, 32) {
			n, err := h.integer(bits, i)
			if err != nil {
				return err
			}
			if n != uint64(h.bits) {
				return fmt.Errorf("%w: samples of different sizes", codec.ErrUnsupported)
			}
		}
	}
	switch {
	case h.packing == packOldJPEG:
		h.bits = 8 // many writers leave it out
	case v[6] == 3:
		return fmt.Errorf("%w: floating-point samples", codec.ErrUnsupported)
	case v[6] == 2:
		return fmt.Errorf("%w: signed samples", codec.ErrUnsupported)
	case v[6] > 4:
		return fmt.Errorf("%w: complex samples", codec.ErrUnsupported)
	}
	if h.bits < 1 || h.bits > 16 {
		return fmt.Errorf("%w: %d bits a sample, where 1 to 16 are read", codec.ErrUnsupported, h.bits)
	}
	if h.samples < 1 || h.samples > 5 {
		return fmt.Errorf("%w: %d samples a pixel, where 1 to 5 are read", codec.ErrUnsupported, h.samples)
	}
	h.planar = h.planar && h.samples > 1
	return h.checkPacking()
}

func (h *header) checkPacking() error {
	switch h.packing {
	case packHuffman, packGroup3, packGroup4:
		if h.bits != 1 || h.samples != 1 {
			return fmt.Errorf("%w: CCITT fax compression of %d samples of %d bits", codec.ErrFormat, h.samples, h.bits)
		}
		if h.packing == packGroup3 {
			options, err := h.number(h.dir, tagT4Options, 0)
			if err != nil {
				return err
			}
			if options&2 != 0 {
				return fmt.Errorf("%w: Group 3 that is not compressed", codec.ErrUnsupported)
			}
			h.twoRows = options&1 != 0
		}
		h.predictor = 1
	case packNone, packBits, packJPEG, packOldJPEG:
		h.predictor = 1 // only said of LZW and what came after it
	case packLZW, packDeflate, packOldDeflate, packZstd:
	default:
		return fmt.Errorf("%w: compression %d", codec.ErrUnsupported, h.packing)
	}
	if h.predictor != 1 && (h.predictor != 2 || h.bits != 8 && h.bits != 16) {
		return fmt.Errorf("%w: predictor %d of %d bits", codec.ErrUnsupported, h.predictor, h.bits)
	}
	return nil
}
