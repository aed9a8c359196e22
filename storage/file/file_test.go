package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
)

func newBucket(t *testing.T) *blob.Bucket {
	b, _ := newBucketIn(t)
	return b
}

func newBucketIn(t *testing.T) (b *blob.Bucket, dir string) {
	dir = t.TempDir()
	b, err := Open(dir, &Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	return b, dir
}

func listed(t *testing.T, b *blob.Bucket) (keys []string) {
	list := b.List(nil)
	for {
		o, err := list.Next(t.Context())
		if err == io.EOF {
			return keys
		}
		require.NoError(t, err)
		keys = append(keys, o.Key)
	}
}

func TestFilesByHand(t *testing.T) {
	b, dir := newBucketIn(t)
	for name, text := range map[string]string{
		"gallery/hero.jpg": "hero", // an object
		"README":           "not",  // has no dot
		"%41.jpg":          "not",  // A needs no escape
		"a%2Eb.jpg":        "not",  // capitals
		".hidden.jpg":      "not",
		"x.jpg.tmp%":       "not",
		"d%2f.jpg":         "not",
	} {
		name = filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o777))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o666))
	}
	require.Equal(t, []string{"gallery/hero.jpg"}, listed(t, b))
	text, err := b.ReadAll(t.Context(), "gallery/hero.jpg")
	require.NoError(t, err)
	require.Equal(t, "hero", string(text))
	for _, key := range []string{"README", "A.jpg", "a.b.jpg", "gallery", ".hidden.jpg"} {
		_, err := b.ReadAll(t.Context(), key)
		require.Equal(t, gcerrors.NotFound, gcerrors.Code(err), "%s: %v", key, err)
	}
	// Editing by hand changes the ETag and drops the attributes.
	require.NoError(t, b.WriteAll(t.Context(), "edited.jpg", []byte("one"), &blob.WriterOptions{ContentType: "image/jpeg"}))
	before, err := b.Attributes(t.Context(), "edited.jpg")
	require.NoError(t, err)
	require.Equal(t, "image/jpeg", before.ContentType)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "edited.jpg"), []byte("two"), 0o666))
	later := time.Now().Add(time.Second)
	require.NoError(t, os.Chtimes(filepath.Join(dir, "edited.jpg"), later, later))
	after, err := b.Attributes(t.Context(), "edited.jpg")
	require.NoError(t, err)
	require.NotEqual(t, before.ETag, after.ETag)
	require.Equal(t, defaultContentType, after.ContentType)
	require.Nil(t, after.MD5)
}

func TestNoEscape(t *testing.T) {
	b, dir := newBucketIn(t)
	outside := filepath.Join(t.TempDir(), "secret.jpg")
	require.NoError(t, os.WriteFile(outside, []byte("secret"), 0o666))
	for name, target := range map[string]string{
		"abs.jpg": outside, "dir": filepath.Dir(outside), "up": "..", "loop.jpg": "loop.jpg", "self": ".",
	} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skip("no symbolic links here:", err)
		}
	}
	ctx := t.Context()
	for _, key := range []string{"abs.jpg", "dir/secret.jpg", "loop.jpg", "../secret.jpg", "..", "up/x.jpg"} {
		_, err := b.ReadAll(ctx, key)
		require.Error(t, err, key)
	}
	for _, key := range []string{"dir/new.jpg", "up/new.jpg", "../new.jpg", "../../new.jpg", "a/../../new.jpg"} {
		_ = b.WriteAll(ctx, key, []byte("x"), nil)
	}
	_ = b.WriteAll(ctx, "abs.jpg", []byte("x"), nil) // replaces the link
	_ = b.Delete(ctx, "dir/secret.jpg")
	text, err := os.ReadFile(outside)
	require.NoError(t, err)
	require.Equal(t, "secret", string(text))
	entries, err := os.ReadDir(filepath.Dir(outside))
	require.NoError(t, err)
	require.Len(t, entries, 1)
	entries, err = os.ReadDir(filepath.Dir(dir))
	require.NoError(t, err)
	for _, e := range entries {
		require.NotContains(t, e.Name(), "new")
	}
	require.Equal(t, []string{"../../new.jpg", "../new.jpg", "a/../../new.jpg", "abs.jpg"}, listed(t, b))
}

func TestNothingLeftOver(t *testing.T) {
	b, dir := newBucketIn(t)
	ctx := t.Context()
	options := &blob.WriterOptions{ContentType: "image/jpeg", Metadata: map[string]string{"a": "b"}}
	for range 5 {
		require.NoError(t, b.WriteAll(ctx, "a/b/c.jpg", []byte("x"), options))
	}
	entries, err := os.ReadDir(filepath.Join(dir, "a", "b"))
	require.NoError(t, err)
	require.Len(t, entries, 2, "the object and its attributes")
	require.NoError(t, b.Delete(ctx, "a/b/c.jpg"))
	entries, err = os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		require.Contains(t, []string{layoutFile, tempDir}, e.Name())
	}
	entries, err = os.ReadDir(filepath.Join(dir, tempDir))
	require.NoError(t, err)
	require.Empty(t, entries)
}

func TestLayout(t *testing.T) {
	never, always := func(*os.Root) bool { return false }, func(*os.Root) bool { return true }
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	defer root.Close()

	folded, err := settle(root, never)
	require.NoError(t, err)
	require.False(t, folded)
	_, err = settle(root, always)
	require.ErrorContains(t, err, "copy its objects")

	require.NoError(t, root.Remove(layoutFile))
	for _, folds := range []func(*os.Root) bool{always, never} { // what was folded stays so
		folded, err = settle(root, folds)
		require.NoError(t, err)
		require.True(t, folded)
	}

	require.NoError(t, root.WriteFile(layoutFile, []byte("immagin file names 2 exact\n"), 0o666))
	_, err = Open(dir, nil)
	require.ErrorContains(t, err, "does not know")
}

func TestFolds(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("says what Linux's own file systems do")
	}
	root, err := os.OpenRoot(t.TempDir())
	require.NoError(t, err)
	defer root.Close()
	require.False(t, folds(root))
}

func TestSweep(t *testing.T) {
	_, dir := newBucketIn(t)
	old, young := filepath.Join(dir, tempDir, "old"), filepath.Join(dir, tempDir, "young")
	for _, name := range []string{old, young} {
		require.NoError(t, os.WriteFile(name, nil, 0o666))
	}
	then := time.Now().Add(-2 * staleAfter)
	require.NoError(t, os.Chtimes(old, then, then))
	again, err := Open(dir, nil)
	require.NoError(t, err)
	require.NoError(t, again.Close())
	require.NoFileExists(t, old)
	require.FileExists(t, young)
}

// TestAttributesBelong reads while another replaces: content type and content
// must be of one object.
func TestAttributesBelong(t *testing.T) {
	b := newBucket(t)
	ctx, cancel := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	for w := range 2 {
		writers.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				text := fmt.Sprintf("%d-%04d", w, i%10000)
				err := b.WriteAll(context.WithoutCancel(ctx), "d/a.jpg", []byte(text), &blob.WriterOptions{ContentType: "x/" + text})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	defer writers.Wait()
	defer cancel()
	etags := map[string]string{}
	for range 2000 {
		r, err := b.NewReader(ctx, "d/a.jpg", nil)
		if gcerrors.Code(err) == gcerrors.NotFound && len(etags) == 0 {
			continue // not yet
		}
		require.NoError(t, err)
		text, err := io.ReadAll(r)
		require.NoError(t, err)
		require.Equal(t, "x/"+string(text), r.ContentType())
		require.NoError(t, r.Close())
		a, err := b.Attributes(ctx, "d/a.jpg")
		require.NoError(t, err)
		require.NotNil(t, a.MD5)
		if before, ok := etags[a.ETag]; ok {
			require.Equal(t, before, a.ContentType)
		}
		etags[a.ETag] = a.ContentType
	}
}

// TestTwoProcesses stands for two with two buckets, which share nothing but
// the folder.
func TestTwoProcesses(t *testing.T) {
	one, dir := newBucketIn(t)
	two, err := Open(dir, &Options{NoSync: true})
	require.NoError(t, err)
	defer two.Close()
	var mu sync.Mutex
	for i := range 30 {
		key := fmt.Sprintf("d/%d/a.jpg", i)
		var wins, losses [2]int
		var racers sync.WaitGroup
		for n, b := range []*blob.Bucket{one, two} {
			for range 4 {
				racers.Go(func() {
					err := b.WriteAll(t.Context(), key, []byte{byte(n)}, &blob.WriterOptions{IfNotExist: true, ContentType: "image/jpeg"})
					code := gcerrors.Code(err)
					mu.Lock()
					defer mu.Unlock()
					if code == gcerrors.OK {
						wins[n]++
					} else if code == gcerrors.FailedPrecondition {
						losses[n]++
					}
				})
			}
		}
		racers.Wait()
		require.Equal(t, 1, wins[0]+wins[1])
		require.Equal(t, 7, losses[0]+losses[1])
		text, err := one.ReadAll(t.Context(), key)
		require.NoError(t, err)
		require.Equal(t, 1, wins[text[0]])
	}
}

// TestComingAndGoing deletes folders under the hands of those that write into
// them.
func TestComingAndGoing(t *testing.T) {
	b := newBucket(t)
	var racers sync.WaitGroup
	for i := range 8 {
		racers.Go(func() {
			key := fmt.Sprintf("a/b/c/%d.jpg", i)
			for range 100 {
				if err := b.WriteAll(t.Context(), key, []byte("x"), &blob.WriterOptions{ContentType: "image/jpeg"}); err != nil {
					t.Errorf("write: %v", err)
					return
				}
				if err := b.Delete(t.Context(), key); err != nil {
					t.Errorf("delete: %v", err)
					return
				}
			}
		})
	}
	racers.Wait()
	require.Empty(t, listed(t, b))
}

func TestPlace(t *testing.T) {
	root, err := os.OpenRoot(t.TempDir())
	require.NoError(t, err)
	defer root.Close()
	require.NoError(t, root.WriteFile("from", []byte("new"), 0o666))
	require.NoError(t, root.WriteFile("to", []byte("old"), 0o666))
	require.ErrorIs(t, place(root, "from", "to", true), fs.ErrExist)
	require.NoError(t, place(root, "from", "free", true))
	require.ErrorIs(t, place(root, "from", "to", true), fs.ErrNotExist)
	require.NoError(t, place(root, "free", "to", false))
	text, err := root.ReadFile("to")
	require.NoError(t, err)
	require.Equal(t, "new", string(text))

	// Folders cannot be linked, as nothing can on some file systems.
	require.NoError(t, root.Mkdir("dir", 0o777))
	require.ErrorIs(t, place(root, "dir", "to", true), fs.ErrExist)
	require.NoError(t, place(root, "dir", "free", true))
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "a", "b")
	_, err := Open(missing, nil)
	require.ErrorIs(t, err, fs.ErrNotExist)
	b, err := Open(missing, &Options{Create: true})
	require.NoError(t, err)
	require.NoError(t, b.Close())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "plain"), nil, 0o666))
	_, err = Open(filepath.Join(dir, "plain"), nil)
	require.Error(t, err)
}

func TestOpenURL(t *testing.T) {
	dir := t.TempDir()
	slashed := filepath.ToSlash(dir)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed
	}
	for raw, fault := range map[string]string{
		"file://" + slashed:                               "",
		"file://localhost" + slashed:                      "",
		"file:" + slashed + "?no_tmp_dir=1&no_sync=1":     "",
		"file://" + slashed + "/x/y?create_dir=true":      "",
		"file://" + slashed + "/z":                        "no such file",
		"file://" + slashed + "/z?create_dir=":            "no such file",
		"file://" + slashed + "?metadata=skip":            "metadata",
		"file://host" + slashed:                           "host",
		"file://":                                         "no folder",
		"mem://" + slashed:                                "scheme",
		"file://./" + "no-such-folder":                    "no such file",
		"file://" + slashed + "?prefix=p/&create_dir=yes": "",
	} {
		u, err := url.Parse(raw)
		require.NoError(t, err)
		b, err := OpenURL(u)
		if fault != "" {
			if runtime.GOOS == "windows" && fault == "no such file" {
				require.ErrorIs(t, err, fs.ErrNotExist, raw)
			} else {
				require.ErrorContains(t, err, fault, raw)
			}
			continue
		}
		require.NoError(t, err, raw)
		require.NoError(t, b.WriteAll(t.Context(), "a.jpg", []byte("x"), nil))
		require.NoError(t, b.Close())
	}
	require.FileExists(t, filepath.Join(dir, "a.jpg"))
	require.FileExists(t, filepath.Join(dir, "x", "y", "a.jpg"))
	require.FileExists(t, filepath.Join(dir, "p", "a.jpg"))
}

func TestErrorCodes(t *testing.T) {
	b, dir := newBucketIn(t)
	_, err := b.SignedURL(t.Context(), "a.jpg", nil)
	require.Equal(t, gcerrors.Unimplemented, gcerrors.Code(err))
	require.ErrorIs(t, err, errors.ErrUnsupported)
	_, err = b.NewWriter(t.Context(), "", &blob.WriterOptions{ContentType: "x/y"})
	require.Equal(t, gcerrors.InvalidArgument, gcerrors.Code(err))
	err = b.WriteAll(t.Context(), "a.jpg", nil, &blob.WriterOptions{Metadata: map[string]string{"a": strings.Repeat("v", maxAttributes)}})
	require.ErrorContains(t, err, "attributes")
	require.Empty(t, listed(t, b))

	if os.Getuid() <= 0 {
		t.Log("not checked: permissions mean nothing to this user")
		return
	}
	require.NoError(t, b.WriteAll(t.Context(), "d/a.jpg", []byte("x"), nil))
	require.NoError(t, os.Chmod(filepath.Join(dir, "d"), 0))
	defer os.Chmod(filepath.Join(dir, "d"), 0o777)
	_, err = b.ReadAll(t.Context(), "d/a.jpg")
	require.Equal(t, gcerrors.PermissionDenied, gcerrors.Code(err))
}

func TestDeepKeys(t *testing.T) {
	b := newBucket(t)
	key := strings.Repeat("d/", 511) + "x" // longer, as a path, than most systems take
	text := bytes.Repeat([]byte("x"), 100)
	require.NoError(t, b.WriteAll(t.Context(), key, text, nil))
	got, err := b.ReadAll(t.Context(), key)
	require.NoError(t, err)
	require.Equal(t, text, got)
	require.Equal(t, []string{key}, listed(t, b))
	require.NoError(t, b.Delete(t.Context(), key))
	require.Empty(t, listed(t, b))
}
