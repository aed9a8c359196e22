package tiff

import (
	"errors"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// The tags (TIFF 6.0, appendix A, and its supplements) that are read.
const (
	tagWidth          = 256
	tagHeight         = 257
	tagBits           = 258
	tagCompression    = 259
	tagPhotometric    = 262
	tagFillOrder      = 266
	tagStripOffsets   = 273
	tagOrientation    = 274
	tagSamples        = 277
	tagRowsPerStrip   = 278
	tagStripCounts    = 279
	tagXResolution    = 282
	tagYResolution    = 283
	tagPlanar         = 284
	tagT4Options      = 292
	tagResolutionUnit = 296
	tagPredictor      = 317
	tagColorMap       = 320
	tagTileWidth      = 322
	tagTileHeight     = 323
	tagTileOffsets    = 324
	tagTileCounts     = 325
	tagInkSet         = 332
	tagExtraSamples   = 338
	tagSampleFormat   = 339
	tagJPEGTables     = 347
	tagJPEGStream     = 513
	tagJPEGLength     = 514
	tagYCbCrCoeffs    = 529
	tagYCbCrSampling  = 530
	tagReference      = 532
	tagXMP            = 700
	tagIPTC           = 33723
	tagEXIF           = 34665
	tagProfile        = 34675
	tagGPS            = 34853
)

// The photometric interpretations.
const (
	photoWhiteIsZero = 0
	photoBlackIsZero = 1
	photoRGB         = 2
	photoPalette     = 3
	photoMask        = 4
	photoCMYK        = 5
	photoYCbCr       = 6
)

// maxTileSide is how large a tile may be beyond the picture.
const maxTileSide = 1 << 13

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

// number returns the first value of a tag, or its default.
func (f *file) number(d directory, tag uint16, otherwise uint64) (uint64, error) {
	v, ok := d[tag]
	if !ok || v.count == 0 {
		return otherwise, nil
	}
	n, err := f.integer(v, 0)
	if err != nil {
		return 0, fmt.Errorf("tag %d: %w", tag, err)
	}
	return n, nil
}

// tolerable says whether err is of the file's bytes, and not of reading them.
func tolerable(err error) bool {
	return errors.Is(err, codec.ErrFormat) || errors.Is(err, codec.ErrUnsupported)
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

// readChunks reads how the picture is cut into strips or tiles.
func (h *header) readChunks() error {
	width, height := uint64(h.width), uint64(h.height)
	var err error
	offsets, counts := uint16(tagStripOffsets), uint16(tagStripCounts)
	if _, h.tiled = h.dir[tagTileWidth]; h.tiled {
		if _, ok := h.dir[tagTileOffsets]; ok { // else they stand with the strips', as libtiff has it
			offsets, counts = tagTileOffsets, tagTileCounts
		}
		if width, err = h.number(h.dir, tagTileWidth, 0); err != nil {
			return err
		}
		if height, err = h.number(h.dir, tagTileHeight, 0); err != nil {
			return err
		}
		if width == 0 || height == 0 {
			return fmt.Errorf("%w: tiles of %dx%d", codec.ErrFormat, width, height)
		}
		if width > max(uint64(h.width)+15, maxTileSide) || height > max(uint64(h.height)+15, maxTileSide) {
			return fmt.Errorf("%w: tiles of %dx%d for a picture of %dx%d", codec.ErrLimit, width, height, h.width, h.height)
		}
	} else {
		rows, err := h.number(h.dir, tagRowsPerStrip, height)
		if err != nil {
			return err
		}
		if rows > 0 {
			height = min(rows, height)
		}
	}
	h.chunkWidth, h.chunkHeight = int(width), int(height)
	h.across, h.down = (h.width+h.chunkWidth-1)/h.chunkWidth, (h.height+h.chunkHeight-1)/h.chunkHeight
	var ok bool
	if h.offsets, ok = h.dir[offsets]; !ok && h.packing != packOldJPEG {
		return fmt.Errorf("%w: no strips or tiles", codec.ErrFormat)
	}
	if need := uint64(h.across) * uint64(h.down) * uint64(h.lanes()); h.offsets.count < need && h.packing != packOldJPEG {
		return fmt.Errorf("%w: %d strips or tiles, where %d are due", codec.ErrFormat, h.offsets.count, need)
	}
	h.counts, h.counted = h.dir[counts]
	return nil
}

// lanes reports how many planes are stored one after the other.
func (h *header) lanes() int {
	if h.planar {
		return h.samples
	}
	return 1
}

// wantedLanes is lanes without those that are neither colours nor alpha.
func (h *header) wantedLanes() int {
	if h.planar {
		return h.wanted
	}
	return 1
}

// chunk returns the stored bytes of a strip or tile.
func (h *header) chunk(lane, x, y int) ([]byte, error) {
	i := uint64((lane*h.down+y)*h.across + x)
	offset, err := h.integer(h.offsets, i)
	if err != nil {
		return nil, err
	}
	n := uint64(1 << 62)
	if h.packing == packNone {
		// Its size is known, and what is written of it is often wrong.
		rows := min(h.chunkHeight, h.height-y*h.chunkHeight)
		if h.tiled {
			rows = h.chunkHeight
		}
		n = uint64((rows+h.unit()-1)/h.unit()) * uint64(h.rowBytes(h.chunkWidth))
	} else if h.counted {
		if n, err = h.integer(h.counts, i); err != nil {
			return nil, err
		}
		if n == 0 && h.offsets.count == 1 {
			n = 1 << 62 // a writer that did not know
		}
	}
	b, err := h.some(offset, n)
	if err == nil && h.packing != packNone && n < 1<<62 && uint64(len(b)) < n {
		err = fmt.Errorf("%w: %d of the %d bytes of a strip: %w", codec.ErrFormat, len(b), n, io.ErrUnexpectedEOF)
	}
	return b, err
}

// unit is how many rows are stored together.
func (h *header) unit() int { return max(h.subY, 1) }

// rowBytes reports the bytes that a stored row of n pixels of a lane takes.
func (h *header) rowBytes(n int) int {
	if h.subX > 0 {
		return (n + h.subX - 1) / h.subX * (h.subX*h.subY + 2)
	}
	samples := h.samples
	if h.planar {
		samples = 1
	}
	return (n*samples*h.bits + 7) / 8
}

// Probe reads the first page's directory and what it points to, and goes
// through the chain of the others to count them.
func (c Codec) Probe(r io.Reader) (codec.Info, error) {
	h, err := c.readHeader(r)
	if err != nil {
		return codec.Info{}, fmt.Errorf("tiff: %w", err)
	}
	info, err := h.info()
	if err != nil {
		return codec.Info{}, fmt.Errorf("tiff: %w", err)
	}
	return info, nil
}

func (h *header) shape() pixel.Shape {
	return pixel.Shape{Width: h.width, Height: h.height, Layout: h.layout, Deep: h.deep}
}

// info tells what the header says in the words of package codec.
func (h *header) info() (codec.Info, error) {
	jpeg := h.packing == packJPEG || h.packing == packOldJPEG
	i := codec.Info{
		Shape:       h.shape(),
		Orientation: 1,
		Space:       "srgb",
		Channels:    h.samples,
		HasAlpha:    h.layout.HasAlpha(),
		Buffered:    (h.tiled || jpeg) && min(h.chunkHeight, h.height) > bandRows,
		Lossy:       jpeg,
	}
	if h.photometric == photoPalette {
		i.Channels = h.layout.Planes()
	}
	switch gray := h.layout.Opaque() == pixel.Gray; {
	case gray && h.bits > 8:
		i.Space = "grey16"
	case gray:
		i.Space = "b-w"
	case h.layout == pixel.CMYK:
		i.Space = "cmyk"
	case h.bits > 8:
		i.Space = "rgb16"
	}
	var err error
	for _, step := range []func(*codec.Info) error{h.readDensity, h.readBlobs} {
		if err := step(&i); err != nil {
			return i, err
		}
	}
	if i.Metadata.EXIF, err = h.exif(); err != nil && !tolerable(err) {
		return i, err
	}
	i.Frames, err = h.pages()
	return i, err
}

// readDensity reads orientation and resolution. Damaged values are as if they
// were not there.
func (h *header) readDensity(i *codec.Info) error {
	o, err := h.number(h.dir, tagOrientation, 1)
	if err != nil && !tolerable(err) {
		return err
	}
	if o >= 1 && o <= 8 {
		i.Orientation = int(o)
	}
	unit, err := h.number(h.dir, tagResolutionUnit, 2)
	if err != nil && !tolerable(err) {
		return err
	}
	if v, ok := h.dir[tagXResolution]; ok {
		switch unit {
		case 2:
			i.Density = h.rational(v, 0)
		case 3:
			i.Density = h.rational(v, 0) * 2.54
		}
	}
	return nil
}

// readBlobs reads the profile and metadata; what is longer than
// [codec.MaxMetadata] is left out.
func (h *header) readBlobs(i *codec.Info) error {
	for _, of := range []struct {
		tag uint16
		to  *[]byte
	}{{tagProfile, &i.Profile}, {tagXMP, &i.Metadata.XMP}, {tagIPTC, &i.Metadata.IPTC}} {
		v, ok := h.dir[of.tag]
		if !ok || v.count == 0 || v.count*sizes[v.kind] > codec.MaxMetadata {
			continue
		}
		b, err := h.raw(v, codec.MaxMetadata)
		if err != nil {
			if tolerable(err) {
				continue
			}
			return err
		}
		*of.to = append([]byte(nil), b...)
	}
	return nil
}
