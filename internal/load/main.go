// Command load puts a server under load and says how it bears it. It builds
// examples/server, starts it on loopback as a process of its own, with file
// stores, memory cache and metering into SQLite, and draws the originals.
//
//	go run ./internal/load                    a minute of the mix, then overload
//	go run ./internal/load -seconds 1800      half an hour of it
//	go run ./internal/load -help
//
// The mix is originals of 2 megapixels as JPEG, PNG and WebP, made 512 pixels
// wide in their own format; a part of the requests, -hits, is for images that
// were made before, the rest for ones that never were. A number of clients
// ask one after the other.
//
// Overload finds the number of clients that has most misses made, and then in
// turns asks as they do, and offers four times what they got, by arrivals at
// random times that wait for no answer; with the same hits beside all of it.
//
// Server and clients share the machine: the numbers are those of a server
// that has a part of it.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/immagin/immagin-go/internal/machine"
)

type settings struct {
	server   string // binary; empty builds it
	seconds  int    // of the mix; 0 leaves it out
	overload int    // seconds of each part of the overload; 0 leaves it out
	clients  int    // of the mix
	hits     float64
	hitRate  float64 // hits a second beside the overload
	json     string
	log      string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	s, err := parse(os.Args[1:], os.Stderr)
	if err == nil {
		err = run(ctx, s, os.Stdout, os.Stderr)
	}
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func parse(args []string, usage io.Writer) (settings, error) {
	var s settings
	f := flag.NewFlagSet("load", flag.ContinueOnError)
	f.SetOutput(usage)
	f.StringVar(&s.server, "server", "", "`binary` of examples/server; built if empty")
	f.IntVar(&s.seconds, "seconds", 60, "of the mix; 0 leaves it out")
	f.IntVar(&s.overload, "overload", 20, "seconds of each part of the overload; 0 leaves it out")
	f.IntVar(&s.clients, "clients", 8, "that ask for the mix, one after the other each")
	f.Float64Var(&s.hits, "hits", 0.5, "part of the mix that was made before")
	f.Float64Var(&s.hitRate, "hit-rate", 50, "hits a second beside the overload")
	f.StringVar(&s.json, "json", "", "`file` for the report")
	f.StringVar(&s.log, "log", "", "`file` for the server's log; dropped if empty")
	if err := f.Parse(args); err != nil {
		return s, err
	}
	switch {
	case f.NArg() > 0:
		return s, fmt.Errorf("unexpected argument %q", f.Arg(0))
	case s.seconds < 0 || s.overload < 0 || s.clients < 1 || s.hits < 0 || s.hits > 1 || s.hitRate <= 0:
		return s, errors.New("seconds must not be negative, -clients at least 1, -hits 0 to 1, -hit-rate more than 0")
	}
	return s, nil
}

// A report is what was seen. Durations are in milliseconds.
type report struct {
	Date     time.Time       `json:"date"`
	Machine  string          `json:"machine"`
	Load     [2]string       `json:"load"` // average of a minute, before and after
	Mix      *mixReport      `json:"mix,omitempty"`
	Overload *overloadReport `json:"overload,omitempty"`
}

func run(ctx context.Context, s settings, out, progress io.Writer) error {
	r := report{Date: time.Now().UTC().Truncate(time.Second), Machine: machine.Name()}
	r.Load[0] = machine.Load()
	t, err := startTarget(ctx, s, progress)
	if err != nil {
		return err
	}
	defer t.stop()
	if s.seconds > 0 {
		fmt.Fprintf(progress, "the mix, for %d s\n", s.seconds)
		r.Mix = mix(ctx, t, s.clients, s.hits, time.Duration(s.seconds)*time.Second)
	}
	if s.overload > 0 {
		fmt.Fprintf(progress, "overload, %d parts of %d s\n", 5+2*rounds, s.overload)
		r.Overload = overload(ctx, t, s.hitRate, time.Duration(s.overload)*time.Second)
	}
	r.Load[1] = machine.Load()
	r.write(out)
	if s.json != "" {
		text, err := json.MarshalIndent(r, "", "\t")
		if err != nil {
			return err
		}
		if err := os.WriteFile(s.json, append(text, '\n'), 0o644); err != nil {
			return err
		}
	}
	return errors.Join(ctx.Err(), t.stop())
}
