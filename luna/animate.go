package luna

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

// animate runs p, whose result is an animation, on o: picture by picture, as
// the encoder asks for them.
func (e *Engine) animate(ctx context.Context, o *original, p *Plan, out *countingWriter) (res *Result, err error) {
	a := &animation{engine: e, plan: p, ctx: ctx, stage: "decode"}
	defer func() {
		if v := recover(); v != nil {
			res, err = nil, wrap(a.stage, newPanicError(v))
		}
	}()
	defer a.Close() // also after a panic
	start := time.Now()
	if err := a.run(ctx, o, out); err != nil {
		switch {
		case out.err != nil:
			return nil, wrap("write", out.err)
		case a.decodeErr != nil:
			return nil, o.body.blame("decode", fmt.Errorf("%s: %w", o.format.Name, a.decodeErr))
		case a.editErr != nil:
			return nil, wrap("edit", a.editErr)
		case a.stage == "decode":
			return nil, o.body.blame("decode", fmt.Errorf("%s: %w", o.format.Name, err))
		}
		return nil, wrap(a.stage, err)
	}
	took := time.Since(start)
	return &Result{
		Format:      p.Format.Name,
		MIME:        p.Format.MIME,
		Width:       a.shape.Width,
		Height:      a.shape.Height,
		Pages:       a.n,
		Bytes:       out.n,
		SourceBytes: o.body.n,
		Decode:      a.decode,
		Edit:        max(a.edit, 0),
		Encode:      max(took-a.decode-a.edit-out.took, 0),
		Plan:        p,

		MissingGlyphs: p.MissingGlyphs,
	}, nil
}

// run decodes, edits and encodes, or copies.
func (a *animation) run(ctx context.Context, o *original, out *countingWriter) error {
	e, p := a.engine, a.plan
	options := p.Encode
	if p.Copied {
		a.n, a.shape = p.Frames, p.Shape
		options.Metadata, _ = e.opts.Metadata.kept(p.Source, a.shape.Width, a.shape.Height)
		return p.decoder.(codec.Copier).Copy(ctx, out, o.reader(), options.Metadata)
	}
	cores, give := e.cores.take()
	defer give()
	start := time.Now()
	var err error
	a.frames, err = p.decoder.(codec.Animator).Animate(ctx, o.reader(), codec.Request{Pool: e.pool, Workers: cores})
	a.decode = time.Since(start)
	if err != nil {
		return err
	}
	if got := a.frames.Shape(); got != p.decoded {
		return fmt.Errorf("the pictures are %v where the headers told of %v: %w", got, p.decoded, ErrFormat)
	}
	a.ops = p.Ops
	if err := a.open(); err != nil { // the first tells the shape of all
		return err
	}
	a.stage = "encode"
	options.Pool, options.Workers = e.pool, cores
	options.Metadata, options.Density = e.opts.Metadata.kept(p.Source, a.shape.Width, a.shape.Height)
	return p.encoder.(codec.AnimationEncoder).EncodeAnimation(ctx, out, a, options)
}

// An animation is the pictures of an original after a plan's operations. What
// those decide by the pixels, such as where a trim cuts, the first picture
// decides for all, so that they agree in size and do not flicker.
type animation struct {
	engine *Engine
	plan   *Plan
	ctx    context.Context
	stage  string
	frames codec.Frames

	ops      []op.Op      // for the next picture
	settlers []op.Settler // of the first, those that have not settled; nil for others
	layers   []*pixel.Image

	n       int // pictures so far
	shape   pixel.Shape
	current *picture
	delay   time.Duration // of current
	fresh   bool          // nobody has got current yet

	decode, edit       time.Duration
	decodeErr, editErr error
}

func (a *animation) Shape() pixel.Shape { return a.shape }

// Loops is the original's.
func (a *animation) Loops() int { return a.frames.Loops() }

func (a *animation) Next() (pixel.Source, time.Duration, error) {
	if err := cmp.Or(a.decodeErr, a.editErr); err != nil {
		return nil, 0, err
	}
	if !a.fresh {
		if err := a.open(); err != nil {
			return nil, 0, err
		}
	}
	a.fresh = false
	return a.current, a.delay, nil
}

// open decodes the next picture and wraps the operations around it.
func (a *animation) open() error {
	if a.current.Close(); a.editErr != nil {
		return a.editErr
	}
	if err := a.ctx.Err(); err != nil {
		a.decodeErr = err
		return err
	}
	start := time.Now()
	src, delay, err := a.frames.Next()
	a.decode += time.Since(start)
	switch {
	case err == io.EOF && a.n > 0:
		return err
	case err == io.EOF:
		err = fmt.Errorf("an animation without pictures: %w", ErrFormat)
	case err == nil && a.n == a.plan.Frames:
		src.Close()
		err = fmt.Errorf("more pictures than the %d that the headers told of: %w", a.n, ErrFormat)
	}
	if err != nil {
		a.decodeErr = err
		return err
	}
	a.n++
	a.current, a.delay, a.fresh = &picture{relay: newRelay(a.ctx, src, a.engine.pool), animation: a}, delay, true
	return a.wrap()
}

// wrap has the operations work on the current picture.
func (a *animation) wrap() error {
	start := time.Now()
	chain, first := a.current.relay, a.n == 1
	err := a.wrapAll(chain, first)
	a.edit += time.Since(start)
	if err != nil {
		if a.decodeErr = chain.decoder.err; a.decodeErr == nil {
			a.editErr = err
		}
		return err
	}
	if first {
		a.shape = chain.Shape()
	}
	if got := chain.Shape(); got != a.shape {
		a.editErr = fmt.Errorf("picture %d became %v where the first became %v", a.n, got, a.shape)
		return a.editErr
	}
	return nil
}

func (a *animation) wrapAll(chain *relay, first bool) error {
	if !first {
		for _, o := range a.ops {
			if err := chain.wrap(a.ctx, o); err != nil {
				return err
			}
		}
		return nil
	}
	ops := a.ops
	a.ops, a.settlers = nil, nil
	for len(ops) > 0 {
		o := ops[0]
		ops = ops[1:]
		if late, ok := o.(*op.Late); ok { // what it stands for may have to settle
			lowered, err := late.Lower(chain.Shape())
			if err == nil {
				lowered, err = op.Chain(chain.Shape(), lowered)
			}
			if err != nil {
				return fmt.Errorf("%v: %w", o, err)
			}
			ops = append(lowered, ops...)
			continue
		}
		src, err := o.Wrap(chain.stage, chain.pool)
		if err != nil {
			return fmt.Errorf("%v: %w", o, err)
		}
		a.add(o, src)
		chain.stage = newStage(a.ctx, src)
	}
	return nil
}

// add keeps what is to be done to the pictures after the first: o, or what its
// source for the first settles on.
func (a *animation) add(o op.Op, src pixel.Source) {
	if s, ok := src.(*overlaySource); ok { // a layer is drawn once
		a.layers = append(a.layers, s.picture)
		s.picture = nil
		o = s.composite
	}
	settler, _ := src.(op.Settler)
	a.ops, a.settlers = append(a.ops, o), append(a.settlers, settler)
}

// settle replaces operations that decide by what they have decided. The first
// picture has been read by then.
func (a *animation) settle() error {
	for i, s := range a.settlers {
		if s == nil {
			continue
		}
		o := s.Settle()
		if o == nil {
			return fmt.Errorf("%v has not settled", a.ops[i])
		}
		a.ops[i] = o
	}
	a.settlers = nil
	return nil
}

func (a *animation) Close() error {
	a.current.Close()
	for _, m := range a.layers {
		m.Free(a.engine.pool)
	}
	a.layers = nil
	if a.frames != nil {
		return a.frames.Close()
	}
	return nil
}

// A picture is one of an animation, after the operations.
type picture struct {
	*relay
	animation *animation
	closed    bool
}

func (p *picture) Close() error {
	if p == nil || p.closed {
		return nil
	}
	p.closed = true
	a := p.animation
	if a.settlers != nil && p.err == nil && a.decodeErr == nil && a.editErr == nil {
		// An encoder that has seen enough of the first picture leaves those
		// behind it to be decided all the same.
		if _, err := pixel.Drain(p.relay); err == nil {
			a.editErr = a.settle()
		}
	}
	err := p.relay.Close()
	a.decode += p.decoder.took
	a.edit += p.edited() // less what a trim read while it was wrapped
	switch {
	case p.decoder.err != nil:
		a.decodeErr = cmp.Or(a.decodeErr, p.decoder.err)
	case p.relay.err != nil:
		a.editErr = cmp.Or(a.editErr, p.relay.err)
	}
	return err
}
