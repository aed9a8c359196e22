package luna

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"
)

// A Result says what a transform made.
type Result struct {
	// Format is the name of the format of the bytes written, such as "webp",
	// and MIME its media type.
	Format, MIME string
	// Width and Height in pixels.
	Width, Height int
	// Pages is the number of pictures: of an animation that stayed one, as many
	// as the original has; else 1.
	Pages int
	// Bytes is how many were written, and SourceBytes how many were read.
	Bytes, SourceBytes int64
	// Decode, Edit and Encode are the times spent in each: the three run
	// interleaved, strip by strip, and where there are cores for it at the same
	// time. The time of writing is in none of them.
	Decode, Edit, Encode time.Duration
	// MissingGlyphs lists, sorted, the characters of text edits that none of
	// the fonts has, and that were therefore left out.
	MissingGlyphs []rune
	// Plan is what was done.
	Plan *Plan
}

// parts are the times as the stages of a request name them.
func (r *Result) parts() [3]timing {
	return [3]timing{{"decode", r.Decode}, {"edit", r.Edit}, {"encode", r.Encode}}
}

// render runs p on o once, and writes to w. The encoder pulls the chain of
// sources that the decoder and the operations make.
func (e *Engine) render(ctx context.Context, o *original, p *Plan, w io.Writer) (res *Result, err error) {
	at := "fetch"
	defer func() {
		if v := recover(); v != nil {
			res, err = nil, wrap(at, newPanicError(v))
		}
	}()
	if err := ctx.Err(); err != nil {
		return nil, wrap(at, err)
	}
	defer p.forgetLayers()
	if err := p.loadLayers(ctx); err != nil {
		return nil, wrap(at, err)
	}
	start := time.Now()
	at = "decode"
	o.body.resume(ctx)
	out := &countingWriter{ctx: ctx, w: w}
	if p.animated() {
		return e.animate(ctx, o, p, out)
	}
	cores, give := e.cores.take()
	defer give()
	request := p.Decode
	request.Pool, request.Workers = e.pool, cores
	src, err := p.decoder.Decode(ctx, o.reader(), request)
	if err != nil {
		return nil, o.body.blame(at, fmt.Errorf("%s: %w", o.format.Name, err))
	}
	opened := time.Since(start)
	chain := newRelay(ctx, src, e.pool)
	// A source closes those before it. This also runs after a panic, so that
	// nothing is left behind that a source started.
	defer func() { chain.Close() }()
	if got := src.Shape(); got != p.decoded {
		return nil, wrap(at, fmt.Errorf("%s: the pixels are %v where the headers told of %v: %w", o.format.Name, got, p.decoded, ErrFormat))
	}

	at = "edit"
	var ahead []int
	if cores > 1 {
		ahead = p.ahead()
	}
	for i, o := range p.Ops {
		if slices.Contains(ahead, i) {
			chain.readAhead(ctx)
		}
		if err = chain.wrap(ctx, o); err != nil {
			break
		}
	}
	wrapped := time.Since(start)
	if err == nil {
		at = "encode"
		if slices.Contains(ahead, len(p.Ops)) {
			chain.readAhead(ctx)
		}
		options := p.Encode
		options.Pool, options.Workers = e.pool, cores
		shape := chain.Shape()
		options.Metadata, options.Density = e.opts.Metadata.kept(p.Source, shape.Width, shape.Height)
		err = p.encoder.Encode(ctx, out, chain, options)
	}
	took := time.Since(start)
	chain.Close() // what its goroutines know is ours from now on
	if err != nil {
		switch {
		case out.err != nil:
			return nil, wrap("write", out.err)
		case chain.decoder.err != nil:
			return nil, o.body.blame("decode", fmt.Errorf("%s: %w", o.format.Name, chain.decoder.err))
		case chain.err != nil:
			return nil, wrap("edit", chain.err)
		}
		return nil, wrap(at, err)
	}
	shape := chain.Shape()
	return &Result{
		Format:      p.Format.Name,
		MIME:        p.Format.MIME,
		Width:       shape.Width,
		Height:      shape.Height,
		Pages:       1,
		Bytes:       out.n,
		SourceBytes: o.body.n,
		Decode:      opened + chain.decoder.took,
		Edit:        max(wrapped-opened+chain.edited(), 0),
		Encode:      took - wrapped - chain.took - out.took,
		Plan:        p,

		MissingGlyphs: p.MissingGlyphs,
	}, nil
}
