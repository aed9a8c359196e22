package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing/replay"
	"github.com/immagin/immagin-go/luna"
)

// replayed counts the log of a server that has stopped, and what became of its
// lines.
func replayed(t *testing.T, data string) (map[string]replay.Count, replay.Summary) {
	t.Helper()
	log, err := os.Open(filepath.Join(data, "usage.jsonl"))
	require.NoError(t, err)
	defer log.Close()
	tally, err := replay.New(func(string, string) (string, string, bool) { return "", "", false }, nil)
	require.NoError(t, err)
	require.NoError(t, tally.Read(t.Context(), log))
	counts := map[string]replay.Count{}
	for _, c := range tally.Counts() {
		counts[c.Project] = c
	}
	return counts, tally.Summary()
}

// TestUsageLog asks for this and that, and has the log billed: it is what the
// meter has counted.
func TestUsageLog(t *testing.T) {
	data := t.TempDir()
	s := start(t, data)
	acme := "acme.localhost" + s.url[strings.LastIndex(s.url, ":"):]
	s.upload("", "a.jpg", drawn())
	s.upload(acme, "a.jpg", drawn())
	served, bytes := 0, int64(0)
	get := func(host, path string, status int) response {
		t.Helper()
		answer := s.do(request{path: path, host: host})
		require.Equal(t, status, answer.StatusCode, "%s", answer.body)
		if status == 200 && host == "" {
			served++
			bytes += int64(len(answer.body))
		}
		return answer
	}
	for range 2 { // a miss and a hit
		for width := range 5 {
			get("", signed(s.secret, thumbnail("a.jpg", 20+width)), 200)
		}
	}
	wide := signed(s.secret, thumbnail("a.jpg", 400))
	var callers sync.WaitGroup
	for range 10 { // one miss, whoever is first
		callers.Go(func() { s.get(wide) })
	}
	callers.Wait()
	size := int64(len(get("", wide, 200).body))
	served, bytes = served+10, bytes+10*size
	auto := signed(s.secret, `{"key":"a.jpg","edits":[{"resize":{"width":33}}],"output":{"format":"auto"}}`)
	for _, accept := range []string{"image/webp", "*/*"} {
		answer := s.do(request{path: auto, header: map[string][]string{"Accept": {accept}}})
		require.Equal(t, 200, answer.StatusCode)
		served, bytes = served+1, bytes+int64(len(answer.body))
	}
	acmeSecret, err := (&tenants{first: "demo", secret: s.secret}).secretOf("acme")
	require.NoError(t, err)
	get(acme, signed(acmeSecret, thumbnail("a.jpg", 20)), 200)
	s.get(signed(s.secret, `{"key":"a.jpg","metadata":true}`))
	get("", signed(s.secret, `{"key":"none.jpg"}`), 404)
	get("", signed(s.secret, thumbnail("a.jpg", 20))+"0", 403)
	get("", signed("another-secret-0123456789", thumbnail("a.jpg", 20)), 403)
	get("", signed(s.secret, `{"key":"a.jpg","edits":[{"crop":{"left":5000,"top":0,"width":10,"height":10}}]}`), 422)

	metered := s.usage("").UniqueTransforms
	require.EqualValues(t, 1, s.usage(acme).UniqueTransforms)
	s.stop()
	counts, summary := replayed(t, data)
	require.Equal(t, metered, counts["demo"].Transforms)
	require.EqualValues(t, 8, metered, "5 widths, one more, 2 formats")
	require.EqualValues(t, 1, counts["acme"].Transforms)
	require.EqualValues(t, served, counts["demo"].Requests)
	require.Equal(t, bytes, counts["demo"].Bytes)
	require.EqualValues(t, 4, summary.Skipped[replay.NotServed].Lines)
	require.EqualValues(t, 1, summary.Skipped[replay.NoImage].Lines, "metadata")
	require.Zero(t, summary.Skipped[replay.Malformed])
	require.Zero(t, summary.Unknown)

	name := filepath.Join(data, "usage.jsonl")
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	for _, no := range []string{s.secret, s.key, "sig=", "127.0.0.1\"", "Go-http-client", "remote"} {
		require.NotContains(t, string(text), no)
	}
	if runtime.GOOS != "windows" {
		info, err := os.Stat(name)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}

	// The next server goes on behind it, whatever a crash has left.
	require.NoError(t, os.WriteFile(name, append(text, `{"time":"2026-`...), 0o600))
	s = start(t, data)
	s.get(signed(s.secret, thumbnail("a.jpg", 20)))
	s.stop()
	again, summary := replayed(t, data)
	require.Equal(t, metered, again["demo"].Transforms)
	require.EqualValues(t, served+1, again["demo"].Requests)
	require.EqualValues(t, 1, summary.Skipped[replay.Malformed].Lines)
}

func TestBoundedFile(t *testing.T) {
	folder := t.TempDir()
	name, older := filepath.Join(folder, "usage.jsonl"), filepath.Join(folder, "usage.1.jsonl")
	lines := func(name string) (keys []string) {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		require.LessOrEqual(t, len(text), 200)
		for line := range strings.Lines(string(text)) {
			var r luna.UsageRecord
			require.NoError(t, json.Unmarshal([]byte(line), &r))
			keys = append(keys, r.Key)
		}
		return keys
	}
	for i := range 100 {
		f, err := openBounded(name, older, 200)
		require.NoError(t, err)
		for k := range 3 {
			_, err = fmt.Fprintf(f, "{\"key\":\"%d\"}\n", 3*i+k)
			require.NoError(t, err)
		}
		require.NoError(t, f.Close())
	}
	kept := append(lines(older), lines(name)...)
	require.Greater(t, len(kept), 13, "at least one file full of the latest")
	for i, key := range kept {
		require.Equal(t, fmt.Sprint(300-len(kept)+i), key, "none is missing, and none is out of order")
	}

	_, err := openBounded(filepath.Join(folder, "none", "usage.jsonl"), older, 200)
	require.ErrorIs(t, err, os.ErrNotExist)

	// A file that cannot be opened for a while is tried again.
	f, err := openBounded(name, filepath.Join(folder, "none", "usage.1.jsonl"), 20)
	require.NoError(t, err)
	_, err = f.Write([]byte("{\"key\":\"x\"}\n"))
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, os.Mkdir(filepath.Join(folder, "none"), 0o700))
	_, err = f.Write([]byte("{\"key\":\"x\"}\n"))
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.Equal(t, []string{"x"}, lines(name))
}
