package bucket_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/servertest"
	"github.com/immagin/immagin-go/storage"
	"github.com/immagin/immagin-go/storage/bucket"
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

// TestServers runs the suite over each.
func TestServers(t *testing.T) {
	for _, s := range servers() {
		t.Run(s.name, func(t *testing.T) {
			b, err := bucket.Open(t.Context(), s.start(t))
			require.NoError(t, err)
			t.Cleanup(func() { b.Close() })
			options := &storagetest.Options{Paths: s.paths, Bucket: b, Keys: 60, Rounds: 10, Racers: 6}
			t.Run("originals", func(t *testing.T) {
				storagetest.TestOriginals(t, storage.NewOriginals(b, &storage.Options{BeforeSign: bucket.BeforeSign}), options)
			})
			t.Run("derived", func(t *testing.T) { storagetest.TestDerived(t, storage.NewDerived(b, nil), options) })
		})
	}
}
