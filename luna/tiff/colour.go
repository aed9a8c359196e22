package tiff

import (
	"fmt"
	"math"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// readColours reads what the samples mean, and chooses the layout that they
// come out in.
func (h *header) readColours() error {
	colour := uint64(photoBlackIsZero)
	if h.samples >= 3 {
		colour = photoRGB
	}
	n, err := h.number(h.dir, tagPhotometric, colour)
	if err != nil {
		return err
	}
	h.photometric = int(min(n, 1<<16))
	colours := 1
	switch h.photometric {
	case photoWhiteIsZero, photoBlackIsZero, photoMask:
		h.layout = pixel.Gray
	case photoRGB:
		h.layout, colours = pixel.RGB, 3
	case photoYCbCr:
		h.layout, colours = pixel.RGB, 3
		if h.samples == 1 && h.packing == packJPEG {
			h.layout, colours = pixel.Gray, 1
		}
	case photoCMYK:
		h.layout, colours = pixel.CMYK, 4
		set, err := h.number(h.dir, tagInkSet, 1)
		if err != nil {
			return err
		}
		if set != 1 {
			return fmt.Errorf("%w: inks that are not cyan, magenta, yellow and black", codec.ErrUnsupported)
		}
	case photoPalette:
		h.layout = pixel.RGB
		if err := h.readPalette(); err != nil {
			return err
		}
	default:
		return fmt.Errorf("%w: photometric interpretation %d", codec.ErrUnsupported, h.photometric)
	}
	if h.samples < colours {
		return fmt.Errorf("%w: %d samples a pixel, where the colours have %d", codec.ErrFormat, h.samples, colours)
	}
	h.wanted = colours
	if err := h.readAlpha(colours); err != nil {
		return err
	}
	if h.photometric == photoYCbCr && h.packing != packJPEG && h.packing != packOldJPEG {
		return h.readYCbCr()
	}
	return nil
}

// readAlpha looks at the first sample beyond the colours. One that is said to
// be neither alpha nor anything else is taken for alpha where it is the only
// one, as sharp does.
func (h *header) readAlpha(colours int) error {
	if h.samples == colours {
		return nil
	}
	kind, err := h.number(h.dir, tagExtraSamples, 0)
	if err != nil {
		return err
	}
	if kind != 1 && kind != 2 && h.samples > colours+1 {
		return nil
	}
	if h.layout == pixel.CMYK {
		return fmt.Errorf("%w: CMYK with alpha", codec.ErrUnsupported)
	}
	h.wanted, h.alpha, h.associated = colours+1, true, kind == 1
	h.layout = h.layout.WithAlpha()
	return nil
}

func (h *header) readPalette() error {
	if h.bits > 8 {
		return fmt.Errorf("%w: palette of %d bits", codec.ErrUnsupported, h.bits)
	}
	n := uint64(1) << h.bits
	v, ok := h.dir[tagColorMap]
	if !ok || v.kind != typeShort || v.count < 3*n {
		return fmt.Errorf("%w: a palette of %d colours is due", codec.ErrFormat, n)
	}
	b, err := h.at(v.offset, 6*n)
	if err != nil {
		return fmt.Errorf("palette: %w", err)
	}
	// Some writers have 8-bit values there (libtiff's tif_getimage.c).
	shift := 0
	for i := range 3 * n {
		if h.order.Uint16(b[2*i:]) > 255 {
			shift = 8
		}
	}
	h.grayscale = true
	for i := range n {
		for p := range uint64(3) {
			h.palette[i][p] = uint8(h.order.Uint16(b[2*(p*n+i):]) >> shift)
		}
		c := h.palette[i]
		h.grayscale = h.grayscale && c[0] == c[1] && c[1] == c[2]
	}
	if h.grayscale {
		h.layout = pixel.Gray
	}
	return nil
}

// A yccTable converts as a file says (TIFF 6.0, section 21), with 16 bits of
// fraction.
type yccTable struct {
	luma     [256]int32
	cr, cb   [256]int32 // to red and blue
	crG, cbG [256]int32
}

func (h *header) readYCbCr() error {
	if h.bits != 8 || h.samples != 3 {
		return fmt.Errorf("%w: YCbCr of %d samples of %d bits", codec.ErrUnsupported, h.samples, h.bits)
	}
	sub := [2]uint64{2, 2}
	if v, ok := h.dir[tagYCbCrSampling]; ok {
		for i := range sub {
			n, err := h.integer(v, uint64(i))
			if err != nil {
				return err
			}
			sub[i] = n
		}
	}
	for _, n := range sub {
		if n != 1 && n != 2 && n != 4 {
			return fmt.Errorf("%w: chroma subsampled by %d", codec.ErrFormat, n)
		}
	}
	if h.planar {
		if sub != [2]uint64{1, 1} {
			return fmt.Errorf("%w: subsampled chroma in planes", codec.ErrUnsupported)
		}
	} else if sub != [2]uint64{1, 1} {
		h.subX, h.subY = int(sub[0]), int(sub[1])
		if h.predictor != 1 {
			return fmt.Errorf("%w: differences of subsampled chroma", codec.ErrUnsupported)
		}
		if h.down > 1 && h.chunkHeight%h.subY != 0 {
			return fmt.Errorf("%w: strips of %d rows, where chroma has one in %d", codec.ErrFormat, h.chunkHeight, h.subY)
		}
		if h.tiled && h.chunkWidth%h.subX != 0 {
			return fmt.Errorf("%w: tiles of %d pixels, where chroma has one in %d", codec.ErrFormat, h.chunkWidth, h.subX)
		}
	}
	coeffs := []float64{0.299, 0.587, 0.114}
	reference := []float64{0, 255, 128, 255, 128, 255}
	for _, of := range []struct {
		tag uint16
		to  []float64
	}{{tagYCbCrCoeffs, coeffs}, {tagReference, reference}} {
		if v, ok := h.dir[of.tag]; ok && v.count >= uint64(len(of.to)) {
			for i := range of.to {
				switch v.kind {
				case typeRational:
					of.to[i] = h.rational(v, uint64(i))
				default:
					n, err := h.integer(v, uint64(i))
					if err != nil {
						return err
					}
					of.to[i] = float64(n)
				}
			}
		}
	}
	return h.ycc.fill(coeffs, reference)
}

func (t *yccTable) fill(coeffs, ref []float64) error {
	r, g, b := coeffs[0], coeffs[1], coeffs[2]
	for _, v := range append(coeffs, ref...) {
		if v > 1<<16 {
			return fmt.Errorf("%w: coefficients of YCbCr", codec.ErrFormat)
		}
	}
	if g <= 0 || ref[1] == ref[0] || ref[3] == ref[2] || ref[5] == ref[4] {
		return fmt.Errorf("%w: coefficients of YCbCr", codec.ErrFormat)
	}
	fixed := func(v float64) int32 {
		return int32(min(max(math.Floor(float64(v*65536)+0.5), -1<<29), 1<<29))
	}
	for i := range 256 {
		v := float64(i)
		y := float64((v-ref[0])*255) / (ref[1] - ref[0])
		cb := float64((v-ref[2])*127) / (ref[3] - ref[2])
		cr := float64((v-ref[4])*127) / (ref[5] - ref[4])
		t.luma[i] = fixed(y) + 1<<15
		t.cr[i] = fixed(float64(cr * (2 - float64(2*r))))
		t.cb[i] = fixed(float64(cb * (2 - float64(2*b))))
		t.crG[i] = fixed(float64(-float64(r*float64(cr*(2-float64(2*r)))) / g))
		t.cbG[i] = fixed(float64(-float64(b*float64(cb*(2-float64(2*b)))) / g))
	}
	return nil
}

// rgb converts one pixel.
func (t *yccTable) rgb(y, cb, cr uint8) (r, g, b uint8) {
	l := int64(t.luma[y])
	clip := func(v int64) uint8 { return uint8(min(max(v>>16, 0), 255)) }
	return clip(l + int64(t.cr[cr])), clip(l + int64(t.crG[cr]) + int64(t.cbG[cb])), clip(l + int64(t.cb[cb]))
}
