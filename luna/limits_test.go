package luna_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	stdgif "image/gif"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/gif"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/png"
)

// A limit is a row of the table in limits.md.
type limit struct{ field, value, refusal string }

func limits(t *testing.T) []limit {
	page, err := os.ReadFile(filepath.FromSlash("../examples/docs/limits.md"))
	require.NoError(t, err)
	var all []limit
	for _, row := range regexp.MustCompile("(?m)^\\| [^|]+ \\| `([A-Za-z.]+)` \\| ([^|]+) \\|([^|]*)\\|").FindAllStringSubmatch(string(page), -1) {
		all = append(all, limit{row[1], row[2], strings.ReplaceAll(strings.TrimSpace(row[3]), "`", "")})
	}
	require.NotEmpty(t, all)
	return all
}

// TestLimitsAreDocumented holds the table against the defaults, and that no
// bound is missing in it.
func TestLimitsAreDocumented(t *testing.T) {
	o, h, err := luna.Defaults()
	require.NoError(t, err)
	defaults := map[string]string{
		// Those of other packages: TestLimits and their own tests hold them.
		"jpeg.Codec.MaxScans": "100", "avif.Options.MaxDecodes": "1",
		"avif.Options.MaxPixels": "16000000", "avif.Options.MaxDecodeMemory": "268435456",
	}
	for _, v := range []reflect.Value{reflect.ValueOf(o), reflect.ValueOf(h)} {
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			switch f := v.Field(i).Interface().(type) {
			case time.Duration:
				if !strings.HasPrefix(name, "Auto") { // see auto.md
					defaults[name] = f.String()
				}
			case int, int64:
				if name != "Cores" && !strings.HasPrefix(name, "Auto") {
					defaults[name] = fmt.Sprint(f)
				}
			}
		}
	}
	require.Equal(t, fmt.Sprint(2*runtime.GOMAXPROCS(0)), defaults["Workers"])
	require.Equal(t, fmt.Sprint(8*runtime.GOMAXPROCS(0)), defaults["Queue"])
	defaults["Workers"], defaults["Queue"] = "2 × GOMAXPROCS", "4 × Workers"
	told := map[string]string{}
	for _, l := range limits(t) {
		require.NotContains(t, told, l.field)
		told[l.field] = l.value
	}
	require.Equal(t, defaults, told)
}

// scans is a JPEG whose only scan is repeated to make n.
func scans(n int) []byte {
	b := photo(16, 16)
	at := bytes.Index(b, []byte("\xff\xda"))
	return append(append(bytes.Clone(b[:at]), bytes.Repeat(b[at:len(b)-2], n)...), 0xff, 0xd9)
}

func frames(n int) []byte {
	g := &stdgif.GIF{}
	for range n {
		g.Image = append(g.Image, image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{color.Black, color.White}))
		g.Delay = append(g.Delay, 4)
	}
	var b bytes.Buffer
	if err := stdgif.EncodeAll(&b, g); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// TestLimits exceeds the limits by one, at their defaults where that is cheap,
// and asks for just as much as they allow.
func TestLimits(t *testing.T) {
	edits := func(edit string, n int) string {
		return `{"key":"hero.jpg","edits":[` + strings.Repeat(edit+",", n-1) + edit + `],"output":{"format":"png"}}`
	}
	text := func(n int) string {
		return edits(`{"text":{"text":"`+strings.Repeat("i", n)+`","fontSize":8}}`, 1)
	}
	const plain = `{"key":"o","output":{"format":"png"}}`
	for field, c := range map[string]struct {
		engine        luna.Options
		handler       luna.HandlerOptions
		within, over  []byte // originals
		allow, refuse string // payloads; plain by default
	}{
		"MaxSourceBytes": {engine: luna.Options{MaxSourceBytes: int64(len(photo(64, 48)))},
			within: photo(64, 48), over: append(photo(64, 48), 0)},
		"MaxPixels":       {over: pngHeader(25_000, 2_001), within: photo(64, 48)},
		"MaxFrames":       {over: frames(1001), within: frames(1000)},
		"MaxSide":         {over: pngHeader(30_001, 1), within: picture(30_000, 1, false)},
		"MaxOutputSide":   {allow: edits(`{"resize":{"width":16383,"height":1,"fit":"fill"}}`, 1), refuse: edits(`{"resize":{"width":16384,"height":1,"fit":"fill"}}`, 1)},
		"MaxEdits":        {allow: edits(`{"flip":true}`, 32), refuse: edits(`{"flip":true}`, 33)},
		"MaxTextLength":   {allow: text(1000), refuse: text(1001)},
		"MaxRequestBytes": {engine: luna.Options{MaxRequestBytes: 8 << 20}, within: photo(64, 48), over: pngHeader(5000, 5000)},
		"MaxOutputBytes":  {handler: luna.HandlerOptions{MaxOutputBytes: 1000}, within: picture(1, 1, false), over: picture(400, 300, true)},

		"jpeg.Codec.MaxScans": {over: scans(101), within: scans(1)},
	} {
		t.Run(field, func(t *testing.T) {
			var want limit
			for _, l := range limits(t) {
				if l.field == field {
					want = l
				}
			}
			status, code, _ := strings.Cut(want.refusal, " ")
			number, err := strconv.Atoi(status)
			require.NoError(t, err, want)
			s := newLimitedSite(t, &c.engine, &c.handler)
			if c.allow == "" {
				c.allow, c.refuse = plain, plain
			}
			s.origin.put("demo", "o", c.within)
			r := s.get(signed(c.allow))
			require.Equal(t, http.StatusOK, r.StatusCode, "%s", content(t, r))
			s.origin.put("demo", "o", c.over)
			s.handler.Forget("demo", "o")
			requireProblem(t, s.get(signed(c.refuse)), number, code)
		})
	}
}

func newLimitedSite(t *testing.T, engine *luna.Options, handler *luna.HandlerOptions) *site {
	t.Helper()
	s := newSite(t, nil, handler)
	e, err := luna.New([]codec.Codec{jpeg.Codec{}, png.Codec{}, gif.Codec{}}, engine)
	require.NoError(t, err)
	o := *handler
	o.Tenant = luna.TenantFromHost("example.com")
	s.handler, err = luna.NewHandler(e, s.origin, tenants(t), &o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.handler.Shutdown(context.Background())) })
	return s
}

// TestLimitsCanBeRaised: an engine of wider limits takes what the default does
// not.
func TestLimitsCanBeRaised(t *testing.T) {
	s := newLimitedSite(t, &luna.Options{MaxEdits: 40, MaxTextLength: 1200}, &luna.HandlerOptions{})
	for _, ask := range []string{
		`{"key":"hero.jpg","edits":[` + strings.Repeat(`{"flip":true},`, 39) + `{"flip":true}],"output":{"format":"png"}}`,
		`{"key":"hero.jpg","edits":[{"text":{"text":"` + strings.Repeat("i", 1200) + `","fontSize":8}}],"output":{"format":"png"}}`,
	} {
		r := s.get(signed(ask))
		require.Equal(t, http.StatusOK, r.StatusCode, "%s", content(t, r))
	}
}

// TestLimitsOfTime has the store and the codecs take for ever.
func TestLimitsOfTime(t *testing.T) {
	wait := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	for field, prepare := range map[string]func(s *site){
		"FetchTimeout":  func(s *site) { s.origin.open = wait },
		"RenderTimeout": func(*site) {},
	} {
		t.Run(field, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				codecs, _ := hook(wait)
				s := newSite(t, codecs, nil)
				prepare(s)
				for _, l := range limits(t) {
					if l.field == field {
						start := time.Now()
						r := s.get(signed(thumb))
						status, code, _ := strings.Cut(l.refusal, " ")
						number, err := strconv.Atoi(status)
						require.NoError(t, err)
						requireProblem(t, r, number, code)
						require.Equal(t, l.value, time.Since(start).String())
						return
					}
				}
				t.Fatal("it is not in the table")
			})
		})
	}
}
