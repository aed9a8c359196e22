package main

import (
	"net/http"
	"net/http/httptest"
	"time"

	"gocloud.dev/blob/memblob"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codecs"
	"github.com/immagin/immagin-go/sign"
	"github.com/immagin/immagin-go/storage"
)

// serve starts a server whose one tenant is acme, and whose originals are in
// memory.
func serve() (url, apiKey string, stop func(), err error) {
	originals := storage.NewOriginals(memblob.OpenBucket(nil), nil)
	secret, key := sign.NewSecret(), sign.NewAPIKey()
	keyring, err := sign.NewKeyring(secret)
	if err != nil {
		return "", "", nil, err
	}
	engine, err := luna.New(codecs.Default(), nil)
	if err != nil {
		return "", "", nil, err
	}
	delivery, err := luna.NewHandler(engine, originals, sign.Tenants{"acme": keyring}, &luna.HandlerOptions{Tenant: luna.FixedTenant("acme")})
	if err != nil {
		return "", "", nil, err
	}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	projects := api.ProjectMap{"acme": {ID: "acme", Name: "Acme", BaseURL: server.URL, Secret: secret}}
	management, err := api.New(originals, projects, api.NewMemoryKeys(api.NewKey("acme", "example", key, time.Now())), nil)
	if err != nil {
		server.Close()
		return "", "", nil, err
	}
	mux.Handle("/v1/", management)
	mux.Handle("/{payload}", delivery)
	return server.URL, key.Reveal(), server.Close, nil
}
