package servertest

import (
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// bucketName is that of the one bucket that each store of objects has.
const bucketName = "images"

// S3 runs versitygw, which speaks S3 over a folder, and returns the URL of an
// empty bucket, as storage/bucket opens it. It sets the AWS credentials in the
// test's environment.
//
// It keeps keys as paths: "a" and "a/b" cannot both be there, and no segment of
// a key is longer than a file's name may be. What else S3 keeps of an object it
// keeps in extended attributes, which the file system of temporary files must
// have.
func S3(t testing.TB) (bucketURL string) {
	t.Helper()
	path := Find(t, "versitygw")
	const access, secret, region = "servertest", "servertest-secret", "us-east-1"
	root, none := t.TempDir(), filepath.Join(t.TempDir(), "none")
	if err := os.Mkdir(filepath.Join(root, bucketName), 0o755); err != nil {
		t.Fatal(err)
	}
	address := Start(t, Command{
		Path: path,
		Args: func(port int) []string {
			return []string{
				"--port", host + ":" + strconv.Itoa(port), "--access", access, "--secret", secret, "--region", region, "--quiet",
				"posix", root,
			}
		},
	})
	t.Setenv("AWS_ACCESS_KEY_ID", access)
	t.Setenv("AWS_SECRET_ACCESS_KEY", secret)
	t.Setenv("AWS_SESSION_TOKEN", "")
	t.Setenv("AWS_CONFIG_FILE", none) // whoever runs the test may have one
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", none)
	return "s3://" + bucketName + "?" + url.Values{
		"endpoint": {"http://" + address}, "region": {region}, "use_path_style": {"true"},
	}.Encode()
}
