package file

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
)

// flat makes a folder of n files in d, which was last changed an hour ago.
func flat(t *testing.T, dir string, n int) (keys []string) {
	require.NoError(t, os.Mkdir(filepath.Join(dir, "d"), 0o777))
	for i := range n {
		keys = append(keys, fmt.Sprintf("d/%06d.jpg", i))
	}
	for _, i := range rand.Perm(n) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, keys[i]), nil, 0o666))
	}
	old := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(filepath.Join(dir, "d"), old, old))
	return keys
}

// TestListReadsAhead counts the names that listing a large folder reads: not all
// of them for every page.
func TestListReadsAhead(t *testing.T) {
	const n = 40_000
	dir := t.TempDir()
	keys := flat(t, dir, n)
	for _, size := range []int{1000, 50} {
		d, err := open(dir, nil)
		require.NoError(t, err)
		b := blob.NewBucket(d)
		var got []string
		token := blob.FirstPageToken
		for len(token) > 0 {
			page, next, err := b.ListPage(t.Context(), token, size, &blob.ListOptions{Prefix: "d/"})
			require.NoError(t, err)
			for _, o := range page {
				got = append(got, o.Key)
			}
			token = next
		}
		require.Equal(t, keys, got)
		read := d.ahead.names.Load()
		t.Logf("pages of %d: %d names were read to list %d", size, read, n)
		// Once, and once for each long window.
		require.LessOrEqual(t, read, int64(n*(2+n/(window*longWindow))))
		require.NoError(t, b.Close())
	}
}

// TestAheadForgets changes a folder between pages: what comes behind the page is
// listed, what goes is not.
func TestAheadForgets(t *testing.T) {
	dir := t.TempDir()
	keys := flat(t, dir, 3000)
	d, err := open(dir, &Options{NoSync: true})
	require.NoError(t, err)
	b := blob.NewBucket(d)
	defer b.Close()
	list := func(token []byte) (page []string, next []byte) {
		objects, next, err := b.ListPage(t.Context(), token, 100, &blob.ListOptions{Prefix: "d/"})
		require.NoError(t, err)
		for _, o := range objects {
			page = append(page, o.Key)
		}
		return page, next
	}
	_, next := list(blob.FirstPageToken)
	second, _ := list(next)
	require.Equal(t, keys[100:200], second)
	require.NotNil(t, d.ahead.stretches[0])
	require.NoError(t, b.WriteAll(t.Context(), "d/000150a.jpg", nil, nil))
	require.NoError(t, b.Delete(t.Context(), keys[160]))
	want := slices.Concat(keys[100:151], []string{"d/000150a.jpg"}, keys[151:160], keys[161:200])
	second, _ = list(next)
	require.Equal(t, want, second)
	// It changed lately, so nothing of that is remembered.
	require.NoError(t, b.WriteAll(t.Context(), "d/000150b.jpg", nil, nil))
	second, _ = list(next)
	require.Contains(t, second, "d/000150b.jpg")
}

// TestAheadIsBounded remembers a few stretches, and no more bytes than it may.
func TestAheadIsBounded(t *testing.T) {
	var a ahead
	long := strings.Repeat("x", 1000)
	for i := range 10 {
		var entries []entry
		for j := range 5000 {
			entries = append(entries, entry{key: fmt.Sprintf("%d/%06d%s", i, j, long), name: "f"})
		}
		a.keep(&stretch{name: fmt.Sprint(i), entries: entries})
	}
	for i, s := range a.stretches {
		require.Equal(t, fmt.Sprint(9-i), s.name)
		require.Less(t, len(s.entries), 2200)
		require.True(t, s.rest)
	}
	found, rest, ok := a.find("7", "", time.Time{}, position{key: "7/000100" + long})
	require.True(t, ok && rest)
	require.Equal(t, "7/000101"+long, found[0].key)
	require.Equal(t, "7", a.stretches[0].name)
	for _, miss := range []struct {
		name, prefix, key string
		at                time.Time
	}{
		{"5", "", "5/0", time.Time{}},      // forgotten
		{"7", "7/0", "7/0", time.Time{}},   // of another listing
		{"7", "", "7/0", time.Unix(5, 0)},  // of another state
		{"7", "", "7/004000", time.Time{}}, // behind the end
	} {
		_, _, ok := a.find(miss.name, miss.prefix, miss.at, position{key: miss.key})
		require.False(t, ok, "%+v", miss)
	}
}
