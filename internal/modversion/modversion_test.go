package modversion

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestIndex(t *testing.T) {
	m := index(&debug.BuildInfo{Deps: []*debug.Module{
		{Path: "example.com/a", Version: "v1.2.3"},
		{Path: "example.com/b", Version: "v1.2.3", Replace: &debug.Module{Path: "example.com/fork", Version: "v0.1.0"}},
	}})
	require.Equal(t, map[string]string{"example.com/a": "v1.2.3", "example.com/b": "example.com/fork@v0.1.0"}, m)
}

func TestOf(t *testing.T) {
	require.Equal(t, "fallback", Of("example.com/not/a/dependency", "fallback"))
}
