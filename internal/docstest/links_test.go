package docstest

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

var (
	link    = regexp.MustCompile(`\]\(([^()\s]+(?:\([^()]*\)[^()\s]*)?)\)`)
	heading = regexp.MustCompile(`(?m)^#{1,6} +(.*?) *#*$`)
	code    = regexp.MustCompile("`[^`\n]*`")
)

// anchors are the names by which GitHub links to headings: lower case, without
// punctuation, with hyphens for spaces, and numbers for those that come again.
func anchors(prose string) map[string]bool {
	known := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(prose, -1) {
		text := regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`).ReplaceAllString(m[1], "$1")
		var s strings.Builder
		for _, r := range strings.ToLower(text) {
			switch {
			case r == ' ':
				s.WriteByte('-')
			case r == '-', r == '_', unicode.IsLetter(r), unicode.IsNumber(r):
				s.WriteRune(r)
			}
		}
		name := s.String()
		for i := 1; known[name]; i++ {
			name = fmt.Sprintf("%s-%d", s.String(), i)
		}
		known[name] = true
	}
	return known
}

func TestAnchors(t *testing.T) {
	require.Equal(t, map[string]bool{"auto-three-clients-not-three-hundred": true, "a-1": true, "a": true, "b-c": true},
		anchors("## `auto`: three clients, not three hundred\n# A\ntext\n### A\n# [B](x.md) C\n"))
}

// TestLinks follows the links between the pages, and to files.
func TestLinks(t *testing.T) {
	known := map[string]map[string]bool{}
	prose := map[string]string{}
	for _, page := range pages(t) {
		_, text, _ := extract(page, read(t, page))
		prose[page], known[page] = text, anchors(text)
	}
	followed := 0
	for page, text := range prose {
		for i, line := range strings.Split(text, "\n") {
			for _, m := range link.FindAllStringSubmatch(code.ReplaceAllString(line, "`c`"), -1) {
				target := m[1]
				switch {
				case strings.HasPrefix(target, "https://"):
					continue // not ours to hold
				case strings.Contains(target, "://"), strings.HasPrefix(target, "/"):
					t.Errorf("%s:%d: %s is neither relative nor https", page, i+1, target)
					continue
				}
				file, anchor, _ := strings.Cut(target, "#")
				to := page
				if file != "" {
					to = path.Join(path.Dir(page), file)
				}
				followed++
				if info, err := os.Stat(filepath.Join(root, filepath.FromSlash(to))); err != nil {
					t.Errorf("%s:%d: there is no %s", page, i+1, to)
				} else if anchor != "" && !info.IsDir() && !known[to][anchor] {
					t.Errorf("%s:%d: %s has no heading #%s", page, i+1, to, anchor)
				}
			}
		}
	}
	require.Greater(t, followed, 20)
}

// TestEveryGuideIsFound: a guide that the README and the index do not name is
// one that nobody reads.
func TestEveryGuideIsFound(t *testing.T) {
	index, readme := read(t, "examples/docs/README.md"), read(t, "README.md")
	for _, page := range pages(t) {
		name, ok := strings.CutPrefix(page, "examples/docs/")
		if ok && name != "README.md" {
			require.Contains(t, index, "("+name+")", "examples/docs/README.md has no link to %s", page)
			require.Contains(t, readme, "("+page+")", "README.md has no link to %s", page)
		}
	}
	require.Contains(t, readme, "(examples/docs/README.md)")
	folders, err := os.ReadDir(filepath.Join(root, "examples"))
	require.NoError(t, err)
	for _, folder := range folders {
		if folder.IsDir() && folder.Name() != "docs" {
			require.Contains(t, index, "`examples/"+folder.Name()+"`", "examples/docs/README.md does not name the program")
		}
	}
}

// TestNamedFiles: a path of this repository that stands in a page as code is
// there.
func TestNamedFiles(t *testing.T) {
	named := regexp.MustCompile("`((?:\\./)?(?:examples|internal|luna|immagin|billing|storage|sign|\\.ci)/[A-Za-z0-9_./-]*)`")
	seen := 0
	for _, page := range pages(t) {
		_, text, _ := extract(page, read(t, page))
		for i, line := range strings.Split(text, "\n") {
			for _, m := range named.FindAllStringSubmatch(line, -1) {
				seen++
				if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(m[1]))); err != nil {
					t.Errorf("%s:%d: there is no %s", page, i+1, m[1])
				}
			}
		}
	}
	require.Greater(t, seen, 10)
}

// TestFlags holds the demo server's table of flags against its source: each is
// there, and none is left out.
func TestFlags(t *testing.T) {
	source := read(t, "examples/server/config.go")
	page := read(t, "examples/docs/demo-server.md")
	rows := regexp.MustCompile("(?m)^\\| `-([a-z-]+)` \\| (?:`([A-Z_]+)`)? *\\|").FindAllStringSubmatch(page, -1)
	documented := map[string]bool{}
	for _, row := range rows {
		documented[row[1]] = true
		declared := `"` + row[1] + `", `
		if row[2] != "" {
			declared += `"` + row[2] + `", `
		}
		require.True(t, strings.Contains(source, declared), "the program does not declare %s", declared)
	}
	for _, m := range regexp.MustCompile(`(?m)^\t(?:text|fs\.BoolVar)\(&[\w.]+, "([a-z-]+)"`).FindAllStringSubmatch(source, -1) {
		require.True(t, documented[m[1]], "the page does not tell of -%s", m[1])
		delete(documented, m[1])
	}
	require.Empty(t, documented)
	require.Len(t, rows, 9)
}

// TestNumbers holds what the README says in passing against the pages that
// tests and measurements wrote.
func TestNumbers(t *testing.T) {
	readme := strings.Join(strings.Fields(strings.ReplaceAll(read(t, "README.md"), "**", "")), " ")
	cases := 0
	for _, row := range regexp.MustCompile(`(?m)^\| [^|]+ \| (\d+) \| \d+ \| \d+ \|`).FindAllStringSubmatch(read(t, "examples/docs/parity-with-sharp.md"), -1) {
		n, err := strconv.Atoi(row[1])
		require.NoError(t, err)
		cases += n
	}
	require.Contains(t, readme, fmt.Sprintf("%d,%03d recorded calls", cases/1000, cases%1000))

	measured, _, ok := strings.Cut(read(t, "examples/docs/side-by-side.md"), "## Without cgo")
	require.True(t, ok)
	ratios := map[string][]string{} // wall, CPU, memory
	slower := 0
	for _, row := range regexp.MustCompile(`(?m)^\| ([^|]+) \| \d+ \| \d+ \| ([\d.]+) \| \d+ \| \d+ \| ([\d.]+) \| \d+ \| \d+ \| ([\d.]+) \|`).FindAllStringSubmatch(measured, -1) {
		ratios[row[1]] = row[2:]
		if !strings.HasPrefix(row[2], "0.") {
			slower++
		}
	}
	require.Contains(t, readme, fmt.Sprintf("and a WebP original %s. At 4 requests", ratios["WebP to 800x600 WebP"][0]))
	require.Contains(t, readme, fmt.Sprintf("Of %d jobs none was slower", len(ratios)))
	require.Zero(t, slower)
	require.Contains(t, readme, fmt.Sprintf("12 megapixels to 800x600 WebP took %s of the time and %s of the memory", ratios["800x600 WebP"][0], ratios["800x600 WebP"][2]))
	require.Contains(t, readme, fmt.Sprintf("a JPEG 800 wide %s of the time", ratios["800 wide JPEG q85"][0]))
	four := regexp.MustCompile(`(?m)^\| 4 \| [\d.]+ \| [\d.]+ \| ([\d.]+) \|`).FindStringSubmatch(measured)
	require.NotNil(t, four)
	require.Contains(t, readme, "At 4 requests at a time it made "+four[1]+" times as many pictures a second")
	most, _, ok := strings.Cut(strings.SplitN(read(t, "examples/docs/corpus.md"), "| 512 MiB | ", 2)[1], " |")
	require.True(t, ok)
	require.Contains(t, read(t, "examples/docs/engine.md"), most+" resident at the most")
}
