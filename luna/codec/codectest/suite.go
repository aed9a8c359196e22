// Package codectest is the conformance suite for adapters of image formats, which
// implement package luna/codec. An adapter's test calls [Run], and [Fuzz] for its
// decoder:
//
//	func TestCodec(t *testing.T) {
//		codectest.Run(t, mine.Codec{}, codectest.Options{Files: samples})
//	}
//
//	func FuzzDecode(f *testing.F) {
//		codectest.Fuzz(f, mine.Codec{}, codectest.Options{Files: samples})
//	}
//
// [Options] are what the codec promises: how exact it is, what metadata it keeps.
// What it cannot do, such as encode, it is not asked.
//
// What is checked are the duties that package codec writes down, from round trips
// to files that lie, end early or come from a reader that fails. [Checks] return
// errors rather than fail a test, so that the suite is itself tested, with codecs
// that neglect one duty each.
package codectest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Options say what the codec under test promises. The zero Options are those
// of a codec that loses nothing and keeps no metadata.
type Options struct {
	// Encodings are the options that pictures are encoded with, and what then
	// comes back; nil means the zero Encoding.
	Encodings []Encoding
	// Files are files that Decode must read, beside those that the suite has
	// the codec write. A codec that only decodes needs some, small ones.
	Files []Sample
	// BinaryAlpha says that pixels are either transparent or opaque, the
	// latter from an alpha of 128 on.
	BinaryAlpha bool
	// Tail is how many bytes at the end of a file its pixels do not need at
	// most. Of a file that lacks more than those an error is due.
	Tail int
	// EXIF, XMP, IPTC and Density say what of codec.Options is written to
	// files and read back by Probe. What is not set must be left out.
	EXIF, XMP, IPTC, Density bool
	// Lies change the size that a file's header claims, each at another
	// place. They may change the file that they are given. A lie that cannot
	// be told returns nil.
	Lies []func(file []byte, width, height int) []byte
	// HeaderBytes is how many bytes of a picture of 400x300 Probe may read; 0
	// means any number.
	HeaderBytes int
	// Upright says that the format overrules the orientation that EXIF tells:
	// Probe says 1 whatever that is.
	Upright bool
	// Slow says that a call takes several milliseconds, so that long files
	// are truncated at a tenth of their bytes.
	Slow bool
}

// An Encoding is a way to encode, and how well pixels survive it.
type Encoding struct {
	// Name is for messages.
	Name string
	// Options are the codec's.
	Options codec.Options
	// Floor is the least PSNR in decibels that a picture of 200x150 has when
	// it comes back; smaller ones may have 8 less. 0 means that all pixels
	// come back as they were, transparent ones too.
	Floor float64
	// AlphaFloor is that of the alpha channel; 0 means that it is exact.
	AlphaFloor float64
}

// A Sample is a file.
type Sample struct {
	Name string
	Data []byte
	// Tail, where it is more than Options.Tail, stands in for it.
	Tail int
	// Picture is what Decode yields, if not nil, as near as Floor says, in
	// decibels; 0 means exactly.
	Picture *pixel.Image
	Floor   float64
	// Orientation, Density and Frames are what Probe says, if not 0.
	Orientation int
	Density     float64
	Frames      int
	// Delays are those of an Animator's frames, if not nil, and Loops goes
	// with them.
	Delays []time.Duration
	Loops  int
}

// ErrSkip is what a check returns that does not apply to a codec.
var ErrSkip = errors.New("not of this codec")

// A Check is one duty. Run reports how c neglects it, or [ErrSkip].
type Check struct {
	Name string
	Run  func(ctx context.Context, c codec.Codec, o Options) error
}

// Checks returns all duties, the plainest first.
func Checks() []Check {
	return []Check{
		{"Format", checkFormat},
		{"Files", checkFiles},
		{"RoundTrip", checkRoundTrip},
		{"Transparent", checkTransparent},
		{"Lossless", checkLossless},
		{"Deep", checkDeep},
		{"Accepts", checkAccepts},
		{"Check", checkCheck},
		{"SameBytes", checkSameBytes},
		{"SamePixels", checkSamePixels},
		{"Truncated", checkTruncated},
		{"ReadErrors", checkReadErrors},
		{"WriteErrors", checkWriteErrors},
		{"SourceErrors", checkSourceErrors},
		{"Lies", checkLies},
		{"HeaderBytes", checkHeaderBytes},
		{"Scales", checkScales},
		{"Region", checkRegion},
		{"DecodeCancelled", checkDecodeCancelled},
		{"EncodeCancelled", checkEncodeCancelled},
		{"Concurrent", checkConcurrent},
		{"DecodePool", checkDecodePool},
		{"EncodePool", checkEncodePool},
		{"Goroutines", checkGoroutines},
		{"DecodeWork", checkDecodeWork},
		{"EncodeWork", checkEncodeWork},
		{"Metadata", checkMetadata},
		{"Orientation", checkOrientation},
		{"Density", checkDensity},
		{"Animation", checkAnimation},
		{"AnimationFiles", checkAnimationFiles},
		{"Frames", checkFrames},
		{"AnimationErrors", checkAnimationErrors},
		{"AnimationWork", checkAnimationWork},
		{"Copy", checkCopy},
		{"CopyErrors", checkCopyErrors},
	}
}

// Run runs all checks on c as subtests. It is not to run beside other tests:
// memory and goroutines are counted.
func Run(t *testing.T, c codec.Codec, o Options) {
	t.Helper()
	for _, check := range Checks() {
		t.Run(check.Name, func(t *testing.T) {
			err := check.run(t.Context(), c, o)
			if errors.Is(err, ErrSkip) {
				t.Skip(err)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// run makes an error of a panic.
func (check Check) run(ctx context.Context, c codec.Codec, o Options) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s panics: %v", check.Name, r)
		}
	}()
	if o.Encodings == nil {
		o.Encodings = []Encoding{{}}
	}
	return check.Run(ctx, c, o)
}

// String names the encoding in messages.
func (e Encoding) String() string {
	if e.Name == "" {
		return "default options"
	}
	return e.Name
}

// decoder and encoder return what c can do, or ErrSkip.
func decoder(c codec.Codec) (codec.Decoder, error) { return as[codec.Decoder](c, "it decodes nothing") }
func encoder(c codec.Codec) (codec.Encoder, error) { return as[codec.Encoder](c, "it encodes nothing") }

func both(c codec.Codec) (codec.Decoder, codec.Encoder, error) {
	d, err := decoder(c)
	if err != nil {
		return nil, nil, err
	}
	e, err := encoder(c)
	return d, e, err
}

func as[T any](c codec.Codec, otherwise string) (T, error) {
	if v, ok := c.(T); ok {
		return v, nil
	}
	var none T
	return none, skip(otherwise)
}

func skip(why string) error { return fmt.Errorf("%w: %s", ErrSkip, why) }

// typed reports whether err is one that a caller can tell apart.
func typed(err error) bool {
	return errors.Is(err, codec.ErrFormat) || errors.Is(err, codec.ErrUnsupported) || errors.Is(err, codec.ErrLimit)
}
