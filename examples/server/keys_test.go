package main

import (
	"context"
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/immagin/api/filestore"
	"github.com/immagin/immagin-go/sign"
)

func TestOperatorsKeysAreKept(t *testing.T) {
	folder := t.TempDir()
	store, err := filestore.Open(folder, nil)
	require.NoError(t, err)
	defer store.Close()
	kept := func() []api.Key {
		list, err := store.Keys().List(t.Context(), operator)
		require.NoError(t, err)
		return list
	}
	made, err := keepKey(t.Context(), store.Keys(), sign.APIKey{})
	require.NoError(t, err)
	require.Len(t, kept(), 1)
	require.NoError(t, kept()[0].Hash.Verify(made))

	none, err := keepKey(t.Context(), store.Keys(), sign.APIKey{})
	require.NoError(t, err)
	require.Empty(t, none.Reveal(), "shown once")
	require.Len(t, kept(), 1)

	given, err := sign.ParseAPIKey(testKey)
	require.NoError(t, err)
	for range 2 { // the second start adds nothing
		none, err = keepKey(t.Context(), store.Keys(), given)
		require.NoError(t, err)
		require.Empty(t, none.Reveal(), "who gave it knows it")
		require.Len(t, kept(), 2, "the earlier key goes on")
		require.NoError(t, kept()[1].Hash.Verify(given))
	}
	notOnDisk(t, folder, made.Reveal(), testKey)

	// A start that was cut off has left the ID taken, and no key.
	cut := &cutOff{Keys: new(api.MemoryKeys)}
	for range 2 {
		_, err = keepKey(t.Context(), cut, given)
		require.NoError(t, err)
		list, err := cut.List(t.Context(), operator)
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.NoError(t, list[0].Hash.Verify(given))
	}
}

// cutOff has no room for the first ID that it is told.
type cutOff struct {
	api.Keys
	id string
}

func (c *cutOff) Create(ctx context.Context, k api.Key) error {
	if c.id == "" {
		c.id = k.ID
	}
	if k.ID == c.id {
		return fs.ErrExist
	}
	return c.Keys.Create(ctx, k)
}

// notOnDisk looks for keys in all files below folder, and in their names. The
// first 8 characters may be there.
func notOnDisk(t *testing.T, folder string, keys ...string) {
	t.Helper()
	files := 0
	require.NoError(t, filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		text, err := os.ReadFile(name)
		for _, key := range keys {
			require.Len(t, key, 26)
			require.NotContains(t, name+string(text), key[8:], name)
		}
		return err
	}))
	require.NotZero(t, files)
}

// manage calls the management API with an API key.
func (s *running) manage(key, method, path, host, body string) response {
	s.t.Helper()
	header := http.Header{"Authorization": {"Bearer " + key}}
	if body != "" {
		header.Set("Content-Type", "application/json")
	}
	return s.do(request{method: method, path: path, host: host, header: header, body: []byte(body)})
}

type shownKey struct {
	ID, Key, Prefix, Name string
	LastUsedAt            *time.Time
}

func (s *running) createKey(host, name string) (k shownKey) {
	s.t.Helper()
	answer := s.manage(s.key, "POST", "/v1/keys", host, `{"name":"`+name+`"}`)
	require.Equal(s.t, 201, answer.StatusCode, "%s", answer.body)
	require.NoError(s.t, json.Unmarshal(answer.body, &k))
	require.Regexp(s.t, `^imk_[0-9A-Za-z]{22}$`, k.Key)
	return k
}

func (s *running) listKeys(key, host string) (names []string) {
	s.t.Helper()
	answer := s.manage(key, "GET", "/v1/keys", host, "")
	require.Equal(s.t, 200, answer.StatusCode, "%s", answer.body)
	var list []shownKey
	require.NoError(s.t, json.Unmarshal(answer.body, &list))
	for _, k := range list {
		require.Empty(s.t, k.Key)
		names = append(names, k.Name)
	}
	return names
}

func TestKeysOfTenants(t *testing.T) {
	s := start(t, t.TempDir())
	port := s.url[strings.LastIndex(s.url, ":"):]
	acme, other := "acme.localhost"+port, "other.localhost"+port
	ours := s.createKey("", "ours")
	theirs := s.createKey(acme, "theirs")

	opens := func(key, host string) int { return s.manage(key, "GET", "/v1/project", host, "").StatusCode }
	require.Equal(t, 200, opens(ours.Key, ""))
	require.Equal(t, 401, opens(ours.Key, acme), "a key belongs to the tenant of the host that it was made under")
	require.Equal(t, 200, opens(theirs.Key, acme))
	require.Equal(t, 401, opens(theirs.Key, ""))
	require.Equal(t, 401, opens(theirs.Key, other))
	for _, host := range []string{"", acme, other} {
		require.Equal(t, 200, opens(s.key, host), "the operator's opens all")
	}

	const first = "made at the first start"
	require.Equal(t, []string{first, "ours"}, s.listKeys(s.key, ""))
	require.Equal(t, []string{first, "ours"}, s.listKeys(ours.Key, ""))
	require.Equal(t, []string{"theirs"}, s.listKeys(s.key, acme))
	require.Equal(t, []string{"theirs"}, s.listKeys(theirs.Key, acme))
	require.Empty(t, s.listKeys(s.key, other))

	require.Equal(t, 404, s.manage(theirs.Key, "DELETE", "/v1/keys/"+ours.ID, acme, "").StatusCode)
	require.Equal(t, 200, opens(ours.Key, ""))
	answer := s.manage(s.key, "GET", "/v1/keys", "", "")
	var list []shownKey
	require.NoError(t, json.Unmarshal(answer.body, &list))
	require.NotNil(t, list[0].LastUsedAt)
	require.Equal(t, 404, s.manage(theirs.Key, "DELETE", "/v1/keys/"+list[0].ID, acme, "").StatusCode, "the operator's")
	require.Equal(t, 204, s.manage(s.key, "DELETE", "/v1/keys/"+theirs.ID, acme, "").StatusCode)
	require.Equal(t, 401, opens(theirs.Key, acme))

	// Who revokes the operator's own is shown another at the next start.
	require.Equal(t, 204, s.manage(s.key, "DELETE", "/v1/keys/"+list[0].ID, "", "").StatusCode)
	for _, host := range []string{"", acme} {
		require.Equal(t, 401, opens(s.key, host))
	}
	s.stop()
	again := start(t, s.data)
	require.NotEmpty(t, again.key)
	require.NotEqual(t, s.key, again.key)
	require.Equal(t, []string{"ours", first}, again.listKeys(again.key, ""))
}

// TestRevokedEverywhere revokes keys at one server and uses them at another,
// a process of its own on the same data folder.
func TestRevokedEverywhere(t *testing.T) {
	data := t.TempDir()
	here := start(t, data)
	there := *here
	there.url, _ = process(t, data)
	var all []string
	for range 5 {
		k := here.createKey("", "short-lived")
		all = append(all, k.Key)
		for range 2 {
			require.Equal(t, 200, there.manage(k.Key, "GET", "/v1/project", "", "").StatusCode)
		}
		require.Equal(t, 204, here.manage(here.key, "DELETE", "/v1/keys/"+k.ID, "", "").StatusCode)
		refused := there.manage(k.Key, "GET", "/v1/project", "", "")
		require.Equal(t, 401, refused.StatusCode, "at the next call")
		require.Equal(t, "unauthorized", refused.code(t))
		require.Equal(t, 401, here.manage(k.Key, "GET", "/v1/project", "", "").StatusCode)
		require.Equal(t, 404, there.manage(here.key, "DELETE", "/v1/keys/"+k.ID, "", "").StatusCode)
	}
	kept := there.createKey("", "long-lived")
	require.Equal(t, 200, here.manage(kept.Key, "GET", "/v1/project", "", "").StatusCode)
	notOnDisk(t, data, append(all, kept.Key, here.key)...)
	for _, key := range append(all, kept.Key) {
		require.NotContains(t, here.log.String(), key[8:])
	}
}
