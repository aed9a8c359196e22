package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/stretchr/testify/require"
)

// A dashboard is what of one the test reads.
type dashboard struct {
	Panels []struct {
		ID      int
		Title   string
		GridPos struct{ X, Y, W, H int }
		Targets []struct{ Expr string }
	}
	Templating struct {
		List []struct{ Query any }
	}
}

var (
	metricName = regexp.MustCompile(`\b(?:luna|immagin|go|process)_[a-z_]+\b`)
	selector   = regexp.MustCompile(`([a-z_]+)\{([^}]*)\}`)
	grouping   = regexp.MustCompile(`by \(([a-z_,]+)\)`)
	labelName  = regexp.MustCompile(`([a-z_]+)(?:=~|!=|=)"`)
)

// TestDashboard: every metric and label of the dashboard's queries is one that
// the server tells, and every metric of luna has a place in the dashboard.
func TestDashboard(t *testing.T) {
	text, err := os.ReadFile("grafana.json")
	require.NoError(t, err)
	var board dashboard
	require.NoError(t, json.Unmarshal(text, &board))

	s := start(t, t.TempDir())
	s.upload("", "gallery/lake.jpg", drawn())
	path := signed(s.secret, smaller)
	for range 2 {
		require.Equal(t, http.StatusOK, s.get(path).StatusCode)
	}
	require.Equal(t, http.StatusForbidden, s.get(path+"0").StatusCode)
	told := string(s.get("/metrics").body)
	labels := map[string]map[string]bool{} // of each series, by name
	for line := range strings.Lines(told) {
		name, rest, _ := strings.Cut(line, "{")
		if strings.HasPrefix(line, "#") {
			continue
		}
		name, _, _ = strings.Cut(name, " ")
		if labels[name] == nil {
			labels[name] = map[string]bool{"job": true} // which Prometheus adds
		}
		for _, l := range labelName.FindAllStringSubmatch(rest, -1) {
			labels[name][l[1]] = true
		}
	}

	asked, ids := map[string]bool{}, map[int]bool{}
	require.NotEmpty(t, board.Panels)
	for i, p := range board.Panels {
		require.False(t, ids[p.ID], "the ID of %q is another's", p.Title)
		ids[p.ID] = true
		require.LessOrEqual(t, p.GridPos.X+p.GridPos.W, 24, p.Title)
		for _, other := range board.Panels[:i] {
			a, b := p.GridPos, other.GridPos
			apart := a.X+a.W <= b.X || b.X+b.W <= a.X || a.Y+a.H <= b.Y || b.Y+b.H <= a.Y
			require.True(t, apart, "%q lies over %q", p.Title, other.Title)
		}
		require.NotEmpty(t, p.Targets, p.Title)
		for _, target := range p.Targets {
			require.Equal(t, strings.Count(target.Expr, "("), strings.Count(target.Expr, ")"), target.Expr)
			selectors := selector.FindAllStringSubmatch(target.Expr, -1)
			require.NotEmpty(t, selectors, target.Expr)
			for _, s := range selectors {
				asked[s[1]] = true
				if strings.HasPrefix(s[1], "process_") && runtime.GOOS != "linux" {
					continue
				}
				require.Contains(t, labels, s[1], "%q asks for what is not told", p.Title)
				names := labelName.FindAllStringSubmatch(s[2], -1)
				if by := grouping.FindStringSubmatch(target.Expr); by != nil {
					for _, name := range strings.Split(by[1], ",") {
						names = append(names, []string{"", name})
					}
				}
				for _, name := range names {
					require.Contains(t, labels[s[1]], name[1], "a label of %s in %q", s[1], p.Title)
				}
			}
			for _, name := range metricName.FindAllString(selector.ReplaceAllString(target.Expr, ""), -1) {
				require.True(t, grouping.MatchString(target.Expr) && strings.Contains(grouping.FindString(target.Expr), name), "%s in %q has no selector", name, p.Title)
			}
		}
	}
	for name := range labels {
		if strings.HasPrefix(name, "luna_") && !strings.HasSuffix(name, "_sum") && name != "luna_stage_duration_seconds_count" {
			require.True(t, asked[name], "%s is in no panel", name)
		}
	}
	variables := metricName.FindAllString(func() string {
		list, err := json.Marshal(board.Templating.List)
		require.NoError(t, err)
		return string(list)
	}(), -1)
	require.NotEmpty(t, variables)
	for _, name := range variables {
		require.Contains(t, labels, name)
	}

	problems, err := promlint.New(bytes.NewReader([]byte(told))).Lint()
	require.NoError(t, err)
	require.Empty(t, problems)
}
