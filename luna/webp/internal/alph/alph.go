// Package alph encodes alpha planes of lossy WebP pictures: the payload of an
// ALPH chunk (RFC 9649, section 2.7.1.2).
package alph

import (
	"context"
	"fmt"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8l"
)

// Options are those of the VP8L encoder, which the plane goes through.
type Options = vp8l.Options

// The filters: what of a sample's neighbours is subtracted from it.
const (
	none = iota
	horizontal
	vertical
	gradient
	filters
)

// An Encoder encodes planes one after the other, and keeps its memory between
// them. The zero value is ready. It is not safe for concurrent use.
type Encoder struct {
	lossless vp8l.Encoder
	filtered []uint8
	trial    []byte
}

// New returns an encoder.
func New() *Encoder { return new(Encoder) }

// Encode appends the payload of an ALPH chunk, from which the plane is decoded
// as it is: with the filter that suits it, through the VP8L encoder, or raw
// where that is smaller. On an error dst is returned as it was.
func (e *Encoder) Encode(ctx context.Context, dst, plane []uint8, width, height int, o Options) ([]byte, error) {
	if width < 1 || height < 1 || len(plane) != width*height {
		return dst, fmt.Errorf("alph: %w: %d bytes for %dx%d samples", vp8l.ErrSize, len(plane), width, height)
	}
	from := len(dst)
	guess, few := estimate(plane, width, height)
	// No filter may be better after all, as where there is little else than 0
	// and 255.
	if guess != none && (o.Effort > 3 || !few) {
		quick := o
		quick.Effort = 0
		least := 0
		for _, filter := range [...]int{guess, none} {
			var err error
			if e.trial, err = e.compress(ctx, e.trial[:0], plane, width, height, filter, quick); err != nil {
				return dst, err
			}
			if least == 0 || len(e.trial) < least {
				guess, least = filter, len(e.trial)
			}
		}
	}
	b, err := e.compress(ctx, dst, plane, width, height, guess, o)
	if err != nil {
		return dst, err
	}
	if len(b)-from > 1+len(plane) {
		b = append(append(b[:from], 0), plane...)
	}
	return b, nil
}

// compress appends a payload with a filter.
func (e *Encoder) compress(ctx context.Context, dst, plane []uint8, width, height, filter int, o Options) ([]byte, error) {
	if filter != none {
		if cap(e.filtered) < len(plane) {
			e.filtered = make([]uint8, len(plane))
		}
		e.filtered = e.filtered[:len(plane)]
		apply(e.filtered, plane, width, filter)
		plane = e.filtered
	}
	return e.lossless.EncodePlane(ctx, append(dst, 1|uint8(filter)<<2), plane, width, height, o)
}

// Encode is Encoder.Encode of an encoder of its own.
func Encode(ctx context.Context, dst, plane []uint8, width, height int, o Options) ([]byte, error) {
	return New().Encode(ctx, dst, plane, width, height, o)
}

// WorkBytes bounds what an encoder holds of itself for a plane, at any effort
// and with the bytes it returns.
func WorkBytes(width, height int) int64 {
	return vp8l.WorkBytes(width, height) + 4*int64(width)*int64(height)
}
