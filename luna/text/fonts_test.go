package text_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/text"
)

// moduleBytes reads a font that lies in the source of a module that this one
// requires, so that no font has to be kept here.
func moduleBytes(t testing.TB, module, name string) []byte {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("there is no go command to find the module's fonts with")
	}
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	require.NoError(t, err)
	data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), filepath.FromSlash(name)))
	require.NoError(t, err)
	return data
}

func moduleFont(t testing.TB, module, name string) *text.Font {
	t.Helper()
	f, err := text.Parse(moduleBytes(t, module, name))
	require.NoError(t, err)
	return f
}

// amiri has Arabic and Latin letters, and the ligature ffi.
func amiri(t testing.TB) *text.Font {
	return moduleFont(t, "github.com/go-text/typesetting", "font/testdata/Amiri-Regular.ttf")
}

// cff is a font with cubic outlines; it has the digits 0 and 1.
func cff(t testing.TB) *text.Font {
	return moduleFont(t, "golang.org/x/image", "font/testdata/CFFTest.otf")
}
