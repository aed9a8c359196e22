package ledger

import (
	"context"
	"errors"
	"time"
)

// Swept counts what a Sweep did.
type Swept struct {
	Holds    int // expired and freed
	Grants   int // lapsed
	Payments int // brought to their end
}

// Sweep does what is due by now: frees reservations past their time, writes
// off expired grants, and goes on with payments in flight, automatic top-ups
// first among them. Any number of processes may sweep at once. It goes on
// after an error and returns all of them; what failed is due again later.
func (l *Ledger) Sweep(ctx context.Context) (Swept, error) {
	var s Swept
	holds := l.each(ctx, DueHolds, &s.Holds, func(r Ref) (bool, error) {
		freed := false
		err := l.update(ctx, r.Account, func(b *book) error {
			freed = false
			h, found, err := b.tx.Hold(r.Key)
			if err != nil || !found || h.State != Pending || h.Expires.After(b.now) {
				return err
			}
			freed = true
			b.note(HoldExpired, h.Key, h.Amount)
			return b.release(&h, Expired, KindExpire)
		})
		return freed, err
	})
	grants := l.each(ctx, DueGrants, &s.Grants, func(r Ref) (bool, error) {
		lapsed := false
		err := l.update(ctx, r.Account, func(b *book) error {
			seq := b.Seq
			if err := b.lapse(); err != nil {
				return err
			}
			lapsed = b.Seq > seq
			return b.topUpIfLow()
		})
		return lapsed, err
	})
	payments := l.each(ctx, DuePayments, &s.Payments, func(r Ref) (bool, error) {
		theirs := false
		_, err := l.pursue(ctx, r.Account, r.Key, &theirs)
		if errors.Is(err, ErrDeclined) {
			err = nil
		}
		return err == nil && !theirs, err
	})
	return s, errors.Join(holds, grants, payments)
}

// each does all that is due, in batches, until a batch brings nothing more.
func (l *Ledger) each(ctx context.Context, what Due, done *int, do func(Ref) (bool, error)) error {
	var failed error
	for {
		refs, err := l.store.Due(ctx, what, l.now(), page)
		if err != nil {
			return errors.Join(failed, err)
		}
		progress := false
		for _, r := range refs {
			if err := ctx.Err(); err != nil {
				return errors.Join(failed, err)
			}
			did, err := do(r)
			failed = errors.Join(failed, err)
			if did {
				*done++
				progress = true
			}
		}
		if len(refs) < page || !progress {
			return failed
		}
	}
}

// Run sweeps every so often, and as soon as this Ledger has written an
// automatic top-up down, until ctx ends. Errors go to failed, if it is not
// nil; what failed is tried again. Run returns ctx's error.
func (l *Ledger) Run(ctx context.Context, every time.Duration, failed func(error)) error {
	tick := time.NewTicker(max(every, time.Millisecond))
	defer tick.Stop()
	for {
		if _, err := l.Sweep(ctx); err != nil && ctx.Err() == nil && failed != nil {
			failed(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		case <-l.wake:
		}
	}
}
