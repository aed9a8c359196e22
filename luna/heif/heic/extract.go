//go:build ignore

// This program copies the WebAssembly module and its licences out of the Go
// module github.com/gen2brain/heic, which go.mod does not name, since nothing
// of it is imported.
package main

import (
	"encoding/json"
	"log"
	"os"
	"os/exec"
	"path/filepath"
)

const source = "github.com/gen2brain/heic@v0.4.5"

func main() {
	log.SetFlags(0)
	out, err := exec.Command("go", "mod", "download", "-json", source).Output()
	if err != nil {
		log.Fatal(err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		log.Fatal(err)
	}
	for from, to := range map[string]string{
		"lib/heif.wasm.gz":     "heif.wasm.gz",
		"lib/LICENSE.libheif":  "LICENSE.libheif",
		"lib/LICENSE.libde265": "LICENSE.libde265",
		"LICENSE":              "LICENSE.gen2brain",
	} {
		b, err := os.ReadFile(filepath.Join(module.Dir, filepath.FromSlash(from)))
		if err != nil {
			log.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join("libheif", to), b, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
