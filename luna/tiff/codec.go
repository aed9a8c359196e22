// Package tiff is the adapter for TIFF (Adobe's TIFF 6.0 with Technical Notes
// 1 and 2, and BigTIFF).
//
// It is in the set of package luna/codecs/full, or is given to luna.New beside
// others:
//
//	engine, err := luna.New(append(codecs.Default(), tiff.Codec{}), nil)
//
// It reads the first page of a file, in either byte order: strips and tiles,
// interleaved or plane after plane; gray, RGB and CMYK of 1 to 16 bits a
// sample, palettes and YCbCr, with associated or straight alpha; samples of
// more than 8 bits come out with 16. They may be stored as they are or with
// PackBits, LZW, Deflate, Zstandard, JPEG, or the compressions of facsimile:
// modified Huffman, Group 3 and Group 4.
//
// It writes what it is given without loss, as Deflate with horizontal
// differences, 8 or 16 bits a sample. Where a request names a quality it
// writes JPEG at that quality within TIFF, which is lossy, has 8 bits and no
// alpha: such pictures are flattened first.
//
// The table of pages, and even the first page's header, may stand at the end
// of a file. So Probe reads as much as it takes to come there.
package tiff

import (
	"strconv"

	"github.com/immagin/immagin-go/internal/modversion"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Codec decodes and encodes TIFF. Its zero value has safe defaults. It is
// immutable and safe for concurrent use.
type Codec struct {
	// MaxBytes is how much of a file is held in memory before reading fails
	// with [codec.ErrLimit]: directories and strips lie anywhere in it. 0
	// means 256 MiB.
	MaxBytes int64
	// JPEG decodes and encodes the JPEG streams within files.
	JPEG jpeg.Codec
}

var (
	_ codec.Decoder         = Codec{}
	_ codec.DeepEncoder     = Codec{}
	_ codec.LosslessEncoder = Codec{}
)

const (
	defaultMaxBytes = 256 << 20
	// maxPages is how many directories are counted; of a longer chain no more
	// are told.
	maxPages   = 10_000
	maxEntries = 1000
)

// Format tells name, media type and magic. Many cameras' raw formats begin as
// TIFF does, and are refused by what follows.
func (c Codec) Format() codec.Format {
	return codec.Format{Name: "tiff", MIME: "image/tiff", Extension: "tif", Magic: []string{"II*\x00", "MM\x00*", "II+\x00", "MM\x00+"}}
}

// Revision names the adapter's own version, its settings, the deflate
// library's version, on which the encoded bytes depend, and that of JPEG.
func (c Codec) Revision() string {
	revision := "tiff 2 deflate " + modversion.Of("github.com/klauspost/compress", "unknown") + " " + c.JPEG.Revision()
	if c.MaxBytes > 0 {
		revision += " " + strconv.FormatInt(c.MaxBytes, 10)
	}
	return revision
}

func (c Codec) maxBytes() int64 {
	if c.MaxBytes > 0 {
		return c.MaxBytes
	}
	return defaultMaxBytes
}

// The most that a decompressor holds: that of Zstandard, whose window is
// bounded; four of them where planes stand one after the other.
const unpackBytes = 4 * (zstdWindow + 1<<20)

// bandRows is how many rows of tiles are held without Info.Buffered.
const bandRows = 512

// DecodeWork reports a strip, the row of tiles or the JPEG strip that is
// decoded at a time, and decompressors.
func (c Codec) DecodeWork(info codec.Info, req codec.Request) int64 {
	// Stored samples have at most 16 bits, and a fifth channel is skipped.
	stored := 2 * int64(info.Shape.Width) * int64(max(info.Channels, info.Shape.Layout.Planes()))
	rows := int64(min(info.Shape.Height, bandRows))
	if info.Buffered {
		rows = int64(info.Shape.Height)
	}
	n := (rows+8)*stored*5/4 + 2*pixel.StripRows*info.Shape.RowBytes() + unpackBytes
	if info.Lossy {
		part := info
		part.Progressive, part.Buffered = true, true
		n += c.JPEG.DecodeWork(part, codec.Request{Workers: 1})
	}
	return n
}
