// Command frameworks serves pictures and the management API through a router
// of choice: the one of net/http, chi or gin.
//
//	cd examples/frameworks && go run . -router chi -pictures ~/Pictures
//
// It is a module of its own, so that those who import Immagin depend on none
// of these routers. How each is told of the two handlers stands in nethttp.go,
// chi.go and gin.go.
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"gocloud.dev/blob"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codecs"
	"github.com/immagin/immagin-go/sign"
	"github.com/immagin/immagin-go/storage"
	"github.com/immagin/immagin-go/storage/file"
)

// Handlers are what a program mounts: the delivery below /images, and the
// management API at /v1.
type Handlers struct{ Images, Management http.Handler }

var routers = map[string]func(Handlers) http.Handler{"net/http": NetHTTP, "chi": Chi, "gin": Gin}

func main() {
	address := flag.String("addr", "127.0.0.1:8080", "the address to listen on")
	router := flag.String("router", "net/http", "net/http, chi or gin")
	pictures := flag.String("pictures", ".", "the folder of the originals, as one folder a tenant: acme/hero.jpg")
	flag.Parse()
	newRouter, ok := routers[*router]
	if !ok {
		log.Fatalf("there is no router %q", *router)
	}
	bucket, err := file.Open(*pictures, nil)
	if err != nil {
		log.Fatal(err)
	}
	key := sign.NewAPIKey()
	handlers, err := newHandlers(bucket, "http://"+*address+"/images", os.Getenv("IMMAGIN_SECRET"), key)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("IMMAGIN_URL=http://" + *address + " IMMAGIN_API_KEY=" + key.Reveal())
	log.Fatal(http.ListenAndServe(*address, newRouter(handlers)))
}

// newHandlers makes both handlers for one tenant, acme.
func newHandlers(bucket *blob.Bucket, delivery, secret string, key sign.APIKey) (Handlers, error) {
	originals := storage.NewOriginals(bucket, nil)
	keyring, err := sign.NewKeyring(secret)
	if err != nil {
		return Handlers{}, err
	}
	engine, err := luna.New(codecs.Default(), nil)
	if err != nil {
		return Handlers{}, err
	}
	images, err := luna.NewHandler(engine, originals, sign.Tenants{"acme": keyring},
		&luna.HandlerOptions{Tenant: luna.FixedTenant("acme")})
	if err != nil {
		return Handlers{}, err
	}
	projects := api.ProjectMap{"acme": {ID: "acme", Name: "Acme", BaseURL: delivery, Secret: secret}}
	management, err := api.New(originals, projects, api.NewMemoryKeys(api.NewKey("acme", "example", key, time.Now())), nil)
	return Handlers{Images: images, Management: management}, err
}
