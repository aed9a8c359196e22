package replay

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing/meter"
)

func checkEntry(t *testing.T, e Entry, err error) {
	if err != nil {
		require.ErrorIs(t, err, ErrLine)
		return
	}
	require.True(t, checkTime(e.Time))
	require.GreaterOrEqual(t, e.Bytes, int64(0))
	require.True(t, e.Status >= 0 && e.Status <= 999)
	require.NotEmpty(t, e.Method)
	require.NotContains(t, e.Path, "?")
}

func FuzzParseCommon(f *testing.F) {
	f.Add(`127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326`)
	f.Add(`a.example.com:80 ::1 - - [10/Oct/2000:20:55:36 +0000] "GET /a\x22\"?sig=1 HTTP/1.1" 200 - "-" "curl" "HIT"`)
	f.Fuzz(func(t *testing.T, line string) {
		e, err := ParseCommon([]byte(line))
		checkEntry(t, e, err)
	})
}

func FuzzParseJSON(f *testing.F) {
	f.Add(`{"time":"2026-11-03T10:00:00Z","tenant":"acme","path":"/p?sig=1","status":200,"cache":"miss","bytes":12}`)
	f.Add(`{"time":1793700000,"key":"hero.jpg","version":"v1","canonical":{"key":"hero.jpg"},"status":200}`)
	f.Fuzz(func(t *testing.T, line string) {
		e, err := ParseJSON([]byte(line))
		checkEntry(t, e, err)
	})
}

// FuzzRead reads a log at once and byte by byte, under each policy.
func FuzzRead(f *testing.F) {
	f.Add([]byte("{\"time\":1793700000,\"path\":\"/i\",\"status\":200}\r\n\n127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] \"GET /i HTTP/1.0\" 200 2326"), uint8(0))
	f.Add([]byte("{\"time\":1793700000,\"path\":\"/i\",\"status\":200,\"tenant\":\"a\"}\n{\"time\":1799700000,\"path\":\"/i\",\"status\":200,\"tenant\":\"a\"}"), uint8(2))
	f.Fuzz(func(t *testing.T, log []byte, unique uint8) {
		o := &Options{Policy: meter.Policy{Unique: meter.Uniqueness(unique % 4), IgnoreFormat: unique >= 128}, MaxLine: 200, MaxIDs: 20, MaxCounts: 10}
		whole, err := New(everything, o)
		require.NoError(t, err)
		first := whole.Read(context.Background(), bytes.NewReader(log))
		pieces, err := New(everything, o)
		require.NoError(t, err)
		second := pieces.Read(context.Background(), iotest.OneByteReader(bytes.NewReader(log)))
		require.Equal(t, first, second)
		require.True(t, first == nil || errors.Is(first, ErrFull), first)
		require.Equal(t, whole.Counts(), pieces.Counts())
		require.Equal(t, whole.Summary(), pieces.Summary())

		s, sum := whole.Summary(), int64(0)
		for _, skipped := range s.Skipped {
			sum += skipped.Lines
		}
		require.Equal(t, s.Served, s.Hits+s.Misses+s.Coalesced+s.Unknown)
		if first == nil {
			require.Equal(t, s.Lines, s.Served+sum)
			ends := strings.Count(string(log), "\n")
			require.True(t, s.Lines == int64(ends) || s.Lines == int64(ends)+1)
		}
		for _, c := range whole.Counts() {
			require.LessOrEqual(t, c.Transforms, c.Requests)
		}
	})
}

func everything(path, query string) (string, string, bool) { return path, "{}", path != "" }
