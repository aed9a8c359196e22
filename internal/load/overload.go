package main

import (
	"context"
	"math/rand/v2"
	"os"
	"sync"
	"time"
)

type overloadReport struct {
	Seconds float64      `json:"secondsEach"`
	Hits    float64      `json:"hitsPerSecond"` // beside all parts
	Closed  []partReport `json:"byClients"`
	Peak    float64      `json:"peakGoodput"` // misses a second
	Calm    partReport   `json:"withoutMisses"`
	Half    partReport   `json:"atHalfThePeak"`
	Four    partReport   `json:"atFourTimesThePeak"`
}

// A demand is what asks for misses during one part of the overload: so many
// clients, each of which waits for its answers, or arrivals that wait for
// nobody, so many a second.
type demand struct {
	clients int
	rate    float64
}

// partReport is what became of one part.
type partReport struct {
	Clients int     `json:"clients,omitempty"`
	Offered float64 `json:"offered,omitempty"` // misses a second
	Goodput float64 `json:"goodput"`           // misses that were made before the end, a second
	Hit     class   `json:"hit"`
	Miss    class   `json:"miss"`
	Refused class   `json:"refused"`
	Faults  faults  `json:"faults"`
	// CPU is the seconds that the server and this program took of all cores;
	// 0 where there is no /proc.
	CPU [2]float64 `json:"cpuSeconds"`
}

// overload finds the peak, and offers four times as much. The same hits are
// asked for in all parts, so that they compare.
func overload(ctx context.Context, t *target, hitRate float64, long time.Duration) *overloadReport {
	r := &overloadReport{Seconds: long.Seconds(), Hits: hitRate}
	for _, clients := range []int{2, 4, 8} {
		p := part(ctx, t, demand{clients: clients}, hitRate, long)
		r.Closed = append(r.Closed, p)
		r.Peak = max(r.Peak, p.Goodput)
	}
	r.Calm = part(ctx, t, demand{}, hitRate, long)
	r.Half = part(ctx, t, demand{rate: r.Peak / 2}, hitRate, long)
	r.Four = part(ctx, t, demand{rate: 4 * r.Peak}, hitRate, long)
	return r
}

// part has misses asked for, and hits at random times beside them.
func part(ctx context.Context, t *target, misses demand, hits float64, long time.Duration) partReport {
	counted := tally{end: time.Now().Add(long)}
	cpu := [2]float64{processorTime(t.pid), processorTime(os.Getpid())}
	miss := func() answer { return t.get(ctx, t.unseen()) }
	var all sync.WaitGroup
	for range misses.clients {
		all.Go(func() {
			for ctx.Err() == nil && time.Now().Before(counted.end) {
				counted.add(ctx, miss())
			}
		})
	}
	all.Go(func() { arrive(ctx, &counted, misses.rate, miss) })
	all.Go(func() {
		arrive(ctx, &counted, hits, func() answer { return t.hit(ctx, rand.IntN(len(t.warm))) })
	})
	all.Wait()
	return partReport{
		Clients: misses.clients, Offered: misses.rate, Goodput: float64(counted.finished) / long.Seconds(),
		Hit: newClass(counted.hit), Miss: newClass(counted.miss), Refused: newClass(counted.refused),
		Faults: counted.faults(),
		CPU:    [2]float64{processorTime(t.pid) - cpu[0], processorTime(os.Getpid()) - cpu[1]},
	}
}

// arrive asks at random times, so many a second.
func arrive(ctx context.Context, counted *tally, rate float64, ask func() answer) {
	if rate <= 0 {
		return
	}
	var all sync.WaitGroup
	defer all.Wait()
	for next := time.Now(); ; {
		next = next.Add(time.Duration(rand.ExpFloat64() / rate * float64(time.Second)))
		if ctx.Err() != nil || next.After(counted.end) {
			return
		}
		time.Sleep(time.Until(next))
		due := next
		all.Go(func() {
			a := ask()
			a.took = time.Since(due) // with what this program was late by
			counted.add(ctx, a)
		})
	}
}
