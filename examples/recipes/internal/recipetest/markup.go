package recipetest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// Elements returns the attributes of all elements of that name in some markup,
// as browsers read them.
func Elements(t *testing.T, markup, name string) []map[string]string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(markup))
	require.NoError(t, err)
	var found []map[string]string
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != name {
			continue
		}
		attributes := map[string]string{}
		for _, a := range n.Attr {
			attributes[a.Key] = a.Val
		}
		found = append(found, attributes)
	}
	return found
}
