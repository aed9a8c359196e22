//go:build !libavif

package avif

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The module is the one that go.mod's version of gen2brain/avif carries.
func TestModuleIsTheOneNamed(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Version}} {{.Dir}}", "github.com/gen2brain/avif").Output()
	if err != nil {
		t.Skip("there is no go command:", err)
	}
	version, dir, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	require.Contains(t, libraryRevision, "gen2brain/avif "+version+" ")
	if dir == "" {
		t.Skip("the module is not downloaded")
	}
	for theirs, ours := range map[string]string{
		"lib/avif.wasm.gz":    "libavif/avif.wasm.gz",
		"lib/LICENSE.libavif": "libavif/LICENSE.libavif",
		"lib/LICENSE.aom":     "libavif/LICENSE.aom",
	} {
		want, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(theirs)))
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.FromSlash(ours))
		require.NoError(t, err)
		require.Equal(t, want, got, "%s: run go generate", ours)
	}
}

// Without the tag, nothing that could load a library of the system's is linked.
func TestSystemLibraryIsNotLinked(t *testing.T) {
	deps := func(args ...string) string {
		out, err := exec.Command("go", append(append([]string{"list", "-deps"}, args...), ".")...).Output()
		if err != nil {
			t.Skip("there is no go command:", err)
		}
		return string(out)
	}
	const loader = "github.com/ebitengine/purego"
	require.NotContains(t, deps(), loader)
	require.NotContains(t, deps(), "gen2brain")
	require.Contains(t, deps("-tags", "libavif"), loader, "what is looked for is there where it is asked for")
	require.Contains(t, testCodec(t).Revision(), " wasm ")
}
