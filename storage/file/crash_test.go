package file

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
)

const crashDir = "IMMAGIN_TEST_CRASH_DIR"

// TestCrashWriter is the program that TestCrash kills: it writes, replaces and
// deletes objects without end. Each begins with the hash of the rest.
func TestCrashWriter(t *testing.T) {
	dir := os.Getenv(crashDir)
	if dir == "" {
		t.Skip("is run by TestCrash")
	}
	b, err := Open(dir, &Options{NoSync: true})
	require.NoError(t, err)
	fmt.Println("writing")
	for i := 0; ; i++ {
		rest := make([]byte, rand.IntN(300_000))
		for j := range rest {
			rest[j] = byte(i + j)
		}
		sum := sha256.Sum256(rest)
		key := fmt.Sprintf("d%d/e/%d.jpg", i%3, rand.IntN(10))
		if i%5 == 4 {
			_ = b.Delete(t.Context(), key)
			continue
		}
		options := &blob.WriterOptions{ContentType: "image/jpeg", IfNotExist: i%2 == 0}
		if i%3 == 0 {
			options.ContentType = defaultContentType // without attributes
		}
		_ = b.WriteAll(t.Context(), key, append(sum[:], rest...), options)
	}
}

// TestCrash kills a program that writes, at moments of chance, and looks at
// what it left: whole objects only, with attributes that are theirs.
func TestCrash(t *testing.T) {
	rounds := 4
	if text := os.Getenv("IMMAGIN_TEST_COUNT"); text != "" {
		var err error
		rounds, err = strconv.Atoi(text)
		require.NoError(t, err, "IMMAGIN_TEST_COUNT")
	}
	dir := t.TempDir()
	seen := 0
	for range rounds {
		cmd := exec.Command(os.Args[0], "-test.run=^TestCrashWriter$", "-test.v")
		cmd.Env = append(os.Environ(), crashDir+"="+dir)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		said := make([]byte, 0, 4096)
		for !bytes.Contains(said, []byte("writing")) {
			n, err := out.Read(said[len(said):cap(said)])
			said = said[:len(said)+n]
			require.NoError(t, err, "%s", said)
		}
		time.Sleep(time.Duration(rand.IntN(100_000)) * time.Microsecond)
		require.NoError(t, cmd.Process.Kill())
		_ = cmd.Wait()

		b, err := Open(dir, nil)
		require.NoError(t, err)
		for _, key := range listed(t, b) {
			text, err := b.ReadAll(t.Context(), key)
			require.NoError(t, err)
			require.GreaterOrEqual(t, len(text), sha256.Size, key)
			sum := sha256.Sum256(text[sha256.Size:])
			require.Equal(t, sum[:], text[:sha256.Size], key)
			a, err := b.Attributes(t.Context(), key)
			require.NoError(t, err)
			require.EqualValues(t, len(text), a.Size)
			if a.ContentType == "image/jpeg" {
				sum := md5.Sum(text)
				require.Equal(t, sum[:], a.MD5, key)
			} else {
				require.Empty(t, a.MD5, key)
			}
			seen++
		}
		require.NoError(t, b.WriteAll(t.Context(), "after.jpg", sumOfNothing(), nil))
		require.NoError(t, b.Close())
	}
	require.Positive(t, seen)
	t.Logf("%d rounds, %d objects looked at", rounds, seen)
}

func sumOfNothing() []byte {
	sum := sha256.Sum256(nil)
	return sum[:]
}
