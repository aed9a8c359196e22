package bucket_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/storage/bucket"
)

func TestOpen(t *testing.T) {
	dir := filepath.ToSlash(t.TempDir())
	if !strings.HasPrefix(dir, "/") {
		dir = "/" + dir
	}
	t.Setenv("AWS_REGION", "us-east-1")
	for url, fault := range map[string]string{
		"mem://":                        "",
		"file://" + dir:                 "",
		"file://" + dir + "/none":       "none",
		"file://host" + dir:             "host",
		"ftp://host/dir":                `"ftp"`,
		"no-scheme":                     "scheme",
		"s3://bucket?nonsense=1":        "nonsense",
		"%":                             "bucket: ",
		"s3://bucket?region=us-east-1":  "",
		"s3://bucket?prefix=originals/": "",
	} {
		b, err := bucket.Open(t.Context(), url)
		if fault != "" {
			require.ErrorContains(t, err, fault, url)
			continue
		}
		require.NoError(t, err, url)
		require.NoError(t, b.Close())
	}
}

// TestFileIsOurs keeps keys apart that gocloud's own driver does not.
func TestFileIsOurs(t *testing.T) {
	dir := filepath.ToSlash(t.TempDir())
	if !strings.HasPrefix(dir, "/") {
		dir = "/" + dir
	}
	b, err := bucket.Open(t.Context(), "file://"+dir+"?prefix=p/")
	require.NoError(t, err)
	defer b.Close()
	for _, key := range []string{"a", "a/b", "x.attrs"} {
		require.NoError(t, b.WriteAll(t.Context(), key, []byte(key), nil))
	}
	text, err := b.ReadAll(t.Context(), "a/b")
	require.NoError(t, err)
	require.Equal(t, "a/b", string(text))
}

func ExampleOpen() {
	ctx := context.Background()
	for _, url := range []string{"mem://", "ftp://example.com"} {
		b, err := bucket.Open(ctx, url)
		if err != nil {
			fmt.Println("no driver for", url)
			continue
		}
		fmt.Println("opened", url, b.Close())
	}
	// Output:
	// opened mem:// <nil>
	// no driver for ftp://example.com
}
