package storagetest

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"
)

// fails returns what the check of that name has to say about store.
func fails[S any](ctx context.Context, store S, options *Options, checks []Check[S], name string) error {
	i := slices.IndexFunc(checks, func(c Check[S]) bool { return c.Name == name })
	return checks[i].Run(ctx, store, options)
}

func TestFakesPass(t *testing.T) {
	f := newFake("")
	TestOriginals(t, f, &Options{Residue: f.residue})
	d := newFakeDerived("")
	TestDerived(t, d, &Options{Residue: d.residue})
}

// TestOriginalsChecks takes one duty at a time away from a store, and expects
// the check that is about it to notice.
func TestOriginalsChecks(t *testing.T) {
	for lacks, check := range map[string]string{
		"whole bodies":                     "RoundTrip",
		"having versions":                  "RoundTrip",
		"stable versions":                  "RoundTrip",
		"deleting":                         "RoundTrip",
		"saying that there is nothing":     "Missing",
		"saying that nothing was deleted":  "Missing",
		"folders that are no objects":      "Missing",
		"telling case apart":               "Missing",
		"checking tenants":                 "BadArguments",
		"refusing ..":                      "BadArguments",
		"refusing control characters":      "BadArguments",
		"refusing long keys":               "BadArguments",
		"refusing limits":                  "BadArguments",
		"short errors":                     "BadArguments",
		"not overwriting":                  "NoOverwrite",
		"replacing":                        "NoOverwrite",
		"versions that change":             "NoOverwrite",
		"versions of every content":        "Versions",
		"telling long keys apart":          "ValidKeys",
		"telling escapes apart":            "ValidKeys",
		"deleting one only":                "ValidKeys",
		"listing all":                      "ValidKeys",
		"leaving no folders":               "RoundTrip",
		"telling tenants apart":            "Tenants",
		"leaving nothing":                  "FailingBody",
		"leaving no temporary files":       "FailingBody",
		"keeping the old one":              "FailingBody",
		"the body's error":                 "FailingBody",
		"contexts at the start":            "Cancelled",
		"contexts at the end":              "Cancelled",
		"contexts while reading":           "Cancelled",
		"atomic creation":                  "ConcurrentCreate",
		"versions that belong to the body": "ConcurrentReplace",
		"listing in order":                 "ListPages",
		"limits":                           "ListPages",
		"ending a list":                    "ListPages",
		"pages that join":                  "ListPages",
		"sizes in lists":                   "ListPages",
		"times in lists":                   "ListPages",
		"stopping":                         "ListPages",
		"listing over 1000":                "ListMany",
		"saying that it cannot sign":       "SignPut",
	} {
		t.Run(lacks, func(t *testing.T) {
			f := newFake(lacks)
			err := fails[Originals](t.Context(), f, &Options{Residue: f.residue, Keys: 100}, OriginalsChecks(), check)
			require.Error(t, err)
			t.Log(err)
		})
	}
}

func TestDerivedChecks(t *testing.T) {
	for lacks, check := range map[string]string{
		"whole bodies":                    "RoundTrip",
		"headers":                         "RoundTrip",
		"sizes":                           "RoundTrip",
		"saying that there is nothing":    "Missing",
		"deleting nothing":                "Missing",
		"telling case apart":              "Missing",
		"checking tenants":                "BadArguments",
		"checking ids":                    "BadArguments",
		"refusing ..":                     "BadArguments",
		"bounding headers":                "BadArguments",
		"replacing":                       "Replace",
		"telling long keys apart":         "Keys",
		"deleting those of one only":      "DeleteAll",
		"deleting all":                    "DeleteAll",
		"telling tenants apart":           "Tenants",
		"closing unread":                  "Unread",
		"contexts at the start":           "Cancelled",
		"headers that belong to the body": "Concurrent",
	} {
		t.Run(lacks, func(t *testing.T) {
			f := newFakeDerived(lacks)
			err := fails[Derived](t.Context(), f, &Options{Residue: f.residue}, DerivedChecks(), check)
			require.Error(t, err)
			t.Log(err)
		})
	}
}

// gullible believes what its bucket holds: a body of what follows the first
// line, which is the length.
type gullible struct {
	*fakeDerived
	bucket *blob.Bucket
}

func (g *gullible) Put(ctx context.Context, tenant, key, id string, header map[string]string, body []byte) error {
	if err := g.fakeDerived.Put(ctx, tenant, key, id, header, body); err != nil {
		return err
	}
	return g.bucket.WriteAll(ctx, tenant+"/"+key, body, nil)
}

func TestDamagedCheck(t *testing.T) {
	g := &gullible{newFakeDerived(""), memblob.OpenBucket(nil)}
	defer g.bucket.Close()
	err := fails[Derived](t.Context(), g, &Options{Bucket: g.bucket}, DerivedChecks(), "Damaged")
	require.ErrorContains(t, err, "a damaged image was served")
}

func TestPossible(t *testing.T) {
	long := strings.Repeat("s", 256)
	keys := []string{"a", "a/b", "a.b", "a/b/c", long, long + "/x", "ok/" + long[1:]}
	require.Equal(t, keys, (&Options{}).possible(keys))
	require.Equal(t, []string{"a.b", "a/b/c", "ok/" + long[1:]}, (&Options{Paths: true}).possible(keys))
}
