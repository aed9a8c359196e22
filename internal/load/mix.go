package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

type mixReport struct {
	Clients int     `json:"clients"`
	Seconds float64 `json:"seconds"`
	Rate    float64 `json:"requestsPerSecond"`
	Misses  float64 `json:"missesPerSecond"`
	Hit     class   `json:"hit"`
	Miss    class   `json:"miss"`
	Refused int     `json:"refused"`
	Faults  faults  `json:"faults"`
	Process process `json:"process"`
}

// mix runs the mix, and watches the server's process meanwhile.
func mix(ctx context.Context, t *target, clients int, hits float64, long time.Duration) *mixReport {
	var counted tally
	watch := watchProcess(t, long)
	begin := time.Now()
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for ctx.Err() == nil && time.Since(begin) < long {
				if rand.Float64() < hits {
					counted.add(ctx, t.hit(ctx, rand.IntN(len(t.warm))))
				} else {
					counted.add(ctx, t.get(ctx, t.unseen()))
				}
			}
		})
	}
	all.Wait()
	took := time.Since(begin).Seconds()
	r := &mixReport{
		Clients: clients, Seconds: took,
		Rate:   float64(len(counted.hit)+len(counted.miss)) / took,
		Misses: float64(len(counted.miss)) / took,
		Hit:    newClass(counted.hit), Miss: newClass(counted.miss),
		Refused: len(counted.refused), Faults: counted.faults(),
	}
	r.Process = watch()
	return r
}
