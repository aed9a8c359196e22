package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/sign"
)

type logged struct {
	Level, Msg, Method, Route, Tenant, Key, Request, Code, Error string
	Status                                                       int
	Bytes                                                        int64
}

// records reads what was logged.
func records(t *testing.T, log *buffer) (all []logged) {
	t.Helper()
	for line := range bytes.Lines([]byte(log.String())) {
		var l logged
		require.NoError(t, json.Unmarshal(line, &l))
		all = append(all, l)
	}
	return all
}

func TestLog(t *testing.T) {
	log := new(buffer)
	f := newFixture(t, &Options{Logger: slog.New(slog.NewJSONHandler(log, nil)), RateLimit: RateLimit{PerSecond: 1, Burst: 1000}})
	a := f.send("GET", "/v1/images?prefix=a", f.key, "")
	require.Equal(t, []logged{{
		Level: "INFO", Msg: "management API", Method: "GET", Route: "/v1/images", Status: 200, Bytes: int64(len(a.body)), Tenant: "demo", Key: f.key[:8], Request: a.header.Get("X-Request-Id"),
	}}, records(t, log))

	a = f.send("GET", "/v1/project", f.key, "", "X-Request-Id", "0af7651916cd43dd8448eb211c80319c")
	require.Equal(t, "0af7651916cd43dd8448eb211c80319c", a.header.Get("X-Request-Id"))
	for _, id := range []string{"short", strings.Repeat("x", 37), f.key, "line\tbreak", "a b c d e f", "quote\"quote"} {
		require.NotEqual(t, id, f.send("GET", "/v1/project", f.key, "", "X-Request-Id", id).header.Get("X-Request-Id"))
	}

	f.send("HEAD", "/v1/project", f.key, "")
	all := records(t, log)
	require.Zero(t, all[len(all)-1].Bytes)

	f.store.fail = errors.New("disk is on fire")
	f.send("GET", "/v1/images", f.key, "", "X-Request-Id", "0af7651916cd43dd").problem(t, 502, "store_failed")
	all = records(t, log)
	require.Equal(t, logged{
		Level: "ERROR", Msg: "management API failed", Method: "GET", Route: "/v1/images", Status: 502, Code: "store_failed", Error: "disk is on fire", Tenant: "demo", Request: "0af7651916cd43dd",
	}, all[len(all)-2])
	require.Equal(t, 502, all[len(all)-1].Status)
	require.Equal(t, "0af7651916cd43dd", all[len(all)-1].Request)
}

// Where the client has left, the log is the one place to learn of what failed;
// that it left is no failure.
func TestLogOfClientsThatLeft(t *testing.T) {
	for fail, logs := range map[error]bool{errors.New("disk is on fire"): true, context.Canceled: false} {
		ctx, leave := context.WithCancel(t.Context())
		f := newFixture(t, &Options{Deleted: func(context.Context, string, string) error {
			leave()
			return fail
		}})
		f.store.objects = map[string]object{"demo/a": {}}
		w := httptest.NewRecorder()
		f.Config.Handler.ServeHTTP(w, f.request("DELETE", "/v1/images/a", f.key, nil).WithContext(ctx))
		require.Equal(t, 502, w.Code)
		require.Equal(t, logs, strings.Contains(f.log.String(), "level=ERROR"), f.log.String())
		require.Equal(t, logs, strings.Contains(f.log.String(), fail.Error()))
	}
}

// No route logs what lets one in, or what a client can make endless kinds of.
func TestLogKeepsSecrets(t *testing.T) {
	log := new(buffer)
	var refusal error
	f := newFixture(t, &Options{
		Logger: slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Guard:  func(context.Context, Upload) error { return refusal },
	})
	body := picture(t, "png")
	made := f.send("POST", "/v1/keys", f.key, `{"name":"private name"}`).json["key"].(string)
	secrets := []string{made[8:], f.key[8:], f.acme[8:], testSecret, acmeSecret, "retired-secret", "private", sign.KeyHash{}.String()}
	round := func() {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PRIVATE"} {
			for _, bearer := range []string{"", f.key, made, sign.NewAPIKey().Reveal()} {
				secrets = append(secrets, strings.TrimPrefix(bearer, "imk_")[min(4, len(bearer)):])
				ticket := f.ticket(testSecret, sign.Ticket{Tenant: "demo", Key: "private.png", Overwrite: true})
				text, signature, _ := strings.Cut(ticket, ".")
				secrets = append(secrets, text, signature)
				for _, path := range []string{
					"/v1/project", "/v1/images/sign-url", "/v1/uploads/demo/" + ticket, "/v1/uploads/private/" + ticket, "/v1/uploads/demo/" + text, "/v1/images?prefix=private", "/v1/images?cursor=private", "/v1/images/private.png",
					"/v1/keys", "/v1/keys/private", "/v1/keys/" + made, "/v1/openapi.json?private=1", "/private/" + made, "/v1/project?api_key=" + made,
				} {
					r := f.request(method, path, bearer, strings.NewReader(body))
					if strings.HasSuffix(path, "sign-url") {
						r = f.request(method, path, bearer, strings.NewReader(`{"key":"private.png","overwrite":true}`))
					}
					w := httptest.NewRecorder()
					f.Config.Handler.ServeHTTP(w, r)
				}
			}
		}
	}
	round()
	refusal = errors.New("database")
	f.faults.set(errors.New("database"), false)
	round()
	f.faults.set(errors.New("database"), true)
	round()
	all := log.String()
	for _, secret := range secrets {
		if secret != "" {
			require.NotContains(t, all, secret)
		}
	}
	require.NotContains(t, all, "PRIVATE")
	require.Contains(t, all, made[:8])
	statuses := map[int]bool{}
	for _, l := range records(t, log) {
		if l.Msg == "management API" {
			statuses[l.Status] = true
			require.True(t, l.Route == "" || strings.HasPrefix(l.Route, "/v1/"))
		}
	}
	for _, status := range []int{200, 201, 400, 401, 403, 404, 405, 500} {
		require.True(t, statuses[status], "%d was not brought about", status)
	}
}
