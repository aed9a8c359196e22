package storage_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/immagin/immagin-go/storage"
	"github.com/immagin/immagin-go/storage/file"
)

// forEachStore runs a benchmark on memory and on files.
func forEachStore(b *testing.B, f func(b *testing.B, bucket *blob.Bucket)) {
	b.Run("mem", func(b *testing.B) {
		bucket := memblob.OpenBucket(nil)
		defer bucket.Close()
		f(b, bucket)
	})
	b.Run("file", func(b *testing.B) {
		bucket, err := file.Open(b.TempDir(), &file.Options{NoSync: true})
		require.NoError(b, err)
		defer bucket.Close()
		f(b, bucket)
	})
}

// BenchmarkDerivedGet is what a hit in the derived store costs.
func BenchmarkDerivedGet(b *testing.B) {
	for _, n := range []int{1 << 10, 128 << 10, 4 << 20} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			forEachStore(b, func(b *testing.B, bucket *blob.Bucket) {
				ctx := b.Context()
				derived := storage.NewDerived(bucket, nil)
				header := map[string]string{"Content-Type": "image/webp", "ETag": `"0123456789abcdef0123456789abcdef"`}
				require.NoError(b, derived.Put(ctx, "demo", "gallery/hero.jpg", "1", header, bytes.Repeat([]byte("x"), n)))
				b.SetBytes(int64(n))
				b.ReportAllocs()
				for b.Loop() {
					_, body, _, err := derived.Get(ctx, "demo", "gallery/hero.jpg", "1")
					require.NoError(b, err)
					_, err = io.Copy(io.Discard, body)
					require.NoError(b, err)
					body.Close()
				}
			})
		})
	}
}

// BenchmarkOriginalsStat is what the look at an original's attributes costs.
func BenchmarkOriginalsStat(b *testing.B) {
	forEachStore(b, func(b *testing.B, bucket *blob.Bucket) {
		ctx := b.Context()
		originals := storage.NewOriginals(bucket, nil)
		require.NoError(b, originals.Create(ctx, "demo", "gallery/hero.jpg", bytes.NewReader([]byte("x")), "image/jpeg", false))
		b.ReportAllocs()
		for b.Loop() {
			_, _, err := originals.Stat(ctx, "demo", "gallery/hero.jpg")
			require.NoError(b, err)
		}
	})
}

// BenchmarkList is a page of 1000 in the middle of a folder of 10,000.
func BenchmarkList(b *testing.B) {
	forEachStore(b, func(b *testing.B, bucket *blob.Bucket) {
		ctx := b.Context()
		originals := storage.NewOriginals(bucket, nil)
		for i := range 10_000 {
			require.NoError(b, bucket.WriteAll(ctx, fmt.Sprintf("originals/demo/%05d.jpg", i), nil, &blob.WriterOptions{ContentType: "application/octet-stream"}))
		}
		yield := func(string, int64, time.Time) bool { return true }
		cursor, err := originals.List(ctx, "demo", "", "", 5000, yield)
		require.NoError(b, err)
		b.ReportAllocs()
		for b.Loop() {
			_, err := originals.List(ctx, "demo", "", cursor, 1000, yield)
			require.NoError(b, err)
		}
	})
}
