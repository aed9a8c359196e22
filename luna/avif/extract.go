//go:build ignore

// This program copies the WebAssembly module and its licences out of the Go
// module github.com/gen2brain/avif, at the version that go.mod names.
package main

import (
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	log.SetFlags(0)
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/gen2brain/avif").Output()
	if err != nil {
		log.Fatal(err)
	}
	for from, to := range map[string]string{
		"lib/avif.wasm.gz":    "avif.wasm.gz",
		"lib/LICENSE.aom":     "LICENSE.aom",
		"lib/LICENSE.libavif": "LICENSE.libavif",
		"LICENSE":             "LICENSE.gen2brain",
	} {
		b, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), filepath.FromSlash(from)))
		if err != nil {
			log.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join("libavif", to), b, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
