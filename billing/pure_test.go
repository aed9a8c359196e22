package billing_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// impure lists what in a file reads a clock, or could reach files and the
// network: of the standard library only packages that reckon are imported.
func impure(set *token.FileSet, file *ast.File) (found []string) {
	pure := []string{
		"bytes", "cmp", "context", "encoding/json", "errors", "fmt", "iter", "maps", "math", "math/big", "math/bits",
		"net/url", "slices", "strconv", "strings", "sync", "time",
	}
	for _, i := range file.Imports {
		if path, err := strconv.Unquote(i.Path.Value); err != nil || !slices.Contains(pure, path) {
			found = append(found, set.Position(i.Pos()).String()+": "+path)
		}
	}
	clock := []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Local", "LoadLocation"}
	ast.Inspect(file, func(n ast.Node) bool {
		selector, is := n.(*ast.SelectorExpr)
		if !is {
			return true
		}
		if base, is := selector.X.(*ast.Ident); is && base.Name == "time" && slices.Contains(clock, selector.Sel.Name) {
			found = append(found, set.Position(n.Pos()).String()+": time."+selector.Sel.Name)
		}
		return true
	})
	return found
}

// TestPure reads every file of the package that is no test.
func TestPure(t *testing.T) {
	names, err := filepath.Glob("*.go")
	require.NoError(t, err)
	set, read := token.NewFileSet(), 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		require.Empty(t, impure(set, file))
		read++
	}
	require.Greater(t, read, 20, "the test must find the files")

	file, err := parser.ParseFile(set, "p.go", `package p
import ("os"; "time")
func f() (time.Time, error) { return time.Now(), os.Remove("x") }`, parser.SkipObjectResolution)
	require.NoError(t, err)
	require.Equal(t, []string{"p.go:2:9: os", "p.go:3:38: time.Now"}, impure(set, file), "the search finds what it is for")
}
