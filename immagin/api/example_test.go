package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"time"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/sign"
)

// acme is a program's only project, as long as it has one.
func acme() api.ProjectMap {
	return api.ProjectMap{"acme": {ID: "prj_1", Name: "Acme", BaseURL: "https://acme.example.com", Secret: sign.NewSecret()}}
}

func ExampleNew() {
	key := sign.NewAPIKey() // shown to its owner once
	handler, err := api.New(new(memory), acme(), api.NewMemoryKeys(api.NewKey("acme", "laptop", key, time.Now())), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	ask := func(authorization string) {
		r := httptest.NewRequest("GET", "/v1/project", nil)
		r.Header.Set("Authorization", authorization)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		var answer struct{ Name, BaseURL, Code string }
		err := json.NewDecoder(w.Body).Decode(&answer)
		fmt.Println(w.Code, answer, err)
	}
	ask("Bearer " + key.Reveal())
	ask("Bearer " + sign.NewAPIKey().Reveal()) // somebody else's
	// Output:
	// 200 {Acme https://acme.example.com } <nil>
	// 401 {  unauthorized} <nil>
}

// What a server keeps of a key that it has made: a hash, and what finds it.
func ExampleNewKey() {
	key, err := sign.ParseAPIKey("imk_0123456789ABCDEFGHIJab")
	if err != nil {
		fmt.Println(err)
		return
	}
	kept := api.NewKey("acme", "laptop", key, time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	fmt.Println(kept.Prefix, kept.Name, kept.Hash.Verify(key), kept.Validate())
	// Output: imk_0123 laptop <nil> <nil>
}

// Tests and small programs keep their keys in memory.
func ExampleNewMemoryKeys() {
	ctx := context.Background()
	key := sign.NewAPIKey()
	keys := api.NewMemoryKeys(api.NewKey("acme", "laptop", key, time.Now()))
	found, err := keys.Lookup(ctx, key.Prefix())
	fmt.Println(len(found), found[0].Name, err)
	fmt.Println(keys.Revoke(ctx, "acme", found[0].ID))
	found, err = keys.Lookup(ctx, key.Prefix())
	fmt.Println(len(found), err)
	// Output:
	// 1 laptop <nil>
	// <nil>
	// 0 <nil>
}

// A store of one's own lists keys in the order that Keys.List promises.
func ExampleCompareKeys() {
	monday := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	keys := []api.Key{
		api.NewKey("acme", "server", sign.NewAPIKey(), monday.Add(24*time.Hour)),
		api.NewKey("acme", "laptop", sign.NewAPIKey(), monday),
	}
	slices.SortFunc(keys, api.CompareKeys)
	for _, key := range keys {
		fmt.Println(key.CreatedAt.Weekday(), key.Name)
	}
	// Output:
	// Monday laptop
	// Tuesday server
}

func ExampleValidateTenant() {
	fmt.Println(api.ValidateTenant("acme"))
	fmt.Println(errors.Is(api.ValidateTenant(""), fs.ErrInvalid))
	// Output:
	// <nil>
	// true
}

func Example() {
	key := sign.NewAPIKey()
	handler, err := api.New(
		new(memory),
		acme(),
		api.NewMemoryKeys(api.NewKey("acme", "example", key, time.Now())),
		&api.Options{MaxSize: 10 << 20, Guard: func(_ context.Context, u api.Upload) error {
			if strings.HasPrefix(u.Key, "archive/") {
				return api.ErrProjectLimit
			}
			return nil
		}},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle("/api/", http.StripPrefix("/api", handler))
	server := httptest.NewServer(mux)
	defer server.Close()

	for _, name := range []string{"hero.jpg", "archive/hero.jpg"} {
		body, _ := json.Marshal(map[string]string{"key": name})
		r, err := http.NewRequest("POST", server.URL+"/api/v1/images/sign-url", bytes.NewReader(body))
		if err != nil {
			fmt.Println(err)
			return
		}
		r.Header.Set("Authorization", "Bearer "+key.Reveal())
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			fmt.Println(err)
			return
		}
		var got struct{ Method, Code string }
		err = json.NewDecoder(answer.Body).Decode(&got)
		answer.Body.Close()
		fmt.Println(answer.StatusCode, got.Method, got.Code, err)
	}
	// Output:
	// 200 PUT  <nil>
	// 403  project_limit <nil>
}

// Deleted removes what is derived, here from a map that stands for
// storage.Derived.DeleteAll and luna.Handler.Forget.
func ExampleOptions() {
	derived := map[string][]string{"acme/hero.jpg": {"800.webp", "400.webp"}}
	store, key := new(memory), sign.NewAPIKey()
	store.objects.Store("acme/hero.jpg", []byte("…"))
	handler, err := api.New(store,
		acme(),
		api.NewMemoryKeys(api.NewKey("acme", "example", key, time.Now())),
		&api.Options{
			Deleted: func(_ context.Context, tenant, key string) error {
				delete(derived, tenant+"/"+key)
				return nil
			},
			RateLimit: api.RateLimit{PerSecond: 1, Burst: 2},
			CORS:      api.CORS{Origins: []string{"https://www.example.com"}},
		},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 3 {
		r := httptest.NewRequest("DELETE", "/v1/images/hero.jpg", nil)
		r.Header.Set("Authorization", "Bearer "+key.Reveal())
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		fmt.Printf("%d derived=%d retry=%q\n", w.Code, len(derived), w.Header().Get("Retry-After"))
	}
	r := httptest.NewRequest("OPTIONS", "/v1/uploads/acme/a-ticket", nil)
	r.Header.Set("Origin", "https://www.example.com")
	r.Header.Set("Access-Control-Request-Method", "PUT")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Header().Get("Access-Control-Allow-Methods"))
	// Output:
	// 204 derived=0 retry=""
	// 404 derived=0 retry=""
	// 429 derived=0 retry="1"
	// 204 PUT
}
