package main

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func takes(wall, cpu time.Duration, peak int64, bytes int) series {
	return series{wall: []time.Duration{wall * time.Millisecond}, cpu: []time.Duration{cpu * time.Millisecond}, peak: peak << 20, bytes: bytes}
}

func TestWriteJobs(t *testing.T) {
	same := [2]int{800, 600}
	rows := []row{
		{job: job{Name: "fast"}, us: takes(50, 40, 30, 1000), them: takes(100, 80, 60, 1000), verdict: &verdict{same, same, 38.66}},
		{job: job{Name: "equal"}, us: takes(1, 1, 1, 105), them: takes(1, 1, 1, 100), verdict: &verdict{same, same, math.Inf(1)}},
		{job: job{Name: "fat"}, us: takes(1, 1, 1, 106), them: takes(1, 1, 1, 100), verdict: &verdict{same, same, 29.9}},
		{job: job{Name: "thin"}, us: takes(1, 1, 1, 94), them: takes(1, 1, 1, 100), verdict: &verdict{same, [2]int{800, 601}, 0}},
		{job: job{Name: "missing"}, failure: "not | built yet"},
		{job: job{Name: "alone"}, us: takes(50, 40, 30, 1000)},
		{job: job{Name: "no usage"}, us: takes(50, 0, 0, 10), them: takes(25, 1, 1, 10), verdict: &verdict{same, same, 40}},
	}
	var b strings.Builder
	writeJobs(&b, rows)
	lines := strings.Split(b.String(), "\n")[5:]
	require.Equal(t, []string{
		"| fast | 50 | 100 | 0.50 | 40 | 80 | 0.50 | 30 | 60 | 0.50 | 38.7 | 1000 | 1.00 |  |",
		"| equal | 1 | 1 | 1.00 | 1 | 1 | 1.00 | 1 | 1 | 1.00 | equal | 105 | 1.05 |  |",
		"| fat | 1 | 1 | 1.00 | 1 | 1 | 1.00 | 1 | 1 | 1.00 | 29.9 | 106 | 1.06 | **under 30 dB**, **bytes over 5 % apart** |",
		"| thin | 1 | 1 | 1.00 | 1 | 1 | 1.00 | 1 | 1 | 1.00 |  | 94 | 0.94 | **800x600 where sharp has 800x601**, **bytes over 5 % apart** |",
		`| missing | | | | | | | | | | | | | not \| built yet |`,
		"| alone | 50 | |  | 40 | |  | 30 | |  |  | 1000 |  |  |",
		"| no usage | 50 | 25 | 2.00 | | 1 |  | | 1 |  | 40.0 | 10 | 1.00 |  |",
	}, lines[2:len(lines)-1])
	columns := strings.Count(lines[0], "|")
	for _, line := range lines[:len(lines)-1] {
		require.Equal(t, columns, strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"), line)
	}
}

func TestWriteThroughput(t *testing.T) {
	var b strings.Builder
	writeThroughput(&b, nil, nil)
	require.Empty(t, b.String())

	writeThroughput(&b, []job{{Name: "small"}, {Name: "large"}}, []throughput{
		{workers: 4, count: 20, us: takes(1000, 2000, 50, 0), them: takes(2000, 1000, 100, 0)},
		{workers: 8, count: 40, us: takes(1000, 2000, 50, 0)},
	})
	require.Contains(t, b.String(), "(small; large)")
	require.Contains(t, b.String(), "| 4 | 20.0 | 10.0 | 2.00 | 100 | 50 | 2.00 | 50 | 100 | 0.50 |\n")
	require.Contains(t, b.String(), "| 8 | 40.0 | |  | 50 | |  | 50 | |  |\n")
}

func TestWriteHead(t *testing.T) {
	var b strings.Builder
	files := map[kind]source{baseline: {path: "/secret/place.jpg", width: 4, height: 3, size: 2_400_000, from: "drawn"}}
	writeHead(&b, settings{runs: 5, cores: 1}, "machine", "3.20", "1.00", []string{"us", "them"}, files)
	require.Contains(t, b.String(), "; machine; load average 3.20 before, 1.00 after: others were at work")
	require.Contains(t, b.String(), "us against them. Medians of 5 runs, 1 threads a picture.")
	require.Contains(t, b.String(), "- JPEG: 4x3, 2.4 MB, drawn\n")
	require.NotContains(t, b.String(), "secret")

	b.Reset()
	writeHead(&b, settings{runs: 5}, "machine", "0.10", "1.00", nil, files)
	require.NotContains(t, b.String(), "others")
	require.NotContains(t, b.String(), "threads a picture")
}
