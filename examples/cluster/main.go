// Command cluster is one of any number of servers that share all that they
// know: originals and derived images in a bucket of S3, usage, API keys,
// secrets and used tickets in PostgreSQL, and what was counted lately in Redis.
//
//	cluster -addr :8080 -public https://images.example.com \
//		-bucket 's3://acme-images?region=eu-central-1' \
//		-postgres postgres://immagin@db.internal/immagin -redis redis://cache.internal:6379/0
//
// It keeps nothing on its own disk, and holds nothing that another has not.
// The first start makes the project and prints an API key.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	var c config
	address := flag.String("addr", "127.0.0.1:8080", "the address to listen on")
	flag.StringVar(&c.public, "public", "http://127.0.0.1:8080", "where the world finds the servers")
	flag.StringVar(&c.bucket, "bucket", "", "the bucket of originals and derived images, as s3://name?region=…")
	flag.StringVar(&c.postgres, "postgres", os.Getenv("IMMAGIN_POSTGRES"), "the database")
	flag.StringVar(&c.redis, "redis", os.Getenv("IMMAGIN_REDIS"), "the cache in front of the usage")
	flag.Parse()
	if err := run(c, *address); err != nil {
		log.Fatal(err)
	}
}

// run serves until the process is told to end, and then finishes what is under
// way.
func run(c config, address string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s, err := newServer(ctx, c)
	if err != nil {
		return err
	}
	key, err := s.firstStart(ctx)
	if err != nil {
		return errors.Join(err, s.close(ctx))
	}
	if key.Reveal() != "" {
		fmt.Fprintln(os.Stderr, "API key, shown this once:", key.Reveal())
	}
	server := &http.Server{Addr: address, Handler: s.handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	return errors.Join(err, server.Shutdown(end), s.close(end))
}
