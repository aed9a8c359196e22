// Package apitest holds what every store of API keys, projects and used upload
// tickets must do. Its suites run on those in memory, files and SQL that come with
// this module; run them on what you wrote to the interfaces of package immagin/api:
//
//	func TestKeys(t *testing.T) {
//		apitest.TestKeys(t, func() (api.Keys, error) { return mine.Open(url) }, nil)
//	}
//
// The function opens the same store each time, as servers that share it have a
// handle each.
//
// A check returns an error that says what is wrong, rather than fail a test, so
// that the checks themselves can be tested with stores that are broken. Each uses
// tenants of its own, so that one store serves them all, also when earlier runs
// left something in it.
package apitest

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/immagin/immagin-go/immagin/api"
)

// A ProjectStore is what [TestProjects] tests: [api.Projects] that can be
// changed.
type ProjectStore interface {
	api.Projects
	// Put keeps a tenant's project in place of the one that it has; an error
	// that is fs.ErrInvalid for what [api.ValidateTenant] or
	// [api.Project.Validate] refuses.
	Put(ctx context.Context, tenant string, p api.Project) error
	// Delete removes a tenant's project; an error that is fs.ErrNotExist if
	// there is none.
	Delete(ctx context.Context, tenant string) error
	// List returns all projects by their tenants.
	List(ctx context.Context) (api.ProjectMap, error)
}

// Options say how thorough to be. Nil and the zero value mean the defaults.
type Options struct {
	// Racers is the number of callers that do the same at the same time; 16
	// by default.
	Racers int
	// Rounds is how often what depends on time is tried; 10 by default.
	Rounds int
}

func (o *Options) withDefaults() *Options {
	var r Options
	if o != nil {
		r = *o
	}
	r.Racers, r.Rounds = cmp.Or(r.Racers, 16), cmp.Or(r.Rounds, 10)
	return &r
}

// A Check is one duty of a store of type S.
type Check[S any] struct {
	Name  string
	check func(ctx context.Context, a, b S, o *Options) error
}

// Run returns what the store does wrong. Open returns a handle of one and the
// same store each time, as servers that share it have one each.
func (c Check[S]) Run(ctx context.Context, open func() (S, error), o *Options) error {
	a, err := open()
	if err != nil {
		return err
	}
	b, err := open()
	if err != nil {
		return err
	}
	return c.check(ctx, a, b, o.withDefaults())
}

// TestKeys runs all checks for API keys. Open returns a handle of one and the
// same store each time, as servers that share it have one each.
func TestKeys(t *testing.T, open func() (api.Keys, error), o *Options) {
	t.Helper()
	test(t, KeysChecks(), open, o)
}

// TestProjects runs all checks for projects. Open is as for [TestKeys].
func TestProjects(t *testing.T, open func() (ProjectStore, error), o *Options) {
	t.Helper()
	test(t, ProjectsChecks(), open, o)
}

// TestNonces runs all checks for used tickets. Open is as for [TestKeys].
func TestNonces(t *testing.T, open func() (api.Nonces, error), o *Options) {
	t.Helper()
	test(t, NoncesChecks(), open, o)
}

func test[S any](t *testing.T, checks []Check[S], open func() (S, error), o *Options) {
	t.Helper()
	for _, c := range checks {
		t.Run(c.Name, func(t *testing.T) {
			if err := c.Run(t.Context(), open, o); err != nil {
				t.Error(err)
			}
		})
	}
}

// hostile are texts that have meant something to some file system, database,
// or reader of logs.
var hostile = []string{
	"", ".", "..", "../..", "../keys", "a/../b", "/etc/passwd", `..\..`, `C:\x`, "%2e%2e", "a//b", "a/",
	"\x00", "a\x00b", "../a\x00", "\n", "\r\nx: y", "\x1b[2J", "\x7f", "\u0085", "\xff\xfe", "\xed\xa0\x80",
	"\u202egnp.exe", "\u2066a\u2069", "\ufeff", "CON", "nul.json", "COM1", "a.", "a ", "key.json", ".lock",
	"'; DROP TABLE immagin_keys; --", `"`, "$1", "?1", ":id", "%", "_", "*", "[a-z]", "~", "-rf",
	strings.Repeat("a", 2048), strings.Repeat("../", 700), strings.Repeat("é", 1024),
}

// texts may look odd, but are texts, and are kept as they are.
var texts = []string{
	"a", "A", "..", ".", "a/b", "../x", `a\b`, "a ", " a", "a.", "CON", "%2e", "%", "_", "'", `"`, "'; DROP TABLE immagin_keys; --", "$1", "?1",
	"é", "e\u0301", "ß", "ss", "I", "ı", "日本語", "🦊", "\u202egnp.exe", "\ufeffa", "<script>", "null", "0",
	strings.Repeat("a", 255), strings.Repeat("a", 254) + "b", strings.Repeat("é", 127),
}

// newTenant returns the name of a tenant that nobody else uses.
func newTenant() string { return "t" + strings.ToLower(rand.Text()) }

// want returns an error unless err is what, in few words.
func want(err, what error, format string, args ...any) error {
	doing := fmt.Sprintf(format, args...)
	if !errors.Is(err, what) {
		return fmt.Errorf("%s: the error is %v; it should be %v", doing, err, what)
	}
	if err != nil && len(err.Error()) > 1024 {
		return fmt.Errorf("%s: the error has %d bytes, too many for a log", doing, len(err.Error()))
	}
	return nil
}

// race calls f by n callers at the same time, and returns what they returned.
func race(n int, f func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			<-start
			errs[i] = f(i)
		})
	}
	close(start)
	wait.Wait()
	return errs
}

// oneWins makes sure that one caller had no error, and all others the same.
func oneWins(errs []error, loss error, what string) error {
	wins := 0
	for _, err := range errs {
		if err == nil {
			wins++
		} else if err := want(err, loss, "%s by %d callers", what, len(errs)); err != nil {
			return err
		}
	}
	if wins != 1 {
		return fmt.Errorf("%s by %d callers at the same time succeeded for %d of them; it should for one", what, len(errs), wins)
	}
	return nil
}

// canceled returns a context that is over.
func canceled(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	return ctx
}

// day is when the checks' keys were made, with a fraction that stores keep.
var day = time.Date(2031, 5, 17, 23, 59, 59, 123456000, time.UTC)
