// Package avif is the adapter for AVIF: AV1 pictures in an HEIF container
// (Alliance for Open Media, AVIF 1.1).
//
// It is in the set of package luna/codecs/full, or is given to luna.New beside
// others:
//
//	av1, err := avif.New(nil) // once: it takes a second or more
//	if err != nil {
//		return err
//	}
//	defer av1.Close()
//	engine, err := luna.New(append(codecs.Default(), av1), nil)
//
// AVIF files are the smallest, and take the longest to make, by far: see
// luna.HandlerOptions, AutoTimeout and AutoPixels, for how a server that negotiates
// formats keeps its answers in time.
//
// Pictures are coded by libavif 1.4.2 with libaom 3.14.1 and decoded by dav1d
// 1.5.3, as github.com/gen2brain/avif compiles them to WebAssembly. Its Go
// package is not used, but the module it carries, which lies in the folder
// libavif beside its licences: the package loads a libavif of the system's at
// the start of the program, so that bytes would differ from machine to machine
// and the program could not be linked statically. A program built with
// -tags libavif asks for just that; see [New].
//
// The container is read and written in Go. The library sees one coded picture
// at a time, colours and alpha apart, so that translucent pixels keep their
// colours, and grids take the memory of one tile.
package avif

import (
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sync/semaphore"

	"github.com/immagin/immagin-go/luna/codec"
)

// Options are the settings of a [Codec].
type Options struct {
	// MaxDecodeMemory and MaxEncodeMemory are how many bytes the library may
	// hold in one call. What its size says to need more is refused with
	// codec.ErrLimit, or by Check, before it starts. A grid takes the memory of
	// one tile. The defaults are 256 MiB, enough to decode 15 megapixels of 8
	// bits, and 512 MiB, enough to encode 6; the least is 16 MiB, the most
	// 2 GiB less 64 KiB.
	MaxDecodeMemory, MaxEncodeMemory int64
	// MaxPixels is how many pixels a picture that is decoded may have. The
	// default is 16 million.
	MaxPixels int64
	// MaxDecodes and MaxEncodes are how many calls of the library run at a
	// time; others wait. The defaults are 1 and GOMAXPROCS.
	MaxDecodes, MaxEncodes int
	// Subsample encodes chroma at half the width and height (4:2:0). The
	// default, 4:4:4, is sharp's.
	Subsample bool
}

const (
	defaultMaxDecodeMemory = 256 << 20
	defaultMaxEncodeMemory = 512 << 20
	leastMemory            = 16 << 20
	mostMemory             = 1<<31 - 1<<16
	defaultMaxPixels       = 16_000_000
)

// A Codec decodes and encodes AVIF. It is made by [New], immutable, and safe
// for concurrent use.
type Codec struct {
	opts    Options
	lib     library
	decodes *semaphore.Weighted
	encodes *semaphore.Weighted
}

var (
	_ codec.Decoder         = (*Codec)(nil)
	_ codec.LosslessEncoder = (*Codec)(nil)
)

// New returns a codec; nil options are all defaults. It compiles the library
// for the processor at hand, which takes one to three seconds: programs make
// one codec when they start. On processors other than amd64 and arm64 the
// library is interpreted, some thirty times as slow.
//
// In a program built with -tags libavif it uses the system's libavif instead,
// and fails where there is none. Bytes then depend on the machine, calls
// are not interrupted, limits of memory are not kept to, and a fault in the
// library ends the process.
//
// Close frees what New has made.
func New(opts *Options) (*Codec, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	if o.MaxDecodeMemory == 0 {
		o.MaxDecodeMemory = defaultMaxDecodeMemory
	}
	if o.MaxEncodeMemory == 0 {
		o.MaxEncodeMemory = defaultMaxEncodeMemory
	}
	if o.MaxPixels == 0 {
		o.MaxPixels = defaultMaxPixels
	}
	if o.MaxDecodes == 0 {
		o.MaxDecodes = 1
	}
	if o.MaxEncodes == 0 {
		o.MaxEncodes = runtime.GOMAXPROCS(0)
	}
	switch {
	case min(o.MaxDecodeMemory, o.MaxEncodeMemory) < leastMemory || max(o.MaxDecodeMemory, o.MaxEncodeMemory) > mostMemory:
		return nil, fmt.Errorf("avif: MaxDecodeMemory is %d and MaxEncodeMemory %d; they are %d to %d",
			o.MaxDecodeMemory, o.MaxEncodeMemory, leastMemory, mostMemory)
	case o.MaxPixels < 1:
		return nil, fmt.Errorf("avif: MaxPixels is %d; it is at least 1", o.MaxPixels)
	case o.MaxDecodes < 1 || o.MaxEncodes < 1:
		return nil, fmt.Errorf("avif: MaxDecodes is %d and MaxEncodes %d; they are at least 1", o.MaxDecodes, o.MaxEncodes)
	}
	lib, err := newLibrary(o)
	if err != nil {
		return nil, fmt.Errorf("avif: %w", err)
	}
	return &Codec{
		opts:    o,
		lib:     lib,
		decodes: semaphore.NewWeighted(int64(o.MaxDecodes)),
		encodes: semaphore.NewWeighted(int64(o.MaxEncodes)),
	}, nil
}

// Close waits for the calls that run and frees the compiled library. Later
// calls fail. Only the first call has an effect.
func (c *Codec) Close() error { return c.lib.close() }

// Format tells name, media type and magic. A file whose first brand is mif1 is
// left to the adapter of HEIF, which reads it with this one.
func (c *Codec) Format() codec.Format {
	return codec.Format{
		Name: "avif", MIME: "image/avif", Extension: "avif",
		// The box begins with its length. That it is under 64 KiB tells files
		// from those of formats whose magic is shorter than four bytes.
		Magic: []string{"\x00\x00??ftypavif", "\x00\x00??ftypavis"},
	}
}

// adapterVersion is raised whenever the same request may give other bytes or
// pixels than before for a reason that lies in this package.
const adapterVersion = "1"

// Revision names the library, its version, and the settings that matter. For
// the system's library it says no version, which is why caches should not be
// shared between machines then.
func (c *Codec) Revision() string {
	return fmt.Sprintf("%s %s subsample=%v", adapterVersion, libraryRevision, c.opts.Subsample)
}

// A library decodes and encodes single pictures.
type library interface {
	// decode decodes the only picture of file, and calls use with its pixels,
	// four samples each, which are valid until use returns. Samples of more
	// than 8 bits fill 16, the low byte first.
	decode(ctx context.Context, file []byte, use func(width, height int, deep bool, pix []byte) error) error
	// encode returns a file of one picture, whose opaque pixels fill writes,
	// four samples each.
	encode(ctx context.Context, p parameters, fill func(pix []byte) error) ([]byte, error)
	close() error
}

// parameters are those of encoding.
type parameters struct {
	width, height  int
	quality, speed int
	chroma         chroma
	lossless       bool
}

// chroma is a value of libavif's avifPixelFormat.
type chroma int

const (
	chroma444 chroma = 1
	chroma420 chroma = 3
	chroma400 chroma = 4
)
