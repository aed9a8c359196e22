package luna

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/immagin/immagin-go/immagin/edit"
)

// Layers is the store of the pictures that image edits lay over the original.
// It must be safe for concurrent use.
type Layers interface {
	// Open returns the content of the picture under key, and its size, which
	// is negative where it is not known. The version is not looked at here:
	// that of an [Origin] is part of the handler's cache keys. For a picture
	// that does not exist the error is [fs.ErrNotExist]. The engine closes the
	// body. When ctx is done, Open and the body's Read return soon after.
	Open(ctx context.Context, key string) (body io.ReadCloser, size int64, version string, err error)
}

// WithLayers returns an engine that finds the pictures of image edits in
// layers, and is otherwise e: both share memory, and their limits of it. An
// engine without layers refuses image edits. A [Handler] needs none of this:
// it looks where the originals are.
func (e *Engine) WithLayers(layers Layers) *Engine {
	with := *e
	with.layers = layers
	return &with
}

// A LayerError says that what went wrong is the picture of an image edit, and
// not the original.
type LayerError struct {
	// Key of the picture.
	Key string
	Err error
}

func (e *LayerError) Error() string { return fmt.Sprintf("image layer %q: %v", e.Key, e.Err) }

func (e *LayerError) Unwrap() error { return e.Err }

// layerError says whose error err is. The stage is that of the transform, not
// of the layer.
func layerError(key string, err error) error {
	if e := (*Error)(nil); errors.As(err, &e) {
		err = e.Err
	}
	return &LayerError{Key: key, Err: err}
}

// layerKeys lists the keys of the pictures that edits lay on, each once, in
// order.
func layerKeys(edits []edit.Edit) []string {
	var keys []string
	for _, e := range edits {
		if e, ok := e.(edit.Image); ok {
			keys = append(keys, e.Key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// openLayers opens the pictures that edits lay on o, and reads their headers.
// o.close closes them.
func (e *Engine) openLayers(ctx context.Context, o *original, edits []edit.Edit) error {
	keys := layerKeys(edits)
	if len(keys) == 0 {
		return nil
	}
	// No store is asked for a key that is none.
	if _, _, err := edit.Canonical(edits, nil, e.opts.requests()); err != nil {
		return wrap("plan", err)
	}
	if e.layers == nil {
		return wrap("plan", fmt.Errorf("Engine.WithLayers tells where layers are: %w", &UnsupportedEditError{Name: edit.Image{}.Name()}))
	}
	for _, key := range keys {
		body, size, _, err := e.layers.Open(ctx, key)
		if err != nil {
			return wrap("fetch", layerError(key, err))
		}
		o.bodies = append(o.bodies, body)
		r := io.Reader(body)
		if size >= 0 {
			r = withSize(r, size)
		}
		if err := e.openLayer(ctx, o, key, r); err != nil {
			return err
		}
	}
	return nil
}

// openLayer reads the headers of a picture that is to be laid on o.
func (e *Engine) openLayer(ctx context.Context, o *original, key string, r io.Reader) error {
	layer, err := e.open(ctx, r)
	if err != nil {
		return wrap("probe", layerError(key, err))
	}
	if o.layers == nil {
		o.layers = map[string]*original{}
	}
	o.layers[key] = layer
	return nil
}

// A layer is a picture of a plan. A plan is run once; that fills in the rest.
type layer struct {
	key    string
	source *original

	ctx  context.Context
	file []byte
}

// load reads the file, which several edits may use.
func (l *layer) load(ctx context.Context) error {
	body := l.source.body
	body.resume(ctx)
	file, err := io.ReadAll(body)
	if err != nil {
		return body.blame("fetch", err)
	}
	l.ctx, l.file = ctx, file
	return nil
}

// loadLayers reads the files of the layers of p.
func (p *Plan) loadLayers(ctx context.Context) error {
	for _, key := range slices.Sorted(maps.Keys(p.layers)) {
		if err := p.layers[key].load(ctx); err != nil {
			return layerError(key, err)
		}
	}
	return nil
}

// forgetLayers lets go of what loadLayers read.
func (p *Plan) forgetLayers() {
	for _, l := range p.layers {
		l.ctx, l.file = nil, nil
	}
}
