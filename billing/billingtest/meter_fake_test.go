package billingtest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/memory"
)

// brokenMeter is a store that does all its duties, but one.
type brokenMeter struct {
	meter.Store
	lacks string

	mu      sync.Mutex
	latest  time.Time
	settled map[meter.ID]bool
	sealed  map[string]time.Time
	held    int64
}

func newBrokenMeter(lacks string) *brokenMeter {
	return &brokenMeter{Store: memory.NewMeter(), lacks: lacks, settled: map[meter.ID]bool{}, sealed: map[string]time.Time{}}
}

func (f *brokenMeter) context(ctx context.Context, call string) context.Context {
	if f.lacks == "contexts of "+call {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

// spoil changes what makes a record another one.
func (f *brokenMeter) spoil(r meter.Record) meter.Record {
	switch f.lacks {
	case "telling metrics apart":
		r.Metric = "m"
	case "whole IDs":
		r.ID[15] = 0
	case "telling case apart":
		r.Project = strings.ToLower(r.Project)
	case "trailing spaces":
		r.Project = strings.TrimRight(r.Project, " ")
	case "nanoseconds":
		r.At = r.At.Truncate(time.Microsecond)
	case "sliding windows":
		if r.Window > 0 {
			r.ID = meter.NewID(string(r.ID[:]), r.At.Truncate(min(r.Window, 27777*time.Hour)).String())
			r.Window = 0
		}
	case "windows":
		r.Window = min(r.Window, 1)
	}
	return r
}

func (f *brokenMeter) Insert(ctx context.Context, batch []meter.Record) (int, error) {
	ctx = f.context(ctx, "Insert")
	if f.lacks == "leaving the batch alone" {
		slices.SortFunc(batch, meter.Record.Compare)
	}
	var spoiled []meter.Record
	for _, r := range batch {
		r = f.spoil(r)
		invalid := r.Validate() != nil
		f.mu.Lock()
		old := r.Window > 0 && r.At.Before(f.latest)
		if r.Window > 0 && r.At.After(f.latest) {
			f.latest = r.At
		}
		late := r.Period.Before(f.sealed[r.Project])
		f.mu.Unlock()
		if f.lacks == "refusing" && invalid || f.lacks == "all or nothing" && invalid || f.lacks == "what comes late" && old || f.lacks == "adjustments" && late {
			continue
		}
		spoiled = append(spoiled, r)
	}
	var before []meter.Record
	switch f.lacks {
	case "large batches":
		spoiled = spoiled[:min(len(spoiled), 1000)]
	case "inserting at once":
		before, _ = f.Store.Scan(ctx, always, meter.Record{}, 1_000_000)
		time.Sleep(time.Millisecond)
	}
	fresh, err := f.Store.Insert(ctx, spoiled)
	switch {
	case err != nil:
		if f.lacks == "refusing what is dropped" && errors.Is(err, meter.ErrDropped) {
			return 0, nil
		}
	case f.lacks == "telling how many are fresh":
		return len(batch), nil
	case f.lacks == "all or nothing" && len(spoiled) < len(batch):
		return fresh, meter.ErrRecord
	case f.lacks == "inserting at once":
		sorted, _ := meter.Normalize(spoiled)
		fresh = len(sorted)
		for _, r := range sorted {
			if slices.Contains(before, r) {
				fresh--
			}
		}
	case f.lacks == "telling that the count shrinks":
		fresh = max(0, fresh)
	}
	return fresh, err
}

func (f *brokenMeter) Counts(ctx context.Context, project string, p billing.Period) ([]meter.Count, error) {
	if f.lacks == "half-open ranges" && !p.IsZero() {
		p.End = p.End.Add(1)
	}
	if f.lacks == "telling case apart" {
		project = strings.ToLower(project)
	}
	counts, err := f.Store.Counts(f.context(ctx, "Counts"), project, p)
	if f.lacks == "the order of counts" {
		slices.Reverse(counts)
	}
	return counts, err
}

func (f *brokenMeter) Take(ctx context.Context, s meter.Slot, now time.Time) error {
	ctx = f.context(ctx, "Take")
	switch f.lacks {
	case "keeping the limit":
		s.Limit++
	case "knowing what is counted":
		s.Record.ID = s.Token
	case "scopes of slots":
		s.Record.Period = november.Start
	case "expiry":
		s.Expires = s.Expires.Add(time.Hour)
	case "telling that two are one":
		if err := f.Store.Take(ctx, s, now); err != nil {
			return err
		}
		s.Record.ID = s.Token
	case "taking at once":
		counts, err := f.Store.Counts(ctx, s.Record.Project, november)
		if err != nil {
			return err
		}
		f.mu.Lock()
		used := f.held
		f.mu.Unlock()
		for _, c := range counts {
			used += c.N
		}
		time.Sleep(time.Millisecond)
		if used >= s.Limit {
			return meter.ErrFull
		}
		f.mu.Lock()
		f.held++
		f.mu.Unlock()
		return nil
	}
	err := f.Store.Take(ctx, s, now)
	if f.lacks == "slots" && err == nil {
		_, err = f.Store.Settle(ctx, s, now, false)
	}
	return err
}

func (f *brokenMeter) Settle(ctx context.Context, s meter.Slot, now time.Time, rendered bool) (int, error) {
	ctx = f.context(ctx, "Settle")
	switch f.lacks {
	case "giving back":
		if !rendered {
			return 0, nil
		}
	case "scopes of slots":
		if !rendered {
			s.Record.Period = november.Start
		}
	case "taking at once":
		f.mu.Lock()
		f.held--
		f.mu.Unlock()
		if !rendered {
			return 0, nil
		}
		return f.Store.Insert(ctx, []meter.Record{s.Record})
	}
	fresh, err := f.Store.Settle(ctx, s, now, rendered)
	switch {
	case f.lacks == "limits of late slots" && errors.Is(err, meter.ErrFull):
		return f.Store.Insert(ctx, []meter.Record{s.Record})
	case f.lacks == "settling once" && err == nil && rendered:
		return 1, nil
	case f.lacks == "refusing what is dropped" && errors.Is(err, meter.ErrDropped):
		return 0, nil
	}
	return fresh, err
}

func (f *brokenMeter) Scan(ctx context.Context, p billing.Period, after meter.Record, limit int) ([]meter.Record, error) {
	ctx = f.context(ctx, "Scan")
	switch f.lacks {
	case "limits of pages":
		limit++
	case "periods of scans":
		p = always
	case "going on after":
		if after.Window > 0 {
			after.At = after.At.Add(-1)
		}
	}
	return f.Store.Scan(ctx, p, after, limit)
}

func (f *brokenMeter) Seal(ctx context.Context, project string, before time.Time) error {
	ctx = f.context(ctx, "Seal")
	f.mu.Lock()
	defer f.mu.Unlock()
	if ctx.Err() == nil {
		f.sealed[project] = before
	}
	switch {
	case f.lacks == "seals", f.lacks == "seals of all" && project == "":
		return ctx.Err()
	case f.lacks == "sealing before it says so" && ctx.Err() == nil:
		go func() {
			time.Sleep(3 * time.Millisecond)
			f.Store.Seal(context.WithoutCancel(ctx), project, before)
		}()
		return nil
	}
	return f.Store.Seal(ctx, project, before)
}

func (f *brokenMeter) Sealed(ctx context.Context, project string) (time.Time, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lacks == "staying sealed" {
		if ctx.Err() == nil {
			return f.sealed[project].UTC(), nil
		}
	}
	return f.Store.Sealed(f.context(ctx, "Sealed"), project)
}

func (f *brokenMeter) Drop(ctx context.Context, before time.Time) error {
	ctx = f.context(ctx, "Drop")
	switch f.lacks {
	case "dropping":
		return ctx.Err()
	case "keeping what is open":
		if err := f.Store.Seal(ctx, "", before); err != nil {
			return err
		}
	}
	return f.Store.Drop(ctx, before)
}

// brokenQueue is a queue that does all its duties, but one.
type brokenQueue struct {
	meter.Queue
	lacks string
	old   int64
}

func (q *brokenQueue) over(ctx context.Context, call string) context.Context {
	if q.lacks == "contexts of "+call {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

func (q *brokenQueue) Append(ctx context.Context, batch []meter.Record) error {
	switch q.lacks {
	case "order":
		batch, _ = meter.Normalize(batch)
	case "refusing":
		batch = slices.DeleteFunc(slices.Clone(batch), func(r meter.Record) bool { return r.Validate() != nil })
	}
	return q.Queue.Append(q.over(ctx, "Append"), batch)
}

func (q *brokenQueue) Peek(ctx context.Context, limit int) ([]meter.Record, int64, error) {
	if q.lacks == "limits" {
		limit++
	}
	batch, position, err := q.Queue.Peek(q.over(ctx, "Peek"), limit)
	if q.lacks == "positions" && len(batch) > 0 {
		position -= q.old
	}
	return batch, position, err
}

func (q *brokenQueue) Discard(ctx context.Context, position int64) error {
	ctx = q.over(ctx, "Discard")
	switch q.lacks {
	case "discarding":
		return ctx.Err()
	case "positions":
		q.old += position
		return q.Queue.Discard(ctx, q.old)
	case "what came meanwhile":
		n, err := q.Queue.Len(ctx)
		if err != nil {
			return err
		}
		_, position, err = q.Queue.Peek(ctx, int(n))
		if err != nil {
			return err
		}
	}
	return q.Queue.Discard(ctx, position)
}

func (q *brokenQueue) Len(ctx context.Context) (int64, error) {
	return q.Queue.Len(q.over(ctx, "Len"))
}
