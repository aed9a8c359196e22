package luna

import (
	"context"
	"io"
	"io/fs"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// A slowOrigin tells what it had when it was asked, a second later.
type slowOrigin struct{ version atomic.Pointer[string] }

func (o *slowOrigin) Stat(context.Context, string, string) (size int64, version string, err error) {
	seen := *o.version.Load()
	time.Sleep(time.Second)
	if seen == "" {
		return 0, "", fs.ErrNotExist
	}
	return 1, seen, nil
}

func (o *slowOrigin) Open(context.Context, string, string) (io.ReadCloser, int64, string, error) {
	panic("not asked here")
}

// TestForgottenWhileLookedAt replaces an original, and deletes it, while
// somebody looks at it: who asks after that neither waits for that look nor
// finds what it has seen.
func TestForgottenWhileLookedAt(t *testing.T) {
	for _, test := range []struct{ before, after string }{{"1", "2"}, {"1", ""}, {"", "2"}} {
		synctest.Test(t, func(t *testing.T) {
			origin := new(slowOrigin)
			origin.version.Store(&test.before)
			v := newVersions(origin, time.Minute, time.Minute, time.Minute)
			early := make(chan contentVersion, 1)
			go func() {
				found, _ := v.of(t.Context(), "demo", "a.jpg", false)
				early <- found
			}()
			time.Sleep(time.Second / 2)
			origin.version.Store(&test.after)
			v.forget("demo", "a.jpg")
			for range 2 {
				found, err := v.of(t.Context(), "demo", "a.jpg", false)
				require.Equal(t, test.after, found.text)
				require.Equal(t, test.after == "", err != nil, "%v", err)
			}
			require.Equal(t, test.before, (<-early).text)
			found, _ := v.of(t.Context(), "demo", "a.jpg", false)
			require.Equal(t, test.after, found.text)

			// The same for one who has opened it: fetch asks for the epoch first.
			epoch := v.epoch("demo", "a.jpg")
			v.forget("demo", "a.jpg")
			_, err := v.remember(originalName{"demo", "a.jpg"}, "old", 1, epoch)
			require.NoError(t, err)
			found, _ = v.of(t.Context(), "demo", "a.jpg", false)
			require.Equal(t, test.after, found.text)
		})
	}
}
