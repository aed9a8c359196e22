package docstest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A block of Go becomes a package by these rules:
//
//  1. One with a package clause is a program, and stays as it is.
//  2. One of declarations becomes a file of them. All others are statements,
//     which may follow imports, and become the body of a function, whose results
//     are those of the block's own return statements.
//  3. What the block neither declares nor imports is a name of package given
//     (the table names), or a package of the table libraries or of this module.
//  4. A variable that the statements declare and do not use is no fault: a guide
//     shows how it is made. An error that they leave unread ends them.
//
// A name that is none of these fails: declare it, or add it to a table.

// names are what fragments take as given, as expressions over a *given.Site.
// Those of one page stand before those of all.
var names = map[string]map[string]string{
	"": {
		"ctx":       "site.Context",
		"client":    "site.Client",
		"secret":    "site.Secret",
		"engine":    "site.Engine",
		"handler":   "site.Handler",
		"originals": "site.Originals",
		"origin":    "site.Originals",
		"derived":   "site.Derived",
		"keys":      "site.Tenants",
		"tenants":   "site.Tenants",
		"keyring":   "site.Keyring",
		"folder":    "site.Folder",
		"tenant":    `"acme"`,
		"key":       `"hero.jpg"`,
		"mux":       "http.NewServeMux()",
		"w":         "httptest.NewRecorder()",
		"edits":     "[]edit.Edit{edit.Resize{Width: 800}}",
	},
	"management-api.md": {
		"projects": "site.Projects", "keys": "site.Keys", "delivery": "site.Handler",
	},
	"migrating.md": {"options": "&edit.ImportOptions{}"},
	"storage.md": {
		"loggedIn":   `func(*http.Request) string { return "acme" }`,
		"revokeKeys": "func(context.Context, string) error { return nil }", "deleteUsage": "func(context.Context, string) error { return nil }", "deleteProject": "func(context.Context, string) error { return nil }",
	},
	"usage-log.md": {"file": "new(bytes.Buffer)", "usage": "luna.NewUsageLog(new(bytes.Buffer), nil)"},
}

// libraries are the packages that fragments name without importing them.
var libraries = map[string]string{
	"bytes": "bytes", "context": "context", "cmp": "cmp", "errors": "errors", "fmt": "fmt", "fs": "io/fs",
	"http": "net/http", "httptest": "net/http/httptest", "io": "io", "json": "encoding/json", "log": "log", "maps": "maps",
	"os": "os", "filepath": "path/filepath", "runtime": "runtime", "slices": "slices", "slog": "log/slog", "strconv": "strconv",
	"strings": "strings", "sync": "sync", "template": "html/template", "time": "time", "url": "net/url",

	"blob":           "gocloud.dev/blob",
	"memblob":        "gocloud.dev/blob/memblob",
	"pubsub":         "gocloud.dev/pubsub",
	"otel":           "go.opentelemetry.io/otel",
	"otelprometheus": "go.opentelemetry.io/otel/exporters/prometheus",
	"sdkmetric":      "go.opentelemetry.io/otel/sdk/metric",
	"sdktrace":       "go.opentelemetry.io/otel/sdk/trace",
	"prometheus":     "github.com/prometheus/client_golang/prometheus",
	"promhttp":       "github.com/prometheus/client_golang/prometheus/promhttp",
	"given":          "github.com/immagin/immagin-go/internal/docstest/given",
	"codecs":         "github.com/immagin/immagin-go/luna/codecs",
	"metering":       "github.com/immagin/immagin-go/examples/metering",
	"immagin":        "github.com/immagin/immagin-go/immagin",
}

// fragment is a block of Go made into a file.
type fragment struct {
	source  string
	program bool // has a main of its own
	run     bool // has a Run
}

// shape is what a block parses as.
type shape struct {
	prefix, suffix string
}

var shapes = []shape{
	{"", ""},
	{"package fragment; ", ""},
	{"package fragment; func body() {", "\n}"},
}

// compose makes the file of a block; packages are those of this module by name.
func compose(b block, packages map[string]string) (fragment, error) {
	text := strings.TrimRight(b.text, "\n")
	imports, body := splitImports(text)
	files := token.NewFileSet()
	for i, s := range shapes {
		source := s.prefix + text + s.suffix
		if i == 2 {
			source = s.prefix + body + s.suffix
		}
		file, err := parser.ParseFile(files, "fragment.go", source, parser.ParseComments)
		if err != nil {
			if i == len(shapes)-1 {
				return fragment{}, fmt.Errorf("is no Go, neither as a file nor as declarations nor as statements: %w", err)
			}
			continue
		}
		switch i {
		case 0:
			return fragment{source: text + "\n", program: file.Name.Name == "main"}, nil
		case 1:
			return declarations(b, file, text, imports, body, packages)
		default:
			return statements(b, files, file, imports, body, len(s.prefix), packages)
		}
	}
	panic("unreachable")
}

// splitImports takes the import declarations that a block begins with off it,
// leaving their lines blank.
func splitImports(text string) (imports, rest string) {
	file, err := parser.ParseFile(token.NewFileSet(), "", "package fragment; "+text, parser.ImportsOnly)
	if err != nil || len(file.Decls) == 0 {
		return "", text
	}
	end := int(file.Decls[len(file.Decls)-1].End()) - 1 - len("package fragment; ")
	return text[:end], strings.Repeat("\n", strings.Count(text[:end], "\n")) + text[end:]
}

// imported are the names that import declarations give.
func imported(imports string) map[string]bool {
	known := map[string]bool{}
	file, err := parser.ParseFile(token.NewFileSet(), "", "package fragment; "+imports, parser.ImportsOnly)
	if err != nil {
		return known
	}
	for _, spec := range file.Imports {
		path := strings.Trim(spec.Path.Value, `"`)
		name := path[strings.LastIndex(path, "/")+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		} else if strings.HasPrefix(name, "v") && len(name) == 2 {
			parts := strings.Split(path, "/")
			name = parts[len(parts)-2]
		}
		known[name] = true
	}
	return known
}

// resolve finds what the block takes as given: packages to import, and names
// to declare. The expressions of the latter name packages of their own.
func resolve(b block, file *ast.File, imports string, packages map[string]string) (paths map[string]string, given map[string]string, err error) {
	paths, given = map[string]string{}, map[string]string{}
	known := imported(imports)
	page := b.page[strings.LastIndex(b.page, "/")+1:]
	need := func(name string) bool {
		path := libraries[name]
		if path == "" {
			path = packages[name]
		}
		if path != "" {
			paths[name] = path
		}
		return path != ""
	}
	for _, id := range file.Unresolved {
		name := id.Name
		if types.Universe.Lookup(name) != nil || known[name] || name == "_" {
			continue
		}
		expression, ok := names[page][name]
		if !ok {
			expression, ok = names[""][name]
		}
		if isPackage := selected(file, id); ok && !(isPackage && names[page][name] == "" && packages[name] != "") {
			given[name] = expression
			expr, err := parser.ParseExpr(expression)
			if err != nil {
				return nil, nil, err
			}
			ast.Inspect(expr, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					if x, ok := s.X.(*ast.Ident); ok && x.Name != "site" {
						need(x.Name)
					}
				}
				return true
			})
			continue
		}
		if !need(name) {
			return nil, nil, fmt.Errorf("%s is declared nowhere: declare it in the block, or add it to a table in fragment_test.go", name)
		}
	}
	return paths, given, nil
}

// selected tells whether an identifier stands before a dot.
func selected(file *ast.File, id *ast.Ident) (found bool) {
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && s.X == id {
			found = true
		}
		return !found
	})
	return found
}

func header(b block, paths map[string]string, imports string) string {
	var s strings.Builder
	s.WriteString("package fragment\n\n")
	if imports != "" {
		s.WriteString(imports + "\n")
	}
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		fmt.Fprintf(&s, "import %s %q\n", name, paths[name])
	}
	return s.String()
}

func declarations(b block, file *ast.File, text, imports, body string, packages map[string]string) (fragment, error) {
	paths, given, err := resolve(b, file, imports, packages)
	if err != nil {
		return fragment{}, err
	}
	var s strings.Builder
	if len(given) > 0 {
		paths["given"] = libraries["given"]
	}
	s.WriteString(header(b, paths, imports))
	if len(given) > 0 {
		s.WriteString("var site = new(given.Site)\n")
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		fmt.Fprintf(&s, "var %s = %s\n", name, given[name])
	}
	fmt.Fprintf(&s, "//line %s:%d\n%s\n", b.page, b.line+1, body)
	return fragment{source: s.String()}, nil
}

func statements(b block, files *token.FileSet, file *ast.File, imports, body string, offset int, packages map[string]string) (fragment, error) {
	paths, given, err := resolve(b, file, imports, packages)
	if err != nil {
		return fragment{}, err
	}
	list := file.Decls[len(file.Decls)-1].(*ast.FuncDecl).Body.List
	results := 1
	found := false
	for _, s := range list {
		ast.Inspect(s, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ReturnStmt:
				if !found {
					results, found = len(n.Results), true
				}
			}
			return true
		})
	}
	fail := strings.Repeat("nil, ", max(results-1, 0)) + "err"
	at := func(p token.Pos) int { return files.Position(p).Offset - offset }
	var out strings.Builder
	copied := 0
	for i, s := range list {
		var declared []string
		read := i+1 < len(list) && mentions(list[i+1], "err")
		unread := false
		switch s := s.(type) {
		case *ast.AssignStmt:
			for _, left := range s.Lhs {
				if id, ok := left.(*ast.Ident); ok && id.Name != "_" {
					if s.Tok == token.DEFINE {
						declared = append(declared, id.Name)
					}
					unread = unread || id.Name == "err" && !read
				}
			}
		case *ast.DeclStmt:
			if d, ok := s.Decl.(*ast.GenDecl); ok && d.Tok == token.VAR {
				for _, spec := range d.Specs {
					for _, id := range spec.(*ast.ValueSpec).Names {
						declared = append(declared, id.Name)
					}
				}
			}
		}
		out.WriteString(body[copied:at(s.End())])
		copied = at(s.End())
		for _, name := range declared {
			if name != "_" {
				fmt.Fprintf(&out, "; _ = %s", name)
			}
		}
		if unread && results > 0 {
			fmt.Fprintf(&out, "; if err != nil { return %s }", fail)
		}
	}
	out.WriteString(body[copied:])
	last := "\nreturn " + strings.TrimSuffix(strings.Repeat("nil, ", results), ", ")
	if len(list) > 0 {
		if _, ok := list[len(list)-1].(*ast.ReturnStmt); ok {
			last = ""
		}
	}

	paths["given"] = libraries["given"]
	var s strings.Builder
	s.WriteString(header(b, paths, imports))
	s.WriteString("\nfunc Run(site *given.Site) error {\n")
	for _, name := range slices.Sorted(maps.Keys(given)) {
		fmt.Fprintf(&s, "%s := %s; _ = %s\n", name, given[name], name)
	}
	types := strings.TrimSuffix(strings.Repeat("any, ", max(results-1, 0))+"error", ", ")
	if results == 0 {
		types = ""
	}
	fmt.Fprintf(&s, "body := func() (%s) {\n//line %s:%d\n%s%s\n}\n", types, b.page, b.line+1, out.String(), last)
	if results == 0 {
		s.WriteString("body()\nreturn nil\n}\n")
	} else {
		fmt.Fprintf(&s, "%serr := body()\nreturn err\n}\n", strings.Repeat("_, ", results-1))
	}
	return fragment{source: s.String(), run: true}, nil
}

func mentions(n ast.Node, name string) (found bool) {
	if s, ok := n.(*ast.IfStmt); ok {
		n = s.Cond // and not what it goes on to do
		if s.Init != nil {
			found = mentions(s.Init, name)
		}
	} else if _, ok := n.(*ast.ReturnStmt); !ok {
		return false
	}
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == name {
			found = true
		}
		return !found
	})
	return found
}

func TestCompose(t *testing.T) {
	packages := map[string]string{"edit": "example.org/edit"}
	composed := func(text string) (fragment, error) {
		return compose(block{page: "a.md", line: 6, text: text}, packages)
	}

	f, err := composed("package main\n\nfunc main() {}\n")
	require.NoError(t, err)
	require.Equal(t, fragment{source: "package main\n\nfunc main() {}\n", program: true}, f)

	f, err = composed("func a(w http.ResponseWriter) { _ = tenant }\n")
	require.NoError(t, err)
	require.False(t, f.run)
	require.Contains(t, f.source, "import http \"net/http\"\n")
	require.Contains(t, f.source, "var tenant = \"acme\"\n//line a.md:7\nfunc a")

	f, err = composed("import x \"example.org/y\"\n\nu, err := client.URL(edit.A{}, x.B)\nv, err := client.URL()\nif err != nil {\n\treturn err\n}\n")
	require.NoError(t, err)
	require.True(t, f.run)
	require.Contains(t, f.source, "import x \"example.org/y\"\nimport edit \"example.org/edit\"\n")
	require.Contains(t, f.source, "client := site.Client; _ = client\nbody := func() (error) {\n//line a.md:7\n\n\nu, err := client.URL(edit.A{}, x.B); _ = u; _ = err; if err != nil { return err }\nv, err := client.URL(); _ = v; _ = err\nif")
	require.Contains(t, f.source, "\nreturn nil\n}\nerr := body()\nreturn err\n")

	f, err = composed("if true {\n\treturn nil, nil, io.EOF\n}")
	require.NoError(t, err)
	require.Contains(t, f.source, "func() (any, any, error)")
	require.Contains(t, f.source, "\nreturn nil, nil, nil\n}\n_, _, err := body()")

	_, err = composed("nowhere.Call()")
	require.ErrorContains(t, err, "nowhere is declared nowhere")
	_, err = composed("a := …")
	require.ErrorContains(t, err, "is no Go")
}
