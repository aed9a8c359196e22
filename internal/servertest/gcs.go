package servertest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// GCS runs fake-gcs-server, with its objects in memory, and returns the URL of
// an empty bucket, as storage/bucket opens it, with a key to sign upload URLs
// by. It sets STORAGE_EMULATOR_HOST in the test's environment, by which the SDK
// finds the server.
//
// It checks no signature and no expiry.
func GCS(t testing.TB) (bucketURL string) {
	t.Helper()
	path := Find(t, "fake-gcs-server")
	address := Start(t, Command{
		Path: path,
		Args: func(port int) []string {
			p := strconv.Itoa(port)
			return []string{
				"-backend", "memory", "-scheme", "http", "-host", host, "-port", p, "-public-host", host + ":" + p,
				"-external-url", "http://" + host + ":" + p, "-log-level", "warn",
			}
		},
		Ready: Answers("/_internal/healthcheck"),
	})
	response, err := http.Post("http://"+address+"/storage/v1/b?project=test", "application/json", strings.NewReader(`{"name":"`+bucketName+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	said, _ := io.ReadAll(response.Body)
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("fake-gcs-server made no bucket: %s: %s", response.Status, said)
	}
	t.Setenv("STORAGE_EMULATOR_HOST", address)
	return "gs://" + bucketName + "?" + url.Values{
		"access_id":        {"servertest@example.iam.gserviceaccount.com"},
		"private_key_path": {privateKey(t)},
	}.Encode()
}

// privateKey writes a new key as a service account has one, and returns the
// file's name.
func privateKey(t testing.TB) string {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(fmt.Errorf("the key: %w", err))
	}
	return name
}
