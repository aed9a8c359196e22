// Package jpeg is the adapter for JPEG (ITU-T T.81, JFIF, Adobe's CMYK).
//
// It is in package luna/codecs' common set, or is given to luna.New by itself:
//
//	engine, err := luna.New([]codec.Codec{jpeg.Codec{}}, nil)
//
// It reads baseline, extended and progressive Huffman-coded pictures of 8 bits
// a sample in their stored colour space: gray, YCbCr, RGB or CMYK, whole or in
// part, and at 1/2, 1/4 or 1/8 of their size at a fraction of the cost. It
// writes baseline and progressive pictures, gray or YCbCr, with Huffman tables
// made for each, and with the coefficients that libjpeg has at that quality.
// Decoding is strict: a file that ends early is refused, unless
// [Codec].AllowTruncated says otherwise. Both ways the pixels, and the bytes
// written, are the same on every machine.
package jpeg

import (
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/cores"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Codec decodes and encodes JPEG. Its zero value has safe defaults. It is
// immutable and safe for concurrent use.
type Codec struct {
	// MaxScans is how many scans a file may have before decoding fails with
	// [codec.ErrLimit]: a progressive file of a few kilobytes can repeat a
	// scan of millions of blocks thousands of times. 0 means 100, more than
	// any camera or encoder writes.
	MaxScans int
	// AllowTruncated decodes what there is of a file that ends early or whose
	// data is damaged, and leaves the rest gray. By default such files are
	// refused with [codec.ErrFormat].
	AllowTruncated bool
	// Workers is how many goroutines may decode or encode one picture at a
	// time, the one that reads it included; a request may ask for fewer. The
	// pixels and the bytes are the same. 0 means what the request says, and if
	// that says nothing, 2, or 1 where there is one processor.
	Workers int
	// Subsampling is the finest chroma that is written: a YCbCr layout.
	// Sources with finer chroma are averaged down to it, coarser ones are
	// written as they are. 0 means 4:2:0, as most encoders have it.
	Subsampling pixel.Layout

	part int // MCUs that a worker decodes ahead; for tests of small pictures
}

var (
	_ codec.Referencer = Codec{}
	_ codec.Regioner   = Codec{}
	_ codec.Encoder    = Codec{}
)

const (
	defaultMaxScans = 100
	defaultQuality  = 90
	maxSide         = 65535 // 16 bits in the frame header
)

// Format tells name, media type and magic.
func (c Codec) Format() codec.Format {
	return codec.Format{Name: "jpeg", MIME: "image/jpeg", Extension: "jpg", Magic: []string{"\xff\xd8\xff"}}
}

// Revision names the adapter's own version and settings.
func (c Codec) Revision() string {
	revision := "jpeg 4"
	if c.AllowTruncated {
		revision += " truncated"
	}
	if c.finest() != pixel.YCbCr420 {
		revision += " " + c.Subsampling.String()
	}
	return revision
}

func (c Codec) maxScans() int {
	if c.MaxScans > 0 {
		return c.MaxScans
	}
	return defaultMaxScans
}

// DecodeWork reports the coefficients that are kept, if any, the band of rows
// that is transformed at a time, and tables.
func (c Codec) DecodeWork(info codec.Info, req codec.Request) int64 {
	n := int64(req.Scale.Size(8))
	// Whole MCUs, of at most 32x32.
	blocksX, blocksY := (int64(info.Shape.Width)+31)/32*4, (int64(info.Shape.Height)+31)/32*4
	blocks := (blocksX*blocksY*samplesPerTwo(info.Shape.Layout) + 1) / 2
	planes := int64(info.Shape.Layout.Planes())
	kept := n // of each row of a block's frequencies
	if req.Reference {
		kept = 8
	}
	full := req.FullChroma && !req.Reference && c.ReferenceLayout(info, req.Scale) != info.Shape.Layout
	if full {
		// Two blocks of chroma come to four of luma, and of each there is
		// four times as much.
		blocks *= 2
	}

	const tallest = 32
	work := 2*planes*tallest*blocksX*n + 512<<10
	switch {
	case info.Progressive:
		grids := blocks * 2 * kept * kept
		if kept > 1 || full {
			grids += blocks * 8
		}
		work += grids * 5 / 4             // of the pool
		work += int64(c.maxScans()) << 16 // each may bring its own tables
	case info.Buffered || c.AllowTruncated:
		work += blocks*2*kept*kept*5/4 + int64(c.maxScans())<<16
	default:
		// A picture of 4:1:0 has 10 blocks in an MCU, and is 4:4:4 here.
		perMCU, mcus := 10*kept*kept, blocksX*blocksY
		switch info.Shape.Layout {
		case pixel.Gray:
			perMCU = kept * kept
		case pixel.YCbCr420:
			perMCU, mcus = 6*kept*kept, mcus/4
		case pixel.YCbCr422:
			mcus /= 2
		}
		if full {
			perMCU *= 2
		}
		work += 64<<10 + 4*perMCU
		if workers := int64(cores.Of(c.Workers, req.Workers)); workers > 1 && mcus >= aheadFrom {
			work += (workers + 1) * aheadMost * (aheadBytes + 8*aheadLargest) * 5 / 4 // of the pool
		}
	}
	return work
}

// samplesPerTwo reports how many samples two pixels take as they are stored,
// at most.
func samplesPerTwo(l pixel.Layout) int64 {
	switch l {
	case pixel.Gray:
		return 2
	case pixel.YCbCr420:
		return 3
	case pixel.YCbCr422:
		return 4
	case pixel.CMYK:
		return 8
	}
	return 6
}
