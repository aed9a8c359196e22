//go:build !libavif

package avif

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/wasm"
	"github.com/immagin/immagin-go/luna/codec"
)

// What is whose fault decides on the status of the answer.
func TestTranslate(t *testing.T) {
	of := errors.New("the cause")
	for from, to := range map[error]error{
		wasm.ErrMemory:    codec.ErrLimit,
		wasm.ErrExhausted: codec.ErrExhausted,
		wasm.ErrTrap:      codec.ErrFormat,
		wasm.ErrClosed:    wasm.ErrClosed,
	} {
		err := translate(fmt.Errorf("%w: %w", from, of))
		for _, kind := range []error{codec.ErrLimit, codec.ErrExhausted, codec.ErrFormat, wasm.ErrClosed} {
			require.Equal(t, kind == to, errors.Is(err, kind), "%v as %v", from, kind)
		}
		require.ErrorIs(t, err, of)
	}
	require.NoError(t, translate(nil))
}
