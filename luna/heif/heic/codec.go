// Package heic reads HEIC: HEVC pictures in an HEIF container (ISO/IEC 23008-12), as
// iPhones take them. It does not write them. It is no part of any set, since its
// licence is not this module's; a program that wants it names it:
//
//	hevc, err := heic.New(nil)
//	if err != nil {
//		return err
//	}
//	defer hevc.Close()
//	all, err := codecs.All(&codecs.Options{HEVC: hevc}) // of package luna/codecs/full
//
// Licence: pictures are decoded by libheif 1.18.2 and libde265 1.0.15, which are
// under the GNU Lesser General Public License, version 3. They lie in the folder
// libheif, compiled to WebAssembly by github.com/gen2brain/heic v0.4.5, whose Go
// package is not used. A program that imports this package contains them: read the
// licences there. Options.Module runs another build of them, as the LGPL wants a
// user to be able to. HEVC itself is covered by patents.
//
// The container is read in Go. The library sees one coded picture at a time, in a
// fresh instance with a cap on its memory.
package heic

import (
	"context"
	_ "embed"
	"fmt"
	"hash/fnv"

	"golang.org/x/sync/semaphore"

	"github.com/immagin/immagin-go/internal/wasm"
	"github.com/immagin/immagin-go/luna/codec"
)

//go:generate go run extract.go

// module is lib/heif.wasm.gz of github.com/gen2brain/heic; a test knows its
// checksum.
//
//go:embed libheif/heif.wasm.gz
var module []byte

const libraryRevision = "gen2brain/heic v0.4.5 (libheif 1.18.2, libde265 1.0.15) wasm"

// Options are the settings of a [Codec].
type Options struct {
	// MaxMemory is how many bytes the library may hold in one call, that is
	// for one tile of a grid, as iPhones write them, or for a whole picture.
	// What its size says to need more is refused with codec.ErrLimit. The
	// default is 256 MiB, enough for 13 megapixels of 8 bits in one
	// piece; the least is
	// 16 MiB, the most 2 GiB less 64 KiB.
	MaxMemory int64
	// MaxPixels is how many pixels a picture may have. The default is 50
	// million.
	MaxPixels int64
	// MaxDecodes is how many calls of the library run at a time; others wait.
	// The default is 1.
	MaxDecodes int
	// Module is another build of the library, gzipped WebAssembly with the
	// same exported functions; nil means the one that comes with the package.
	Module []byte
}

const (
	defaultMaxMemory = 256 << 20
	leastMemory      = 16 << 20
	mostMemory       = 1<<31 - 1<<16
	defaultMaxPixels = 50_000_000
)

// A Codec decodes HEIC. It is made by [New], immutable, and safe for
// concurrent use.
type Codec struct {
	opts     Options
	m        *wasm.Module
	decodes  *semaphore.Weighted
	revision string
}

var _ codec.Decoder = (*Codec)(nil)

// watched are the functions of the module where a call that is no longer
// wanted ends: found by counting, see package avif.
var watched = []uint32{752, 754, 880}

// New returns a codec; nil options are all defaults. It compiles the library
// for the processor at hand, which takes about a second: programs make one
// codec when they start. On processors other than amd64 and arm64 the library
// is interpreted, some thirty times as slow. Close frees what New has made.
func New(opts *Options) (*Codec, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	if o.MaxMemory == 0 {
		o.MaxMemory = defaultMaxMemory
	}
	if o.MaxPixels == 0 {
		o.MaxPixels = defaultMaxPixels
	}
	if o.MaxDecodes == 0 {
		o.MaxDecodes = 1
	}
	switch {
	case o.MaxMemory < leastMemory || o.MaxMemory > mostMemory:
		return nil, fmt.Errorf("heic: MaxMemory is %d; it is %d to %d", o.MaxMemory, leastMemory, mostMemory)
	case o.MaxPixels < 1:
		return nil, fmt.Errorf("heic: MaxPixels is %d; it is at least 1", o.MaxPixels)
	case o.MaxDecodes < 1:
		return nil, fmt.Errorf("heic: MaxDecodes is %d; it is at least 1", o.MaxDecodes)
	}
	code, watch, revision := module, watched, adapterVersion+" "+libraryRevision
	if o.Module != nil {
		code, watch = o.Module, nil
		h := fnv.New128a()
		h.Write(code)
		revision = fmt.Sprintf("%s module %x", adapterVersion, h.Sum(nil))
	}
	m, err := wasm.Compile(context.Background(), code, watch...)
	if err != nil {
		return nil, fmt.Errorf("heic: %w", err)
	}
	return &Codec{opts: o, m: m, decodes: semaphore.NewWeighted(int64(o.MaxDecodes)), revision: revision}, nil
}

// Close waits for the calls that run and frees the compiled library. Later
// calls fail. Only the first call has an effect.
func (c *Codec) Close() error { return c.m.Close() }

// Format tells name, media type and magic: "heif" is sharp's word for it.
func (c *Codec) Format() codec.Format {
	return codec.Format{
		Name: "heif", MIME: "image/heif", Extension: "heic",
		// The box begins with its length, which is under 64 KiB: see package avif.
		Magic: []string{"\x00\x00??ftyphei", "\x00\x00??ftyphev", "\x00\x00??ftypmif1", "\x00\x00??ftypmsf1"},
	}
}

// adapterVersion is raised whenever the same file may give other pixels than
// before for a reason that lies in this package.
const adapterVersion = "1"

// Revision names the library and its version.
func (c *Codec) Revision() string { return c.revision }
