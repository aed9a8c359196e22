//go:build libavif

package avif

import (
	"testing"

	"github.com/gen2brain/avif"
	"github.com/stretchr/testify/require"
)

// With the tag, the system's library is used or nothing is.
func TestSystemLibrary(t *testing.T) {
	c, err := New(nil)
	if missing := avif.Dynamic(); missing != nil {
		require.ErrorIs(t, err, missing)
		return
	}
	require.NoError(t, err)
	require.Contains(t, c.Revision(), "system libavif")
	require.IsType(t, systemLibrary{}, c.lib)
}
