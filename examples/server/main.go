// Command server is Immagin on one machine: it takes uploads, signs for them,
// and delivers images by signed URLs, with no account and no database. Its
// whole state lives in one folder.
//
//	go run ./examples/server
//	go run ./examples/server -help
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() { command(drawings()) }

// command is the program, with these samples.
func command(samples []drawing) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	err := run(ctx, os.Args[1:], os.Getenv, samples, os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "server:", err)
		os.Exit(1)
	}
}

// drainTime is how long requests in flight may take once the server stops:
// more than the longest transform.
const drainTime = 20 * time.Second

// run serves until ctx is done, answers what is in flight, and returns nil.
func run(ctx context.Context, args []string, getenv func(string) string, samples []drawing, stdout, stderr io.Writer) error {
	c, err := readConfig(args, getenv, stderr)
	if err != nil {
		return err
	}
	c.drawings = samples
	log := slog.New(slog.NewTextHandler(stderr, nil))
	s, err := newServer(ctx, c, log, stderr)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.addr)
	if err != nil {
		return errors.Join(err, s.close(ctx))
	}
	h := &http.Server{
		Handler:           s.handler(isLoopback(listener.Addr())),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       uploadTime,
		WriteTimeout:      uploadTime + time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	spareThreads()
	fmt.Fprintf(stdout, "listening on http://%s\n", listener.Addr())
	log.Info("started", "data", c.data, "tenant", c.tenant)
	failed := make(chan error, 1)
	go func() { failed <- h.Serve(listener) }()
	select {
	case err = <-failed:
	case <-ctx.Done():
		log.Info("draining", "at most", drainTime)
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if h.Shutdown(drain) != nil {
		log.Warn("cut off what was still in flight")
		h.Close()
	}
	return errors.Join(err, s.close(drain))
}

// uploadTime bounds one upload: that is how long its ticket lasts.
const uploadTime = 5 * time.Minute

func isLoopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
