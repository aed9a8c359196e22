// Command rotation serves pictures whose secret can be replaced while it runs.
//
//	go run ./examples/rotation -secrets secrets.txt -pictures ~/Pictures
//
// The file has a secret a line. After a change of it, kill -HUP has it read
// again. In which order lines come and go is told in
// examples/docs/key-rotation.md, and done in the test.
package main

import (
	"flag"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"gocloud.dev/blob"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codecs"
	"github.com/immagin/immagin-go/sign"
	"github.com/immagin/immagin-go/storage"
	"github.com/immagin/immagin-go/storage/file"
)

func main() {
	address := flag.String("addr", "127.0.0.1:8080", "the address to listen on")
	name := flag.String("secrets", "secrets.txt", "the file of the secrets")
	pictures := flag.String("pictures", ".", "the folder of the originals")
	flag.Parse()
	secrets, err := OpenSecrets(*name, "acme", "http://"+*address)
	if err != nil {
		log.Fatal(err)
	}
	bucket, err := file.Open(*pictures, nil)
	if err != nil {
		log.Fatal(err)
	}
	key := sign.NewAPIKey()
	handler, err := newHandler(bucket, secrets, api.NewMemoryKeys(api.NewKey("acme", "first", key, time.Now())))
	if err != nil {
		log.Fatal(err)
	}
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	go func() {
		for range hup {
			if err := secrets.Reload(); err != nil {
				log.Print("the secrets stay what they were: ", err)
			}
		}
	}()
	log.Print("API key: ", key.Reveal())
	log.Fatal(http.ListenAndServe(*address, handler))
}

// newHandler asks for the secrets at every request, so that a change holds at
// once.
func newHandler(bucket *blob.Bucket, secrets *Secrets, keys api.Keys) (http.Handler, error) {
	originals := storage.NewOriginals(bucket, nil)
	engine, err := luna.New(codecs.Default(), nil)
	if err != nil {
		return nil, err
	}
	images, err := luna.NewHandler(engine, originals, sign.TenantsFunc(secrets.Keyring),
		&luna.HandlerOptions{Tenant: luna.FixedTenant("acme")})
	if err != nil {
		return nil, err
	}
	management, err := api.New(originals, secrets, keys, nil)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/v1/", management)
	mux.Handle("/{payload}", images)
	return mux, nil
}
