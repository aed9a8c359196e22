package luna

import (
	"fmt"
	"maps"
	"runtime"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/text"
)

// Options set the limits and defaults of an [Engine]. The zero value of every
// field is its default, and a nil *Options is all defaults.
//
// An original over MaxSourceBytes, MaxPixels, MaxFrames or MaxSide, and a transform over
// MaxRequestBytes, is refused with an error that wraps codec.ErrLimit, before
// anything is allocated by a size that the file merely declares.
type Options struct {
	// MaxSourceBytes bounds the compressed original, counted while it is read;
	// 32 MiB by default.
	MaxSourceBytes int64
	// MaxPixels bounds width times height times frames of an original, and of
	// an animation that edits make; 50 million by default.
	MaxPixels int64
	// MaxFrames bounds the pictures of an original, be it an animation or
	// pages, whether or not the result has more than the first; 1000 by default.
	MaxFrames int
	// MaxSide bounds the width and the height of an original, in pixels;
	// 30000 by default.
	MaxSide int
	// MaxOutputSide bounds the width and the height of every picture that the
	// edits make, in pixels; 16383 by default, which is WebP's own bound.
	MaxOutputSide int
	// MaxEdits bounds the edits of a request, and MaxTextLength the characters
	// of a text that is drawn; 32 and 1000 by default. More are an invalid
	// request: an *edit.Error.
	MaxEdits, MaxTextLength int
	// MaxRequestBytes bounds the memory that one transform may take by its
	// plan; 256 MiB by default.
	MaxRequestBytes int64
	// MaxBytes bounds the memory that all transforms of the engine may take
	// together by their plans; others wait. 1 GiB by default; at least
	// MaxRequestBytes.
	MaxBytes int64
	// Cores is how many processor cores the transforms of the engine keep busy
	// together, as far as that is theirs to choose: one that starts may use
	// those that the others leave, and at least one. So a single one decodes,
	// resizes and encodes at the same time, to be done sooner, and many at a
	// time take a core each, since that costs the least of all. The result is
	// the same. 1 means that none does more than one thing at a time;
	// 0 is GOMAXPROCS.
	Cores int
	// Matte is the colour under an image with alpha whose output format has
	// none, such as JPEG; opaque black by default. Its own alpha is ignored.
	Matte edit.Color
	// Metadata says what results tell of what their originals tell beside
	// pixels; StripMetadata, which is nothing, by default.
	Metadata MetadataPolicy
	// Order is that in which edits run; that of the list by default.
	Order edit.Order
	// Fonts are those that text edits may name: under each name a list, of
	// which the first font that has a character draws it. The embedded font,
	// [text.Regular], is the last of every list, and is what edits without a
	// name get, unless there is a list under the name "". None by default.
	Fonts map[string][]*text.Font
	// Operations are the edits of the integrator's own, by their name in
	// payloads: "x-" and at most 62 ASCII letters, digits and hyphens. Edits
	// of other such names are refused. None by default.
	Operations map[string]Operation
}

const (
	defaultMaxSourceBytes  = 32 << 20
	defaultMaxPixels       = 50_000_000
	defaultMaxFrames       = 1000
	defaultMaxSide         = 30_000
	defaultMaxOutputSide   = 16_383
	defaultMaxEdits        = 32
	defaultMaxTextLength   = 1000
	defaultMaxRequestBytes = 256 << 20
	defaultMaxBytes        = 1 << 30
)

// withDefaults returns the options with every zero field filled in, or says
// which field is wrong.
func (o *Options) withDefaults() (Options, error) {
	var r Options
	if o != nil {
		r = *o
	}
	for _, f := range []struct {
		name  string
		value *int64
		zero  int64
	}{
		{"MaxSourceBytes", &r.MaxSourceBytes, defaultMaxSourceBytes},
		{"MaxPixels", &r.MaxPixels, defaultMaxPixels},
		{"MaxRequestBytes", &r.MaxRequestBytes, defaultMaxRequestBytes},
		{"MaxBytes", &r.MaxBytes, max(defaultMaxBytes, r.MaxRequestBytes)},
	} {
		if *f.value < 0 {
			return r, fmt.Errorf("luna: Options.%s is %d; it must not be negative", f.name, *f.value)
		}
		if *f.value == 0 {
			*f.value = f.zero
		}
	}
	for _, f := range []struct {
		name  string
		value *int
		zero  int
	}{
		{"MaxFrames", &r.MaxFrames, defaultMaxFrames},
		{"MaxSide", &r.MaxSide, defaultMaxSide},
		{"MaxOutputSide", &r.MaxOutputSide, defaultMaxOutputSide},
		{"MaxEdits", &r.MaxEdits, defaultMaxEdits},
		{"MaxTextLength", &r.MaxTextLength, defaultMaxTextLength},
	} {
		if *f.value < 0 || *f.value > 1<<24 {
			return r, fmt.Errorf("luna: Options.%s is %d; it must be 0 to %d", f.name, *f.value, 1<<24)
		}
		if *f.value == 0 {
			*f.value = f.zero
		}
	}
	if r.Cores < 0 {
		return r, fmt.Errorf("luna: Options.Cores is %d; it must not be negative", r.Cores)
	}
	if r.Cores == 0 {
		r.Cores = runtime.GOMAXPROCS(0)
	}
	if r.MaxBytes < r.MaxRequestBytes {
		return r, fmt.Errorf("luna: Options.MaxBytes is %d; it must be at least MaxRequestBytes, %d", r.MaxBytes, r.MaxRequestBytes)
	}
	if !r.Metadata.valid() {
		return r, fmt.Errorf("luna: Options.Metadata is %d, which is no policy", r.Metadata)
	}
	if !r.Order.Valid() {
		return r, fmt.Errorf("luna: Options.Order is %d, which is no order", r.Order)
	}
	r.Operations = maps.Clone(r.Operations)
	return r, r.checkOperations()
}

// requests are the limits of what may be asked for.
func (o *Options) requests() *edit.Limits {
	return &edit.Limits{MaxSide: o.MaxOutputSide, MaxEdits: o.MaxEdits, MaxTextLength: o.MaxTextLength}
}

// matteColor reports Matte as R, G and B.
func (o *Options) matteColor() ([3]uint8, error) {
	if o.Matte == "" {
		return [3]uint8{}, nil
	}
	r, g, b, _, err := o.Matte.RGBA()
	if err != nil {
		return [3]uint8{}, fmt.Errorf("luna: Options.Matte: %w", err)
	}
	return [3]uint8{r, g, b}, nil
}
