package luna

import (
	"fmt"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

// chooseAnimation has all pictures of an original that moves made, if the
// decoder yields them and the encoder takes them; else the first is all.
func (p *planner) chooseAnimation() {
	animator, reads := p.decoder.(codec.Animator)
	_, writes := p.encoder.(codec.AnimationEncoder)
	if p.Source.Frames < 2 || !reads || !writes {
		return
	}
	p.Frames = p.Source.Frames
	p.decoded = animationShape(animator, p.Source)
}

// animationShape is the shape of the pictures that decoder will yield.
func animationShape(decoder codec.Animator, info codec.Info) pixel.Shape {
	if d, ok := decoder.(codec.AnimationShaper); ok {
		return d.AnimationShape(info)
	}
	return info.Shape
}

// animated reports whether the result has several pictures.
func (p *Plan) animated() bool { return p.Frames > 1 }

// chooseCopy leaves an animation as it is where there is nothing to be done to
// its pictures, and nothing asked of the encoder but defaults.
func (p *planner) chooseCopy() {
	const quality = 90 // that canonical outputs have by default
	_, copies := p.decoder.(codec.Copier)
	e := p.Encode
	p.Copied = p.animated() && copies && len(p.Ops) == 0 && p.from.Name == p.Format.Name &&
		(e.Quality == 0 || e.Quality == quality) && !e.Lossless && !e.Progressive && e.Effort == nil
}

// admitAnimation bounds what all pictures of the result take together, as admit
// does those of the original.
func (p *planner) admitAnimation() error {
	w, h, most := int64(p.Shape.Width), int64(p.Shape.Height), p.opts.MaxPixels
	if p.animated() && !p.Copied && w*h > most/int64(p.Frames) {
		return fmt.Errorf("the edits make %d pictures of %dx%d pixels, which are more than %d: %w", p.Frames, w, h, most, ErrImpossible)
	}
	return nil
}

// copyBytes is what copying holds beside the file.
const copyBytes = 128 << 10

// work is what decoder, operations and encoder hold at once, and the result.
func (p *planner) work() int64 {
	if p.Copied {
		// What is written, in a buffer that may just be growing.
		return 3*p.size + copyBytes
	}
	request, options := p.Decode, p.Encode
	request.Workers = min(p.opts.Cores, mostCores) // what they are told at the most
	options.Workers = request.Workers
	if p.animated() {
		// A picture of the result as if it were not compressed, and the others as
		// the worst that lossy encoders make of noise.
		result := p.Shape.Bytes() * int64(p.Frames)
		if !p.lossless() {
			result = p.Shape.Bytes() + (result-p.Shape.Bytes())/2
		}
		return p.decoder.(codec.Animator).AnimationWork(p.Source, request) +
			op.Work(p.decoded, p.Ops) +
			p.encoder.(codec.AnimationEncoder).AnimationEncodeWork(p.Shape, p.Frames, options) +
			result
	}
	return p.decoder.DecodeWork(p.Source, request) +
		op.Work(p.decoded, p.Ops) +
		p.aheadBytes() +
		p.encoder.EncodeWork(p.Shape, options) +
		p.Shape.Bytes()
}
