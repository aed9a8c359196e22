// Package codec defines what an adapter for one image format implements. It is for
// those who write an adapter; those who use one pass it to luna.New:
//
//	engine, err := luna.New([]codec.Codec{jpeg.Codec{}, png.Codec{}, mine.Codec{}}, nil)
//
// Nothing is registered and nothing is global, so that a distant import cannot
// have a program decode what it never meant to.
//
// An adapter is a [Decoder], an [Encoder] or both: a value that never changes and
// is safe for concurrent use. What else it can, it says by implementing further
// interfaces of this package, such as [Scaler] (shrinks while it decodes),
// [Regioner] (decodes a part) or [Animator]; the planner uses what it finds and
// does the rest itself. Decoders yield and encoders take sources of package
// luna/pixel, strips of a few rows, in the layout that suits the format; conversions
// are the planner's to add.
//
// The duties are written at each method. Package luna/codec/codectest checks them:
// an adapter whose test passes its suite keeps its promises.
package codec

import (
	"context"
	"errors"
	"image"
	"io"

	"github.com/immagin/immagin-go/luna/pixel"
)

// Errors that adapters wrap; luna tells them apart with errors.Is. A message
// around them says what was found and where.
var (
	// ErrFormat: the bytes are not what the format's specification allows, or
	// end too early.
	ErrFormat = errors.New("malformed image")
	// ErrUnsupported: the bytes or the options are legal, but the adapter
	// does not implement what they ask for.
	ErrUnsupported = errors.New("unsupported image feature")
	// ErrLimit: decoding would cost more than the adapter's settings allow.
	ErrLimit = errors.New("image over the limit")
	// ErrExhausted: the system has not the memory for it now, whatever the
	// image. The same may work later.
	ErrExhausted = errors.New("out of memory at present")
)

// A Format names a format and how it is recognised.
type Format struct {
	// Name is the word for it in payloads and metadata, such as "jpeg".
	Name string
	// MIME is its media type, such as "image/jpeg".
	MIME string
	// Extension is that of file names, without a dot: "jpg".
	Extension string
	// Magic lists leading bytes, any of which marks the format; '?' matches
	// every byte.
	Magic []string
}

// A Codec is an adapter for one format.
type Codec interface {
	Format() Format
	// Revision changes whenever the bytes or pixels that the codec makes may:
	// the library and its version, the backend, and settings. It is part of
	// every cache key.
	Revision() string
}

// Info is what headers tell before any pixel is decoded.
type Info struct {
	// Shape is the size as stored, and the layout that Decode will yield.
	Shape pixel.Shape
	// Orientation is EXIF's, 1 to 8; 1 where there is none.
	Orientation int
	// Frames is the number of pictures in the file, at least 1. Shape is that
	// of each.
	Frames int
	// Space is sharp's word for the stored colours: "srgb", "b-w", "cmyk",
	// "rgb16", "grey16".
	Space string
	// Channels counts the stored channels, alpha included.
	Channels int
	// HasAlpha says whether there is transparency, be it a channel or a
	// transparent palette entry.
	HasAlpha bool
	// Density is in pixels an inch, 0 where the file does not say.
	Density float64
	// Progressive says that a coarse picture comes first: progressive JPEG,
	// interlaced PNG or GIF.
	Progressive bool
	// Buffered says that the file stores its samples in an order, such as
	// plane after plane, that makes a decoder hold the whole picture.
	Buffered bool
	// Lossy says that the stored pixels are an approximation already, so that
	// the planner may choose speed over the last bit.
	Lossy bool
	// Loops is how many times an animation plays; 0 is for ever.
	Loops int
	// Profile is the embedded ICC profile, or nil. Luna converts what Decode
	// yields from it to sRGB, unless Converted is set.
	Profile []byte
	// Converted says that Decode yields sRGB whatever Profile is.
	Converted bool
	// Metadata is what else the file tells.
	Metadata Metadata
}

// A Scale is the factor by which a decoder shrinks, Numerator over
// Denominator. The zero Scale is 1.
type Scale struct{ Numerator, Denominator int }

// Size reports the side that a side of n samples has after scaling, rounded
// up as JPEG decoders do.
func (s Scale) Size(n int) int {
	if s.Denominator == 0 {
		return n
	}
	return (n*s.Numerator + s.Denominator - 1) / s.Denominator
}

// A Request says how much of a picture a plan wants, and lends the memory to
// make it. The zero Request wants all of the first frame.
type Request struct {
	// Scale is one of Scaler.Scales, or zero.
	Scale Scale
	// Region is the part that is wanted, in samples of the scaled picture;
	// empty means all. Only a [Regioner] is asked for one.
	Region image.Rectangle
	// Reference asks for what the format's reference library makes at that
	// scale, to the last bit, at more cost. Only a [Referencer] is asked.
	Reference bool
	// FullChroma asks for as many samples of subsampled chroma as of luma
	// where Scale makes that cheap. The layout is then that of
	// ReferenceLayout. Only a [Referencer] is asked.
	FullChroma bool
	// Workers is how many cores this decode may use at a time; 0 means the
	// codec's own default. The pixels do not depend on it.
	Workers int
	// Pool lends sample buffers; nil allocates.
	Pool *pixel.Pool
}

// A Decoder reads pictures of its format. Its methods never panic and never
// allocate by a size that the file merely claims: luna has compared Probe's
// Info with its limits before it calls Decode.
type Decoder interface {
	Codec
	// Probe reads the headers of r and no more of it than they take. Errors
	// wrap ErrFormat or ErrUnsupported, or are those of r.
	Probe(r io.Reader) (Info, error)
	// DecodeWork reports the most bytes that Decode and its source will hold at
	// once for a picture with that info, the compressed bytes excepted.
	DecodeWork(info Info, req Request) int64
	// Decode reads r from its first byte and returns the pixels. It may read
	// lazily, so r must stay readable until the source is closed. When ctx is
	// done, reading fails soon after. Errors, also those of the source, wrap
	// ErrFormat, ErrUnsupported or ErrLimit, or are those of r or ctx.
	Decode(ctx context.Context, r io.Reader, req Request) (pixel.Source, error)
}

// A Scaler can shrink while it decodes, at less cost than after.
type Scaler interface {
	Decoder
	// Scales lists the factors below 1 that it supports for info, the
	// smallest first. The scaled picture is as wide as Scale.Size says.
	Scales(info Info) []Scale
}

// A Referencer can scale as the format's reference library does. Where a
// choice hangs on the pixels, such as what a crop by interest keeps, it is then
// the choice of programs that use that library.
type Referencer interface {
	Scaler
	// ReferenceLayout reports the layout that Decode yields then, and for
	// Request.FullChroma.
	ReferenceLayout(info Info, scale Scale) pixel.Layout
}

// A Regioner can decode a part of a picture at less cost than the whole.
type Regioner interface {
	Decoder
	// Region reports the smallest rectangle around want, in samples of the
	// scaled picture, that it can decode: want rounded out to blocks.
	Region(info Info, scale Scale, want image.Rectangle) image.Rectangle
}

// Options are the parameters of encoding. What is particular to a library
// rather than to a format is a field of its adapter.
type Options struct {
	// Quality is 1 to 100; 0 means that the request names none.
	Quality int
	// Progressive asks for a coarse picture first.
	Progressive bool
	// Lossless asks that every pixel comes back as it was.
	Lossless bool
	// Effort is the format's scale of speed against size; nil means the
	// adapter's default.
	Effort *int
	// Workers is how many cores this encode may use at a time; 0 means the
	// codec's own default. The bytes do not depend on it.
	Workers int
	// Metadata is what the file is to tell beside its pixels, which are sRGB.
	// What the format cannot hold is left out.
	Metadata Metadata
	// Density is in pixels an inch; 0 leaves it out.
	Density float64
	// Pool lends buffers; nil allocates.
	Pool *pixel.Pool
}

// An Encoder writes pictures of its format.
type Encoder interface {
	Codec
	// Check reports whether the encoder implements opts for pictures of that
	// shape. Errors wrap ErrUnsupported, and name the option or the side.
	Check(shape pixel.Shape, opts Options) error
	// Accepts returns the layout that it wants in place of in: in itself
	// where it can take that. 16-bit samples are only given to a
	// [DeepEncoder].
	Accepts(in pixel.Layout, opts Options) pixel.Layout
	// EncodeWork reports the most bytes that Encode will hold at once, its
	// input's strips and the encoded bytes excepted.
	EncodeWork(shape pixel.Shape, opts Options) int64
	// Encode pulls src to its end and writes the file to w. It does not close
	// src. Errors are those of src, w or ctx, or wrap ErrUnsupported.
	// The same pixels and options give the same bytes.
	Encode(ctx context.Context, w io.Writer, src pixel.Source, opts Options) error
}

// A LosslessEncoder tells when it loses nothing, so that the planner does not
// trade precision for speed before it. Of other encoders it is taken to be
// where Options.Lossless asks for it.
type LosslessEncoder interface {
	Encoder
	// Lossless reports whether every pixel comes back as it was.
	Lossless(opts Options) bool
}

// A DeepEncoder takes 16-bit samples as well.
type DeepEncoder interface {
	Encoder
	AcceptsDeep(opts Options) bool
}
