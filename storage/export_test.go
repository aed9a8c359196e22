package storage_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/immagin/immagin-go/storage"
	"github.com/immagin/immagin-go/storage/file"
	"github.com/immagin/immagin-go/storage/internal/accounttest"
	"github.com/immagin/immagin-go/storage/storagetest"
)

func TestAccount(t *testing.T) {
	for _, s := range stores() {
		t.Run(s.name, func(t *testing.T) {
			bucket, residue := s.open(t)
			account := accounttest.New(storage.NewOriginals(bucket, nil), storage.NewDerived(bucket, nil))
			storagetest.TestAccount(t, account, &storagetest.Options{Residue: residue})
		})
	}
}

// TestExportEntries looks at what an archive says beside the content.
func TestExportEntries(t *testing.T) {
	for _, s := range stores() {
		t.Run(s.name, func(t *testing.T) {
			ctx := t.Context()
			bucket, _ := s.open(t)
			originals := storage.NewOriginals(bucket, nil)
			long := strings.Repeat("l", 1024)
			types := map[string]string{"a.jpg": "image/jpeg", "写真/猫.webp": "image/webp", long: "image/png", "x": "image/svg+xml; charset=utf-8"}
			for key, contentType := range types {
				require.NoError(t, originals.Create(ctx, "t", key, strings.NewReader(key), contentType, false))
			}
			times := map[string]time.Time{}
			_, err := originals.List(ctx, "t", "", "", 10, func(key string, _ int64, modified time.Time) bool {
				times[key] = modified
				return true
			})
			require.NoError(t, err)
			var b bytes.Buffer
			report, err := storage.Export(ctx, &b, "t", originals, nil)
			require.NoError(t, err)
			size := int64(len("a.jpg") + len("写真/猫.webp") + len(long) + len("x"))
			require.Equal(t, storage.ExportReport{Count: 4, Bytes: size, Last: "写真/猫.webp", Archive: int64(b.Len())}, report)
			for r := tar.NewReader(&b); ; {
				h, err := r.Next()
				if err == io.EOF {
					break
				}
				require.NoError(t, err)
				require.Equal(t, types[h.Name], h.PAXRecords["SCHILY.xattr.user.mime_type"], h.Name)
				require.True(t, times[h.Name].Equal(h.ModTime), "%s: %v, %v", h.Name, times[h.Name], h.ModTime)
				require.EqualValues(t, 0o644, h.Mode)
				delete(types, h.Name)
			}
			require.Empty(t, types)
		})
	}
}

// TestExportByTar extracts an archive with the system's tar.
func TestExportByTar(t *testing.T) {
	program, err := exec.LookPath("tar")
	if err != nil || runtime.GOOS != "linux" {
		t.Skip("needs tar, and a file system that keeps all names apart")
	}
	ctx := t.Context()
	originals := storage.NewOriginals(memblob.OpenBucket(nil), nil)
	written := map[string]string{}
	folders := map[string]bool{}
	keys := storagetest.ValidKeys()
	for _, key := range keys {
		for i := range key {
			if key[i] == '/' {
				folders[key[:i]] = true
			}
		}
	}
	for _, key := range keys {
		tooLong := len(key) > 900
		for segment := range strings.SplitSeq(key, "/") {
			tooLong = tooLong || len(segment) > 255
		}
		if !folders[key] && !tooLong {
			written[key] = key
			require.NoError(t, originals.Create(ctx, "t", key, strings.NewReader(key), "image/jpeg", false))
		}
	}
	require.Greater(t, len(written), 100)
	var b bytes.Buffer
	_, err = storage.Export(ctx, &b, "t", originals, nil)
	require.NoError(t, err)
	outer := t.TempDir()
	dir := filepath.Join(outer, "in")
	require.NoError(t, os.Mkdir(dir, 0o777))
	extract := func(archive []byte) (string, error) {
		cmd := exec.Command(program, "-x", "-f", "-", "-C", dir)
		cmd.Stdin = bytes.NewReader(archive)
		said, err := cmd.CombinedOutput()
		return string(said), err
	}
	said, err := extract(b.Bytes())
	require.NoError(t, err, said)
	require.Empty(t, said, "tar has something to say")
	for key, text := range written {
		got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(key)))
		require.NoError(t, err)
		require.Equal(t, text, string(got))
	}
	beside, err := os.ReadDir(outer)
	require.NoError(t, err)
	require.Len(t, beside, 1)
	// One that broke off does not pass for a whole one.
	_, err = extract(b.Bytes()[:b.Len()*2/3/512*512-300])
	require.Error(t, err)
}

// TestExportMemory exports more than it may hold.
func TestExportMemory(t *testing.T) {
	bucket, err := file.Open(t.TempDir(), &file.Options{NoSync: true})
	require.NoError(t, err)
	defer bucket.Close()
	originals := storage.NewOriginals(bucket, nil)
	const size = 64 << 20
	for _, key := range []string{"a", "b"} {
		require.NoError(t, originals.Create(t.Context(), "t", key, io.LimitReader(zeros{}, size), "image/jpeg", false))
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	report, err := storage.Export(t.Context(), io.Discard, "t", originals, nil)
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	require.EqualValues(t, 2*size, report.Bytes)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(2<<20), "bytes allocated")
	t.Logf("%d MiB exported, %d KiB allocated", report.Bytes>>20, (after.TotalAlloc-before.TotalAlloc)>>10)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// TestExportChanging deletes an original between listing and opening, replaces
// one, and cuts one short while it is read.
func TestExportChanging(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	bucket, err := file.Open(dir, &file.Options{NoSync: true})
	require.NoError(t, err)
	defer bucket.Close()
	originals := storage.NewOriginals(bucket, nil)
	fill := func() {
		for _, key := range []string{"a.jpg", "b.jpg", "c.jpg", "d.jpg"} {
			require.NoError(t, originals.Create(ctx, "t", key, strings.NewReader(strings.Repeat(key[:1], 200_000)), "image/jpeg", true))
		}
	}
	during := func(key string, do func()) (*bytes.Buffer, storage.ExportReport, []string, error) {
		fill()
		var b bytes.Buffer
		var gone []string
		w := writerFunc(func(p []byte) (int, error) {
			if do != nil && bytes.Contains(p, bytes.Repeat([]byte(key[:1]), 1000)) {
				do()
				do = nil
			}
			return b.Write(p)
		})
		report, err := storage.Export(ctx, w, "t", originals, &storage.ExportOptions{Gone: func(key string) { gone = append(gone, key) }})
		return &b, report, gone, err
	}

	_, report, gone, err := during("a.jpg", func() {
		require.NoError(t, originals.Delete(ctx, "t", "c.jpg"))
		require.NoError(t, originals.Create(ctx, "t", "d.jpg", strings.NewReader("short"), "image/png", true))
	})
	require.NoError(t, err)
	require.Equal(t, []string{"c.jpg"}, gone)
	require.Equal(t, 1, report.Gone)
	require.Equal(t, 3, report.Count)
	require.EqualValues(t, 400_005, report.Bytes)

	// Replaced and deleted while it is read: it is whole, as it was.
	_, report, gone, err = during("b.jpg", func() { require.NoError(t, originals.Delete(ctx, "t", "b.jpg")) })
	require.NoError(t, err)
	require.Empty(t, gone)
	require.Equal(t, 4, report.Count)

	b, report, _, err := during("b.jpg", func() {
		require.NoError(t, os.Truncate(filepath.Join(dir, "originals", "t", "b.jpg"), 150_000))
	})
	var e *storage.ExportError
	require.ErrorAs(t, err, &e)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Equal(t, "b.jpg", e.Key)
	require.Equal(t, "a.jpg", e.After)
	require.Equal(t, "a.jpg", report.Last)
	require.ErrorContains(t, err, `"b.jpg", to be resumed after "a.jpg"`)
	b.Truncate(int(report.Archive))
	fill()
	rest, err := storage.Export(ctx, b, "t", originals, &storage.ExportOptions{After: e.After})
	require.NoError(t, err)
	require.Equal(t, 3, rest.Count)
	require.Equal(t, "[a.jpg b.jpg c.jpg d.jpg]", fmt.Sprint(namesIn(t, b)))
	// Left out.
	rest, err = storage.Export(ctx, io.Discard, "t", originals, &storage.ExportOptions{After: e.Key})
	require.NoError(t, err)
	require.Equal(t, 2, rest.Count)

	_, _, _, err = during("b.jpg", func() {
		f, err := os.OpenFile(filepath.Join(dir, "originals", "t", "b.jpg"), os.O_APPEND|os.O_WRONLY, 0)
		require.NoError(t, err)
		_, err = f.Write(make([]byte, 100_000))
		require.NoError(t, errors.Join(err, f.Close()))
	})
	require.ErrorIs(t, err, tar.ErrWriteTooLong)
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func namesIn(t *testing.T, archive io.Reader) (names []string) {
	for r := tar.NewReader(archive); ; {
		h, err := r.Next()
		if err == io.EOF {
			return names
		}
		require.NoError(t, err)
		names = append(names, h.Name)
	}
}

func TestExportArguments(t *testing.T) {
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	originals := storage.NewOriginals(bucket, nil)
	for name, err := range map[string]error{
		"tenant": third(storage.Export(t.Context(), io.Discard, "a/b", originals, nil)),
		"prefix": third(storage.Export(t.Context(), io.Discard, "a", originals, &storage.ExportOptions{Prefix: "../"})),
		"after":  third(storage.Export(t.Context(), io.Discard, "a", originals, &storage.ExportOptions{After: "/x"})),
	} {
		var e *storage.KeyError
		require.ErrorAs(t, err, &e)
		require.Equal(t, name, e.Field)
		require.ErrorIs(t, err, fs.ErrInvalid)
	}
	// Nothing is an archive too.
	var b bytes.Buffer
	report, err := storage.Export(t.Context(), &b, "t", originals, nil)
	require.NoError(t, err)
	require.Equal(t, storage.ExportReport{Archive: 1024}, report)
	require.Empty(t, namesIn(t, &b))
}

func third[T any](_ T, err error) error { return err }
