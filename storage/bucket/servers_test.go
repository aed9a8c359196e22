package bucket_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/servertest"
	"github.com/immagin/immagin-go/storage"
	"github.com/immagin/immagin-go/storage/bucket"
	"github.com/immagin/immagin-go/storage/internal/accounttest"
	"github.com/immagin/immagin-go/storage/storagetest"
)

// A server is one that objects can be kept in.
type server struct {
	name  string
	start func(t testing.TB) (bucketURL string)
	// paths: see [storagetest.Options].
	paths bool
	// presigns tells whether uploads go straight to it.
	presigns bool
	checks   checks
}

func servers() []server {
	return []server{
		{name: "mem", start: func(testing.TB) string { return "mem://" }},
		{name: "file", start: func(t testing.TB) string {
			return "file://" + filepath.ToSlash(filepath.Join("/", t.TempDir()))
		}},
		{name: "s3", start: servertest.S3, paths: true, presigns: true,
			checks: checks{late: 403, key: 403, contentType: 200, size: 200, again: 200, bare: 200}},
		// fake-gcs-server looks at no signature: see TestGCSSignature.
		{name: "gcs", start: servertest.GCS, presigns: true,
			checks: checks{late: 200, key: 200, contentType: 200, size: 200, again: 200, bare: 200}},
		{name: "azure", start: servertest.Azure, presigns: true,
			checks: checks{late: 403, key: 403, contentType: 201, size: 201, again: 201, bare: 400}},
	}
}

// TestServers runs the suite over each. Package storage does so over mem and
// file, and damages what is there, which no server has to do with.
func TestServers(t *testing.T) {
	many := 1100 // S3 lists 1,000 at a time
	if n, err := strconv.Atoi(os.Getenv("IMMAGIN_TEST_COUNT")); err == nil {
		many = n
	}
	for _, s := range servers() {
		if !s.presigns {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			b, err := bucket.Open(t.Context(), s.start(t))
			require.NoError(t, err)
			t.Cleanup(func() { b.Close() })
			options := &storagetest.Options{Paths: s.paths, Keys: 60, Rounds: 10, Racers: 6, Many: many}
			originals := storage.NewOriginals(b, &storage.Options{BeforeSign: bucket.BeforeSign})
			derived := storage.NewDerived(b, nil)
			t.Run("originals", func(t *testing.T) { storagetest.TestOriginals(t, originals, options) })
			t.Run("derived", func(t *testing.T) { storagetest.TestDerived(t, derived, options) })
			t.Run("account", func(t *testing.T) { storagetest.TestAccount(t, accounttest.New(originals, derived), options) })
		})
	}
}
