package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing/replay"
	"github.com/immagin/immagin-go/immagin/edit"
)

func at() time.Time { return time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC) }

func invoice(t *testing.T, log string, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, run(context.Background(), args, strings.NewReader(log), at, &out))
	return out.String()
}

func payload(t *testing.T, r edit.Request) string {
	t.Helper()
	p, err := r.Payload()
	require.NoError(t, err)
	return p
}

// TestThirtyNineDollars has 300,000 transforms in a log. The provider's page
// prints $24.00 for them, by mistake.
func TestThirtyNineDollars(t *testing.T) {
	var log strings.Builder
	for i := range 300_000 {
		fmt.Fprintf(&log, `{"time":"2026-11-%02dT10:00:00Z","key":"%d.jpg","canonical":"{}","status":200,"cache":"miss","bytes":1000}`+"\n", i%30+1, i)
	}
	out := invoice(t, log.String())
	require.Regexp(t, `(?m)^total +39\.00 USD$`, out)
	require.Regexp(t, `(?m)^2026-11 +"default" +300,000 +300,000 +300,000,000$`, out)
	require.Regexp(t, `(?m)^Immagin +39\.00 \(pay as you go\)$`, out)
	require.NotContains(t, out, "24.00")
}

func TestSideBySide(t *testing.T) {
	hero := payload(t, edit.Request{Key: "hero.jpg", Edits: []edit.Edit{edit.Resize{Width: 800}}})
	same := payload(t, edit.Request{Key: "hero.jpg", Version: "2", Edits: []edit.Edit{edit.Resize{Width: 800}, edit.Flip(false)}})
	line := func(day, target string) string {
		return fmt.Sprintf(`10.0.0.1 - - [%s:10:00:00 +0000] "GET %s HTTP/1.1" 200 500 "-" "test/1"`+"\n", day, target)
	}
	log := line("30/Nov/2026", "/shop/"+hero+"?sig=00") + line("30/Nov/2026", "/shop/"+same+"?sig=00") +
		line("01/Dec/2026", "/shop/"+hero+"?sig=00") + line("01/Dec/2026", "/blog/"+hero+"?sig=00") +
		line("01/Dec/2026", "/robots.txt") + "\n"
	out := invoice(t, log, "-by", "prefix", "-catalog", "recomputed,published", "-each")
	for _, want := range []string{
		`2026-11 +"shop" +1 +2 +1,000`, `2026-12 +"blog" +1 +1 +500`, `2026-12 +"shop" +1 +1 +500`,
		`recomputed-2026-11 +2026-11 +2026-12`, `Immagin +0\.00 \(pay as you go\) +0\.00 \(pay as you go\)`,
		`immagin-2026-02 +2026-11 +2026-12`, `Uploadcare +no figure \(as printed\) +no figure \(as printed\)`,
		`"shop": 1 to 25,000 at 0\.00 USD per 1,000 +1 +0\.00`,
		`- The lines do not say what the cache had: the first of .*`, `- Each project is rated by itself.*`,
		`6 lines, 4 of them images .*`, `1 left out: no image \(the first is line 5\)`, `1 left out: blank \(the first is line 6\)`,
	} {
		require.Regexp(t, "(?m)^"+want+"$", out)
	}
	require.Contains(t, out, "first-party of 2026-02-01, https://immag.in/ (figures of 2026-02-01, 294 days old)")

	require.Regexp(t, `(?m)^2026-11 +"default" +1 +2 +1,000$`, invoice(t, log, "-by", "none", "-month", "2026-11", "-catalog", "none"))
	rolling := invoice(t, log, "-by", "none", "-policy", "Rolling", "-window", "24h", "-format", "clf")
	require.Regexp(t, `(?m)^2026-11 +"default" +1 `, rolling)
	require.Regexp(t, `(?m)^2026-12 +"default" +1 `, rolling, "exactly a window later")
	require.Regexp(t, `(?m)^2026-12 +"default" +0 `, invoice(t, log, "-by", "none", "-policy", "rolling"))
}

// TestScenarioFlags has what each of the flags changes.
func TestScenarioFlags(t *testing.T) {
	var log strings.Builder
	for _, format := range []string{"webp", "avif"} {
		fmt.Fprintf(&log, `{"time":"2026-11-03T10:00:00Z","key":"a","canonical":{"edits":[],"output":{"format":%q}},"status":200}`+"\n", format)
	}
	plain := invoice(t, log.String())
	require.Regexp(t, `(?m)^2026-11 +"default" +2 +2 +0$`, plain)
	require.Regexp(t, `(?m)^2026-11 +"default" +1 +2 +0$`, invoice(t, log.String(), "-ignore-format"))

	require.Regexp(t, `(?m)^Cloudflare stored images +0\.00 \(Paid\)$`, plain)
	require.Regexp(t, `(?m)^Cloudflare stored images +5\.00 \(Paid\)$`, invoice(t, log.String(), "-originals", "100000"))

	stored := []string{"-stored", "100000000000"} // 100 credits of Cloudinary's
	require.Regexp(t, `(?m)^Cloudinary +0\.00 \(Free\)$`, plain)
	require.Regexp(t, `(?m)^Cloudinary +99\.00 \(Plus\)$`, invoice(t, log.String(), stored...))
	require.Regexp(t, `(?m)^Cloudinary +89\.00 \(Plus, yearly\)$`, invoice(t, log.String(), append(stored, "-yearly")...))

	err := run(context.Background(), []string{"-max", "1"}, strings.NewReader(log.String()), at, &bytes.Buffer{})
	require.ErrorIs(t, err, replay.ErrFull)
}

func TestIdentify(t *testing.T) {
	resize := []edit.Edit{edit.Resize{Width: 800}}
	plain := payload(t, edit.Request{Key: "a/b.jpg", Edits: resize})
	ladder := payload(t, edit.Request{Key: "a/b.jpg", Edits: resize, Ladder: &edit.Ladder{Widths: []int{400, 800}}})
	image, rendition, ok := identify("/x/"+plain, "sig=00")
	require.True(t, ok)
	require.Equal(t, "a/b.jpg", image)
	_, rung, ok := identify("/"+ladder, "w=800&sig=00")
	require.True(t, ok)
	require.Equal(t, rendition, rung, "a rung of a ladder is what its own URL would be")
	_, other, ok := identify("/"+ladder, "w=400&sig=00")
	require.True(t, ok)
	require.NotEqual(t, rendition, other)
	for name, target := range map[string][2]string{
		"metadata":          {"/" + payload(t, edit.Request{Key: "a", Metadata: &edit.Metadata{}}), "sig=00"},
		"a ladder's none":   {"/" + ladder, "sig=00"},
		"a rung that isn't": {"/" + ladder, "w=500&sig=00"},
		"no payload":        {"/favicon.ico", ""},
		"no base64":         {"/eyJ!", ""},
		"no request":        {"/eyJ9", ""},
		"nothing":           {"", ""},
	} {
		_, _, ok := identify(target[0], target[1])
		require.False(t, ok, name)
	}
}

func TestFiles(t *testing.T) {
	line := `{"time":"2026-11-03T10:00:00Z","key":"%s","canonical":"{}","status":200}` + "\n"
	plain := filepath.Join(t.TempDir(), "access.log")
	require.NoError(t, os.WriteFile(plain, []byte(fmt.Sprintf(line, "a")), 0o600))
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprintf(z, line, "b")
	require.NoError(t, z.Close())
	zipped := filepath.Join(t.TempDir(), "access.log.1.gz")
	require.NoError(t, os.WriteFile(zipped, packed.Bytes(), 0o600))
	require.Regexp(t, `(?m)^2026-11 +"default" +2 +2 +0$`, invoice(t, "", "-log", plain, "-log", zipped))

	require.NoError(t, os.WriteFile(zipped, packed.Bytes()[:len(packed.Bytes())-4], 0o600))
	err := run(context.Background(), []string{"-log", zipped}, nil, at, &bytes.Buffer{})
	require.ErrorContains(t, err, "unexpected EOF")
	require.ErrorIs(t, run(context.Background(), []string{"-log", plain + ".none"}, nil, at, &bytes.Buffer{}), os.ErrNotExist)
}

func TestFlags(t *testing.T) {
	for _, args := range [][]string{
		{"-format", "xml"}, {"-policy", "never"}, {"-by", "moon"}, {"-catalog", "mine"}, {"-month", "November"},
		{"access.log"}, {"-window", "24h"}, {"-max", "-1"}, {"-originals", "-1"},
	} {
		log := strings.NewReader(`{"time":"2026-11-03T10:00:00Z","key":"a","canonical":"{}","status":200}`)
		require.Error(t, run(context.Background(), args, log, at, &bytes.Buffer{}), args)
	}
	require.Contains(t, invoice(t, ""), "The log has no image that was served.")
}
