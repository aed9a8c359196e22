package storage_test

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/immagin/immagin-go/storage"
)

func fillTenant(t *testing.T, bucket *blob.Bucket, tenant string, keys ...string) {
	originals, derived := storage.NewOriginals(bucket, nil), storage.NewDerived(bucket, nil)
	for _, key := range keys {
		require.NoError(t, originals.Create(t.Context(), tenant, key, strings.NewReader(key), "image/jpeg", true))
		require.NoError(t, derived.Put(t.Context(), tenant, key, "1", nil, []byte(key)))
		require.NoError(t, derived.Put(t.Context(), tenant, key, "2", nil, []byte(key)))
	}
}

func TestDeleteAll(t *testing.T) {
	for _, s := range stores() {
		t.Run(s.name, func(t *testing.T) {
			ctx := t.Context()
			bucket, _ := s.open(t)
			originals, derived := storage.NewOriginals(bucket, nil), storage.NewDerived(bucket, nil)
			fillTenant(t, bucket, "ab", "a", "a/b")
			others, err := objects(ctx, bucket)
			require.NoError(t, err)
			fillTenant(t, bucket, "a", "a", "b/a", "originals/ab/a")
			require.NoError(t, bucket.WriteAll(ctx, "originals/a/no//key", []byte("x"), nil))

			var ran []string
			fails := errors.New("the hook failed")
			failing := fails
			options := &storage.DeleteAllOptions{Hooks: []func(context.Context, string) error{
				func(_ context.Context, tenant string) error { ran = append(ran, "keys of "+tenant); return nil },
				func(context.Context, string) error { return failing },
				func(_ context.Context, tenant string) error { ran = append(ran, "usage of "+tenant); return nil },
			}}
			report, err := storage.DeleteAll(ctx, "a", originals, derived, options)
			require.ErrorIs(t, err, fails)
			require.ErrorContains(t, err, "hook 2 of 3")
			require.EqualValues(t, 4, report.Originals)
			require.EqualValues(t, 6, report.Derived)
			require.Positive(t, report.Bytes)
			require.Equal(t, 1, report.Hooks)
			require.Equal(t, []string{"keys of a"}, ran)
			failing = nil
			report, err = storage.DeleteAll(ctx, "a", originals, derived, options)
			require.NoError(t, err)
			require.Equal(t, storage.DeleteReport{Hooks: 3}, report)
			require.Equal(t, []string{"keys of a", "keys of a", "usage of a"}, ran)
			left, err := objects(ctx, bucket)
			require.NoError(t, err)
			require.Equal(t, others, left)
		})
	}
}

func TestDeleteAllArguments(t *testing.T) {
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	originals, derived := storage.NewOriginals(bucket, nil), storage.NewDerived(bucket, nil)
	fillTenant(t, bucket, "a", "b/c")
	for _, tenant := range []string{"", "a/b", "a/", "/", "..", "a\x00"} {
		_, err := storage.DeleteAll(t.Context(), tenant, originals, derived, nil)
		require.ErrorIs(t, err, fs.ErrInvalid, "%q", tenant)
	}
	_, err := storage.DeleteAll(t.Context(), "a", originals, derived, &storage.DeleteAllOptions{Concurrency: -1})
	require.ErrorIs(t, err, fs.ErrInvalid)
	left, err := objects(t.Context(), bucket)
	require.NoError(t, err)
	require.Len(t, left, 3)
	// Without derived images of ours.
	report, err := storage.DeleteAll(t.Context(), "a", originals, nil, nil)
	require.NoError(t, err)
	require.Equal(t, storage.DeleteReport{Originals: 1, Bytes: 3}, report)
	require.ErrorIs(t, storage.DeleteImage(t.Context(), "a", "b/c", originals, nil), fs.ErrNotExist)
	require.ErrorIs(t, storage.DeleteImage(t.Context(), "a", "../c", originals, derived), fs.ErrInvalid)
}
