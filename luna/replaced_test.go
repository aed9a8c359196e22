package luna_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	stdpng "image/png"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/png"
	"github.com/immagin/immagin-go/sign"
	"github.com/immagin/immagin-go/storage"
	"github.com/immagin/immagin-go/storage/file"
)

// A gallery is a handler over package storage, originals and derived images in
// one bucket.
type gallery struct {
	t         *testing.T
	originals *storage.Originals
	derived   *storage.Derived
	handler   *luna.Handler
	keys      *sign.Keyring
}

func openGallery(t *testing.T, bucket *blob.Bucket, age time.Duration) *gallery {
	g := &gallery{t: t, originals: storage.NewOriginals(bucket, nil), derived: storage.NewDerived(bucket, nil)}
	engine, err := luna.New([]codec.Codec{png.Codec{}}, nil)
	require.NoError(t, err)
	g.keys, err = sign.NewKeyring("test-secret-0123456789")
	require.NoError(t, err)
	g.handler, err = luna.NewHandler(engine, g.originals, sign.Tenants{"demo": g.keys}, &luna.HandlerOptions{
		Tenant: luna.FixedTenant("demo"), Cache: g.derived, VersionAge: age,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, g.handler.Shutdown(context.WithoutCancel(t.Context()))) })
	return g
}

// upload stores a picture of one gray, of the same size in bytes as any other's.
func (g *gallery) upload(gray uint8, overwrite bool) {
	p := image.NewGray(image.Rect(0, 0, 16, 16))
	for i := range p.Pix {
		p.Pix[i] = gray
	}
	var b bytes.Buffer
	encoder := stdpng.Encoder{CompressionLevel: stdpng.NoCompression}
	require.NoError(g.t, encoder.Encode(&b, p))
	require.NoError(g.t, g.originals.Create(g.t.Context(), "demo", "a.png", &b, "image/png", overwrite))
}

// gray gets a derived image, and returns the gray that it shows.
func (g *gallery) gray() (int, error) {
	const payload = `{"key":"a.png","edits":[{"resize":{"width":4,"height":4}}],"output":{"format":"png"}}`
	w := httptest.NewRecorder()
	encoded := encode(payload)
	g.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/"+encoded+"?sig="+g.keys.Sign(encoded), nil))
	if w.Code != http.StatusOK {
		return 0, fmt.Errorf("status %d", w.Code)
	}
	p, err := stdpng.Decode(w.Body)
	if err != nil {
		return 0, err
	}
	return int(color.GrayModel.Convert(p.At(1, 1)).(color.Gray).Y), nil
}

func (g *gallery) shows(gray int) {
	g.t.Helper()
	got, err := g.gray()
	require.NoError(g.t, err)
	require.Equal(g.t, gray, got)
}

func eachBucket(t *testing.T, test func(t *testing.T, bucket *blob.Bucket)) {
	t.Run("mem", func(t *testing.T) {
		bucket := memblob.OpenBucket(nil)
		t.Cleanup(func() { bucket.Close() })
		test(t, bucket)
	})
	t.Run("file", func(t *testing.T) {
		bucket, err := file.Open(t.TempDir(), &file.Options{NoSync: true})
		require.NoError(t, err)
		t.Cleanup(func() { bucket.Close() })
		test(t, bucket)
	})
}

// TestReplacedInStorage replaces originals under one key: no cache of ours serves
// what was made of the old picture, not even one that outlives the process.
func TestReplacedInStorage(t *testing.T) {
	eachBucket(t, func(t *testing.T, bucket *blob.Bucket) {
		g := openGallery(t, bucket, -1)
		g.upload(10, false)
		g.shows(10)
		for gray := uint8(20); gray < 60; gray += 10 {
			g.upload(gray, true)
			g.shows(int(gray))
			g.shows(int(gray)) // a hit
		}
		// Another process, whose memory is empty.
		again := openGallery(t, bucket, -1)
		again.shows(50)
		again.upload(60, true)
		g.shows(60)
		again.shows(60)

		// One that remembers versions is told.
		remembers := openGallery(t, bucket, time.Hour)
		remembers.shows(60)
		remembers.upload(70, true)
		remembers.handler.Forget("demo", "a.png")
		remembers.shows(70)
	})
}

// TestDeletedFromStorage deletes an original: nothing is served of it, not even
// from what a crash left of its derived images, nor when another takes its key.
func TestDeletedFromStorage(t *testing.T) {
	eachBucket(t, func(t *testing.T, bucket *blob.Bucket) {
		ctx := t.Context()
		g := openGallery(t, bucket, -1)
		g.upload(10, false)
		g.shows(10)
		require.NoError(t, g.handler.Shutdown(ctx)) // the derived image is stored
		g = openGallery(t, bucket, -1)
		require.NotEmpty(t, derivedIn(t, bucket))

		require.NoError(t, g.originals.Delete(ctx, "demo", "a.png")) // and crash
		_, err := g.gray()
		require.EqualError(t, err, "status 404")
		require.NotEmpty(t, derivedIn(t, bucket))
		require.ErrorIs(t, storage.DeleteImage(ctx, "demo", "a.png", g.originals, g.derived), fs.ErrNotExist)
		require.Empty(t, derivedIn(t, bucket))
		_, err = g.gray()
		require.EqualError(t, err, "status 404")

		g.upload(20, false)
		g.shows(20)
		require.NoError(t, storage.DeleteImage(ctx, "demo", "a.png", g.originals, g.derived))
		_, err = g.gray()
		require.EqualError(t, err, "status 404")
		g.upload(30, false)
		g.shows(30)
	})
}

func derivedIn(t *testing.T, bucket *blob.Bucket) (names []string) {
	list := bucket.List(&blob.ListOptions{Prefix: "derived/"})
	for {
		object, err := list.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return names
		}
		require.NoError(t, err)
		names = append(names, object.Key)
	}
}

// TestReplacedWhileServed replaces an original while others ask for it. What
// they had made of the old picture is never stored for the new one.
func TestReplacedWhileServed(t *testing.T) {
	eachBucket(t, func(t *testing.T, bucket *blob.Bucket) {
		g := openGallery(t, bucket, -1)
		g.upload(1, false)
		for gray := 2; gray < 30; gray++ {
			var readers sync.WaitGroup
			got, errs := make([]int, 8), make([]error, 8)
			for i := range got {
				readers.Go(func() { got[i], errs[i] = g.gray() })
			}
			g.upload(uint8(gray), true)
			readers.Wait()
			require.NoError(t, errors.Join(errs...))
			for _, shown := range got {
				require.True(t, shown == gray || shown == gray-1, "%d of %d", shown, gray)
			}
			g.shows(gray)
			if gray%5 == 0 { // from the bucket, rather than from memory
				openGallery(t, bucket, -1).shows(gray)
			}
		}
	})
}

// TestReplacedAndForgotten replaces an original again and again, and has the
// handler, which remembers versions, forget it: who asks after that gets the new
// picture, whatever looks are under way.
func TestReplacedAndForgotten(t *testing.T) {
	eachBucket(t, func(t *testing.T, bucket *blob.Bucket) {
		g := openGallery(t, bucket, time.Hour)
		g.upload(1, false)
		var (
			current atomic.Int64
			readers sync.WaitGroup
			faults  = make([]error, 4)
		)
		current.Store(1)
		ctx, cancel := context.WithCancel(t.Context())
		defer readers.Wait()
		defer cancel()
		for i := range faults {
			readers.Go(func() {
				for ctx.Err() == nil && faults[i] == nil {
					before := int(current.Load())
					got, err := g.gray()
					if err != nil || got < before {
						faults[i] = fmt.Errorf("got %d, when %d was stored: %w", got, before, err)
					}
				}
			})
		}
		for gray := 2; gray < 60; gray++ {
			g.upload(uint8(gray), true)
			g.handler.Forget("demo", "a.png")
			current.Store(int64(gray))
			g.shows(gray)
		}
		cancel()
		readers.Wait()
		require.NoError(t, errors.Join(faults...))
	})
}
