package storage_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/immagin/immagin-go/storage"
	"github.com/immagin/immagin-go/storage/file"
	"github.com/immagin/immagin-go/storage/storagetest"
)

// TestHostileKeys uses hostile texts as keys, prefixes, tenants and ids: each is
// refused with a *KeyError, or works and stays where it belongs.
func TestHostileKeys(t *testing.T) {
	keys := storagetest.HostileKeys(testCount(t, 300))
	for _, kind := range []string{"mem", "file"} {
		t.Run(kind, func(t *testing.T) {
			outer := t.TempDir()
			dir := filepath.Join(outer, "a", "b", "root")
			require.NoError(t, os.MkdirAll(dir, 0o777))
			bait := []string{"bait", "a/bait", "a/b/bait", "a/b/root.attrs", "a/b/root-x"}
			for _, name := range bait {
				require.NoError(t, os.WriteFile(filepath.Join(outer, name), []byte("bait"), 0o666))
			}
			var bucket *blob.Bucket
			if kind == "mem" {
				bucket = memblob.OpenBucket(nil)
			} else {
				var err error
				bucket, err = file.Open(dir, &file.Options{NoSync: true})
				require.NoError(t, err)
			}
			defer bucket.Close()
			h := hostile{bucket, storage.NewOriginals(bucket, nil), storage.NewDerived(bucket, nil)}
			h.fill(t)
			refused := 0
			for i, key := range keys {
				ok, err := h.try(t.Context(), key)
				if err == nil && !ok {
					refused++
				}
				if err == nil && i%10 == 0 {
					err = h.elsewhere(t.Context(), key)
				}
				require.NoError(t, err, "key %d: %.200q", i, key)
			}
			h.check(t)
			require.Greater(t, refused, len(keys)/10)
			require.Less(t, refused, len(keys)*9/10)
			t.Logf("%d keys, of which %d were refused", len(keys), refused)

			// Nothing is outside the root, and the bait is what it was.
			var outside []string
			require.NoError(t, filepath.WalkDir(outer, func(name string, d fs.DirEntry, err error) error {
				if name == dir {
					return fs.SkipDir
				}
				if !d.IsDir() {
					rel, _ := filepath.Rel(outer, name)
					outside = append(outside, filepath.ToSlash(rel))
					text, err := os.ReadFile(name)
					require.NoError(t, err)
					require.Equal(t, "bait", string(text))
				}
				return err
			}))
			require.ElementsMatch(t, bait, outside)
		})
	}
}

type hostile struct {
	bucket    *blob.Bucket
	originals *storage.Originals
	derived   *storage.Derived
}

// bystanders are what must not change.
var bystanders = []string{"hero.jpg", "a", "a/b", "derived/t/x", ".tmp", "%2e%2e"}

func (h *hostile) fill(t *testing.T) {
	for _, tenant := range []string{"other", "t2", "T"} {
		for _, key := range bystanders {
			require.NoError(t, h.originals.Create(t.Context(), tenant, key, strings.NewReader(tenant+key), "image/jpeg", false))
			require.NoError(t, h.derived.Put(t.Context(), tenant, key, "1", nil, []byte(tenant+key)))
		}
	}
}

func (h *hostile) check(t *testing.T) {
	n := 0
	for _, tenant := range []string{"other", "t2", "T"} {
		for _, key := range bystanders {
			body, _, _, err := h.originals.Open(t.Context(), tenant, key)
			require.NoError(t, err)
			text, err := io.ReadAll(body)
			require.NoError(t, errors.Join(err, body.Close()))
			require.Equal(t, tenant+key, string(text))
			_, body, _, err = h.derived.Get(t.Context(), tenant, key, "1")
			require.NoError(t, err)
			text, err = io.ReadAll(body)
			require.NoError(t, errors.Join(err, body.Close()))
			require.Equal(t, tenant+key, string(text))
			n += 2
		}
	}
	left, err := objects(t.Context(), h.bucket)
	require.NoError(t, err)
	require.Len(t, left, n, "objects that are left")
}

// try uses a key for everything. All calls must agree whether it is one.
func (h *hostile) try(ctx context.Context, key string) (ok bool, err error) {
	const tenant = "t"
	ok = storage.CheckKey(key) == nil
	text := fmt.Sprintf("content of %q", key)
	refused := map[string]error{
		"Create": h.originals.Create(ctx, tenant, key, strings.NewReader(text), "image/jpeg", false),
	}
	if ok {
		if err := refused["Create"]; err != nil {
			return ok, err
		}
	}
	size, _, err := h.originals.Stat(ctx, tenant, key)
	refused["Stat"] = err
	body, _, _, err := h.originals.Open(ctx, tenant, key)
	refused["Open"] = err
	if err == nil {
		got, err := io.ReadAll(body)
		if err = errors.Join(err, body.Close()); err != nil || string(got) != text || size != int64(len(text)) {
			return ok, fmt.Errorf("read %q, %v", got, err)
		}
	}
	refused["Put"] = h.derived.Put(ctx, tenant, key, "1", nil, []byte(text))
	_, derived, _, err := h.derived.Get(ctx, tenant, key, "1")
	refused["Get"] = err
	if err == nil {
		got, err := io.ReadAll(derived)
		if err = errors.Join(err, derived.Close()); err != nil || string(got) != text {
			return ok, fmt.Errorf("read the derived %q, %v", got, err)
		}
	}
	// The prefix lists it, and nothing of other tenants. Some prefixes are no
	// keys, such as "a/".
	listed := 0
	_, err = h.originals.List(ctx, tenant, key, "", 10, func(string, int64, time.Time) bool { listed++; return true })
	if e := (*storage.KeyError)(nil); ok && (err != nil || listed != 1) || !ok && (err != nil && !errors.As(err, &e) || listed != 0) {
		return ok, fmt.Errorf("List as prefix: %d, %v", listed, err)
	}
	refused["DeleteImage"] = storage.DeleteImage(ctx, tenant, key, h.originals, h.derived)
	refused["Delete"] = h.originals.Delete(ctx, tenant, key)
	if ok {
		if err := refused["Delete"]; !errors.Is(err, fs.ErrNotExist) {
			return ok, fmt.Errorf("a second Delete: %v", err)
		}
		delete(refused, "Delete")
	} else {
		_, err := storage.Export(ctx, io.Discard, tenant, h.originals, &storage.ExportOptions{After: key})
		if key != "" {
			refused["Export"] = err
		}
		refused["DeleteAll"] = h.derived.DeleteAll(ctx, tenant, key)
	}
	for call, err := range refused {
		e := (*storage.KeyError)(nil)
		switch {
		case ok && err != nil:
			return ok, fmt.Errorf("%s: %w", call, err)
		case !ok && !errors.As(err, &e):
			return ok, fmt.Errorf("%s: %v, which is no *KeyError", call, err)
		}
	}
	return ok, nil
}

// elsewhere uses a text as tenant and as id.
func (h *hostile) elsewhere(ctx context.Context, text string) error {
	e := (*storage.KeyError)(nil)
	for _, known := range []string{"other", "t2", "T"} {
		if text == known {
			return nil
		}
	}
	err := h.originals.Create(ctx, text, "k", strings.NewReader("x"), "image/jpeg", false)
	if err == nil {
		_, err = storage.DeleteAll(ctx, text, h.originals, h.derived, nil)
	}
	if err != nil && !errors.As(err, &e) {
		return fmt.Errorf("as tenant: %w", err)
	}
	if err := h.derived.Put(ctx, "t", "k", text, nil, nil); err != nil && !errors.As(err, &e) {
		return fmt.Errorf("as id: %w", err)
	}
	return h.derived.DeleteAll(ctx, "t", "k")
}

// TestHostileKeysAtOnce keeps what is valid of them in one tenant, so that they
// can get into each other's way.
func TestHostileKeysAtOnce(t *testing.T) {
	var keys []string
	seen := map[string]bool{}
	for _, key := range storagetest.HostileKeys(1000) {
		if storage.CheckKey(key) == nil && !seen[key] {
			seen[key] = true
			keys = append(keys, key)
		}
	}
	rand.New(rand.NewPCG(5, 6)).Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	for _, s := range stores() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			bucket, _ := s.open(t)
			originals := storage.NewOriginals(bucket, nil)
			for _, key := range keys {
				require.NoError(t, originals.Create(t.Context(), "t", key, strings.NewReader(key), "image/jpeg", false), "%q", key)
			}
			listed := map[string]int64{}
			_, err := originals.List(t.Context(), "t", "", "", len(keys)+1, func(key string, size int64, _ time.Time) bool {
				listed[key] = size
				return true
			})
			require.NoError(t, err)
			require.Len(t, listed, len(keys))
			for _, key := range keys {
				require.EqualValues(t, len(key), listed[key], "%q", key)
			}
		})
	}
}
