package main

import (
	"bytes"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/immagin/immagin-go/immagin"
	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/scene"
	"github.com/immagin/immagin-go/sign"
	"github.com/immagin/immagin-go/storage"
)

// TestRotation replaces a secret on two servers, one after the other as
// deployments go, and has a page's old URL answered until it is retired.
func TestRotation(t *testing.T) {
	before, after := sign.NewSecret(), sign.NewSecret()
	bucket := memblob.OpenBucket(nil)
	var picture bytes.Buffer
	require.NoError(t, png.Encode(&picture, scene.Landscape(80, 60)))
	require.NoError(t, storage.NewOriginals(bucket, nil).Create(t.Context(), "acme", "hero.png", &picture, "image/png", false))
	key := sign.NewAPIKey()
	keys := api.NewMemoryKeys(api.NewKey("acme", "test", key, time.Now()))
	a := newServer(t, before, func(s *Secrets) (http.Handler, error) { return newHandler(bucket, s, keys) })
	b := newServer(t, before, func(s *Secrets) (http.Handler, error) { return newHandler(bucket, s, keys) })
	client, err := immagin.NewClient(key.Reveal(), &immagin.Options{BaseURL: a.url})
	require.NoError(t, err)
	// path is what the client signs now. All servers are behind one name.
	path := func(width int) string {
		url, err := client.Images.URL(t.Context(), "hero.png", []edit.Edit{edit.Resize{Width: width}}, nil)
		require.NoError(t, err)
		return url[len(a.url):]
	}
	both := func(status int, path string) {
		t.Helper()
		require.Equal(t, [2]int{status, status}, [2]int{get(t, a.url+path), get(t, b.url+path)})
	}
	old := path(10)
	both(http.StatusOK, old)

	// 1. Every server learns to verify the new secret. Nobody signs by it.
	a.set(t, before, after)
	b.set(t, before, after)
	both(http.StatusOK, old)
	require.NoError(t, client.Refresh(t.Context()))
	require.Equal(t, old, path(10))

	// 2. It comes to the top of the list. Between a and b, either is right.
	a.set(t, after, before)
	require.NoError(t, client.Refresh(t.Context()))
	require.NotEqual(t, old, path(10))
	both(http.StatusOK, path(20))
	both(http.StatusOK, old)
	b.set(t, after, before)
	both(http.StatusOK, path(20))
	both(http.StatusOK, old)

	// 3. When no page has the old URLs any more, the old secret goes.
	a.set(t, after)
	b.set(t, after)
	both(http.StatusForbidden, old)
	both(http.StatusOK, path(20))
}

// TestHurry leaves the first step out: what one server signs by is unknown to
// the other.
func TestHurry(t *testing.T) {
	before, after := sign.NewSecret(), sign.NewSecret()
	keyring, err := sign.NewKeyring(after, before)
	require.NoError(t, err)
	other, err := sign.NewKeyring(before)
	require.NoError(t, err)
	require.ErrorIs(t, other.Verify("eyJ9", keyring.Sign("eyJ9")), sign.ErrMismatch)
}

func TestFaultyFileChangesNothing(t *testing.T) {
	secret := sign.NewSecret()
	s := newServer(t, secret, func(*Secrets) (http.Handler, error) { return http.NotFoundHandler(), nil })
	for _, text := range []string{"", "\n\n", "short"} {
		require.NoError(t, os.WriteFile(s.secrets.file, []byte(text), 0o600))
		err := s.secrets.Reload()
		require.Error(t, err)
		require.NotContains(t, err.Error(), "short\"")
		project, err := s.secrets.Project(t.Context(), "acme")
		require.NoError(t, err)
		require.Equal(t, secret, project.Secret)
	}
	require.NoError(t, os.Remove(s.secrets.file))
	require.ErrorIs(t, s.secrets.Reload(), os.ErrNotExist)
	_, err := s.secrets.Keyring(t.Context(), "other")
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = OpenSecrets(s.secrets.file, "acme", "")
	require.ErrorIs(t, err, os.ErrNotExist)
}

// TestReplaceKey ends an API key once its successor works.
func TestReplaceKey(t *testing.T) {
	key := sign.NewAPIKey()
	keys := api.NewMemoryKeys(api.NewKey("acme", "2025", key, time.Now()))
	s := newServer(t, sign.NewSecret(), func(s *Secrets) (http.Handler, error) {
		return newHandler(memblob.OpenBucket(nil), s, keys)
	})
	old, err := immagin.NewClient(key.Reveal(), &immagin.Options{BaseURL: s.url})
	require.NoError(t, err)
	var handed string
	client, err := replaceKey(t.Context(), old, s.url, "2026", func(key string) error { handed = key; return nil })
	require.NoError(t, err)
	require.NotEqual(t, key.Reveal(), handed)
	left, err := client.Keys.List(t.Context())
	require.NoError(t, err)
	require.Len(t, left, 1)
	require.Equal(t, "2026", left[0].Name)
	_, err = old.Images.List(t.Context(), nil)
	var refused *immagin.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, http.StatusUnauthorized, refused.Status)
}

type server struct {
	url     string
	secrets *Secrets
}

func newServer(t *testing.T, secret string, handler func(*Secrets) (http.Handler, error)) server {
	t.Helper()
	s := httptest.NewUnstartedServer(nil)
	url := "http://" + s.Listener.Addr().String()
	name := filepath.Join(t.TempDir(), "secrets.txt")
	require.NoError(t, os.WriteFile(name, []byte(secret), 0o600))
	secrets, err := OpenSecrets(name, "acme", url)
	require.NoError(t, err)
	s.Config.Handler, err = handler(secrets)
	require.NoError(t, err)
	s.Start()
	t.Cleanup(s.Close)
	return server{url, secrets}
}

// set does what an editor and kill -HUP do.
func (s server) set(t *testing.T, lines ...string) {
	t.Helper()
	var text []byte
	for _, line := range lines {
		text = append(append(text, line...), '\n')
	}
	require.NoError(t, os.WriteFile(s.secrets.file, text, 0o600))
	require.NoError(t, s.secrets.Reload())
}

func get(t *testing.T, url string) int {
	t.Helper()
	answer, err := http.Get(url)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	return answer.StatusCode
}
