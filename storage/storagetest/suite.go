// Package storagetest holds what every store of original and derived images must
// do. Its suites run on package storage over each of its drivers; run them on a
// driver of your own, or on a store that you wrote to the same interfaces:
//
//	func TestOriginals(t *testing.T) {
//		storagetest.TestOriginals(t, storage.NewOriginals(open(t), nil), nil)
//	}
//
// [TestOriginals] and [TestDerived] are for the two kinds of store, and
// [TestAccount] for what exports and deletes all of a tenant. [ValidKeys],
// [InvalidKeys] and [HostileKeys] are texts to try as keys.
//
// A check returns an error that says what is wrong, rather than fail a test, so
// that the checks themselves can be tested with stores that are broken. Each uses
// tenants of its own, so that one store serves them all, also at the same time,
// and also when earlier runs left something in it.
package storagetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"gocloud.dev/blob"
)

// Originals is a store of original images, as [storage.Originals] documents it.
//
// [storage.Originals]: https://pkg.go.dev/github.com/immagin/immagin-go/storage#Originals
type Originals interface {
	Stat(ctx context.Context, tenant, key string) (size int64, version string, err error)
	Open(ctx context.Context, tenant, key string) (body io.ReadCloser, size int64, version string, err error)
	Create(ctx context.Context, tenant, key string, body io.Reader, contentType string, overwrite bool) error
	SignPut(ctx context.Context, tenant, key, contentType string, size int64, expiry time.Duration) (url string, header http.Header, err error)
	Delete(ctx context.Context, tenant, key string) error
	List(ctx context.Context, tenant, prefix, cursor string, limit int, yield func(key string, size int64, modified time.Time) bool) (next string, err error)
}

// Derived is a cache of derived images, as [storage.Derived] documents it.
//
// [storage.Derived]: https://pkg.go.dev/github.com/immagin/immagin-go/storage#Derived
type Derived interface {
	Get(ctx context.Context, tenant, key, id string) (header map[string]string, body io.ReadCloser, size int64, err error)
	Put(ctx context.Context, tenant, key, id string, header map[string]string, body []byte) error
	DeleteAll(ctx context.Context, tenant, key string) error
}

// Options say what else a check may use. Nil and the zero value mean the
// defaults.
type Options struct {
	// Residue names everything that a store holds, such as files that are
	// still being written. Where it is set, checks make sure that nothing is
	// left of what failed, was cancelled or was deleted. Nothing else may use
	// the store then.
	Residue func(ctx context.Context) ([]string, error)
	// Bucket is what is beneath a store of derived images. Where it is set,
	// checks damage objects in it, and expect them to be missed.
	Bucket *blob.Bucket
	// Paths says that the server beneath the store keeps keys as paths of a
	// file system, as emulators of cloud stores do. Keys with segments over 255
	// bytes are left out then, and those that are folders of others.
	Paths bool
	// Client uploads to signed URLs, where the store makes such;
	// http.DefaultClient by default.
	Client *http.Client
	// Keys is the number of hostile keys to try; 300 by default.
	Keys int
	// Objects is the number of objects to list; 57 by default.
	Objects int
	// Many is the number of objects to list by pages of the largest size that
	// stores give; 2,500 by default.
	Many int
	// Racers is the number of callers that do the same at the same time; 16 by
	// default.
	Racers int
	// Rounds is how often what depends on time is tried; 50 by default.
	Rounds int
}

// withDefaults returns o with its zero fields filled in.
func (o *Options) withDefaults() *Options {
	var r Options
	if o != nil {
		r = *o
	}
	if r.Client == nil {
		r.Client = http.DefaultClient
	}
	for field, value := range map[*int]int{&r.Keys: 300, &r.Objects: 57, &r.Many: 2500, &r.Racers: 16, &r.Rounds: 50} {
		if *field == 0 {
			*field = value
		}
	}
	return &r
}

// A Check is one duty of a store of type S.
type Check[S any] struct {
	Name  string
	check func(ctx context.Context, store S, options *Options) error
}

// Run returns what the store does wrong, and what the check found to be left
// behind.
func (c Check[S]) Run(ctx context.Context, store S, options *Options) error {
	options = options.withDefaults()
	before, err := options.residue(ctx)
	if err != nil {
		return err
	}
	if err := c.check(ctx, store, options); err != nil {
		return err
	}
	return options.sameResidue(ctx, before)
}

// TestOriginals runs all checks for originals.
func TestOriginals(t *testing.T, store Originals, options *Options) {
	t.Helper()
	test(t, store, options, OriginalsChecks())
}

// TestDerived runs all checks for derived images.
func TestDerived(t *testing.T, store Derived, options *Options) {
	t.Helper()
	test(t, store, options, DerivedChecks())
}

func test[S any](t *testing.T, store S, options *Options, checks []Check[S]) {
	t.Helper()
	for _, c := range checks {
		t.Run(c.Name, func(t *testing.T) {
			if err := c.Run(t.Context(), store, options); err != nil {
				t.Error(err)
			}
		})
	}
}

func (o *Options) residue(ctx context.Context) ([]string, error) {
	if o.Residue == nil {
		return nil, nil
	}
	return o.Residue(ctx)
}

// sameResidue makes sure that the store holds nothing that it did not before.
func (o *Options) sameResidue(ctx context.Context, before []string) error {
	after, err := o.residue(ctx)
	if err != nil {
		return err
	}
	known := make(map[string]bool, len(before))
	for _, name := range before {
		known[name] = true
	}
	for _, name := range after {
		if !known[name] {
			return fmt.Errorf("left behind: %q", name)
		}
	}
	return nil
}

// possible returns the keys, less those that the server cannot hold.
func (o *Options) possible(keys []string) []string {
	if !o.Paths {
		return keys
	}
	folders := map[string]bool{}
	for _, key := range keys {
		for i, c := range key {
			if c == '/' {
				folders[key[:i]] = true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(keys), func(key string) bool {
		for segment := range strings.SplitSeq(key, "/") {
			if len(segment) > 255 {
				return true
			}
		}
		return folders[key]
	})
}

// newTenant returns the name of a tenant that nobody else uses.
func newTenant() string { return "t" + strings.ToLower(rand.Text()) }

// content returns n bytes that differ by seed.
func content(n int, seed uint64) []byte {
	b := make([]byte, n)
	x := seed*0x9e3779b97f4a7c15 + 0x1234567
	for i := range b {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		b[i] = byte(x >> 32)
	}
	return b
}

// want returns an error unless err is what.
func want(err, what error, format string, args ...any) error {
	if errors.Is(err, what) {
		return nil
	}
	return fmt.Errorf("%s: the error is %v; it should be %v", fmt.Sprintf(format, args...), err, what)
}

// readAll reads a body and closes it.
func readAll(body io.ReadCloser) ([]byte, error) {
	text, err := io.ReadAll(body)
	return text, errors.Join(err, body.Close())
}

// equal compares contents without printing them.
func equal(got, wanted []byte) error {
	if bytes.Equal(got, wanted) {
		return nil
	}
	at := 0
	for at < min(len(got), len(wanted)) && got[at] == wanted[at] {
		at++
	}
	return fmt.Errorf("got %d bytes where %d were stored; they differ from byte %d on", len(got), len(wanted), at)
}
