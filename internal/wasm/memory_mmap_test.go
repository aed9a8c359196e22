//go:build unix && !aix && !solaris && !illumos

package wasm

import (
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestExhausted: what the system does not lend is not over the limit.
func TestExhausted(t *testing.T) {
	if strconv.IntSize == 32 {
		t.Skip("all that a limit can be there is lent")
	}
	m := compile(t)
	err := m.Run(t.Context(), math.MaxInt64, func(*Instance) error { return nil })
	require.ErrorIs(t, err, ErrExhausted)
	require.NotErrorIs(t, err, ErrMemory)
	require.NotErrorIs(t, err, ErrTrap)
	require.NoError(t, m.Run(t.Context(), limit, func(*Instance) error { return nil }), "what went wrong before is forgotten")
}
