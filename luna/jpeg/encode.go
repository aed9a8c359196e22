package jpeg

import (
	"context"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/cores"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Check refuses what the format lacks: lossless pictures, an effort, and sides
// above 65535.
func (c Codec) Check(shape pixel.Shape, opts codec.Options) error {
	switch {
	case c.Subsampling != 0 && !c.Subsampling.IsYCbCr():
		return fmt.Errorf("jpeg: %w: subsampling %v; it is one of the YCbCr layouts", codec.ErrUnsupported, c.Subsampling)
	case opts.Lossless:
		return fmt.Errorf("jpeg: %w: lossless output; webp and png have it", codec.ErrUnsupported)
	case opts.Effort != nil:
		return fmt.Errorf("jpeg: %w: effort; the format has none", codec.ErrUnsupported)
	case opts.Quality < 0 || opts.Quality > 100:
		return fmt.Errorf("jpeg: %w: quality %d; it is 1 to 100", codec.ErrUnsupported, opts.Quality)
	case shape.Width < 1 || shape.Width > maxSide:
		return fmt.Errorf("jpeg: %w: width %d; it is 1 to %d", codec.ErrUnsupported, shape.Width, maxSide)
	case shape.Height < 1 || shape.Height > maxSide:
		return fmt.Errorf("jpeg: %w: height %d; it is 1 to %d", codec.ErrUnsupported, shape.Height, maxSide)
	}
	return nil
}

// Accepts wants gray as it is and colour as YCbCr. Chroma that is finer than
// the file's is averaged by the encoder.
func (c Codec) Accepts(in pixel.Layout, _ codec.Options) pixel.Layout {
	switch in {
	case pixel.Gray, pixel.GrayAlpha:
		return pixel.Gray
	case pixel.YCbCr420, pixel.YCbCr422, pixel.YCbCr444:
		return in
	}
	if c.finest() == pixel.YCbCr420 {
		return pixel.YCbCr420
	}
	return pixel.YCbCr444
}

func encodes(l pixel.Layout) bool { return l == pixel.Gray || l.IsYCbCr() }

func (c Codec) finest() pixel.Layout {
	if c.Subsampling == 0 {
		return pixel.YCbCr420
	}
	return c.Subsampling
}

// file tells the layout that planes are written in. The layouts are declared
// from the coarsest to the finest.
func (c Codec) file(in pixel.Layout) pixel.Layout {
	switch {
	case in == pixel.Gray:
		return in
	case !in.IsYCbCr(): // which Encode refuses
		return c.finest()
	}
	return min(in, c.finest())
}

// EncodeWork reports the tokens of the whole picture, which are kept until
// their Huffman tables are known, where no coefficient is zero, and two bands
// of samples. Few pictures take a fifth of that.
func (c Codec) EncodeWork(shape pixel.Shape, opts codec.Options) int64 {
	e := encoder{shape: shape, file: c.file(shape.Layout), progressive: opts.Progressive}
	e.layOut()
	blocks := int64(e.mcusX*e.perMCU) * int64(e.mcusY)
	words := blocks * maxBlockWords
	// Chunks leave some room, the last ones much.
	constant := 64<<10 + min(words/(tokenChunk*7/8)+1, mostEncodeWorkers)*56<<10
	if e.progressive {
		words += blocks * maxScanWords
		constant += 256 << 10
	}
	return words*2*21/20 + int64(e.mcusX*e.perMCU)*64*2*5/4 + constant
}

// Encode transforms rows of MCUs as they come, and writes the file once it has
// seen them all: its Huffman tables are made for the picture. The coefficients
// are those that libjpeg's accurate integer method gives for the same planes
// and quality. Progressive files have the scans of its
// jpeg_simple_progression.
func (c Codec) Encode(ctx context.Context, w io.Writer, src pixel.Source, opts codec.Options) error {
	shape := src.Shape()
	if err := c.Check(shape, opts); err != nil {
		return err
	}
	if !encodes(shape.Layout) || shape.Deep {
		return fmt.Errorf("jpeg: %w: %v pictures; Accepts tells which", codec.ErrUnsupported, shape)
	}
	quality := opts.Quality
	if quality == 0 {
		quality = defaultQuality
	}
	e := &encoder{ctx: ctx, pool: opts.Pool, shape: shape, file: c.file(shape.Layout), progressive: opts.Progressive, workers: c.encodeWorkers(opts), metadata: opts.Metadata, density: opts.Density}
	e.layOut()
	for t := range e.tables() {
		e.quantizers[t] = newQuantizer(&annexK[t], quality)
	}
	defer e.free()
	if e.progressive {
		e.startProgressive()
	} else {
		e.tokens = tokenList{pool: e.pool, most: e.mcusX * e.mcusY * e.perMCU * maxBlockWords}
	}
	if err := e.read(pixel.WithContext(ctx, src)); err != nil {
		return fmt.Errorf("jpeg: %w", err)
	}
	if err := e.write(ctxio.NewWriter(ctx, w)); err != nil {
		return fmt.Errorf("jpeg: %w", err)
	}
	return nil
}

// mostEncodeWorkers is how many goroutines have something to do: coding is a
// small part of the whole.
const mostEncodeWorkers = 4

func (c Codec) encodeWorkers(opts codec.Options) int {
	return min(cores.Of(c.Workers, opts.Workers), mostEncodeWorkers)
}

// An encoder is one run over a picture.
type encoder struct {
	ctx         context.Context
	pool        *pixel.Pool
	shape       pixel.Shape
	file        pixel.Layout
	progressive bool
	metadata    codec.Metadata
	density     float64

	workers int

	n            int // channels
	channels     [3]channel
	owners       [6]uint8 // the channel of each block of an MCU
	places       [6]int   // of each block of the segment's first MCU
	perMCU       int      // blocks
	mcusX, mcusY int
	done         int // rows of MCUs that are transformed

	quantizers [2]quantizer
	segment    [6 * segmentMCUs]block
	tokens     tokenList // those of DC, where the file is progressive
	dcCounts   [2]frequencies
	acCounts   [2]tokenCounts
	dc, ac     [2]huffmanCode
	acTokens   [2]tokenCodes
	scans      []bandScan // of a progressive file
	out        entropyWriter
}

// A channel is a component of the file.
type channel struct {
	h, v             int // blocks of an MCU
	first            int // of them in an MCU
	blocksX, blocksY int // with samples of the picture
	stride           int // of a band
	table            int
	pred             int32 // the DC before
	// dx and dy say by how many powers of two the source is finer.
	dx, dy uint
}

// layOut sizes everything, and allocates nothing.
func (e *encoder) layOut() {
	e.n = e.file.Planes()
	size := pixel.Shape{Width: e.shape.Width, Height: e.shape.Height, Layout: e.file}
	sx, sy := e.file.Subsampling(e.n - 1)
	e.mcusX, e.mcusY = ceil(size.Width, 8<<sx), ceil(size.Height, 8<<sy)
	for i := range e.n {
		c := &e.channels[i]
		c.h, c.v = 1, 1
		if i == 0 {
			c.h, c.v = 1<<sx, 1<<sy
		} else {
			c.table = 1
		}
		width, height := size.PlaneSize(i)
		c.blocksX, c.blocksY = ceil(width, 8), ceil(height, 8)
		c.stride = 16 * ceil(c.blocksX, 2) // whole pairs of blocks
		c.first = e.perMCU
		for b := range c.h * c.v {
			e.owners[e.perMCU] = uint8(i)
			e.places[e.perMCU] = (c.first+b/c.h*c.h)*segmentMCUs + b%c.h
			e.perMCU++
		}
		ix, iy := e.shape.Layout.Subsampling(i)
		ox, oy := e.file.Subsampling(i)
		c.dx, c.dy = ox-ix, oy-iy
	}
}

func (e *encoder) free() {
	e.tokens.free()
	for i := range e.scans {
		e.scans[i].tokens.free()
	}
	e.pool.Put(e.out.buf)
}

// all lists the channels.
func (e *encoder) all() []int { return []int{0, 1, 2}[:e.n] }

// check reports why to stop.
func (e *encoder) check() error {
	if e.out.err != nil {
		return e.out.err
	}
	return e.ctx.Err()
}

func (e *encoder) write(w io.Writer) error {
	e.out = newEntropyWriter(w, e.pool)
	e.writeHeader()
	scans := e.writeSequential
	if e.progressive {
		scans = e.writeProgressive
	}
	if err := scans(); err != nil {
		return err
	}
	e.out.raw(0xff, markerEOI)
	e.out.flush()
	return e.out.err
}
