package luna

import (
	"errors"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A Plan is all that is decided about a transform before a pixel is decoded.
type Plan struct {
	// Source is what the original's headers tell.
	Source codec.Info
	// Decode is how much of it is decoded, Ops what is done to it, in order,
	// and Encode how the result is encoded. They are not to be modified.
	Decode codec.Request
	Ops    []op.Op
	Encode codec.Options
	// Format is that of the result.
	Format codec.Format
	// Bytes is the most memory that the transform holds at once.
	Bytes int64

	decoder codec.Decoder
	encoder codec.Encoder
	decoded pixel.Shape
}

func (e *Engine) plan(o *original, edits []edit.Edit, output edit.Output) (*Plan, error) {
	return nil, errors.ErrUnsupported
}
