package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

type overloadReport struct {
	Seconds float64    `json:"secondsEach"`
	Closed  []closed   `json:"byClients"`
	Peak    float64    `json:"peakGoodput"` // misses a second
	Calm    class      `json:"hitWithoutMisses"`
	Half    openReport `json:"atHalfThePeak"`
	Four    openReport `json:"atFourTimesThePeak"`
}

// closed is the goodput of so many clients, each of which waits for its
// answers.
type closed struct {
	Clients int     `json:"clients"`
	Goodput float64 `json:"goodput"`
	Faults  faults  `json:"faults"`
}

// openReport is what became of arrivals that wait for nobody.
type openReport struct {
	Offered float64 `json:"offered"` // misses a second
	Goodput float64 `json:"goodput"` // those of them that were made before the end
	Hit     class   `json:"hit"`
	Miss    class   `json:"miss"`
	Refused class   `json:"refused"`
	Faults  faults  `json:"faults"`
}

// overload finds the peak, and offers four times as much.
func overload(ctx context.Context, t *target, hitRate float64, long time.Duration) *overloadReport {
	r := &overloadReport{Seconds: long.Seconds()}
	for _, clients := range []int{2, 4, 8} {
		m := mix(ctx, t, clients, 0, long)
		r.Closed = append(r.Closed, closed{clients, m.Misses, m.Faults})
		r.Peak = max(r.Peak, m.Misses)
	}
	r.Calm = arrive(ctx, t, 0, hitRate, long).Hit
	r.Half = arrive(ctx, t, r.Peak/2, hitRate, long)
	r.Four = arrive(ctx, t, 4*r.Peak, hitRate, long)
	return r
}

// arrive sends misses and hits at random times, so many a second.
func arrive(ctx context.Context, t *target, misses, hits float64, long time.Duration) openReport {
	counted := tally{end: time.Now().Add(long)}
	var all sync.WaitGroup
	stream := func(rate float64, ask func() answer) {
		if rate <= 0 {
			return
		}
		all.Go(func() {
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
		})
	}
	stream(misses, func() answer { return t.get(ctx, t.unseen()) })
	stream(hits, func() answer { return t.hit(ctx, rand.IntN(len(t.warm))) })
	all.Wait()
	return openReport{
		Offered: misses, Goodput: float64(counted.finished) / long.Seconds(),
		Hit: newClass(counted.hit), Miss: newClass(counted.miss), Refused: newClass(counted.refused),
		Faults: counted.faults(),
	}
}
