package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/sign"
)

func TestProject(t *testing.T) {
	f := newFixture(t, nil)
	a := f.send("GET", "/v1/project", f.key, "")
	require.Equal(t, 200, a.status)
	require.Equal(t, "application/json", a.header.Get("Content-Type"))
	require.Equal(t, map[string]any{"id": "prj_1", "name": "Demo", "baseUrl": "https://demo.example.com", "secret": testSecret}, a.json)
	require.Equal(t, acmeSecret, f.send("GET", "/v1/project", f.acme, "").json["secret"])

	head := f.send("HEAD", "/v1/project", f.key, "")
	require.Equal(t, 200, head.status)
	require.Empty(t, head.body)
}

func TestAuthentication(t *testing.T) {
	f := newFixture(t, nil)
	stranger := sign.NewAPIKey().Reveal()
	samePrefix := f.key[:8] + stranger[8:]
	for name, header := range map[string][]string{
		"none":           nil,
		"empty":          {""},
		"no scheme":      {f.key},
		"other scheme":   {"Basic " + f.key},
		"unknown key":    {"Bearer " + stranger},
		"unknown tail":   {"Bearer " + samePrefix},
		"two spaces":     {"Bearer  " + f.key},
		"space after":    {"Bearer " + f.key + " x"},
		"cut":            {"Bearer " + f.key[:25]},
		"longer":         {"Bearer " + f.key + "0"},
		"two headers":    {"Bearer " + f.key, "Bearer " + f.key},
		"hash":           {"Bearer " + sign.KeyHash(sha256.Sum256([]byte(f.key))).String()},
		"other case":     {"Bearer IMK_" + f.key[4:]},
		"only a prefix":  {"Bearer " + f.key[:8]},
		"the secret":     {"Bearer " + testSecret},
		"quoted":         {`Bearer "` + f.key + `"`},
		"bearer= syntax": {"Bearer=" + f.key},
	} {
		r := f.request("GET", "/v1/project", "", nil)
		r.Header["Authorization"] = header
		a := f.do(r)
		a.problem(t, 401, "unauthorized")
		require.Equal(t, `Bearer realm="immagin"`, a.header.Get("WWW-Authenticate"), name)
	}
	f.send("POST", "/v1/images/sign-url", stranger, `{"key":"a"}`).problem(t, 401, "unauthorized")
	require.Equal(t, 200, f.send("GET", "/v1/project", "", "", "Authorization", "bearer "+f.key).status, "schemes have no case")
}

// A key may outlive its project, and keys or projects may not be reachable.
func TestInsideFailures(t *testing.T) {
	orphan := sign.NewAPIKey()
	f := newFixture(t, nil)
	require.NoError(t, f.keys.Create(t.Context(), NewKey("gone", "", orphan, f.now)))
	f.send("GET", "/v1/project", orphan.Reveal(), "").problem(t, 500, "internal")
	require.Contains(t, f.log.String(), "gone")

	f.store.fail = errors.New("disk is on fire")
	f.send("POST", "/v1/images/sign-url", f.key, `{"key":"a.png"}`).problem(t, 502, "store_failed")
	require.Contains(t, f.log.String(), "disk is on fire")
	f.store.fail = context.DeadlineExceeded
	f.send("POST", "/v1/images/sign-url", f.key, `{"key":"a.png"}`).problem(t, 504, "store_timeout")
	require.NotContains(t, f.log.String(), testSecret)

	h, err := New(f.store, ProjectMap{"demo": {Secret: "short"}}, f.keys, nil)
	require.NoError(t, err)
	s := httptest.NewServer(h)
	defer s.Close()
	f.send("GET", s.URL+"/v1/project", f.key, "").problem(t, 500, "internal")
}

func TestPaths(t *testing.T) {
	f := newFixture(t, nil)
	for _, path := range []string{"/", "/v1", "/v1/", "/v1/project/", "//v1/project", "/v1//project", "/v1/./project", "/v1/x/../project", "/v1%2Fproject", "/V1/project", "/v1/uploads/demo", "/v1/uploads/demo/", "/v1/uploads//x", "/v1/uploads/a/b/c"} {
		f.send("GET", path, f.key, "").problem(t, 404, "not_found")
	}
	a := f.send("DELETE", "/v1/project", f.key, "")
	a.problem(t, 405, "method_not_allowed")
	require.Equal(t, "GET", a.header.Get("Allow"))
	require.Equal(t, "PUT", f.send("POST", "/v1/uploads/demo/x", "", "x").header.Get("Allow"))
}

func TestNewRefuses(t *testing.T) {
	store, projects, keys := new(memory), ProjectMap{}, NewMemoryKeys()
	for _, o := range []Options{
		{MaxSize: -1}, {Expiry: time.Millisecond}, {Expiry: -time.Hour}, {Expiry: sign.MaxTicketLife + 1},
		{PublicURL: "api.example.com"}, {PublicURL: "ftp://a"}, {PublicURL: "https://u:swordfish@a"}, {PublicURL: "https://a?b=c"}, {PublicURL: "https://a#b"}, {PublicURL: "http://[::1"},
	} {
		_, err := New(store, projects, keys, &o)
		require.Error(t, err, "%+v", o)
		require.NotContains(t, err.Error(), "swordfish")
	}
	_, err := New(nil, projects, keys, nil)
	require.Error(t, err)
	_, err = New(store, projects, keys, nil)
	require.NoError(t, err)
}

func TestProjectHidesItsSecrets(t *testing.T) {
	p := Project{ID: "prj_1", Name: "Demo", BaseURL: "https://demo.example.com", Secret: testSecret, Retired: []string{acmeSecret}}
	var out bytes.Buffer
	for _, v := range []any{p, &p, ProjectMap{"demo": p}, []Project{p}} {
		fmt.Fprintf(&out, "%v %+v %#v %s %q %x %d\n", v, v, v, v, v, v, v)
		require.NoError(t, json.NewEncoder(&out).Encode(v))
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
	}
	require.NotContains(t, out.String(), testSecret)
	require.NotContains(t, out.String(), acmeSecret)
	require.NotContains(t, out.String(), fmt.Sprintf("%x", testSecret))
	require.Contains(t, out.String(), "prj_1")
}
