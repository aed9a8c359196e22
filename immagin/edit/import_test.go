package edit_test

import (
	"errors"
	"io/fs"
	"net/url"
	"strings"
	"testing"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// An importCase is a URL of another service and what becomes of it.
type importCase struct {
	name    string
	url     string
	options *edit.ImportOptions
	want    string   // the payload; "" where there is no request
	faults  []string // "option value", with "~" before where the request has something near
}

// byPath makes keys of URLs as a team that mirrors its sites by path would.
func byPath(source string) (string, error) {
	u, err := url.Parse(source)
	if err != nil {
		return "", err
	}
	return strings.TrimPrefix(u.Path, "/"), nil
}

var (
	mirrored = &edit.ImportOptions{Source: byPath}
	large    = &edit.ImportOptions{Source: byPath, LargeOriginals: true}
)

type parser func(string, *edit.ImportOptions) (*edit.Request, error)

func testImport(t *testing.T, parse parser, cases []importCase) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, err := parse(c.url, c.options)
			imported(t, r, err)
			got := ""
			if r != nil {
				got = encode(t, r)
			}
			require.Equal(t, c.want, got, "%v", err)
			require.Equal(t, c.faults, listed(err), "%v", err)
		})
	}
}

func listed(err error) (list []string) {
	var e *edit.ImportError
	if errors.As(err, &e) {
		for _, f := range e.Options {
			s := strings.TrimSpace(f.Option + " " + f.Value)
			if f.Near {
				s = "~" + s
			}
			list = append(list, s)
		}
	}
	return list
}

// imported fails the test unless a result is what the documentation promises.
func imported(t *testing.T, r *edit.Request, err error) {
	t.Helper()
	if err == nil && r == nil {
		t.Fatal("neither a request nor an error")
	}
	if r != nil {
		if err := r.Validate(nil); err != nil {
			t.Fatalf("%+v: %v", r, err)
		}
		first := encode(t, r)
		if second := encode(t, parse(t, first)); second != first {
			t.Fatalf("%s\n%s", first, second)
		}
		if _, err := r.Canonical(); err != nil {
			t.Fatal(err)
		}
	}
	if err == nil {
		return
	}
	var e *edit.ImportError
	if !errors.As(err, &e) || e.Service == "" || len(e.Options) == 0 {
		t.Fatalf("not an *edit.ImportError with options: %#v", err)
	}
	near := true
	for _, f := range e.Options {
		if f.Option == "" || f.Reason == "" {
			t.Fatalf("%#v", f)
		}
		near = near && f.Near
		if f.Near && r == nil && e.Near() {
			t.Fatalf("near to nothing: %v", err)
		}
	}
	if near != e.Near() {
		t.Fatal(near)
	}
}

func fuzzImport(f *testing.F, parse parser, cases []importCase) {
	for _, c := range cases {
		f.Add(c.url, c.options != nil)
	}
	f.Fuzz(func(t *testing.T, url string, vouched bool) {
		var o *edit.ImportOptions
		if vouched {
			o = large
		}
		r, err := parse(url, o)
		imported(t, r, err)
		if again, _ := parse(url, o); r != nil && encode(t, again) != encode(t, r) {
			t.Fatalf("%q: one way, then another", url)
		}
	})
}

// parsers are all four, each with its cases.
var parsers = map[string]struct {
	parse parser
	cases []importCase
}{
	"imgproxy":                 {edit.ParseImgproxy, imgproxyCases},
	"thumbor":                  {edit.ParseThumbor, thumborCases},
	"IPX":                      {edit.ParseIPX, ipxCases},
	"Serverless Image Handler": {edit.ParseServerlessImageHandler, serverlessCases},
}

// Any mixture of segments and options of real URLs is taken over or named.
func TestImportMixtures(t *testing.T) {
	for service, p := range parsers {
		t.Run(service, func(t *testing.T) {
			var pieces []string
			for _, c := range p.cases {
				pieces = append(pieces, strings.SplitAfter(strings.TrimPrefix(c.url, "/"), "/")...)
				pieces = append(pieces, strings.SplitAfter(c.url, ",")...)
			}
			rapid.Check(t, func(r *rapid.T) {
				url := "/" + strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 8).Draw(r, "pieces"), "")
				request, err := p.parse(url, large)
				imported(t, request, err)
			})
		})
	}
}

func TestImportErrors(t *testing.T) {
	for service, p := range parsers {
		t.Run(service, func(t *testing.T) {
			_, err := p.parse("/"+strings.Repeat("a/", 5000), nil)
			var e *edit.ImportError
			require.ErrorAs(t, err, &e)
			require.Equal(t, service, e.Service)
			require.Equal(t, []edit.ImportFault{{Option: "url", Reason: "must be at most 8192 bytes, not 10001"}}, e.Options)
			require.EqualError(t, err, service+" URL cannot be taken over: url: must be at most 8192 bytes, not 10001")
			require.False(t, e.Near())
		})
	}
}

// What Source returns is what errors.Is finds.
func TestImportSourceError(t *testing.T) {
	o := &edit.ImportOptions{Source: func(string) (string, error) { return "", fs.ErrNotExist }}
	for url, parse := range map[string]parser{
		"/insecure/w:1/plain/a.jpg": edit.ParseImgproxy,
		"/unsafe/1x1/a.jpg":         edit.ParseThumbor,
		"/w_1/a.jpg":                edit.ParseIPX,
		"/1x1/a.jpg":                edit.ParseServerlessImageHandler,
	} {
		r, err := parse(url, o)
		require.Nil(t, r, url)
		require.ErrorIs(t, err, fs.ErrNotExist, url)
	}
	o.Source = func(string) (string, error) { return "../a", nil }
	_, err := edit.ParseThumbor("/unsafe/1x1/a.jpg", o)
	require.ErrorContains(t, err, "must have no segment")
	require.NotErrorIs(t, err, fs.ErrNotExist)
}

func TestImportOptions(t *testing.T) {
	for name, c := range map[string]struct {
		url     string
		options edit.ImportOptions
		want    string
	}{
		"format":            {"/insecure/w:10/plain/a", edit.ImportOptions{Format: edit.FormatAuto}, `{"key":"a","edits":[{"resize":{"width":10}}],"output":{"format":"auto"}}`},
		"no format":         {"/insecure/w:10/plain/a", edit.ImportOptions{}, `{"key":"a","edits":[{"resize":{"width":10}}]}`},
		"quality":           {"/insecure/plain/a.jpg", edit.ImportOptions{Quality: 70}, `{"key":"a.jpg","output":{"format":"jpeg","quality":70}}`},
		"Immagin's quality": {"/insecure/plain/a.jpg", edit.ImportOptions{Quality: -1}, `{"key":"a.jpg","output":{"format":"jpeg"}}`},
		"as stored":         {"/insecure/plain/a.jpg", edit.ImportOptions{AutoOrient: new(false), Quality: -1}, `{"key":"a.jpg","edits":[{"autoOrient":false}],"output":{"format":"jpeg"}}`},
		"the URL's word":    {"/insecure/ar:1/plain/a.jpg", edit.ImportOptions{AutoOrient: new(false), Quality: -1}, `{"key":"a.jpg","output":{"format":"jpeg"}}`},
		"a prefix":          {"https://example.com/img/insecure/plain/a.jpg", edit.ImportOptions{Prefix: "img/", Quality: -1}, `{"key":"a.jpg","output":{"format":"jpeg"}}`},
		"wide as allowed":   {"/insecure/h:10/plain/a", edit.ImportOptions{Limits: &edit.Limits{MaxSide: 4000}}, `{"key":"a","edits":[{"resize":{"width":4000,"height":10,"fit":"inside"}}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := edit.ParseImgproxy(c.url, &c.options)
			require.NoError(t, err)
			require.Equal(t, c.want, encode(t, r))
		})
	}
}

// An original that is unknown hides no other fault.
func TestImportAllAtOnce(t *testing.T) {
	for url, c := range map[string]struct {
		parse parser
		want  []string
	}{
		"/_/rs:auto:1:2/pix:5/plain/http://example.com/a.jpg":              {edit.ParseImgproxy, []string{"pix 5", "source http://example.com/a.jpg", "rs auto:1:2"}},
		"/unsafe/1xorig/filters:noise(4)/http%3A%2F%2Fexample.com%2Fa.jpg": {edit.ParseThumbor, []string{"source http://example.com/a.jpg", "size 1xorig", "noise 4"}},
		"/median_3,negate/http://example.com/a.jpg":                        {edit.ParseIPX, []string{"source http://example.com/a.jpg", "median 3"}},
		"/filters:smart_crop():proportion(0.5)/../a.jpg":                   {edit.ParseServerlessImageHandler, []string{"smart_crop", "source ../a.jpg", `resize.ratio {"ratio":0.5}`}},
	} {
		r, err := c.parse(url, nil)
		require.Nil(t, r)
		require.Equal(t, c.want, listed(err), url)
	}
}
