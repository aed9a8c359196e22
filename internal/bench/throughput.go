package main

import (
	"context"
	"errors"
)

// A throughput is what both sides made of a mix at one concurrency.
type throughput struct {
	workers  int
	count    int // pictures a run
	us, them series
}

// load runs a mix of jobs, so many at a time, on both sides in turns.
func (b *bench) load(ctx context.Context, mix []job, workers int) (t throughput, err error) {
	t = throughput{workers: workers, count: len(mix) * max(4, workers)}
	us, them, stop, err := b.pair(ctx, workers)
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	o := order{Count: len(mix), Workers: workers}
	for _, j := range mix {
		o.Tasks = append(o.Tasks, task{j, b.files[j.Source].path})
	}
	var warm series
	if err := alternate(us, them, o, 1, &warm, &warm); err != nil {
		return t, err
	}
	o.Count = t.count
	return t, alternate(us, them, o, b.runs, &t.us, &t.them)
}
