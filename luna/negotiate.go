package luna

import (
	"context"

	"github.com/immagin/immagin-go/immagin/edit"
)

// A choice is the output that a request gets as far as it can be said before
// the original is seen.
type choice struct {
	// class enters the cache key: a format, or base.
	class  string
	varies bool // by the request's Accept header
}

// base is the class of clients that can neither show AVIF nor WebP. They get
// PNG where the result has alpha, and JPEG otherwise.
const base = "base"

// matched lists the qualities at which formats look alike to the eye, for
// outputs that are left to negotiation and name none: those that match WebP at
// 90, along the line of the figures in
// https://www.industrialempathy.com/posts/avif-webp-quality-settings/.
var matched = map[edit.Format]int{
	edit.FormatAVIF: 71,
	edit.FormatWebP: 90,
	edit.FormatJPEG: 88,
}

// negotiate is step 3: the format, or the class of formats, of the result.
func (h *Handler) negotiate(_ context.Context, x *exchange) error {
	if m := x.ask.Metadata; m != nil {
		if m.Placeholder != nil {
			return &UnsupportedEditError{Name: "metadata", Option: "placeholder"}
		}
		return nil
	}
	format := x.ask.Output.Format
	if format != edit.FormatAuto {
		x.choice = choice{class: string(format)}
		return nil
	}
	x.choice = choice{class: base, varies: true}
	accept := parseAccept(x.request.Header.Values("Accept"))
	switch {
	case accept.avif && h.encodes(edit.FormatAVIF):
		x.choice.class = string(edit.FormatAVIF)
	case accept.webp && h.encodes(edit.FormatWebP):
		x.choice.class = string(edit.FormatWebP)
	}
	return nil
}

func (h *Handler) encodes(f edit.Format) bool { return h.engine.encoders[string(f)] != nil }

// planFor plans a job, and settles what negotiation has left open.
func (h *Handler) planFor(j *job) (*Plan, error) {
	out := *j.ask.Output
	if j.choice.class != base {
		return h.engine.plan(j.original, j.ask.Edits, negotiated(out, edit.Format(j.choice.class), j.choice.varies))
	}
	if !h.encodes(edit.FormatJPEG) {
		return h.engine.plan(j.original, j.ask.Edits, negotiated(out, edit.FormatPNG, true))
	}
	if h.encodes(edit.FormatPNG) {
		p, err := h.engine.plan(j.original, j.ask.Edits, negotiated(out, edit.FormatPNG, true))
		if err != nil || p.Shape.Layout.HasAlpha() {
			return p, err
		}
	}
	return h.engine.plan(j.original, j.ask.Edits, negotiated(out, edit.FormatJPEG, true))
}

// negotiated returns out with that format. Where the client did not choose it,
// options that it does not have are left out rather than refused.
func negotiated(out edit.Output, f edit.Format, auto bool) edit.Output {
	out.Format = f
	if !auto {
		return out
	}
	if out.Quality == 0 {
		out.Quality = matched[f]
	}
	if f == edit.FormatPNG {
		out.Quality = 0 // a quality would be that of a palette
	}
	if f != edit.FormatJPEG && f != edit.FormatPNG {
		out.Progressive = nil
	}
	if f != edit.FormatWebP && f != edit.FormatAVIF {
		out.Lossless, out.Effort = nil, nil
	}
	return out
}
