package luna_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna"
)

// What no font could draw is told, by a miss, a hit, and one from the derived
// store; never drawn as boxes.
func TestMissingGlyphsAreTold(t *testing.T) {
	const title = `{"key":"hero.jpg","edits":[{"text":{"text":"fox 🦊 世","fontSize":9,"padding":1}}],"output":{"format":"png"}}`
	store := new(cache)
	for _, want := range []string{"miss", "hit", "hit"} {
		s := newSite(t, nil, &luna.HandlerOptions{Cache: store})
		answer := s.get(signed(title))
		require.Equal(t, http.StatusOK, answer.StatusCode, "%s", content(t, answer))
		require.Equal(t, want, answer.Header.Get("X-Luna-Cache"))
		require.Equal(t, "U+4E16, U+1F98A", answer.Header.Get("X-Luna-Missing-Glyphs"))
		require.NoError(t, s.handler.Shutdown(t.Context()))
	}
	s := newSite(t, nil, nil)
	require.NotContains(t, s.get(signed(thumb)).Header, "X-Luna-Missing-Glyphs")
}
