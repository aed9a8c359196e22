package luna_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var pageRow = regexp.MustCompile("(?m)^\\| `(luna\\.[a-z_.]+)` \\|")

// TestObservabilityPage: the page lists the metrics and spans that there are,
// and its Go is that of the example.
func TestObservabilityPage(t *testing.T) {
	text, err := os.ReadFile("../examples/docs/observability.md")
	require.NoError(t, err)
	_, page, found := strings.Cut(string(text), "## Spans")
	require.True(t, found)
	spans, metrics, found := strings.Cut(page, "## Metrics")
	require.True(t, found)
	rows := func(text string) []string {
		var names []string
		for _, m := range pageRow.FindAllStringSubmatch(text, -1) {
			names = append(names, m[1])
		}
		slices.Sort(names)
		return names
	}

	w := newListener(t)
	o := w.options()
	o.Cache, o.Admitter = new(cache), admitAll{}
	s := newSite(t, nil, o)
	content(t, s.get(signed(thumb)))
	content(t, s.get(signed(thumb)+"0"))
	names := map[string]bool{}
	for series := range w.series() {
		name, _, _ := strings.Cut(series, "{")
		names[name] = true
	}
	require.Equal(t, slices.Sorted(maps.Keys(names)), rows(metrics))

	require.NoError(t, s.handler.Shutdown(t.Context()))
	clear(names)
	for _, span := range w.spans.Ended() {
		names[span.Name()] = true
	}
	require.Equal(t, slices.Sorted(maps.Keys(names)), rows(spans))

	source, err := os.ReadFile("example_telemetry_test.go")
	require.NoError(t, err)
	flat := func(text string) string {
		var lines []string
		for line := range strings.Lines(text) {
			lines = append(lines, strings.TrimSpace(line))
		}
		return strings.Join(lines, "\n")
	}
	blocks := 0
	for i, block := range strings.Split(string(text), "```") {
		if code, ok := strings.CutPrefix(block, "go\n"); ok && i%2 == 1 {
			blocks++
			require.Contains(t, flat(string(source)), flat(code))
		}
	}
	require.Equal(t, 2, blocks)
}
