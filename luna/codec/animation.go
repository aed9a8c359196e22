package codec

import (
	"context"
	"io"
	"time"

	"github.com/immagin/immagin-go/luna/pixel"
)

// Frames yields the pictures of an animation in order, each as it is shown:
// the whole canvas, what earlier pictures leave visible among it. It is used by
// one goroutine at a time.
type Frames interface {
	// Shape is that of every picture. It is constant.
	Shape() pixel.Shape
	// Loops is how many times the animation plays; 0 is for ever.
	Loops() int
	// Next returns the next picture and how long it is shown, or io.EOF after
	// the last one. The source is the caller's to read and close before the
	// following call of Next or Close; what of it was left unread is skipped.
	// After an error every further call returns an error.
	Next() (pixel.Source, time.Duration, error)
	// Close returns all buffers to their pool. Only the first call has an
	// effect.
	Close() error
}

// An Animator reads all pictures of a file that shows them one after another.
// The pages of a document are no animation: their decoder reads the first.
type Animator interface {
	Decoder
	// AnimationWork reports the most bytes that Animate and its frames will
	// hold at once for a file with that info, the compressed bytes excepted.
	AnimationWork(info Info, req Request) int64
	// Animate reads r from its first byte, as Decode does, and subject to the
	// same rules. Of req only Workers and Pool are looked at.
	Animate(ctx context.Context, r io.Reader, req Request) (Frames, error)
}

// An AnimationShaper is an [Animator] whose pictures may differ in layout and
// depth from what Decode yields, such as where the first picture is opaque and
// all together are not.
type AnimationShaper interface {
	Animator
	// AnimationShape reports the shape of what Animate yields for a file with
	// that info. Its size is that of info.
	AnimationShape(info Info) pixel.Shape
}

// An AnimationEncoder writes pictures that are shown one after another.
type AnimationEncoder interface {
	Encoder
	// AnimationEncodeWork reports the most bytes that EncodeAnimation will
	// hold at once for so many frames, its input's strips and the encoded
	// bytes excepted.
	AnimationEncodeWork(shape pixel.Shape, frames int, opts Options) int64
	// EncodeAnimation pulls all frames and writes the file to w. It closes the
	// sources of the pictures, but not frames. Delays are kept to what the
	// format can tell; the rest is as for Encode.
	EncodeAnimation(ctx context.Context, w io.Writer, frames Frames, opts Options) error
}

// A Copier rewrites a file without decoding its pixels, so that an animation
// whose pictures no edit changes stays what it was, sample by sample and
// byte by byte, but for what the file tells beside them.
type Copier interface {
	Codec
	// Copy reads a file of the format from r and writes it to w with no
	// metadata, comments or application data but keep's. Errors are as for
	// Decode.
	Copy(ctx context.Context, w io.Writer, r io.Reader, keep Metadata) error
}
