package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/catalog"
	"github.com/immagin/immagin-go/billing/meter"
)

// paths takes paths that begin with /i/ for images: /i/original/rendition.
func paths(path, _ string) (string, string, bool) {
	image, rendition, ok := strings.Cut(strings.TrimPrefix(path, "/i/"), "/")
	return image, rendition, ok && strings.HasPrefix(path, "/i/")
}

// tally reads a log of all lines.
func tally(t testing.TB, o *Options, lines ...string) *Tally {
	t.Helper()
	c, err := New(paths, o)
	require.NoError(t, err)
	require.NoError(t, c.Read(context.Background(), strings.NewReader(strings.Join(lines, "\n"))))
	return c
}

// line is one of Combined, with the host before it and the cache behind.
func line(at time.Time, host, path string, bytes int64, cache string) string {
	return fmt.Sprintf(`%s:80 10.0.0.1 - - [%s] "GET %s HTTP/1.1" 200 %d "-" "test/1" %s`, host, at.Format(stamp), path, bytes, cache)
}

// TestPolicies is the table of what counts, as lines of a log.
func TestPolicies(t *testing.T) {
	day := func(m time.Month, d int) time.Time { return time.Date(2026, m, d, 12, 0, 0, 0, time.UTC) }
	hero := "/i/hero.jpg/w=800"
	log := []string{
		line(day(11, 3), "a", hero, 10, "MISS"),
		line(day(11, 9), "a", hero, 10, "HIT"),
		line(day(11, 20), "a", hero, 10, "MISS"), // after eviction
		line(day(12, 2), "a", hero, 10, "HIT"),
		line(day(12, 5), "a", hero, 10, "MISS"),
		line(day(12, 6), "b", hero, 10, "MISS"), // another project
		`{"time":"2026-12-07T12:00:00Z","host":"a","key":"hero.jpg","version":"2","canonical":"w=800","status":200,"cache":"miss","bytes":10}`, // replaced
	}
	type counts map[string]int64
	for unique, want := range map[meter.Uniqueness]counts{
		meter.PerPeriod: {"a Nov": 1, "a Dec": 2, "b Dec": 1},
		meter.EveryMiss: {"a Nov": 2, "a Dec": 2, "b Dec": 1},
		meter.Rolling:   {"a Nov": 1, "a Dec": 1, "b Dec": 1},
		meter.Forever:   {"a Nov": 1, "a Dec": 1, "b Dec": 1},
	} {
		c := tally(t, &Options{Project: ByHost, Policy: meter.Policy{Unique: unique}}, log...)
		got := counts{}
		for _, n := range c.Counts() {
			got[n.Project+" "+n.Period.Start.Format("Jan")] = n.Transforms
		}
		require.Equal(t, want, got, unique)
		s := c.Summary()
		require.Equal(t, [4]int64{2, 5, 0, 0}, [4]int64{s.Hits, s.Misses, s.Coalesced, s.Unknown})
		require.Equal(t, int64(70), c.Counts()[0].Bytes+c.Counts()[1].Bytes+c.Counts()[2].Bytes)
	}
}

func TestWindow(t *testing.T) {
	policy := meter.Policy{Unique: meter.Rolling}
	at := func(days int) time.Time {
		return time.Date(2026, 6, 30, 23, 0, 0, 0, time.UTC).AddDate(0, 0, days)
	}
	count := func(o *Options, lines ...string) (sum int64) {
		for _, n := range tally(t, o, lines...).Counts() {
			sum += n.Transforms
		}
		return sum
	}
	june, july := line(at(0), "a", "/i/k/w", 1, ""), line(at(1), "a", "/i/k/w", 1, "")
	require.Equal(t, int64(1), count(&Options{Policy: policy}, june, july), "30 June and 1 July are one")
	require.Equal(t, int64(1), count(&Options{Policy: policy}, july, june), "in any order")
	require.Equal(t, int64(2), count(nil, june, july), "by months they are two")
	later := line(at(30), "a", "/i/k/w", 1, "")
	require.Equal(t, int64(2), count(&Options{Policy: policy}, june, later))
	require.Equal(t, int64(1), count(&Options{Policy: meter.Policy{Unique: meter.Rolling, Window: 31 * 24 * time.Hour}}, later, june))
	require.Equal(t, int64(1), count(&Options{Policy: meter.Policy{Unique: meter.Forever}}, later, june))
}

func TestIgnoreFormat(t *testing.T) {
	log := []string{
		`{"time":1793700000,"key":"k","canonical":{"edits":[],"output":{"format":"webp","quality":90}},"status":200}`,
		`{"time":1793700000,"key":"k","canonical":{"edits":[],"output":{"format":"avif","quality":90}},"status":200}`,
		`{"time":1793700000,"key":"k","canonical":"not an object","status":200}`,
	}
	require.Equal(t, int64(3), tally(t, nil, log...).Counts()[0].Transforms)
	c := tally(t, &Options{Policy: meter.Policy{IgnoreFormat: true}}, log...)
	require.Equal(t, int64(1), c.Counts()[0].Transforms)
	require.Equal(t, Skipped{Lines: 1, First: 3}, c.Summary().Skipped[NoImage])
}

func TestReasons(t *testing.T) {
	at := time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC)
	good := line(at, "a", "/i/k/w", 1, "")
	c := tally(t, &Options{
		MaxLine: 200, MaxCounts: 2, Project: ByHost,
		Only: billing.Month(at),
	},
		"\ufeff"+good+"\r",
		"",
		" \t",
		"-",
		strings.Repeat("x", 201),
		good+strings.Repeat(" ", 1<<16),
		strings.Replace(good, "Nov", "Oct", 1),
		strings.Replace(good, "GET", "POST", 1),
		strings.Replace(good, " 200 ", " 404 ", 1),
		strings.Replace(good, "/i/", "/x/", 1),
		"{"+good,
		strings.Replace(good, "a:80", strings.Repeat("h", 100)+":80", 1),
		strings.Replace(good, "a:80", "c:80", 1),
		`{"time":"2026-11-04T00:00:00Z","path":"/i/k/w","host":"\u0000","status":200}`,
		strings.Replace(good, " 200 ", " 304 ", 1),
		good,
	)
	s := c.Summary()
	require.Equal(t, int64(16), s.Lines)
	require.Equal(t, int64(4), s.Served)
	require.Equal(t, map[Reason]Skipped{
		Blank: {2, 2}, Malformed: {2, 4}, TooLong: {2, 5}, OtherTime: {1, 7}, OtherMethod: {1, 8},
		NotServed: {1, 9}, NoImage: {1, 10}, TooMany: {1, 13}, NoProject: {1, 14},
	}, s.Skipped)
	require.Len(t, c.Counts(), 2)
	s.Skipped[Blank] = Skipped{}
	require.Equal(t, int64(2), c.Summary().Skipped[Blank].Lines, "a summary is the caller's")
}

func TestFormats(t *testing.T) {
	common := `::1 - - [10/Oct/2000:13:55:36 -0700] "GET /i/k/w HTTP/1.0" 200 2326`
	object := `{"time":1793700000,"path":"/i/k/w","status":200}`
	for format, served := range map[Format]int64{Auto: 2, Common: 1, JSON: 1} {
		require.Equal(t, served, tally(t, &Options{Format: format}, common, object).Summary().Served, format)
	}
}

func TestOptions(t *testing.T) {
	for name, o := range map[string]Options{
		"format":    {Format: 3},
		"MaxLine":   {MaxLine: -1},
		"MaxIDs":    {MaxIDs: -1},
		"MaxCounts": {MaxCounts: -1},
		"Only":      {Only: billing.Period{Start: time.Unix(2, 0), End: time.Unix(1, 0)}},
		"unknown":   {Policy: meter.Policy{Unique: 9}},
		"window":    {Policy: meter.Policy{Window: time.Hour}},
	} {
		_, err := New(paths, &o)
		require.ErrorContains(t, err, name)
	}
	_, err := New(nil, nil)
	require.ErrorContains(t, err, "identify")
}

func TestFull(t *testing.T) {
	for _, unique := range []meter.Uniqueness{meter.PerPeriod, meter.EveryMiss, meter.Rolling, meter.Forever} {
		var lines []string
		for range 3 {
			for i := range 100 {
				lines = append(lines, line(time.Unix(1793700000, 0).UTC(), "a", fmt.Sprintf("/i/%d/w", i), 1, ""))
			}
		}
		o := &Options{Policy: meter.Policy{Unique: unique}, MaxIDs: 130}
		require.Equal(t, int64(100), tally(t, o, lines...).Counts()[0].Transforms, "the same ones need no room")
		o.MaxIDs = 99
		c, err := New(paths, o)
		require.NoError(t, err)
		err = c.Read(context.Background(), strings.NewReader(strings.Join(lines, "\n")))
		require.ErrorIs(t, err, ErrFull, unique)
		require.ErrorContains(t, err, "line 100")
		require.Equal(t, int64(99), c.Counts()[0].Transforms)
	}
	// Misses that are told need none where all count.
	c := tally(t, &Options{Policy: meter.Policy{Unique: meter.EveryMiss}, MaxIDs: 1}, line(time.Unix(1793700000, 0).UTC(), "a", "/i/1/w", 1, "MISS"), line(time.Unix(1793700000, 0).UTC(), "a", "/i/2/w", 1, "MISS"))
	require.Equal(t, int64(2), c.Counts()[0].Transforms)
}

func TestReadErrors(t *testing.T) {
	good := line(time.Unix(1793700000, 0).UTC(), "a", "/i/k/w", 1, "")
	broken := errors.New("disk on fire")
	c, err := New(paths, &Options{MaxLine: 1 << 10})
	require.NoError(t, err)
	err = c.Read(context.Background(), io.MultiReader(strings.NewReader(good+"\n"+good), iotest.ErrReader(broken)))
	require.ErrorIs(t, err, broken)
	require.ErrorContains(t, err, "line 2")
	require.Equal(t, int64(1), c.Summary().Served, "half a line is none")

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, c.Read(ctx, strings.NewReader(good)), context.Canceled)

	// A line without an end stops with its context too.
	ctx, cancel = context.WithCancel(context.Background())
	endless := readerFunc(func(p []byte) (int, error) {
		cancel()
		return len(p), nil
	})
	require.ErrorIs(t, c.Read(ctx, endless), context.Canceled)
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestRatherThanOverflow has a log claim more bytes than there are.
func TestRatherThanOverflow(t *testing.T) {
	most := line(time.Unix(1793700000, 0).UTC(), "a", "/i/k/w", 1<<63-1, "")
	require.Equal(t, int64(1<<63-1), tally(t, nil, most, most).Counts()[0].Bytes)
}

// TestCounts compares with maps, on logs in any order.
func TestCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unique := rapid.SampledFrom([]meter.Uniqueness{meter.PerPeriod, meter.EveryMiss, meter.Forever}).Draw(t, "policy")
		type key struct{ project, month string }
		type transform struct {
			key
			path string
		}
		requests, misses := map[key]int64{}, map[key]int64{}
		seen, earliest := map[transform]bool{}, map[transform]time.Time{}
		var lines []string
		for range rapid.IntRange(1, 60).Draw(t, "lines") {
			at := time.Unix(1793400000+rapid.Int64Range(0, 120*24*3600).Draw(t, "second"), 0).UTC()
			host := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "host")
			path := fmt.Sprintf("/i/k%d/w", rapid.IntRange(0, 4).Draw(t, "image"))
			cache := rapid.SampledFrom([]string{"HIT", "MISS", "coalesced", ""}).Draw(t, "cache")
			if rapid.Bool().Draw(t, "json") {
				lines = append(lines, fmt.Sprintf(`{"time":%d,"host":%q,"path":%q,"status":200,"cache":%q}`, at.Unix(), host, path, cache))
			} else {
				lines = append(lines, line(at, host, path, 0, cache))
			}
			k := key{host, at.Format("2006-01")}
			requests[k]++
			switch {
			case cache == "HIT", cache == "coalesced" && unique == meter.EveryMiss:
			case cache == "MISS" && unique == meter.EveryMiss:
				misses[k]++
			case unique == meter.Forever:
				ever := transform{key{project: host}, path}
				if first, ok := earliest[ever]; !ok || at.Before(first) {
					earliest[ever] = at
				}
			default:
				seen[transform{k, path}] = true
			}
		}
		want := misses
		for s := range seen {
			want[s.key]++
		}
		for s, at := range earliest {
			want[key{s.project, at.Format("2006-01")}]++
		}
		c, err := New(paths, &Options{Project: ByHost, Policy: meter.Policy{Unique: unique}})
		require.NoError(t, err)
		half := len(lines) / 2 // two logs, the later one first
		for _, log := range [][]string{lines[half:], lines[:half]} {
			require.NoError(t, c.Read(t.Context(), strings.NewReader(strings.Join(log, "\n")+"\n")))
		}
		require.Len(t, c.Counts(), len(requests))
		for _, n := range c.Counts() {
			k := key{n.Project, n.Period.Start.Format("2006-01")}
			require.Equal(t, requests[k], n.Requests)
			require.Equal(t, want[k], n.Transforms, k)
		}
	})
}

// TestWindowAgainstModel keeps all sightings of a window and walks through
// them by the rule itself.
func TestWindowAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.SliceOfN(rapid.IntRange(0, 119), 1, 40).Draw(t, "days")
		start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		var on [120]bool
		var log strings.Builder
		for _, d := range days {
			on[d] = true
			fmt.Fprintln(&log, line(start.AddDate(0, 0, d), "a", "/i/k/w", 0, "MISS"))
		}
		want, last := int64(0), -1000
		for d := range on {
			if !on[d] {
				continue
			}
			if d-last >= 30 {
				want++
			}
			last = d
		}
		c, err := New(paths, &Options{Policy: meter.Policy{Unique: meter.Rolling}})
		require.NoError(t, err)
		require.NoError(t, c.Read(t.Context(), strings.NewReader(log.String())))
		got := int64(0)
		for _, n := range c.Counts() {
			got += n.Transforms
		}
		require.Equal(t, want, got)
	})
}

// TestInvoice bills a log of 300,000 transforms by Immagin's tiers. The
// provider's page prints $24.00 for them, which its own table contradicts:
// that is the price of 160,000, or of these with one tier of $15.00 left out.
func TestInvoice(t *testing.T) {
	read, write := io.Pipe()
	go func() {
		at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
		for i := range 310_000 { // 10,000 of them twice
			l := line(at.Add(time.Duration(i)*time.Second), "a", fmt.Sprintf("/i/%d/w=800", i%300_000), 1000, "") + "\n"
			if _, err := io.WriteString(write, l); err != nil {
				return
			}
		}
		write.Close()
	}()
	defer read.Close()
	c, err := New(paths, nil)
	require.NoError(t, err)
	require.NoError(t, c.Read(context.Background(), read))
	counts := c.Counts()
	require.Len(t, counts, 1)
	require.Equal(t, billing.Usage{billing.TransformsUnique: 300_000, billing.Requests: 310_000, billing.BandwidthBytes: 310_000_000}, counts[0].Usage())

	charge, err := catalog.Immagin().Estimate(counts[0].Usage())
	require.NoError(t, err)
	require.Equal(t, "39.00", charge.Total.String())
}

func TestProjects(t *testing.T) {
	for name, c := range map[string]struct {
		project func(*Entry) string
		entry   Entry
		want    string
	}{
		"tenant":          {ByTenant, Entry{Tenant: "acme"}, "acme"},
		"no tenant":       {ByTenant, Entry{Host: "a"}, DefaultProject},
		"host":            {ByHost, Entry{Host: "A.Example.com.:443"}, "a.example.com"},
		"host, no port":   {ByHost, Entry{Host: "A.Example.com."}, "a.example.com"},
		"IPv6":            {ByHost, Entry{Host: "[::1]:80"}, "::1"},
		"no host":         {ByHost, Entry{}, DefaultProject},
		"prefix":          {ByPrefix, Entry{Path: "/acme/eyJ"}, "acme"},
		"deeper":          {ByPrefix, Entry{Path: "/acme/x/eyJ"}, "acme"},
		"payload alone":   {ByPrefix, Entry{Path: "/eyJ"}, DefaultProject},
		"only a prefix":   {ByPrefix, Entry{Path: "/acme/"}, DefaultProject},
		"an empty prefix": {ByPrefix, Entry{Path: "//eyJ"}, DefaultProject},
		"whole":           {Whole, Entry{Tenant: "acme"}, DefaultProject},
	} {
		require.Equal(t, c.want, c.project(&c.entry), name)
	}
}

func TestAssumptions(t *testing.T) {
	at := time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC)
	said, unsaid := line(at, "a", "/i/k/w", 1, "HIT"), line(at.AddDate(0, 0, 2), "a", "/i/k/w", 1, "-")
	for name, c := range map[string]struct {
		policy meter.Policy
		log    []string
		has    string
		hasNot string
	}{
		"nothing":        {meter.Policy{}, nil, "no image", "UTC"},
		"dates":          {meter.Policy{}, []string{said, unsaid}, "2 images of 2026-11-03 to 2026-11-05", ""},
		"some unsaid":    {meter.Policy{}, []string{said, unsaid}, "1 of 2 lines do not say", ""},
		"all unsaid":     {meter.Policy{}, []string{unsaid}, "The lines do not say what the cache had: the first of a transform in a period is taken for the miss", "What the log says"},
		"none unsaid":    {meter.Policy{}, []string{said}, "What the log says", "not say"},
		"every miss":     {meter.Policy{Unique: meter.EveryMiss}, []string{unsaid}, "misses after evictions are not in the count", ""},
		"window":         {meter.Policy{Unique: meter.Rolling}, []string{unsaid}, "did not miss it in the 720 hours before", ""},
		"forever":        {meter.Policy{Unique: meter.Forever}, []string{unsaid}, "before the log begins", ""},
		"formats":        {meter.Policy{}, []string{said}, "Each output format counts", ""},
		"formats as one": {meter.Policy{IgnoreFormat: true}, []string{said}, "count as one", "Each output"},
	} {
		all := strings.Join(tally(t, &Options{Policy: c.policy}, c.log...).Assumptions(), "\n")
		require.Contains(t, all, c.has, name)
		if c.hasNot != "" {
			require.NotContains(t, all, c.hasNot, name)
		}
	}
}
