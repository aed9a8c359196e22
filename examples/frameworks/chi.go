package main

import (
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
)

// Chi mounts the handlers in chi.
func Chi(h Handlers) http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.RequestID, middleware.Recoverer)
	r.Mount("/images", http.StripPrefix("/images", h.Images))
	r.Mount("/v1", h.Management) // which sees the whole path: Mount strips nothing
	r.Get("/", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("hello")) })
	return r
}
