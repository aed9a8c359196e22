package luna

import (
	"context"
	"errors"
	"time"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A choice is the output that a request gets as far as it can be said before
// the original is seen.
type choice struct {
	// class enters the cache key: a format, or one of the classes of clients.
	class string
	// varies says that the request's Accept header decides.
	varies bool
	// age is for how long caches may keep the answer where it stands in for
	// one that would have taken too long; else 0.
	age time.Duration
}

// The classes that Accept headers are reduced to, as far as there are encoders
// for them. Clients of the last can show neither AVIF nor WebP: they get PNG
// where the result has alpha, and JPEG otherwise.
const (
	classAVIFAndWebP = "avif+webp"
	classAVIF        = "avif"
	classWebP        = "webp"
	classBase        = "base"
)

// matched lists the qualities at which formats look alike to the eye, for
// outputs that are left to negotiation and name none: those that match WebP at
// 90. How they were measured says TestMatchedQualities.
var matched = map[edit.Format]int{
	edit.FormatAVIF: 78,
	edit.FormatWebP: 90,
	edit.FormatJPEG: 86,
}

// negotiate is step 3: the format, or the class of formats, of the result.
func (h *Handler) negotiate(_ context.Context, x *exchange) error {
	if x.ask.Metadata != nil {
		return nil
	}
	format := x.ask.Output.Format
	if format != edit.FormatAuto {
		x.choice = choice{class: string(format)}
		return nil
	}
	accept := parseAccept(x.request.Header.Values("Accept"))
	accept.avif = accept.avif && h.encodes(edit.FormatAVIF)
	accept.webp = accept.webp && h.encodes(edit.FormatWebP)
	x.choice = choice{class: accept.class(), varies: true}
	return nil
}

func (a acceptance) class() string {
	switch {
	case a.avif && a.webp:
		return classAVIFAndWebP
	case a.avif:
		return classAVIF
	case a.webp:
		return classWebP
	}
	return classBase
}

func (h *Handler) encodes(f edit.Format) bool { return h.engine.encoders[string(f)] != nil }

// animates reports whether there is an encoder that writes animations.
func (h *Handler) animates(f edit.Format) bool {
	_, ok := h.engine.encoders[string(f)].(codec.AnimationEncoder)
	return ok
}

// candidates lists the formats for a class of clients, the best first. An
// animation stays one where it can: AVIF would be a still picture.
func (h *Handler) candidates(class string, o *original) []edit.Format {
	var list []edit.Format
	webp := class == classWebP || class == classAVIFAndWebP
	if _, ok := o.decoder.(codec.Animator); ok && o.info.Frames > 1 {
		if webp && h.animates(edit.FormatWebP) {
			list = append(list, edit.FormatWebP)
		}
		if h.animates(edit.FormatGIF) { // which every client shows
			list = append(list, edit.FormatGIF)
		}
	}
	if class == classAVIF || class == classAVIFAndWebP {
		list = append(list, edit.FormatAVIF)
	}
	if webp {
		list = append(list, edit.FormatWebP)
	}
	for _, f := range []edit.Format{edit.FormatPNG, edit.FormatJPEG} {
		if h.encodes(f) {
			list = append(list, f)
		}
	}
	if len(list) == 0 { // the error will name what there is
		list = append(list, edit.FormatJPEG)
	}
	return list
}

// planFor plans a job, and settles what negotiation has left open. An encoder
// that cannot take the result, or not within the limits, leaves it to the next
// best format.
func (h *Handler) planFor(j *job) (*Plan, error) {
	out := *j.ask.Output
	if !j.choice.varies {
		out.Format = edit.Format(j.choice.class)
		return h.engine.plan(j.original, j.ask.Edits, out)
	}
	var opaque *Plan // of a PNG, whose place JPEG takes if it can
	var failed error
	for _, f := range h.candidates(j.choice.class, j.original) {
		p, err := h.engine.plan(j.original, j.ask.Edits, h.negotiated(out, f))
		switch {
		case err != nil && !errors.Is(err, ErrUnsupported) && !errors.Is(err, ErrLimit):
			return nil, err
		case err != nil:
			failed = err
		case f == edit.FormatAVIF && h.opts.AutoPixels > 0 && int64(p.Shape.Width)*int64(p.Shape.Height) > h.opts.AutoPixels:
			return nil, errTooSlow
		case f == edit.FormatPNG && !p.Shape.Layout.HasAlpha():
			opaque = p
		default:
			return p, nil
		}
	}
	if opaque != nil {
		return opaque, nil
	}
	return nil, failed
}

// autoEffort is the effort of AVIF that nobody has asked for by name: libavif's
// speed 8, which is what imgproxy takes for pictures made on demand. The
// adapter's own default takes some twenty times as long.
const autoEffort = 1

// negotiated returns out with that format. A quality that was left out is the
// one that looks alike; auto has no other option.
func (h *Handler) negotiated(out edit.Output, f edit.Format) edit.Output {
	out.Format = f
	if out.Quality == 0 {
		out.Quality = matched[f]
	}
	switch f {
	case edit.FormatPNG, edit.FormatGIF:
		out.Quality = 0 // a quality would be that of a palette
	case edit.FormatAVIF:
		effort := autoEffort
		opts := codec.Options{Quality: out.Quality, Effort: &effort}
		if h.engine.encoders[string(f)].Check(pixel.Shape{Width: 1, Height: 1, Layout: pixel.RGB}, opts) == nil {
			out.Effort = &effort
		}
	}
	return out
}
