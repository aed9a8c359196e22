// Command recipes runs the documented recipes on pictures that it draws, and
// writes what comes out:
//
//	go run ./examples/recipes -out pictures             all of them
//	go run ./examples/recipes -out pictures og-image    some
//
// The table of recipes is in recipes.go, the drawing in originals.go.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codecs"
)

func main() {
	dir := flag.String("out", ".", "the folder to write to")
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "usage: recipes [-out folder] [recipe ...]\n\nrecipes:\n")
		for _, r := range recipes {
			fmt.Fprintf(flag.CommandLine.Output(), "  %s\n", r.name)
		}
	}
	flag.Parse()
	if err := cook(context.Background(), *dir, flag.Args(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// cook runs the recipes of those names, or all.
func cook(ctx context.Context, dir string, names []string, log io.Writer) error {
	for _, name := range names {
		if !slices.ContainsFunc(recipes, func(r recipe) bool { return r.name == name }) {
			return fmt.Errorf("there is no recipe %q", name)
		}
	}
	pictures, err := drawn()
	if err != nil {
		return err
	}
	engine, err := luna.New(codecs.Default(), nil)
	if err != nil {
		return err
	}
	engine = engine.WithLayers(pictures)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, r := range recipes {
		if len(names) > 0 && !slices.Contains(names, r.name) {
			continue
		}
		var b bytes.Buffer
		result, err := engine.Transform(ctx, &b, bytes.NewReader(pictures[r.original]), r.edits, &r.output)
		if err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		file := filepath.Join(dir, r.name+"."+result.Format)
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			return err
		}
		fmt.Fprintf(log, "%s: %dx%d, %d bytes\n  %v\n", file, result.Width, result.Height, b.Len(), result.Plan)
		for _, c := range result.MissingGlyphs {
			fmt.Fprintf(log, "  no font has %q\n", c)
		}
	}
	return nil
}

// originals are pictures by name, and the layers of image edits as well.
type originals map[string][]byte

// Open implements [luna.Layers].
func (o originals) Open(_ context.Context, key string) (io.ReadCloser, int64, string, error) {
	b, ok := o[key]
	if !ok {
		return nil, 0, "", fmt.Errorf("%s: %w", key, fs.ErrNotExist)
	}
	return io.NopCloser(bytes.NewReader(b)), int64(len(b)), "1", nil
}
