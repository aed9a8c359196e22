package luna

import (
	"bytes"
	"context"
	"io"
)

// overlays is a store that has the layer of a case under every key.
type overlays []byte

func (o overlays) Open(context.Context, string) (io.ReadCloser, int64, string, error) {
	return io.NopCloser(bytes.NewReader(o)), int64(len(o)), "1", nil
}
