// Package edit is the language in which images are asked for: which original, what
// is to be done with it in which order, and how the result is encoded. Clients
// write it, the engine reads it, and both check it by the same rules.
//
//	request := &edit.Request{
//		Key: "hero.jpg",
//		Edits: []edit.Edit{
//			edit.Resize{Width: 1200, Height: 630},
//			edit.Text{Text: "© Acme Inc", Opacity: new(0.8)},
//		},
//		Output: &edit.Output{Format: edit.FormatJPEG, Quality: 85},
//	}
//	payload, err := request.Payload() // "eyJrZXkiOi…", which stands in a URL
//
// Programs that make URLs hand edits to package immagin, which signs them too;
// programs that transform pictures hand them to package luna. What is needed of
// this package itself, besides the edits, is for those who sign or read payloads
// on their own.
//
// [Decode] reads a payload, and [Parse] the JSON in it: strictly, and with all
// faults at once, each by the path of its member, as an [*Error].
// [Request.Encode] writes that JSON byte for byte as JavaScript's JSON.stringify
// would, so that URLs of both languages verify at either. [Request.Canonical]
// gives the one form that all requests for the same picture share, by which caches
// and meters know it. [Request.Resolve] takes one picture of a [Ladder], a set that
// shares one signature.
//
// [ParseImgproxy], [ParseThumbor], [ParseIPX] and [ParseServerlessImageHandler]
// read the URLs of other services as requests, for those who move.
//
// The zero value of an optional field leaves it out, and its default counts. Where
// zero itself means something the field is a pointer, which new makes: new(0.8).
//
// Requests and edits are plain values; nothing here does input or output. Any
// number of goroutines may use one request as long as none of them changes it.
package edit

// A Request is the content of a payload: the key of an original, and what is
// to become of it. Its methods, UnmarshalJSON excepted, do not change it, so
// any number of goroutines may use one. Requests that methods return share
// with it what its pointers and slices of parameters point to.
type Request struct {
	// Key of the original in the store: 1 to 1024 bytes, see [ValidateKey].
	Key string
	// Edits in the order in which they run. Nil leaves the member out.
	Edits []Edit
	// Output is the format and its options; nil leaves the member out.
	Output *Output
	// Metadata asks for the original's metadata instead of an image. It
	// excludes Edits and Output.
	Metadata *Metadata
	// Version is the caller's own version of the original, at most 64
	// characters. It changes the URL and nothing else.
	Version string
	// Ladder lets one signature cover several widths, densities and formats.
	Ladder *Ladder
	// Expires is the Unix time in seconds after which the URL is refused, a
	// whole number of at most 53 bits; nil means never.
	Expires *int64
}

// Output says how the result is encoded. An option that the format does not
// have is refused, even where it is false. FormatAuto has only Quality, since
// any of its candidates may be chosen.
type Output struct {
	// Format of the result; FormatWebP by default.
	Format Format
	// Quality 1 to 100; 90 by default, except for png, whose pixels only an
	// explicit quality reduces to a palette, and for auto, which matches it by
	// eye across formats.
	Quality int
	// Progressive sends a coarse picture first; for jpeg and png.
	Progressive *bool
	// Lossless keeps every pixel; for webp and avif.
	Lossless *bool
	// Effort is speed against size: 0 to 6 for webp, 0 to 9 for avif.
	Effort *int
}

// A Format is the word for an image format.
type Format string

// The output formats.
const (
	FormatWebP Format = "webp"
	FormatJPEG Format = "jpeg"
	FormatPNG  Format = "png"
	FormatAVIF Format = "avif"
	FormatGIF  Format = "gif"
	FormatJP2  Format = "jp2"
	FormatTIFF Format = "tiff"
	FormatHEIF Format = "heif"
	// FormatAuto is the best format that the request's Accept header allows.
	FormatAuto Format = "auto"
)

// Metadata asks for an original's metadata. The zero Metadata is spelled true.
type Metadata struct {
	// Placeholder asks for a tiny preview as well.
	Placeholder *bool
}

// A Ladder lists what the query of one signed URL may choose from; see
// [Request.Resolve]. The edits must have a resize. Densities and Formats are
// optional; nil leaves them out.
type Ladder struct {
	Widths    []int     // 1 to 16 widths in pixels, for the first resize
	Densities []float64 // 1 to 16 factors on the width, above 0
	Formats   []Format  // 1 to 16 formats, each of which has the output's options
}
