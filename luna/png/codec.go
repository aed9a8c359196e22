// Package png is the adapter for PNG (W3C PNG, third edition).
//
// It is in package luna/codecs' common set, or is given to luna.New by itself, for
// example to write smaller files in more time:
//
//	engine, err := luna.New([]codec.Codec{png.Codec{CompressionLevel: 9}}, nil)
//
// It reads every colour type and depth, interlaced or not, row by row: memory
// is a strip, except for interlaced pictures. Samples of 16 bits come out as
// such, all others with 8. Animations are read; of one that is to be still, the
// default picture. It writes gray and RGB, with or without alpha, also row by
// row; with a palette where a quality is asked for, and interlaced where
// progressive output is, which both take the whole picture.
package png

import (
	"runtime"
	"strconv"

	"github.com/immagin/immagin-go/internal/inflate"
	"github.com/immagin/immagin-go/internal/modversion"
	"github.com/immagin/immagin-go/internal/quantize"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Codec decodes and encodes PNG. Its zero value is ready to use. It is
// immutable and safe for concurrent use.
type Codec struct {
	// Workers is how many goroutines may work on one picture at a time: one
	// reads ahead while another makes pixels of that, and parts of a picture
	// are compressed at once. Pixels and bytes are the same. 0 means 2, or 1
	// where there is one processor. A request may allow fewer.
	Workers int
	// CompressionLevel is 1, fast, to 9, small, as zlib and sharp count; 0
	// means 6. NoCompression stores samples as they are.
	CompressionLevel int
	// Deep writes 16 bits a sample where the pixels have them. If not, they
	// are cut to 8, as sharp does of its own accord.
	Deep bool
}

// NoCompression is the [Codec].CompressionLevel that zlib and sharp call 0.
const NoCompression = -1

// level is the compression level, 0 to 9.
func (c Codec) level() int {
	if c.CompressionLevel == 0 {
		return defaultLevel
	}
	return max(0, c.CompressionLevel)
}

var (
	_ codec.AnimationShaper = Codec{}
	_ codec.DeepEncoder     = Codec{}
)

// Format tells name, media type and magic.
func (c Codec) Format() codec.Format {
	return codec.Format{Name: "png", MIME: "image/png", Extension: "png", Magic: []string{signature}}
}

// Revision names the adapter's own version, the compression level, Deep, and the
// deflate library's version, on which the encoded bytes depend.
func (c Codec) Revision() string {
	return "png 4 level " + strconv.Itoa(c.level()) + " deep " + strconv.FormatBool(c.Deep) + " deflate " + modversion.Of("github.com/klauspost/compress", "unknown")
}

// workers is how many goroutines may work on a picture, of which the request
// allows so many; 0 is no word of it. What was reserved is for no more than
// the codec's own.
func (c Codec) workers(allowed int) int {
	n := c.Workers
	if n <= 0 {
		n = min(2, runtime.GOMAXPROCS(0))
	}
	if allowed > 0 {
		n = min(n, allowed)
	}
	return n
}

// What inflate and deflate hold besides rows.
const (
	inflateBytes = inflate.Work + 72<<10 + aheadBlocks*aheadBlock
	deflateBytes = 1450 << 10
	trialBytes   = 1700 << 10
)

// DecodeWork reports a strip and two rows, and all of the picture where it is
// interlaced.
func (c Codec) DecodeWork(info codec.Info, _ codec.Request) int64 {
	row := info.Shape.RowBytes()
	n := int64(pixel.StripRows)*row + 2*8*int64(info.Shape.Width) + inflateBytes
	if info.Progressive {
		n += info.Shape.Bytes()
	}
	return n
}

// EncodeWork reports some rows for each worker, and its compressor; for a
// palette, and interlaced, the picture too.
func (c Codec) EncodeWork(shape pixel.Shape, opts codec.Options) int64 {
	rows := int64(partRows(shape.Height, int(min(shape.RowBytes(), 1<<30))))
	part, parts := rows*(1+shape.RowBytes()), (int64(shape.Height)+rows-1)/rows
	whole := int64(0)
	if opts.Quality != 0 || opts.Progressive {
		whole = shape.Bytes() + shape.RowBytes()
		parts += int64(len(passes))
	}
	if opts.Quality != 0 {
		whole += quantize.Work(int64(shape.Width)*int64(shape.Height)) + quantize.MapperBytes + quantize.DitherBytes*int64(shape.Width)
	}
	// Each worker may meet parts of all kinds.
	workers := min(int64(c.workers(opts.Workers)), parts)
	return whole + filters*shape.RowBytes() + 3*part + workers*(part+min(int64(kinds), parts)*deflateBytes) + trialBytes
}
