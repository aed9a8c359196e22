package luna

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

// An Operation is an edit of the integrator's own: what an engine does where a
// list of edits says {"x-name": parameters}. See [Options].Operations.
type Operation struct {
	// Revision is to be changed whenever the operation makes other pixels of
	// the same image and parameters: results are cached under it. Required.
	Revision string
	// New returns what is to be done for these parameters, which are the JSON
	// of the edit in canonical form: without white space, with sorted keys,
	// "null" where there are none. It is called while a transform is planned,
	// once or more often, and must be a pure function. Its error refuses the
	// edit: as a bad option (status 400), or, where it wraps [ErrImpossible],
	// as one that this image does not allow (422).
	//
	// The usual thing to return is an *[op.Func], which works on an
	// image.Image. An error of its Apply is the server's fault (500) unless it
	// wraps ErrImpossible. Required.
	New func(parameters json.RawMessage) (op.Op, error)
}

// checkOperations says which of the operations is wrong, and how.
func (o *Options) checkOperations() error {
	for _, name := range o.operationNames() {
		e := edit.Custom{Operation: name}
		if _, _, err := edit.Canonical([]edit.Edit{e}, nil, nil); err != nil {
			return fmt.Errorf("luna: Options.Operations: the name %q: %w", name, err)
		}
		switch operation := o.Operations[name]; {
		case operation.Revision == "":
			return fmt.Errorf("luna: Options.Operations[%q].Revision is empty", name)
		case operation.New == nil:
			return fmt.Errorf("luna: Options.Operations[%q].New is nil", name)
		}
	}
	return nil
}

// operationNames lists the names of the operations in order.
func (o *Options) operationNames() []string {
	var names []string
	for name := range o.Operations {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// custom lowers an edit of the integrator's own.
func (l *lowering) custom(e edit.Custom) error {
	operation, ok := l.opts.Operations[e.Operation]
	if !ok {
		return &UnsupportedEditError{Name: e.Operation}
	}
	parameters := e.Parameters
	if parameters == nil {
		parameters = json.RawMessage("null")
	}
	o, err := operation.New(slices.Clone(parameters))
	if err != nil {
		if errors.Is(err, ErrImpossible) {
			return fmt.Errorf("edit %q: %w", e.Operation, err)
		}
		return fmt.Errorf("edit %q: %w: %w", e.Operation, ErrOption, err)
	}
	if o == nil {
		return fmt.Errorf("edit %q: its New returned no op", e.Operation)
	}
	in := pixel.Shape{Width: l.width, Height: l.height, Layout: pixel.RGB}
	if l.alpha {
		in.Layout = pixel.RGBA
	}
	in.Layout = o.Accepts(in.Layout)
	out, err := o.Out(in)
	if err != nil {
		return err
	}
	if err := l.fits(out.Width, out.Height); err != nil {
		return err
	}
	l.alpha = out.Layout.HasAlpha()
	return l.add(o)
}
