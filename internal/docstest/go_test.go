package docstest

import (
	"encoding/json"
	"fmt"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// elsewhere are fragments whose run another test holds, or which cannot run
// here, and why. They are compiled all the same.
var elsewhere = []exception{}

// prints is what fragments must print.
var prints = []exception{
	{"migrating.md", "var e *edit.ImportError", "false preset \"hero\": is defined in imgproxy's configuration: write its options instead\ntrue sh \"0.5\": the mask is the same, but flat areas are sharpened here as well"},
}

// together is the package of all fragments that are statements.
const together = "internal/docstest/blocks/runner"

// TestGo compiles every block of Go in one go, within this module and so with
// its dependencies, and runs those that are statements.
func TestGo(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command")
	}
	overlay := map[string]string{}
	folder := t.TempDir()
	place := func(path, source string) {
		name := filepath.Join(folder, strings.ReplaceAll(path, "/", "_"))
		require.NoError(t, os.WriteFile(name, []byte(source), 0o600))
		real, err := filepath.Abs(filepath.Join(root, filepath.FromSlash(path)))
		require.NoError(t, err)
		overlay[real] = name
	}
	packages := ours(t)
	programs := 0
	used := map[int]bool{}
	printed := map[int]bool{}
	var runs []block
	var paths []string
	whole := map[string]block{} // by what stands for it in messages
	quoted, compiled := 0, 0
	formatted := func(b block) {
		_, text := splitImports(b.text)
		if want, err := format.Source([]byte(strings.TrimLeft(text, "\n"))); err == nil && string(want) != strings.TrimLeft(text, "\n") {
			t.Errorf("%v: gofmt would write it as\n%s", b, want)
		}
	}
	for i, b := range all(t, "go") {
		formatted(b)
		if excerpt(t, b.text) {
			quoted++ // compiled, and run by its own test, where it stands
			continue
		}
		f, err := compose(b, packages)
		if err != nil {
			t.Errorf("%v: %v", b, err)
			continue
		}
		if f.program {
			// Compiled here, and not linked, which takes longer than all the rest.
			f.source = strings.Replace(f.source, "package main", "package fragment", 1)
		}
		compiled++
		_, other := find(elsewhere, used, b)
		if f.run && !other {
			// All of these are one package: the compiler takes seconds to read what
			// each package imports.
			source := strings.Replace(f.source, "package fragment", "package main", 1)
			place(fmt.Sprintf("%s/run%d.go", together, len(runs)), strings.Replace(source, "func Run(", fmt.Sprintf("func run%d(", len(runs)), 1))
			runs = append(runs, b)
			continue
		}
		if f.program && !other {
			programs++
		}
		path := fmt.Sprintf("internal/docstest/blocks/b%d", i)
		place(path+"/fragment.go", f.source)
		paths = append(paths, "./"+path)
		whole[path] = b
	}
	requireUsed(t, elsewhere, used)
	require.Equal(t, 1, programs, "whole programs are files of examples, which pages quote, but for the README's, which TestEmbed runs")
	require.NotEmpty(t, runs)

	var calls strings.Builder
	for i := range runs {
		fmt.Fprintf(&calls, "\t%q: run%d,\n", runs[i].String(), i)
	}
	place(together+"/main.go", runner(calls.String()))
	name := filepath.Join(folder, "overlay.json")
	text, err := json.Marshal(map[string]any{"Replace": overlay})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(name, text, 0o600))

	// Not vet, which looks for the folders themselves.
	bin := filepath.Join(folder, "bin") + string(filepath.Separator)
	require.NoError(t, os.Mkdir(bin, 0o700))
	build := exec.Command("go", append([]string{"build", "-overlay", name, "-o", bin, "./" + together}, paths...)...)
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, named(string(out), whole))
	}
	t.Logf("%d compiled, %d of them run, %d more are quotations of files that are compiled", compiled, len(runs), quoted)

	var said struct{ Failed, Output map[string]string }
	run := exec.Command(filepath.Join(bin, "runner"))
	run.Dir = t.TempDir()
	run.Stderr = os.Stderr
	run.Env = append(os.Environ(), "IMMAGIN_SECRET=test-secret-0123456789")
	out, err := run.Output()
	require.NoError(t, err, "%s", out)
	require.NoError(t, json.Unmarshal(out, &said), "%s", out)
	for _, b := range runs {
		if fault := said.Failed[b.String()]; fault != "" {
			t.Errorf("%v: %s", b, fault)
		}
		if want, ok := find(prints, printed, b); ok {
			require.Contains(t, said.Output[b.String()], want, "%v", b)
		}
	}
	requireUsed(t, prints, printed)
}

// named gives messages of the compiler the places on the pages.
func named(text string, whole map[string]block) string {
	text = strings.ReplaceAll(text, together+"/", "")
	for path, b := range whole {
		text = strings.ReplaceAll(text, path+"/", "")
		text = strings.ReplaceAll(text, "github.com/immagin/immagin-go/"+path, b.String())
	}
	return text
}

// runner is a program that runs all fragments, each with a site of its own.
func runner(calls string) string {
	return `package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/immagin/immagin-go/internal/docstest/given"
)

var runs = map[string]func(*given.Site) error{
` + calls + `}

func main() {
	stdout := os.Stdout
	failed, output := map[string]string{}, map[string]string{}
	for name, run := range runs {
		r, w, err := os.Pipe()
		if err != nil {
			panic(err)
		}
		said := make(chan string)
		go func() { text, _ := io.ReadAll(r); said <- string(text) }()
		os.Stdout = w
		if err := one(run); err != nil {
			failed[name] = err.Error()
		}
		w.Close()
		output[name] = <-said
	}
	json.NewEncoder(stdout).Encode(map[string]any{"Failed": failed, "Output": output})
}

func one(run func(*given.Site) error) (err error) {
	site, err := given.New(context.Background())
	if err != nil {
		return err
	}
	defer site.Close()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return run(site)
}
`
}

// ours are this module's packages by their names, but for internal ones, tests'
// and programs. Of two of one name the one with the shorter path counts.
func ours(t *testing.T) map[string]string {
	t.Helper()
	known := map[string]string{}
	walk(t, func(name string) {
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.Contains(name, "internal/") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, name), nil, parser.PackageClauseOnly)
		if err != nil || file.Name.Name == "main" || !strings.Contains(name, "/") {
			return
		}
		path := "github.com/immagin/immagin-go/" + name[:strings.LastIndex(name, "/")]
		if old := known[file.Name.Name]; old == "" || len(path) < len(old) {
			known[file.Name.Name] = path
		}
	})
	require.Contains(t, known, "luna")
	return known
}

// walk calls f with the files of the repository, by their paths with slashes.
func walk(t *testing.T, f func(name string)) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		if d.IsDir() && rel != "." && rel != ".github" && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || d.Name() == "testdata" || d.Name() == "bin") {
			return filepath.SkipDir
		}
		if !d.IsDir() {
			f(filepath.ToSlash(rel))
		}
		return nil
	}))
}

// sources are the files that programs read: those whose lines a block may quote.
var sources = sync.OnceValues(func() (map[string]string, error) {
	texts := map[string]string{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || d.Name() == "testdata" || d.Name() == "docstest") {
				return filepath.SkipDir
			}
			return nil
		}
		switch ext := filepath.Ext(name); {
		case ext == ".md", ext == ".jpg", ext == ".png", ext == ".s", ext == ".wasm", ext == ".ttf", ext == ".otf":
			return nil
		}
		if info, err := d.Info(); err != nil || info.Size() > 1<<20 {
			return err
		}
		text, err := os.ReadFile(name)
		texts[name] = trimmed(string(text))
		return err
	})
	return texts, err
})

// trimmed is text without what lines begin and end with, and without blank ones.
func trimmed(text string) string {
	var s strings.Builder
	s.WriteByte('\n')
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			s.WriteString(line + "\n")
		}
	}
	return s.String()
}

// excerpt tells whether these lines stand, in this order and but for
// indentation, in a file of the repository that is not a page: there they are
// compiled and tested as what they are.
func excerpt(t *testing.T, text string) bool {
	t.Helper()
	texts, err := sources()
	require.NoError(t, err)
	want := trimmed(text)
	if len(want) < 20 {
		return false // too little to be a quotation
	}
	for _, have := range texts {
		if strings.Contains(have, want) {
			return true
		}
	}
	return false
}

func TestExcerpt(t *testing.T) {
	require.True(t, excerpt(t, "import (\n  \"gocloud.dev/blob/memblob\"\n)\n") || excerpt(t, "\"gocloud.dev/blob/memblob\"\n"))
	require.False(t, excerpt(t, "what no file of the repository says, "+strconv.Itoa(7*191)))
}
