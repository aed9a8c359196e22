package main

import "net/http"

// NetHTTP mounts the handlers in the standard library's router.
func NetHTTP(h Handlers) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/images/", http.StripPrefix("/images", h.Images))
	mux.Handle("/v1/", h.Management)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("hello")) })
	return mux
}
