package edit

import "math"

// Limits bound what a request may ask for. A nil *Limits is all defaults, and
// so is every field that is zero or negative.
type Limits struct {
	// MaxSide is the largest width or height in pixels that an edit or a
	// ladder may ask for; 16383 by default, which is WebP's own bound.
	MaxSide int
	// MaxEdits is the largest number of edits; 32 by default.
	MaxEdits int
	// MaxPayload is the largest payload in bytes as it stands in the URL, that
	// is after base64url encoding: 8192 by default, which is 6144 bytes of
	// JSON.
	MaxPayload int
	// MaxTextLength is the largest number of Unicode characters in the text of
	// a [Text]; 1000 by default.
	MaxTextLength int
}

// Bounds that are not the engine's to configure.
const (
	maxKey        = 1024        // bytes
	maxVersion    = 64          // characters
	maxName       = 64          // bytes of the name of a font or a custom edit
	maxExtend     = 10_000      // pixels a side
	maxCrop       = 100_000_000 // pixels; sharp's bound
	maxRungs      = 16          // entries of each list of a ladder
	maxDepth      = 32          // objects and lists inside each other
	maxExpires    = 1<<53 - 1   // the integers that JavaScript keeps exact
	maxFontSize   = 4096        // pixels
	maxLineHeight = 10          // times the font size
	minLineHeight = 0.5         // times the font size
)

func (l *Limits) withDefaults() Limits {
	var r Limits
	if l != nil {
		r = *l
	}
	for _, f := range []struct {
		value *int
		zero  int
	}{
		{&r.MaxSide, 16_383},
		{&r.MaxEdits, 32},
		{&r.MaxPayload, 8 << 10},
		{&r.MaxTextLength, 1000},
	} {
		if *f.value <= 0 {
			*f.value = f.zero
		}
	}
	return r
}

// widest refuses only what no engine takes, however it is configured.
func widest() Limits {
	return Limits{
		MaxSide:       math.MaxInt32,
		MaxEdits:      math.MaxInt32,
		MaxPayload:    math.MaxInt32,
		MaxTextLength: math.MaxInt32,
	}
}
