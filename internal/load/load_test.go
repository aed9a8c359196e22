package main

import (
	"bytes"
	"context"
	"encoding/json"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/scene"
)

// TestLoad runs the mix and the overload against the server itself. Nothing
// that it asserts is a time: a busy machine makes it slower, not fail.
// IMMAGIN_TEST_SECONDS is how long the mix runs.
func TestLoad(t *testing.T) {
	duration := os.Getenv("IMMAGIN_TEST_SECONDS")
	if duration == "" {
		t.Skip("IMMAGIN_TEST_SECONDS does not say for how long to load a server")
	}
	seconds, err := strconv.Atoi(duration)
	require.NoError(t, err, "IMMAGIN_TEST_SECONDS")
	s, err := parse([]string{
		"-seconds", strconv.Itoa(seconds), "-overload", strconv.Itoa(max(2, min(seconds/30, 20))),
		"-json", filepath.Join(t.TempDir(), "report.json"),
	}, io.Discard)
	require.NoError(t, err)
	var table bytes.Buffer
	require.NoError(t, run(t.Context(), s, &table, io.Discard))
	t.Logf("%s", table.Bytes())
	text, err := os.ReadFile(s.json)
	require.NoError(t, err)
	var r report
	require.NoError(t, json.Unmarshal(text, &r))

	clean := func(f faults) {
		t.Helper()
		require.Zero(t, f.Errors, "%s", f)
		require.Zero(t, f.Partial)
		require.Zero(t, f.NoRetry)
	}
	clean(r.Mix.Faults)
	if r.Mix.Faults.Timeouts == 0 && r.Mix.Miss.Max < 4000 { // nobody waited for half of the time that a request has
		require.Zero(t, r.Mix.Refused, "8 clients are no overload")
	}
	require.NotZero(t, r.Mix.Hit.Count)
	require.NotZero(t, r.Mix.Miss.Count+r.Mix.Faults.Timeouts)
	for _, c := range r.Overload.Closed {
		clean(c.Faults)
	}
	clean(r.Overload.Half.Faults)
	clean(r.Overload.Peak.Faults)
	clean(r.Overload.Four.Faults)
	require.NotZero(t, r.Overload.Calm.Hit.Count)
	require.NotZero(t, r.Overload.Four.Hit.Count, "hits are served while misses are refused")

	p := r.Mix.Process
	if p.Resident[0] == 0 {
		t.Log("no /proc tells how much memory the server has")
		return
	}
	// Before two minutes have gone by the memory cache is still filling.
	room := int64(160 << 20)
	if seconds >= 600 {
		room = 32 << 20
	}
	require.Less(t, p.Resident[3]-p.Resident[0], max(p.Resident[0]/20, room), "by quarters: %v", p.Resident)
	require.Less(t, p.Files[1], p.Files[0]+64)
	require.Less(t, p.Goroutines[1], p.Goroutines[0]+200)
}

func TestWhole(t *testing.T) {
	picture := scene.Landscape(20, 10)
	var jpg, portable bytes.Buffer
	require.NoError(t, jpeg.Encode(&jpg, picture, nil))
	require.NoError(t, png.Encode(&portable, picture))
	for mime, file := range map[string][]byte{
		"image/jpeg": jpg.Bytes(),
		"image/png":  portable.Bytes(),
		"image/webp": []byte("RIFF\x0a\x00\x00\x00WEBPVP8 \x00\x00"),
	} {
		require.NoError(t, whole(mime, file))
		for n := range file {
			require.ErrorIs(t, whole(mime, file[:n]), errPartial, "%s cut to %d bytes", mime, n)
		}
	}
	require.Error(t, whole("text/html", jpg.Bytes()))
}

// TestTally answers as a broken server would.
func TestTally(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/jpeg")
		w.Header().Set("X-Luna-Cache", "hit")
		switch r.URL.Path {
		case "/whole":
		case "/torn":
			w.Write([]byte("\xff\xd8\xff"))
			return
		case "/short":
			w.Header().Set("Content-Length", "100")
		case "/503":
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(503)
		case "/503-bare":
			w.WriteHeader(503)
		case "/504":
			w.WriteHeader(504)
		case "/500":
			w.WriteHeader(500)
		}
		w.Write([]byte("\xff\xd8\xff\xd9"))
	}))
	defer server.Close()
	to := &target{client: server.Client(), warm: []warmed{{url: server.URL + "/whole", body: []byte("another")}}}
	for path, want := range map[string]faults{
		"/whole":    {},
		"/torn":     {Errors: 1, Partial: 1},
		"/short":    {Errors: 1, Partial: 1},
		"/503":      {},
		"/503-bare": {NoRetry: 1},
		"/504":      {Timeouts: 1},
		"/500":      {Errors: 1},
	} {
		var counted tally
		counted.add(t.Context(), to.get(t.Context(), server.URL+path))
		got := counted.faults()
		require.Equal(t, got.Errors > 0, got.Example != "", path)
		got.Example = ""
		require.Equal(t, want, got, path)
	}
	var counted tally
	counted.add(t.Context(), to.hit(t.Context(), 0))
	require.Equal(t, errChanged.Error(), counted.faults().Example)

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	counted = tally{}
	counted.add(ended, to.get(ended, server.URL+"/whole"))
	require.Zero(t, counted.faults(), "who ended the run is not told of errors")
}

func TestQuantiles(t *testing.T) {
	var took []time.Duration
	for i := range 100 {
		took = append(took, time.Duration(100-i)*time.Millisecond)
	}
	require.Equal(t, class{Count: 100, P50: 51, P95: 96, P99: 100, Max: 100}, newClass(took))
	require.Equal(t, class{}, newClass(nil))
}

func TestSummary(t *testing.T) {
	var samples []sample
	for i := range 40 {
		samples = append(samples, sample{resident: int64(100 + i), files: i, goroutines: 2 * i})
	}
	p := summary(samples, time.Second)
	require.Equal(t, [4]int64{105, 115, 125, 135}, p.Resident)
	require.Equal(t, [2]int{5, 35}, p.Files)
	require.Equal(t, [2]int{10, 70}, p.Goroutines)
	require.EqualValues(t, 139, p.Peak)
	require.InDelta(t, 30.0/105, p.growth(), 1e-9)
	require.Zero(t, summary(samples[:3], 0).growth())
}

func TestFlags(t *testing.T) {
	for _, args := range [][]string{{"-seconds", "-1"}, {"-clients", "0"}, {"-hits", "1.5"}, {"-hit-rate", "0"}, {"more"}, {"-no-such"}} {
		_, err := parse(args, io.Discard)
		require.Error(t, err, "%v", args)
	}
}
