package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type listedKey struct {
	ID, Prefix, Name, CreatedAt string
	LastUsedAt                  *string
}

func (f *fixture) listed(bearer string) (keys []listedKey) {
	f.t.Helper()
	a := f.send("GET", "/v1/keys", bearer, "")
	require.Equal(f.t, 200, a.status, "%s", a.body)
	require.NoError(f.t, json.Unmarshal(a.body, &keys))
	return keys
}

func TestKeysFromMakingToRevoking(t *testing.T) {
	f := newFixture(t, nil)
	f.later(time.Second)
	name := `CI "on" <Ünï> 😀`
	body, err := json.Marshal(map[string]string{"name": name})
	require.NoError(t, err)
	a := f.send("POST", "/v1/keys", f.key, string(body), "Content-Type", "application/json; charset=utf-8")
	require.Equal(t, 201, a.status, "%s", a.body)
	require.Len(t, a.json, 4)
	key, id := a.json["key"].(string), a.json["id"].(string)
	require.Equal(t, name, a.json["name"])
	require.Equal(t, key[:8], a.json["prefix"])
	require.Regexp(t, "^key_[0-9A-Za-z]{22}$", id)
	require.NotContains(t, id, key[4:], "an ID says nothing of the key")

	keys := f.listed(f.key)
	require.Len(t, keys, 2)
	require.Equal(t, listedKey{ID: id, Prefix: key[:8], Name: name, CreatedAt: "2027-01-15T08:00:01Z"}, keys[1], "never used, and the newest")
	require.Equal(t, "2027-01-15T08:00:01Z", *keys[0].LastUsedAt)
	raw := f.send("GET", "/v1/keys", f.key, "").body
	require.Contains(t, string(raw), `"lastUsedAt":null`)
	require.NotContains(t, string(raw), key)
	require.NotContains(t, string(raw), "ash")

	require.Equal(t, 200, f.send("GET", "/v1/project", key, "").status)
	require.Equal(t, "2027-01-15T08:00:01Z", *f.listed(f.key)[1].LastUsedAt)
	require.Len(t, f.listed(f.acme), 1, "of another tenant")
	f.send("DELETE", "/v1/keys/"+id, f.acme, "").problem(t, 404, "key_not_found")
	require.Equal(t, 200, f.send("GET", "/v1/project", key, "").status)

	require.Equal(t, 204, f.send("DELETE", "/v1/keys/"+id, key, "").status, "its own")
	f.send("GET", "/v1/project", key, "").problem(t, 401, "unauthorized")
	f.send("DELETE", "/v1/keys/"+id, f.key, "").problem(t, 404, "key_not_found")
	require.Len(t, f.listed(f.key), 1)
	for _, id := range []string{"x", "key_", "..", "%00", "a%2Fb", strings.Repeat("k", 65), "%ff"} {
		f.send("DELETE", "/v1/keys/"+id, f.key, "").problem(t, 404, "key_not_found")
	}
}

// Nothing of a key is remembered between two calls: what one server revokes
// fails at the next call of another.
func TestRevokedOnEveryServer(t *testing.T) {
	f := newFixture(t, nil)
	other, err := New(f.store, ProjectMap{"demo": {Secret: testSecret}}, f.keys, &Options{Now: f.clock})
	require.NoError(t, err)
	call := func(key string) int {
		w := httptest.NewRecorder()
		other.ServeHTTP(w, f.request("GET", "/v1/keys", key, nil))
		return w.Code
	}
	for range 20 {
		made := f.send("POST", "/v1/keys", f.key, `{"name":"a"}`).json
		key := made["key"].(string)
		require.Equal(t, 200, call(key))
		require.Equal(t, 204, f.send("DELETE", "/v1/keys/"+made["id"].(string), f.key, "").status)
		require.Equal(t, 401, call(key))
	}
}

// A store that keeps no times, or whose times fail, serves.
func TestLastUsedThatFails(t *testing.T) {
	for fail, logs := range map[error]bool{fmt.Errorf("keys: %w", errors.ErrUnsupported): false, errors.New("disk is full"): true} {
		log := new(buffer)
		f := newFixture(t, nil)
		h, err := New(f.store, ProjectMap{"demo": {Secret: testSecret}}, &usedKeys{MemoryKeys: f.keys, fail: fail}, &Options{Now: f.clock, Logger: slog.New(slog.NewTextHandler(log, nil))})
		require.NoError(t, err)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, f.request("GET", "/v1/keys", f.key, nil))
		require.Equal(t, 200, w.Code)
		require.Equal(t, logs, strings.Contains(log.String(), "last-used"), log.String())
	}
}

func TestNamesOfKeys(t *testing.T) {
	f := newFixture(t, nil)
	for _, body := range []string{
		`{}`, `{"name":""}`, `{"name":null}`, `{"name":1}`, `{"name":"a","id":"b"}`, `{"Name":"a"}`, `[]`, ``, `{"name":"a\n"}`, `{"name":"\u0000"}`, `{"name":"\u0085"}`, `{"name":"\ud800"}`, "{\"name\":\"\xff\"}",
		`{"name":"` + strings.Repeat("é", 101) + `"}`,
	} {
		f.send("POST", "/v1/keys", f.key, body).problem(t, 400, "invalid_request")
	}
	for _, name := range []string{"a", " ", strings.Repeat("é", 100), strings.Repeat("😀", 100), "\u202ea"} {
		require.Equal(t, 201, f.send("POST", "/v1/keys", f.key, fmt.Sprintf(`{"name":%q}`, name)).status, name)
	}
	f.send("POST", "/v1/keys", f.key, `{"name":"`+strings.Repeat("n", maxRequest)+`"}`).problem(t, 413, "too_large")
}

func TestMostKeys(t *testing.T) {
	f := newFixture(t, nil)
	f.fill(maxKeys - 1)
	require.Equal(t, 201, f.send("POST", "/v1/keys", f.key, `{"name":"last"}`).status)
	f.send("POST", "/v1/keys", f.key, `{"name":"one more"}`).problem(t, 403, "project_limit")
	require.Equal(t, 201, f.send("POST", "/v1/keys", f.acme, `{"name":"another project's"}`).status)
}

func TestContentTypesOfRequests(t *testing.T) {
	f := newFixture(t, nil)
	for contentType, status := range map[string]int{
		"application/json": 201, "Application/JSON; charset=utf-8": 201, "": 201,
		"application/x-www-form-urlencoded": 415, "text/plain;charset=UTF-8": 415, "multipart/form-data; boundary=x": 415, "application/jsonp": 415, "json": 415, "application/json, text/plain": 415, ";": 415,
	} {
		var header []string
		if contentType != "" {
			header = []string{"Content-Type", contentType}
		}
		a := f.send("POST", "/v1/keys", f.key, `{"name":"a"}`, header...)
		require.Equal(t, status, a.status, contentType)
		if status == 415 {
			a.problem(t, 415, "unsupported_media_type")
		}
	}
	r := f.request("POST", "/v1/keys", f.key, strings.NewReader(`{"name":"a"}`))
	r.Header["Content-Type"] = []string{"application/json", "application/json"}
	f.do(r).problem(t, 415, "unsupported_media_type")
}
