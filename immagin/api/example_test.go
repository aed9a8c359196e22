package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/sign"
)

// memory is a Store in memory; package storage has real ones.
type memory struct{ objects sync.Map }

func (m *memory) Stat(_ context.Context, tenant, key string) (int64, string, error) {
	if o, ok := m.objects.Load(tenant + "/" + key); ok {
		return int64(len(o.([]byte))), "", nil
	}
	return 0, "", fs.ErrNotExist
}

func (m *memory) Create(_ context.Context, tenant, key string, body io.Reader, _ string, overwrite bool) error {
	b, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	if overwrite {
		m.objects.Store(tenant+"/"+key, b)
	} else if _, there := m.objects.LoadOrStore(tenant+"/"+key, b); there {
		return fs.ErrExist
	}
	return nil
}

func (m *memory) SignPut(context.Context, string, string, string, int64, time.Duration) (string, http.Header, error) {
	return "", nil, errors.ErrUnsupported
}

func (m *memory) List(context.Context, string, string, string, int, func(string, int64, time.Time) bool) (string, error) {
	return "", errors.ErrUnsupported
}

func (m *memory) Delete(_ context.Context, tenant, key string) error {
	if _, there := m.objects.LoadAndDelete(tenant + "/" + key); !there {
		return fs.ErrNotExist
	}
	return nil
}

func Example() {
	key := sign.NewAPIKey()
	handler, err := api.New(
		new(memory),
		api.ProjectMap{"acme": {ID: "prj_1", Name: "Acme", BaseURL: "https://acme.example.com", Secret: sign.NewSecret()}},
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
		api.ProjectMap{"acme": {ID: "prj_1", Name: "Acme", BaseURL: "https://acme.example.com", Secret: sign.NewSecret()}},
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
