package billing_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// floating finds the names of floating-point types and of what makes or
// yields them: float64, ParseFloat, SetFloat64, MaxFloat64, complex128.
var floating = regexp.MustCompile(`(?i)float|^complex`)

// yields are the other names that are floats without saying so.
var yields = map[string][]string{
	"Duration": {"Seconds", "Minutes", "Hours"},
	"math":     {"Inf", "NaN", "Pow", "Floor", "Ceil", "Round", "Trunc", "Abs", "Max", "Min", "Mod", "Log", "Exp", "Sqrt", "Pi", "E"},
}

// floats lists what is floating in a file: names, literals, and methods. 1e9
// is one of the literals, since n := 1e9 is no integer: it is 1_000_000_000.
// What a benchmark reports is no money, and the testing package takes it so.
func floats(set *token.FileSet, file *ast.File) (found []string) {
	report := func(n ast.Node, what string) {
		found = append(found, fmt.Sprintf("%s: %s", set.Position(n.Pos()), what))
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			selector, is := n.Fun.(*ast.SelectorExpr)
			if is && selector.Sel.Name == "ReportMetric" {
				return false
			}
			if is && len(n.Args) == 0 && slices.Contains(yields["Duration"], selector.Sel.Name) {
				report(n, selector.Sel.Name)
			}
		case *ast.SelectorExpr:
			if base, is := n.X.(*ast.Ident); is && base.Name == "math" && slices.Contains(yields["math"], n.Sel.Name) {
				report(n, "math."+n.Sel.Name)
			}
		case *ast.Ident:
			if floating.MatchString(n.Name) {
				report(n, n.Name)
			}
		case *ast.BasicLit:
			if n.Kind == token.FLOAT || n.Kind == token.IMAG {
				report(n, n.Value)
			}
		}
		return true
	})
	return found
}

// exempt is this file, which has to name what it looks for.
const exempt = "float_test.go"

// TestNoFloats reads every file of billing and of the packages under it,
// tests too: an amount that was a float once is no longer the amount.
func TestNoFloats(t *testing.T) {
	set, read := token.NewFileSet(), 0
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || name == exempt {
			return err
		}
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		read++
		for _, what := range floats(set, file) {
			t.Error(what)
		}
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, read, 20, "the test must find the files")
}

// TestNoFloatTypes asks the type checker too, which also knows the type of a
// quotient and of another package's function. It does so for the package
// that rates.
func TestNoFloatTypes(t *testing.T) {
	if testing.Short() {
		t.Skip("type-checks the standard library")
	}
	set := token.NewFileSet()
	names, err := filepath.Glob("*.go")
	require.NoError(t, err)
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		files = append(files, file)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importer.ForCompiler(set, "source", nil)}
	_, err = config.Check("billing", set, files, info)
	require.NoError(t, err)
	for expr, of := range info.Types {
		if isFloat(of.Type) {
			t.Errorf("%s: %s is a %s", set.Position(expr.Pos()), types.ExprString(expr), of.Type)
		}
	}
	for name, object := range info.Defs {
		if object != nil && isFloat(object.Type()) {
			t.Errorf("%s: %s is a %s", set.Position(name.Pos()), name.Name, object.Type())
		}
	}
}

func isFloat(t types.Type) bool {
	basic, is := t.Underlying().(*types.Basic)
	return is && basic.Info()&(types.IsFloat|types.IsComplex) != 0
}

// The search finds what it is for.
func TestFloatsAreFound(t *testing.T) {
	const source = `package p
import "math"
func f(d time.Duration, b *testing.B) {
	var a float32
	b.ReportMetric(float64(1), "x/s")
	_ = 1.5
	_ = 1e9
	_ = d.Seconds()
	_ = math.Floor(2)
	_, _ = strconv.ParseFloat("1", 64)
	_ = math.MaxInt64
	_ = complex(1, 2)
}`
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "p.go", source, parser.SkipObjectResolution)
	require.NoError(t, err)
	require.Equal(t, []string{
		"p.go:4:8: float32",
		"p.go:6:6: 1.5",
		"p.go:7:6: 1e9",
		"p.go:8:6: Seconds",
		"p.go:9:6: math.Floor",
		"p.go:10:17: ParseFloat",
		"p.go:12:6: complex",
	}, floats(set, file))
}
