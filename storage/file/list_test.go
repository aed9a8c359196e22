package file

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"
	"pgregory.net/rapid"
)

// pages lists a bucket.
func pages(t require.TestingT, b *blob.Bucket, size int, opts *blob.ListOptions) (keys []string) {
	token := blob.FirstPageToken
	for len(token) > 0 {
		page, next, err := b.ListPage(context.Background(), token, size, opts)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page), size)
		if len(next) > 0 {
			require.Len(t, page, size)
		}
		for _, o := range page {
			keys = append(keys, fmt.Sprint(o.Key, o.IsDir, o.Size))
		}
		token = next
	}
	return keys
}

// TestListLikeMemory compares listings with those of gocloud's memory bucket,
// with a window so small that folders are read many times.
func TestListLikeMemory(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		sub, err := os.MkdirTemp(dir, "")
		require.NoError(t, err)
		d, err := open(sub, &Options{NoSync: true})
		require.NoError(t, err)
		d.names.folded = rapid.Bool().Draw(t, "folded")
		d.window = rapid.IntRange(1, 4).Draw(t, "window")
		if rapid.Bool().Draw(t, "settled") {
			d.settle = -time.Hour // nothing changes while it is listed
		}
		files, memory := blob.NewBucket(d), memblob.OpenBucket(nil)
		defer files.Close()
		defer memory.Close()

		piece := rapid.SampledFrom([]string{
			"a", "a", "b", "/", "/", "-", ".", "0", "%", "A", "é", strings.Repeat("x", 189), strings.Repeat("x", 190) + "|", strings.Repeat("猫", 70),
		})
		key := rapid.Map(rapid.SliceOfN(piece, 1, 6), func(p []string) string { return strings.Join(p, "") })
		keys := rapid.SliceOfN(key, 0, 20).Draw(t, "keys")
		for i, k := range keys {
			for _, b := range []*blob.Bucket{files, memory} {
				require.NoError(t, b.WriteAll(context.Background(), k, bytes.Repeat([]byte{1}, i), nil))
			}
		}
		for range 4 {
			opts := &blob.ListOptions{
				Prefix:    rapid.OneOf(rapid.Just(""), key, rapid.SampledFrom(append(keys, ""))).Draw(t, "prefix"),
				Delimiter: rapid.SampledFrom([]string{"", "/", "/", "-", "a", "/a"}).Draw(t, "delimiter"),
			}
			if cutAt := rapid.IntRange(0, 3).Draw(t, "cut"); cutAt < len(opts.Prefix) && opts.Prefix[len(opts.Prefix)-cutAt-1] < 0x80 {
				opts.Prefix = strings.ToValidUTF8(opts.Prefix[:len(opts.Prefix)-cutAt], "")
			}
			size := rapid.IntRange(1, 8).Draw(t, "size")
			require.Equal(t, pages(t, memory, size, opts), pages(t, files, size, opts), "%+v", opts)
		}
	})
}

// TestListDelimiterAcrossPrefix has a key that ends in a delimiter which begins
// in the prefix, and so is no folder.
func TestListDelimiterAcrossPrefix(t *testing.T) {
	b := newBucket(t)
	for _, key := range []string{"/a", "/a0", "/a1"} {
		require.NoError(t, b.WriteAll(t.Context(), key, nil, nil))
	}
	got := pages(t, b, 1, &blob.ListOptions{Prefix: "/", Delimiter: "/a"})
	require.Equal(t, []string{"/afalse 0", "/a0false 0", "/a1false 0"}, got)
}

// TestListStartsAnywhere continues behind keys that are not there.
func TestListStartsAnywhere(t *testing.T) {
	b := newBucket(t)
	var keys []string
	for i := range 30 {
		keys = append(keys, fmt.Sprintf("d/%02d", i))
		require.NoError(t, b.WriteAll(t.Context(), keys[i], nil, nil))
	}
	for token, first := range map[string]int{"a": 0, "d": 0, "d/": 0, "d/05": 6, "d/05x": 6, "d/29": 30, "e": 30} {
		page, _, err := b.ListPage(t.Context(), []byte(token), 100, nil)
		require.NoError(t, err)
		var got []string
		for _, o := range page {
			got = append(got, o.Key)
		}
		require.Equal(t, len(keys[first:]), len(got), token)
	}
}
