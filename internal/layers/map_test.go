package layers

import (
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMap holds that doc.go at the top level names every public package, and
// none that does not exist.
func TestMap(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), path.Join(root, "doc.go"), nil, parser.ParseComments)
	require.NoError(t, err)
	text := file.Doc.Text()
	rooms := public(t)
	named := regexp.MustCompile(`\b(billing|immagin|luna|sign|storage)(/[a-z0-9]+)*\b`).FindAllString(text, -1)
	for room := range rooms {
		if room != "." && !slices.Contains(named, room) {
			t.Errorf("doc.go does not name package %s", room)
		}
	}
	for _, name := range named {
		if rooms[name] == nil {
			t.Errorf("doc.go names package %s, which does not exist", name)
		}
	}
}

// TestPackageComments holds that each public package says in its first sentence
// what it is, and shows what using it looks like.
func TestPackageComments(t *testing.T) {
	for room, p := range public(t) {
		if room == "." {
			continue
		}
		require.Regexp(t, `\APackage [a-z0-9]+ [^.]+\.`, p.comment, room)
		require.Greater(t, len(strings.Fields(p.comment)), 40, "%s: a comment of a few words", room)
		require.Contains(t, p.comment, "\n\t", "%s: the comment has no code", room)
	}
}
