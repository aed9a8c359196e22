// Package luna transforms images: it plans a list of edits, runs the plan strip
// by strip through the codecs that it was given, and serves the results over
// HTTP.
package luna

import (
	"context"
	"errors"
	"io"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// An Engine transforms images. It is safe for concurrent use.
type Engine struct {
	opts Options
	pool *pixel.Pool
}

// New returns an engine that reads and writes the formats of codecs, and no
// other. It fails if two codecs claim one name or one beginning of files, or
// if one neither decodes nor encodes.
func New(codecs []codec.Codec, opts *Options) (*Engine, error) {
	o, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Engine{opts: o, pool: pixel.NewPool()}, nil
}

// Revision is a hash of all that can change an output byte: the version of
// this module, every codec's name and revision, and the options that matter.
// Engines of equal revision make equal bytes, on every machine.
func (e *Engine) Revision() string { return "" }

// Formats lists the names of the formats that the engine reads and writes, in
// the order in which the codecs were given to [New].
func (e *Engine) Formats() (decode, encode []string) { return nil, nil }

// Transform reads an image from r, applies edits, and writes the result to w
// as output says; nil output is all defaults.
func (e *Engine) Transform(ctx context.Context, w io.Writer, r io.Reader, edits []edit.Edit, output *edit.Output) (*Result, error) {
	return nil, errors.ErrUnsupported
}

// Explain plans what [Engine.Transform] would do with the same arguments,
// and decodes no pixel.
func (e *Engine) Explain(ctx context.Context, r io.Reader, edits []edit.Edit, output *edit.Output) (*Plan, error) {
	return nil, errors.ErrUnsupported
}

// Metadata reads the headers of an image from r.
func (e *Engine) Metadata(ctx context.Context, r io.Reader) (*Metadata, error) {
	return nil, errors.ErrUnsupported
}

func (e *Engine) open(ctx context.Context, r io.Reader) (*original, error) {
	return nil, errors.ErrUnsupported
}

func (e *Engine) plan(o *original, edits []edit.Edit, output edit.Output) (*Plan, error) {
	return nil, errors.ErrUnsupported
}

func (e *Engine) reserve(ctx context.Context, bytes int64) (release func(), err error) {
	return nil, errors.ErrUnsupported
}

func (e *Engine) render(ctx context.Context, o *original, p *Plan, w io.Writer) (*Result, error) {
	return nil, errors.ErrUnsupported
}
