package bucket_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/storage"
	"github.com/immagin/immagin-go/storage/bucket"
)

// TestGCSSignature verifies an upload URL as Google Cloud Storage would, since
// no emulator does.
// https://cloud.google.com/storage/docs/authentication/signatures
func TestGCSSignature(t *testing.T) {
	const account, host = "uploader@example.iam.gserviceaccount.com", "127.0.0.1"
	t.Setenv("STORAGE_EMULATOR_HOST", host+":1") // nothing is sent there
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "key.pem")
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(block), 0o600))
	b, err := bucket.Open(t.Context(), "gs://images?"+url.Values{"access_id": {account}, "private_key_path": {file}}.Encode())
	require.NoError(t, err)
	defer b.Close()

	originals := storage.NewOriginals(b, &storage.Options{BeforeSign: bucket.BeforeSign})
	signed, header, err := originals.SignPut(t.Context(), "demo", "dir/a b.jpg", "image/jpeg", 5000, 5*time.Minute)
	require.NoError(t, err)
	require.Equal(t, http.Header{"Content-Type": {"image/jpeg"}}, header)
	u, err := url.Parse(signed)
	require.NoError(t, err)
	require.Equal(t, "http", u.Scheme)
	require.Equal(t, "/images/originals/demo/dir/a%20b.jpg", u.EscapedPath())
	query := u.Query()
	require.Equal(t, "300", query.Get("X-Goog-Expires"))
	require.Equal(t, "content-type;host", query.Get("X-Goog-SignedHeaders"))
	at, err := time.Parse("20060102T150405Z", query.Get("X-Goog-Date"))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), at, time.Minute)
	scope := at.Format("20060102") + "/auto/storage/goog4_request"
	require.Equal(t, account+"/"+scope, query.Get("X-Goog-Credential"))
	require.Equal(t, "GOOG4-RSA-SHA256", query.Get("X-Goog-Algorithm"))
	signature, err := hex.DecodeString(query.Get("X-Goog-Signature"))
	require.NoError(t, err)

	query.Del("X-Goog-Signature")
	verify := func(contentType string) error {
		request := fmt.Sprintf("PUT\n%s\n%s\ncontent-type:%s\nhost:%s\n\ncontent-type;host\nUNSIGNED-PAYLOAD",
			u.EscapedPath(), strings.ReplaceAll(query.Encode(), "+", "%20"), contentType, host)
		sum := sha256.Sum256([]byte(request))
		text := sha256.Sum256(fmt.Appendf(nil, "GOOG4-RSA-SHA256\n%s\n%s\n%x", query.Get("X-Goog-Date"), scope, sum))
		return rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, text[:], signature)
	}
	require.NoError(t, verify("image/jpeg"))
	require.Error(t, verify("image/png"), "the type is bound")

	t.Setenv("STORAGE_EMULATOR_HOST", "")
	signed, _, err = originals.SignPut(t.Context(), "demo", "a.jpg", "", 0, 5*time.Minute)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(signed, "https://storage.googleapis.com/images/originals/demo/a.jpg?"), signed)
}

func ExampleBeforeSign() {
	// For gs:// the bucket's URL names who signs:
	// gs://images?access_id=…&private_key_path=/etc/immagin/key.pem
	originals := func(rawURL string) (*storage.Originals, error) {
		b, err := bucket.Open(context.Background(), rawURL)
		if err != nil {
			return nil, err
		}
		return storage.NewOriginals(b, &storage.Options{BeforeSign: bucket.BeforeSign}), nil
	}
	o, err := originals("mem://")
	if err != nil {
		fmt.Println(err)
		return
	}
	_, _, err = o.SignPut(context.Background(), "demo", "hero.jpg", "image/jpeg", 0, 5*time.Minute)
	fmt.Println("memory signs:", !errors.Is(err, errors.ErrUnsupported))
	// Output: memory signs: false
}
