package layers

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

type listed struct {
	ImportPath string
	Standard   bool
	CgoFiles   []string
}

// dependencies asks the go command what a program that imports one package
// links.
func dependencies(t *testing.T, room, cgo string) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Standard,CgoFiles", "./"+room)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED="+cgo)
	out, err := cmd.Output()
	require.NoError(t, err)
	var list []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else {
			require.NoError(t, err)
		}
		list = append(list, p)
	}
}

// TestLunaAloneIsLight: what is heavy is linked only where it is named.
func TestLunaAloneIsLight(t *testing.T) {
	heavy := []string{
		"wazero", "chai2010", "deepteams", "gocloud.dev", "cloud.google.com", "aws-sdk", "azure-sdk",
		"database/sql", "sqlite", "pgx", "redis", "nats", "prometheus/client_golang", "testify",
		"otel/sdk", "otel/exporters", "otel/internal/global", "opentelemetry.io/contrib",
	}
	for _, room := range []string{"luna", "immagin", "immagin/edit", "immagin/api", "sign"} {
		for _, p := range dependencies(t, room, "1") {
			for _, word := range heavy {
				require.NotContains(t, p.ImportPath, word, "%s links %s", room, p.ImportPath)
			}
			if !p.Standard {
				require.Empty(t, p.CgoFiles, "%s links %s, which has cgo files", room, p.ImportPath)
			}
		}
		for _, p := range dependencies(t, room, "0") {
			require.Empty(t, p.CgoFiles, "%s links %s, which has cgo files without cgo", room, p.ImportPath)
		}
	}
}

// TestCommonCodecsAreLight: the common set runs no WebAssembly; neither set has
// cgo, nor what is under the LGPL.
func TestCommonCodecsAreLight(t *testing.T) {
	for _, p := range dependencies(t, "luna/codecs", "1") {
		require.NotContains(t, p.ImportPath, "wazero")
	}
	for _, room := range []string{"luna/codecs", "luna/codecs/full"} {
		for _, cgo := range []string{"0", "1"} {
			for _, p := range dependencies(t, room, cgo) {
				require.NotContains(t, p.ImportPath, "heic")
				require.True(t, p.Standard || len(p.CgoFiles) == 0, p.ImportPath)
			}
		}
	}
}

// TestLibwebpIsNamed: who wants C has to say so.
func TestLibwebpIsNamed(t *testing.T) {
	links := func(cgo string) bool {
		return slices.ContainsFunc(dependencies(t, "luna/webp/libwebp", cgo), func(p listed) bool {
			return p.ImportPath == "github.com/chai2010/webp" && len(p.CgoFiles) > 0
		})
	}
	require.True(t, links("1"))
	require.False(t, links("0"))
}

// TestCloudDriversAreNamed: storage links no driver, the integrator does.
func TestCloudDriversAreNamed(t *testing.T) {
	for _, p := range dependencies(t, "storage", "1") {
		for _, word := range []string{"aws-sdk", "azure-sdk", "cloud.google.com/go/storage"} {
			require.NotContains(t, p.ImportPath, word)
		}
	}
}
