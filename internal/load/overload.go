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
	Calm    partReport   `json:"withoutMisses"`
	Half    partReport   `json:"atHalfThePeak"`
	Rounds  int          `json:"rounds"` // of the two that follow
	Peak    partReport   `json:"atThePeak"`
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
	// Formats counts the misses by format, which are not equally dear.
	Formats map[string]int `json:"missesByType"`
	Faults  faults         `json:"faults"`
	// CPU is the seconds that the server and this program took of all cores;
	// 0 where there is no /proc.
	CPU [2]float64 `json:"cpuSeconds"`
}

// rounds is how often the peak and four times of it take turns: what else the
// machine does is then the same for both.
const rounds = 3

// overload finds how many clients have the most made, and compares what they
// get with what becomes of four times as much. The same hits are asked for in
// all parts.
func overload(ctx context.Context, t *target, hitRate float64, long time.Duration) *overloadReport {
	r := &overloadReport{Seconds: long.Seconds(), Hits: hitRate, Rounds: rounds}
	run := func(d demand) partReport {
		p := &part{demand: d}
		p.run(ctx, t, hitRate, long)
		return p.report()
	}
	var best partReport
	for _, clients := range []int{2, 4, 8} {
		c := run(demand{clients: clients})
		r.Closed = append(r.Closed, c)
		if c.Goodput >= best.Goodput {
			best = c
		}
	}
	r.Calm = run(demand{})
	r.Half = run(demand{rate: best.Goodput / 2})
	peak, four := &part{demand: demand{clients: best.Clients}}, &part{demand: demand{rate: 4 * best.Goodput}}
	for range rounds {
		peak.run(ctx, t, hitRate, long)
		four.run(ctx, t, hitRate, long)
	}
	r.Peak, r.Four = peak.report(), four.report()
	return r
}

// A part is what one demand got, in one run or several.
type part struct {
	demand
	counted tally
	took    time.Duration
	cpu     [2]float64
}

// run has misses asked for, and hits at random times beside them.
func (p *part) run(ctx context.Context, t *target, hits float64, long time.Duration) {
	end := time.Now().Add(long)
	p.counted.end = end
	p.took += long
	begin := [2]float64{processorTime(t.pid), processorTime(os.Getpid())}
	miss := func() answer { return t.get(ctx, t.unseen()) }
	var all sync.WaitGroup
	for range p.clients {
		all.Go(func() {
			for ctx.Err() == nil && time.Now().Before(end) {
				p.counted.add(ctx, miss())
			}
		})
	}
	all.Go(func() { arrive(ctx, &p.counted, p.rate, end, miss) })
	all.Go(func() {
		arrive(ctx, &p.counted, hits, end, func() answer { return t.hit(ctx, rand.IntN(len(t.warm))) })
	})
	all.Wait()
	p.cpu[0] += processorTime(t.pid) - begin[0]
	p.cpu[1] += processorTime(os.Getpid()) - begin[1]
}

func (p *part) report() partReport {
	c := &p.counted
	return partReport{
		Clients: p.clients, Offered: p.rate, Goodput: float64(c.finished) / p.took.Seconds(),
		Hit: newClass(c.hit), Miss: newClass(c.miss), Refused: newClass(c.refused),
		Formats: c.formats, Faults: c.faults(), CPU: p.cpu,
	}
}

// arrive asks at random times, so many a second.
func arrive(ctx context.Context, counted *tally, rate float64, end time.Time, ask func() answer) {
	if rate <= 0 {
		return
	}
	var all sync.WaitGroup
	defer all.Wait()
	for next := time.Now(); ; {
		next = next.Add(time.Duration(rand.ExpFloat64() / rate * float64(time.Second)))
		if ctx.Err() != nil || next.After(end) {
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
