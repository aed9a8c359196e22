//go:build linux || darwin

package storage_test

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/storage"
)

// fullDir marks the child of TestFull.
const fullDir = "IMMAGIN_TEST_FULL_DIR"

// TestFull stores images where the system takes no more than the first bytes of
// a file, as a full disk does: each write fails, nothing of it is left, what
// was there is there, and what fits is stored. The limit is the process's own,
// and so is this test's.
func TestFull(t *testing.T) {
	dir := os.Getenv(fullDir)
	if dir == "" {
		dir = filepath.Join(t.TempDir(), "store")
		child := exec.Command(os.Args[0], "-test.run=^TestFull$", "-test.v")
		child.Env = append(os.Environ(), fullDir+"="+dir)
		text, err := child.CombinedOutput()
		require.NoError(t, err, "%s", text)
		require.Contains(t, string(text), "--- PASS: TestFull")
		return
	}
	require.NoError(t, os.Mkdir(dir, 0o777))
	bucket, residue := openFile(t, dir)
	originals, derived := storage.NewOriginals(bucket, nil), storage.NewDerived(bucket, nil)
	ctx := t.Context()
	large, small := bytes.Repeat([]byte("large"), 200_000), []byte("small")
	require.NoError(t, derived.Put(ctx, "t", "k", "old", nil, large))
	require.NoError(t, originals.Create(ctx, "t", "old", bytes.NewReader(large), "image/jpeg", false))
	before, err := residue(ctx)
	require.NoError(t, err)

	signal.Ignore(syscall.SIGXFSZ) // writes fail instead
	limit := syscall.Rlimit{Cur: 300_000, Max: 300_000}
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
	for range 3 {
		require.Error(t, derived.Put(ctx, "t", "k", "new", nil, large))
		require.Error(t, derived.Put(ctx, "t", "k", "old", nil, append(large, '!')))
		require.Error(t, originals.Create(ctx, "t", "new", bytes.NewReader(large), "image/jpeg", false))
		require.Error(t, originals.Create(ctx, "t", "old", strings.NewReader(string(large)+"!"), "image/jpeg", true))
	}
	_, _, _, err = derived.Get(ctx, "t", "k", "new")
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, _, err = originals.Stat(ctx, "t", "new")
	require.ErrorIs(t, err, fs.ErrNotExist)
	after, err := residue(ctx)
	require.NoError(t, err)
	require.ElementsMatch(t, before, after, "nothing is left of what was not stored")

	_, body, _, err := derived.Get(ctx, "t", "k", "old")
	require.NoError(t, err)
	text, err := io.ReadAll(body)
	require.NoError(t, err)
	require.NoError(t, body.Close())
	require.Equal(t, large, text)
	require.NoError(t, derived.Put(ctx, "t", "k", "small", nil, small))
	require.NoError(t, originals.Create(ctx, "t", "small", bytes.NewReader(small), "image/jpeg", false))
}
