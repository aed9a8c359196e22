package layers

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// without are the exported functions and types that need no Example, each with
// the reason.
var without = map[string]string{}

const (
	suite  = "runs a suite on a *testing.T, of which there is none outside of a test"
	server = "needs a PostgreSQL"
)

// notRun are the Examples that go test compiles and does not run, each with
// the reason.
var notRun = map[string]string{
	"billing/billingtest/ExampleLedgerProperties": suite,
	"billing/billingtest/ExampleMeterProperties":  suite,
	"billing/billingtest/ExampleTestLedgerStore":  suite,
	"billing/billingtest/ExampleTestMeterStore":   suite,
	"billing/billingtest/ExampleTestQueue":        suite,
	"billing/store/postgres/ExampleNew":           server,
	"billing/store/postgres/ExampleOpen":          server,
	"immagin/api/apitest/ExampleTestKeys":         suite,
	"immagin/api/apitest/ExampleTestNonces":       suite,
	"immagin/api/apitest/ExampleTestProjects":     suite,
	"luna/codec/codectest/ExampleFuzz":            suite,
	"luna/codec/codectest/ExampleRun":             suite,
	"luna/pixel/pixeltest/Example":                suite,
	"luna/pixel/pixeltest/ExampleEqual":           suite,
	"storage/storagetest/ExampleTestAccount":      suite,
	"storage/storagetest/ExampleTestDerived":      suite,
	"storage/storagetest/ExampleTestOriginals":    suite,
}

// TestExamples holds that each exported function of each public package has an
// Example where go doc shows it: ExampleF for F, or, where F returns a T or
// *T, an Example of T or its methods that calls F; and that each type of
// options is set by an Example of its package.
func TestExamples(t *testing.T) {
	excused := map[string]bool{}
	functions, options := 0, 0
	check := func(name string, has bool) {
		reason, is := without[name]
		switch {
		case is && has:
			t.Errorf("%s has an Example: take it out of the table", name)
		case is:
			require.NotEmpty(t, reason)
			excused[name] = true
		case !has:
			t.Errorf("%s has no Example", name)
		}
	}
	for room, p := range public(t) {
		for _, f := range p.functions {
			functions++
			check(path.Join(room, f.Name.Name), slices.ContainsFunc(p.examples, func(e *doc.Example) bool { return shows(e, f) }))
		}
		for _, name := range p.options {
			options++
			check(path.Join(room, name), slices.ContainsFunc(p.examples, func(e *doc.Example) bool { return names(e, name) }))
		}
	}
	require.Greater(t, functions, 100, "the test did not find the packages")
	require.Greater(t, options, 10, "the test did not find the options")
	for name := range without {
		require.True(t, excused[name], "the table names %s, which does not exist", name)
	}
}

// TestExamplesRun holds that go test runs the Examples of all public packages
// and compares what they print.
func TestExamplesRun(t *testing.T) {
	excused := map[string]bool{}
	for room, p := range public(t) {
		for _, e := range p.examples {
			if e.Output != "" || e.EmptyOutput {
				continue
			}
			name := path.Join(room, "Example"+e.Name)
			if e.Name == "" {
				name = path.Join(room, "Example")
			}
			excused[name] = true
			if notRun[name] == "" {
				t.Errorf("%s has no Output, so that it only compiles: give it one, or say in the table why it cannot have one", name)
			}
		}
	}
	for name := range notRun {
		require.True(t, excused[name], "the table names %s, which is run or does not exist", name)
	}
}

// shows reports whether e stands by f in the documentation.
func shows(e *doc.Example, f *ast.FuncDecl) bool {
	if e.Name == f.Name.Name || strings.HasPrefix(e.Name, f.Name.Name+"_") {
		return true
	}
	if f.Type.Results == nil {
		return false
	}
	result := f.Type.Results.List[0].Type
	if pointer, is := result.(*ast.StarExpr); is {
		result = pointer.X
	}
	named, is := result.(*ast.Ident)
	if !is || e.Name != named.Name && !strings.HasPrefix(e.Name, named.Name+"_") {
		return false
	}
	return names(e, f.Name.Name)
}

// names reports whether the code of e has the name, qualified by a package.
func names(e *doc.Example, name string) bool {
	has := false
	ast.Inspect(e.Code, func(n ast.Node) bool {
		selector, is := n.(*ast.SelectorExpr)
		has = has || is && selector.Sel.Name == name
		return !has
	})
	return has
}

// documented is what of one package's documentation this test reads.
type documented struct {
	comment   string
	functions []*ast.FuncDecl
	options   []string
	examples  []*doc.Example
}

// public reads the public packages of the module, by their folders.
func public(t *testing.T) map[string]*documented {
	t.Helper()
	all := map[string]*documented{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			hidden := strings.HasPrefix(d.Name(), ".") && name != root
			if hidden || slices.Contains([]string{"internal", "examples", "testdata", "node_modules"}, d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		require.NoError(t, err)
		rel, err := filepath.Rel(root, filepath.Dir(name))
		require.NoError(t, err)
		room := filepath.ToSlash(rel)
		if all[room] == nil {
			all[room] = &documented{}
		}
		if strings.HasSuffix(name, "_test.go") {
			examples := doc.Examples(file)
			if len(examples) > 0 {
				require.True(t, strings.HasSuffix(file.Name.Name, "_test"), "%s: Examples are outside of their package, as their readers are", name)
			}
			all[room].examples = append(all[room].examples, examples...)
			return nil
		}
		if file.Doc != nil {
			all[room].comment += file.Doc.Text()
		}
		for _, declared := range file.Decls {
			switch d := declared.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.IsExported() {
					all[room].functions = append(all[room].functions, d)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if of, is := spec.(*ast.TypeSpec); is && of.Name.IsExported() && strings.HasSuffix(of.Name.Name, "Options") {
						all[room].options = append(all[room].options, of.Name.Name)
					}
				}
			}
		}
		return nil
	})
	require.NoError(t, err)
	return all
}
