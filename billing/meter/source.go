package meter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/immagin/immagin-go/billing"
)

// A Source gives the records of another node.
type Source interface {
	// Next returns some more records, in any order, or io.EOF after the last.
	Next(ctx context.Context) ([]Record, error)
}

// page is how many records are read and written at a time.
const page = 4096

type export struct {
	store Store
	p     billing.Period
	after Record
	done  bool
}

// Export is what a store holds of a period, or all of it for the zero Period,
// as a source. What is inserted meanwhile may be missing.
func Export(s Store, p billing.Period) Source { return &export{store: s, p: p} }

func (x *export) Next(ctx context.Context) ([]Record, error) {
	if x.done {
		return nil, io.EOF
	}
	records, err := x.store.Scan(ctx, x.p, x.after, page)
	if err != nil {
		return nil, err
	}
	if x.done = len(records) < page; len(records) == 0 {
		return nil, io.EOF
	}
	x.after = records[len(records)-1]
	return records, nil
}

// Merge adds all records of another node that are not counted here, and
// returns how many those were. Merging is commutative, associative and
// idempotent: nodes may merge with each other in any order and as often as
// they like, and after that count the same. Nodes that merge have the same
// policy.
//
// Records of periods that were dropped here cannot be merged: they are left
// out, and the error is a *[DroppedError] when all others are in. After any
// other error some records may be in, and merging again is right.
func (m *Meter) Merge(ctx context.Context, from Source) (fresh int, err error) {
	var dropped error
	for {
		batch, err := from.Next(ctx)
		if err == io.EOF {
			return fresh, dropped
		}
		if err != nil {
			return fresh, err
		}
		n, left, err := insertUndropped(ctx, m.store, batch)
		fresh += n
		if errors.Is(err, ErrDropped) && left != nil {
			dropped, err = err, nil
		}
		if err != nil {
			return fresh, err
		}
	}
}

// insertUndropped inserts what belongs to no dropped period. Left are the
// others, with the *DroppedError about them.
func insertUndropped(ctx context.Context, s Store, batch []Record) (fresh int, left []Record, err error) {
	if batch, err = Normalize(batch); err != nil || len(batch) == 0 {
		return 0, nil, err
	}
	var refusal error
	for {
		if fresh, err = s.Insert(ctx, batch); err == nil {
			return fresh, left, refusal
		}
		var d *DroppedError
		if !errors.As(err, &d) {
			return 0, nil, err
		}
		// A store may drop more while we try, which ends when nothing is left.
		kept := slices.DeleteFunc(slices.Clone(batch), func(r Record) bool { return r.Period.Before(d.Before) })
		if len(kept) == len(batch) {
			return 0, nil, fmt.Errorf("meter: the store refuses records of periods that it says are not dropped: %w", err)
		}
		for _, r := range batch {
			if r.Period.Before(d.Before) {
				left = append(left, r)
			}
		}
		if batch, refusal = kept, err; len(batch) == 0 {
			return 0, left, refusal
		}
	}
}
