package api

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/sign"
)

func TestRateLimit(t *testing.T) {
	f := newFixture(t, &Options{RateLimit: RateLimit{PerSecond: 0.5, Burst: 3}})
	for left := 2; left >= 0; left-- {
		a := f.send("GET", "/v1/project", f.key, "")
		require.Equal(t, 200, a.status)
		require.Equal(t, `"key";q=3;w=6`, a.header.Get("RateLimit-Policy"))
		require.Equal(t, fmt.Sprintf(`"key";r=%d;t=%d`, left, 2*(3-left)), a.header.Get("RateLimit"))
		require.Empty(t, a.header.Get("Retry-After"))
	}
	for _, path := range []string{"/v1/project", "/v1/images", "/v1/keys"} {
		a := f.send("GET", path, f.key, "")
		a.problem(t, 429, "rate_limited")
		require.Equal(t, "2", a.header.Get("Retry-After"), "whatever the call")
	}
	require.Equal(t, 200, f.send("GET", "/v1/project", f.acme, "").status, "another key's bucket is its own")
	f.send("GET", "/v1/project", "", "").problem(t, 401, "unauthorized")
	f.later(1900 * time.Millisecond)
	a := f.send("GET", "/v1/project", f.key, "")
	a.problem(t, 429, "rate_limited")
	require.Equal(t, "1", a.header.Get("Retry-After"))
	f.later(100 * time.Millisecond)
	require.Equal(t, 200, f.send("GET", "/v1/project", f.key, "").status)
	f.send("GET", "/v1/project", f.key, "").problem(t, 429, "rate_limited")
	f.later(-time.Hour) // the clock is set back
	f.send("GET", "/v1/project", f.key, "").problem(t, 429, "rate_limited")
	f.later(time.Hour)
	require.Equal(t, 200, f.send("GET", "/v1/openapi.json", "", "").status)
}

func TestNoRateLimit(t *testing.T) {
	f := newFixture(t, &Options{RateLimit: RateLimit{PerSecond: -1}})
	for range 300 {
		a := f.send("HEAD", "/v1/project", f.key, "")
		require.Equal(t, 200, a.status)
		require.Empty(t, a.header.Get("RateLimit"))
	}
	require.Empty(t, f.Config.Handler.(*Handler).meters.keys)
}

func TestRateLimitDefaults(t *testing.T) {
	for in, want := range map[RateLimit]RateLimit{
		{}:                 {100, 200},
		{PerSecond: 7}:     {7, 14},
		{PerSecond: 0.01}:  {0.01, 1},
		{Burst: 3}:         {100, 3},
		{PerSecond: 1e300}: {1e300, math.MaxInt32},
	} {
		got, err := in.withDefaults()
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, bad := range []RateLimit{{PerSecond: math.NaN()}, {PerSecond: math.Inf(1)}, {PerSecond: math.Inf(-1)}, {Burst: -1}} {
		_, err := New(new(memory), ProjectMap{}, NewMemoryKeys(), &Options{RateLimit: bad})
		require.ErrorContains(t, err, "RateLimit")
	}
}

// Over any time, a key gets at most its burst and what the time gives, and
// whoever waits as long as told gets through.
func TestBucket(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := RateLimit{PerSecond: rapid.Float64Range(0.01, 1000).Draw(t, "rate"), Burst: rapid.IntRange(1, 50).Draw(t, "burst")}
		var m meters
		start := time.Unix(1_800_000_000, 0)
		now, passed := start, 0
		for range rapid.IntRange(1, 200).Draw(t, "calls") {
			ok, left, wait := m.take(l, sign.KeyHash{1}, now)
			if ok {
				passed++
				if left < 0 || left >= l.Burst {
					t.Fatalf("%d left of %d", left, l.Burst)
				}
			} else if rapid.Bool().Draw(t, "obeys") {
				now = now.Add(time.Duration(seconds(wait.Seconds())) * time.Second)
				if ok, _, _ = m.take(l, sign.KeyHash{1}, now); !ok {
					t.Fatalf("refused after %v", wait)
				}
				passed++
			}
			if most := float64(l.Burst) + now.Sub(start).Seconds()*l.PerSecond + 1e-6; float64(passed) > most {
				t.Fatalf("%d passed, of at most %v", passed, most)
			}
			now = now.Add(time.Duration(rapid.Int64Range(0, 2e9).Draw(t, "ns")))
		}
	})
}

// However many keys there are, few are remembered.
func TestMetersAreBounded(t *testing.T) {
	var m meters
	l := RateLimit{PerSecond: 1, Burst: 2}
	now := time.Unix(1_800_000_000, 0)
	take := func(n int) {
		var key sign.KeyHash
		binary.BigEndian.PutUint64(key[:], uint64(n))
		m.take(l, key, now)
	}
	for n := range 3 * maxMeters {
		if take(n); len(m.keys) > maxMeters {
			t.Fatal(len(m.keys))
		}
	}
	require.Greater(t, len(m.keys), 1024)
	now = now.Add(time.Hour)
	for n := range maxMeters {
		take(-n)
	}
	now = now.Add(time.Hour)
	for n := range 2 * maxMeters {
		take(n)
		if n%1000 == 0 {
			now = now.Add(time.Hour)
		}
	}
	require.Less(t, len(m.keys), 5000, "full buckets are dropped: "+strconv.Itoa(len(m.keys)))
}
