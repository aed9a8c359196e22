package docstest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../.."

// block is one fenced block of a page.
type block struct {
	page     string // relative to the module's root, with slashes
	line     int    // of the fence
	language string
	text     string // dedented, with its last newline
}

func (b block) String() string { return fmt.Sprintf("%s:%d", b.page, b.line) }

// begins tells whether it is the block of that page whose text begins so: the
// way in which the tables of this package name blocks, since lines move.
func (b block) begins(page, text string) bool {
	return filepath.Base(b.page) == page && strings.HasPrefix(b.text, text)
}

// pages are all that people read: the README, what GitHub shows of .github,
// and the guides. New ones are found by their place.
func pages(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, pattern := range []string{"*.md", ".github/*.md", "examples/docs/*.md", "examples/*/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		require.NoError(t, err)
		for _, name := range found {
			rel, err := filepath.Rel(root, name)
			require.NoError(t, err)
			names = append(names, filepath.ToSlash(rel))
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	require.Contains(t, names, "README.md")
	require.Greater(t, len(names), 20)
	return names
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	require.NoError(t, err)
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

var fence = regexp.MustCompile("^( *)(`{3,}|~{3,})(.*)$")

// extract returns a page's blocks, and its text without them, in which lines
// keep their numbers. What is wrong with fences is returned as faults.
func extract(page, text string) (blocks []block, prose string, faults []string) {
	var open *block
	var indent, mark string
	var rest strings.Builder
	blank := true // the line before
	list := false // within a list, whose items may be indented
	for i, line := range strings.Split(text, "\n") {
		m := fence.FindStringSubmatch(line)
		switch {
		case open == nil && m != nil:
			indent, mark = m[1], m[2]
			open = &block{page: page, line: i + 1, language: strings.TrimSpace(m[3])}
			line = ""
		case open != nil && m != nil && m[2] == mark && strings.TrimSpace(m[3]) == "":
			blocks = append(blocks, *open)
			open, line = nil, ""
		case open != nil:
			open.text += strings.TrimPrefix(line, indent) + "\n"
			line = ""
		case strings.HasPrefix(line, "    ") && blank && !list:
			faults = append(faults, fmt.Sprintf("%s:%d: an indented block has no language: fence it", page, i+1))
		case regexp.MustCompile(`^\s*([-*]|\d+\.) `).MatchString(line):
			list = true
		case line != "" && !strings.HasPrefix(line, " "):
			list = false
		}
		blank = strings.TrimSpace(line) == ""
		rest.WriteString(line + "\n")
	}
	if open != nil {
		faults = append(faults, fmt.Sprintf("%s:%d: the block has no end", page, open.line))
	}
	return blocks, rest.String(), faults
}

func TestExtract(t *testing.T) {
	blocks, prose, faults := extract("a.md", "one\n\n```go\nx\n\n    y\n```\n- a\n\n  ````json\n  {}\n  ```\n  ````\n\n    continued\n\ntwo\n\n    code\n\n~~~\nz\n")
	require.Equal(t, []block{{"a.md", 3, "go", "x\n\n    y\n"}, {"a.md", 10, "json", "{}\n```\n"}}, blocks)
	require.Equal(t, "one\n\n\n\n\n\n\n- a\n\n\n\n\n\n\n    continued\n\ntwo\n\n    code\n\n\n\n\n", prose)
	require.Equal(t, []string{"a.md:19: an indented block has no language: fence it", "a.md:21: the block has no end"}, faults)
}

// all returns the blocks of all pages in one language, or in all for "".
func all(t *testing.T, language string) (list []block) {
	t.Helper()
	for _, page := range pages(t) {
		blocks, _, _ := extract(page, read(t, page))
		for _, b := range blocks {
			if language == "" || b.language == language {
				list = append(list, b)
			}
		}
	}
	return list
}

// exception is a block that is not held as its language's rules say, and why.
type exception struct{ page, begins, why string }

// find returns the reason for a block, and marks that it was needed.
func find(exceptions []exception, used map[int]bool, b block) (why string, ok bool) {
	for i, e := range exceptions {
		if b.begins(e.page, e.begins) {
			used[i] = true
			return e.why, true
		}
	}
	return "", false
}

// requireUsed fails for what stands in a table and is on no page any more.
func requireUsed(t *testing.T, exceptions []exception, used map[int]bool) {
	t.Helper()
	for i, e := range exceptions {
		if !used[i] {
			t.Errorf("the table names a block of %s that begins with %q, which is not there, or needs no exception", e.page, e.begins)
		}
	}
}

// checks has, for each language, the test of this package that holds its blocks.
var checks = map[string]string{
	"go": "TestGo", "sh": "TestShell", "json": "TestJSON", "html": "TestHTML",
	"js": "TestScripts", "ts": "TestScripts", "yaml": "TestYAML",
	"nginx": "TestConfigurations", "vcl": "TestConfigurations", "dockerfile": "TestConfigurations",
	"text": "TestText", "http": "TestText",
}

func TestEveryBlockHasALanguage(t *testing.T) {
	for _, page := range pages(t) {
		blocks, _, faults := extract(page, read(t, page))
		for _, fault := range faults {
			t.Error(fault)
		}
		for _, b := range blocks {
			if checks[b.language] == "" {
				t.Errorf("%v: no test holds blocks of language %q: it is one of go, sh, json, html, js, ts, yaml, nginx, vcl, dockerfile, text and http", b, b.language)
			}
		}
	}
}

// TestText: what programs print is held where they are tested.
func TestText(t *testing.T) {
	exceptions := []exception{
		{"engine.md", "decode jpeg", "what Explain says: its wording is in the tests of package luna"},
		{"management-api.md", "RateLimit-Policy:", "headers: the tests of immagin/api look at them"},
		{"management-api.md", "level=INFO", "a record of the log: the tests of immagin/api look at its members"},
		{"observability.md", "Server-Timing:", "a header: the tests of package luna look at it"},
	}
	used := map[int]bool{}
	for _, b := range append(all(t, "text"), all(t, "http")...) {
		if _, ok := find(exceptions, used, b); !ok && !excerpt(t, b.text) {
			t.Errorf("%v: text that nothing holds: say why in the table of TestText", b)
		}
	}
	requireUsed(t, exceptions, used)
}
