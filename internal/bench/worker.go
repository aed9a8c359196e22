package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/avif"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codecs"
	"github.com/immagin/immagin-go/luna/pixel"
)

// work is our side's process: it answers orders from in, one a line, until
// there are no more.
func work(ctx context.Context, in io.Reader, out io.Writer, args []string) error {
	f := flag.NewFlagSet("worker", flag.ContinueOnError)
	f.SetOutput(io.Discard) // the error says enough
	profile := f.String("profile", "", "file for a CPU profile")
	if err := f.Parse(args); err != nil {
		return err
	}
	if *profile != "" {
		file, err := os.Create(*profile)
		if err != nil {
			return err
		}
		defer file.Close()
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	w := &worker{codecs: codecs.Default(), files: map[string][]byte{}, raws: map[string]*pixel.Image{}, pool: pixel.NewPool()}
	orders, answers := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var o order
		if err := orders.Decode(&o); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := answers.Encode(w.answer(ctx, o)); err != nil {
			return err
		}
	}
}

type worker struct {
	codecs []codec.Codec
	avif   bool         // is among them
	engine *luna.Engine // of them; nil until there is work
	files  map[string][]byte
	raws   map[string]*pixel.Image // by file
	pool   *pixel.Pool
}

// prepare makes the engine. AVIF is only compiled where it is asked for, since
// its module would count as memory of every job.
func (w *worker) prepare(requests []*edit.Request) error {
	asked := slices.ContainsFunc(requests, func(r *edit.Request) bool { return r.Output != nil && r.Output.Format == edit.FormatAVIF })
	if asked && !w.avif {
		c, err := avif.New(nil)
		if err != nil {
			return err
		}
		w.codecs, w.avif, w.engine = append(w.codecs, c), true, nil
	}
	if w.engine != nil {
		return nil
	}
	var err error
	// A drawn picture may be over the limits of a server.
	w.engine, err = luna.New(w.codecs, &luna.Options{MaxSourceBytes: 1 << 30, MaxRequestBytes: 1 << 30, MaxBytes: 8 << 30})
	return err
}

func (w *worker) answer(ctx context.Context, o order) answer {
	a, err := w.carryOut(ctx, o)
	a.Version = version()
	a.Peak = peak()
	if missing := (*luna.MissingCodecError)(nil); errors.As(err, &missing) {
		a.Missing = true
	}
	if err != nil {
		a.Error = err.Error()
	}
	return a
}

func (w *worker) carryOut(ctx context.Context, o order) (answer, error) {
	if o.Raw != nil {
		return w.encode(ctx, o)
	}
	requests := make([]*edit.Request, len(o.Tasks))
	for i, t := range o.Tasks {
		var err error
		if requests[i], err = edit.Parse([]byte(`{"key":"source",`+t.Request+`}`), nil); err != nil {
			return answer{}, err
		}
		if w.files[t.File] == nil {
			if w.files[t.File], err = os.ReadFile(t.File); err != nil {
				return answer{}, err
			}
		}
	}
	if len(o.Tasks) == 0 {
		return answer{}, nil
	}
	if err := w.prepare(requests); err != nil {
		return answer{}, err
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	results, failures := make([]bytes.Buffer, o.Workers), make([]error, o.Workers)
	wall, cpu := time.Now(), cpuTime()
	for n := range o.Workers {
		wait.Go(func() {
			for failures[n] == nil {
				i := int(next.Add(1)) - 1
				if i >= o.Count {
					return
				}
				i %= len(requests)
				results[n].Reset()
				_, failures[n] = w.engine.Transform(ctx, &results[n], bytes.NewReader(w.files[o.Tasks[i].File]), requests[i].Edits, requests[i].Output)
			}
		})
	}
	wait.Wait()
	a := answer{Wall: time.Since(wall), CPU: cpuTime() - cpu, Bytes: results[0].Len()}
	if err := errors.Join(failures...); err != nil {
		return a, err
	}
	if o.Save != "" {
		return a, os.WriteFile(o.Save, results[0].Bytes(), 0o644)
	}
	return a, nil
}

// version says what this program was built with.
func version() string {
	cgo := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "CGO_ENABLED" {
				cgo = map[string]string{"0": "off", "1": "on"}[s.Value]
			}
		}
	}
	return fmt.Sprintf("%s, cgo %s, GOMAXPROCS %d", runtime.Version(), cgo, runtime.GOMAXPROCS(0))
}
