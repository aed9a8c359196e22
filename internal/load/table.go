package main

import (
	"fmt"
	"io"
	"slices"
)

func (r *report) write(w io.Writer) {
	fmt.Fprintf(w, "%s, %s; load average %s before, %s after\n", r.Date.Format("2006-01-02 15:04 MST"), r.Machine, r.Load[0], r.Load[1])
	if m := r.Mix; m != nil {
		fmt.Fprintf(w, "\nThe mix: %d clients, %.0f s, %.1f requests a second, %.1f misses a second; %d refused, %s\n\n", m.Clients, m.Seconds, m.Rate, m.Misses, m.Refused, m.Faults)
		writeHead(w)
		m.Hit.write(w, "hit")
		m.Miss.write(w, "miss")
		p := m.Process
		fmt.Fprintf(w, "\nServer after %.0f s: %d, %d, %d, %d MiB resident by quarters (%+.1f %%), at most %d; files %d, then %d; goroutines %d, then %d\n",
			p.Warmup, p.Resident[0]>>20, p.Resident[1]>>20, p.Resident[2]>>20, p.Resident[3]>>20, 100*p.growth(), p.Peak>>20,
			p.Files[0], p.Files[1], p.Goroutines[0], p.Goroutines[1])
	}
	if o := r.Overload; o != nil {
		fmt.Fprintf(w, "\nOverload, %.0f s each, %.0f hits a second beside all parts\n\n", o.Seconds, o.Hits)
		fmt.Fprintln(w, "| | misses a second | hit p50 | p99 | miss p50 | p99 | 503 | p50 | p99 | ms of CPU a miss | of this program |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
		for _, p := range o.Closed {
			p.write(w, fmt.Sprintf("%d clients", p.Clients))
		}
		o.Calm.write(w, "no misses")
		o.Half.write(w, "half the peak")
		o.Peak.write(w, fmt.Sprintf("%d clients, %d times", o.Peak.Clients, o.Rounds))
		o.Four.write(w, "four times the peak, in turns with these")
		fmt.Fprintf(w, "\nGoodput at four times the peak: %.1f a second, %.0f %% of %.1f\n",
			o.Four.Goodput, 100*o.Four.Goodput/max(o.Peak.Goodput, 1e-9), o.Peak.Goodput)
		for _, p := range append(slices.Clone(o.Closed), o.Calm, o.Half, o.Peak, o.Four) {
			if p.Faults != (faults{}) {
				fmt.Fprintf(w, "%d clients, %.1f a second: %s\n", p.Clients, p.Offered, p.Faults)
			}
		}
	}
}

func (f faults) String() string {
	text := fmt.Sprintf("%d timeouts, %d refusals without Retry-After, %d not whole, %d errors", f.Timeouts, f.NoRetry, f.Partial, f.Errors)
	if f.Example != "" {
		text += ", such as: " + f.Example
	}
	return text
}

func writeHead(w io.Writer) {
	fmt.Fprintln(w, "| ms | answers | p50 | p95 | p99 | most |\n|---|---:|---:|---:|---:|---:|")
}

func (c class) write(w io.Writer, name string) {
	fmt.Fprintf(w, "| %s | %d | %.1f | %.1f | %.1f | %.1f |\n", name, c.Count, c.P50, c.P95, c.P99, c.Max)
}

func (p *partReport) write(w io.Writer, name string) {
	misses := max(1, float64(p.Miss.Count))
	fmt.Fprintf(w, "| %s | %.1f | %.1f | %.1f | %.1f | %.1f | %d | %.1f | %.1f | %.1f | %.1f |\n", name, p.Goodput,
		p.Hit.P50, p.Hit.P99, p.Miss.P50, p.Miss.P99, p.Refused.Count, p.Refused.P50, p.Refused.P99,
		1000*p.CPU[0]/misses, 1000*p.CPU[1]/misses)
}
