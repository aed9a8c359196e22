package luna

import (
	"fmt"
	"strings"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/text"
)

// A Plan is all that is decided about a transform before a pixel is decoded.
// It is not to be modified, and may be read by many goroutines.
type Plan struct {
	// Source is what the headers of the original tell.
	Source codec.Info
	// Decode is how much of it is decoded, Ops what is done to that, in order,
	// and Encode how the result is encoded.
	Decode codec.Request
	Ops    []op.Op
	Encode codec.Options
	// Shape is that of the result; an operation whose result depends on the
	// pixels may leave less of it.
	Shape pixel.Shape
	// Format is that of the result.
	Format codec.Format
	// Frames is how many pictures are made: those of the original where that
	// moves and the format can, else 1.
	Frames int
	// Copied says that no edit changes a picture of the animation, so that the
	// file is copied but for its metadata.
	Copied bool
	// MissingGlyphs lists, sorted, the characters of text edits that none of
	// the fonts has, and that are therefore left out.
	MissingGlyphs []rune
	// Warnings say, for people, what of the original is left out, such as a
	// broken colour profile.
	Warnings []string
	// Bytes is the most memory that the transform holds at once, the whole of
	// the original and of the result among it.
	Bytes int64

	from    codec.Format
	decoder codec.Decoder
	encoder codec.Encoder
	decoded pixel.Shape // what the decoder will yield
	layers  map[string]*layer
}

// String explains the plan on one line, such as
//
//	decode jpeg 1/4 to 1000x750 | resize 800x600 | encode webp q90 | 1.1 MiB
func (p *Plan) String() string {
	var b strings.Builder
	if p.Copied {
		return fmt.Sprintf("copy %d frames of %s at %dx%d | %s", p.Frames, p.from.Name, p.Shape.Width, p.Shape.Height, byteCount(p.Bytes))
	}
	fmt.Fprintf(&b, "decode %s", p.from.Name)
	if s := p.Decode.Scale; s.Denominator != 0 {
		fmt.Fprintf(&b, " %d/%d", s.Numerator, s.Denominator)
	}
	fmt.Fprintf(&b, " to %dx%d", p.decoded.Width, p.decoded.Height)
	if p.Decode.Reference {
		b.WriteString(" by reference")
	}
	if p.Decode.FullChroma {
		fmt.Fprintf(&b, " in %v", p.decoded.Layout)
	}
	if r := p.Decode.Region; !r.Empty() {
		fmt.Fprintf(&b, "+%d+%d", r.Min.X, r.Min.Y)
	}
	for _, o := range p.Ops {
		fmt.Fprintf(&b, " | %v", o)
	}
	if p.animated() {
		fmt.Fprintf(&b, " | animate %d frames", p.Frames)
	}
	fmt.Fprintf(&b, " | encode %s", p.Format.Name)
	if p.Encode.Quality != 0 && !p.Encode.Lossless {
		fmt.Fprintf(&b, " q%d", p.Encode.Quality)
	}
	if p.Encode.Lossless {
		b.WriteString(" lossless")
	}
	if p.Encode.Progressive {
		b.WriteString(" progressive")
	}
	if p.Encode.Effort != nil {
		fmt.Fprintf(&b, " effort %d", *p.Encode.Effort)
	}
	fmt.Fprintf(&b, " | %s", byteCount(p.Bytes))
	return b.String()
}

// A planner makes a plan in passes: each looks at the operations that the one
// before it left, and improves them without changing what comes out, or, for
// sources that are an approximation already, not visibly.
type planner struct {
	*Plan
	engine *Engine
	opts   *Options
	matte  [3]uint8
	size   int64 // of the original in bytes
	// spare is by how much a resize must still reduce what the decoder has
	// scaled; see largest.
	spare int
	fonts map[string]*text.Set
	texts map[textKey]*text.Text // of the edits
}

// plan decides how edits and output come about for o. It looks at no pixel.
// output.Format must not be auto.
func (e *Engine) plan(o *original, edits []edit.Edit, output edit.Output) (plan *Plan, err error) {
	defer func() {
		if v := recover(); v != nil {
			plan, err = nil, wrap("plan", newPanicError(v))
		}
	}()
	edits, out, err := e.canonical(edits, &output)
	if err != nil {
		return nil, wrap("plan", err)
	}
	p := e.newPlanner(o)
	if err := p.choose(e, out); err != nil {
		return nil, wrap("plan", err)
	}
	if err := p.run(edits); err != nil {
		return nil, wrap("plan", err)
	}
	return p.Plan, nil
}

// canonical returns edits in the form, and the order, in which they run.
func (e *Engine) canonical(edits []edit.Edit, output *edit.Output) ([]edit.Edit, *edit.Output, error) {
	limits := e.opts.requests()
	// All are checked, also those that others replace.
	if _, _, err := edit.Canonical(edits, output, limits); err != nil {
		return nil, nil, err
	}
	// An edit that does nothing may be the one that counts.
	edits, output, err := edit.Canonical(e.opts.Order.Sort(edits), output, limits)
	return e.opts.Order.Sort(edits), output, err
}

func (e *Engine) newPlanner(o *original) *planner {
	p := &planner{
		Plan:   &Plan{Source: o.info, from: o.format, decoder: o.decoder, decoded: o.info.Shape, Frames: 1},
		engine: e,
		opts:   &e.opts,
		matte:  e.matte,
		size:   o.size,
		fonts:  e.fonts,
	}
	if len(o.layers) > 0 {
		p.layers = map[string]*layer{}
	}
	for key, source := range o.layers {
		p.layers[key] = &layer{key: key, source: source}
	}
	return p
}

// run plans canonical edits, once there is an encoder.
func (p *planner) run(edits []edit.Edit) error {
	p.spare = spare(edits)
	if err := p.shape(edits); err != nil {
		return err
	}
	if err := p.lower(edits); err != nil {
		return err
	}
	p.foldTurns()
	p.foldCrops()
	p.fuse()
	if !p.animated() {
		p.pushScale()
		p.pushRegion()
		p.refer()
	}
	p.profile()
	if err := p.convert(); err != nil {
		return err
	}
	p.chooseCopy()
	if err := p.admitAnimation(); err != nil {
		return err
	}
	return p.cost()
}

// choose finds the encoder, and what it is told.
func (p *planner) choose(e *Engine, out *edit.Output) error {
	if out.Format == edit.FormatAuto {
		return fmt.Errorf("output.format is auto, which only a request's Accept header can settle: %w", ErrOption)
	}
	for _, f := range e.formats {
		if f.Name == string(out.Format) {
			p.Format, p.encoder = f, e.encoders[f.Name]
		}
	}
	if p.encoder == nil {
		_, have := e.Formats()
		return &MissingCodecError{Format: string(out.Format), Have: have}
	}
	p.Encode = codec.Options{Quality: out.Quality, Effort: out.Effort}
	if out.Progressive != nil {
		p.Encode.Progressive = *out.Progressive
	}
	if out.Lossless != nil {
		p.Encode.Lossless = *out.Lossless
	}
	p.chooseAnimation()
	return nil
}

// extent reports the size that o makes of an image of w by h.
func extent(o op.Op, w, h int) (int, int, error) {
	s, err := o.Out(pixel.Shape{Width: w, Height: h, Layout: o.Accepts(pixel.RGB)})
	return s.Width, s.Height, err
}
