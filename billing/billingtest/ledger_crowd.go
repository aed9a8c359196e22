package billingtest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/immagin/immagin-go/billing/ledger"
)

// ledgerLastCent: there is enough for all but one.
func ledgerLastCent(ctx context.Context, a, b ledger.Store, o *LedgerOptions) error {
	k, err := open(a, b, ledger.Policy{})
	if err != nil {
		return err
	}
	for round := range o.Rounds {
		account := fmt.Sprintf("acme %d", round)
		if err := k.a.Grant(ctx, account, "grant", dollars(int64(o.Racers-1)*cent), never); err != nil {
			return err
		}
		var refused atomic.Int64
		err := atOnce(o.Racers, func(i int) error {
			_, err := k.of(i).Reserve(ctx, ledger.Request{Account: account, Key: fmt.Sprint(i), Upstream: dollars(cent)})
			if errors.Is(err, ledger.ErrInsufficient) {
				refused.Add(1)
				return nil
			}
			return err
		})
		if err != nil {
			return err
		}
		if refused.Load() != 1 {
			return fmt.Errorf("%d callers reserve a cent each of %d cents; %d are refused, one should be", o.Racers, o.Racers-1, refused.Load())
		}
		all := int64(o.Racers-1) * cent
		if err := k.balance(ctx, account, 0, all, all); err != nil {
			return err
		}
	}
	return nil
}

// ledgerSameKey: one call made by all at once is one call.
func ledgerSameKey(ctx context.Context, a, b ledger.Store, o *LedgerOptions) error {
	k, err := open(a, b, ledger.Policy{})
	if err != nil {
		return err
	}
	for round := range o.Rounds {
		account := fmt.Sprintf("acme %d", round)
		var conflicts, made atomic.Int64
		err := atOnce(o.Racers, func(i int) error {
			l := k.of(i)
			if err := l.Grant(ctx, account, "grant", dollars(5*cent), never); err != nil {
				return err
			}
			r, err := l.Reserve(ctx, ledger.Request{Account: account, Key: "op", Upstream: dollars(3 * cent)})
			if err != nil {
				return err
			}
			made.Add(r.Amount.NanoUnits())
			s, err := l.Commit(ctx, account, "op", ledger.Succeeded, dollars(int64(1+i%2)*cent))
			if errors.Is(err, ledger.ErrConflict) {
				conflicts.Add(1)
				return nil
			}
			if err == nil && s.Charged.NanoUnits() != int64(1+i%2)*cent {
				return fmt.Errorf("a Commit of %d cents answers %s", 1+i%2, s.Charged)
			}
			return err
		})
		if err != nil {
			return err
		}
		if made.Load() != int64(o.Racers)*3*cent {
			return fmt.Errorf("the same Reserve answers %d callers with %s in all, not three cents each", o.Racers, dollars(made.Load()))
		}
		got, err := k.a.Balance(ctx, account)
		if err != nil {
			return err
		}
		charged := int64(5*cent) - got.Promo.NanoUnits()
		if charged != cent && charged != 2*cent || conflicts.Load() != int64(o.Racers)/2 && o.Racers%2 == 0 {
			return fmt.Errorf("two Commits of one reservation compete: %s is charged and %d callers of %d are told of a conflict", dollars(charged), conflicts.Load(), o.Racers)
		}
		if err := k.balance(ctx, account, 0, 5*cent-charged, 0); err != nil {
			return err
		}
	}
	return nil
}

// ledgerCommitOrSweep: a Commit charges once, whether the sweeper was there
// before it or not.
func ledgerCommitOrSweep(ctx context.Context, a, b ledger.Store, o *LedgerOptions) error {
	k, err := open(a, b, ledger.Policy{HoldTTL: time.Minute})
	if err != nil {
		return err
	}
	late := 0
	if err := k.a.Grant(ctx, "acme", "grant", dollars(int64(o.Rounds)*10*cent), never); err != nil {
		return err
	}
	for round := range o.Rounds {
		key := fmt.Sprint(round)
		if _, err := k.a.Reserve(ctx, ledger.Request{Account: "acme", Key: key, Upstream: dollars(5 * cent)}); err != nil {
			return err
		}
		k.wait(time.Minute)
		var answers [4]ledger.Settlement
		err := atOnce(4, func(i int) error {
			if i%2 == 0 {
				_, err := k.of(i / 2).Sweep(ctx)
				return err
			}
			var err error
			answers[i], err = k.of(i/2).Commit(ctx, "acme", key, ledger.Succeeded, dollars(4*cent))
			return err
		})
		if err != nil {
			return err
		}
		if answers[1] != answers[3] {
			return fmt.Errorf("one Commit made twice answers\n%+v and\n%+v", answers[1], answers[3])
		}
		if s := answers[1]; s.Charged.NanoUnits() != 4*cent || s.Late && s.Released.Sign() != 0 {
			return fmt.Errorf("a Commit of four cents beside a sweeper answers %+v", s)
		}
		if answers[1].Late {
			late++
		}
		if err := k.balance(ctx, "acme", 0, int64(o.Rounds)*10*cent-int64(round+1)*4*cent, 0); err != nil {
			return fmt.Errorf("after %d commits beside a sweeper, %d of them late: %w", round+1, late, err)
		}
	}
	return nil
}

// ledgerCommitOrRelease: one of them wins, and the other knows.
func ledgerCommitOrRelease(ctx context.Context, a, b ledger.Store, o *LedgerOptions) error {
	k, err := open(a, b, ledger.Policy{})
	if err != nil {
		return err
	}
	left := int64(o.Rounds) * 10 * cent
	if err := k.a.Grant(ctx, "acme", "grant", dollars(left), never); err != nil {
		return err
	}
	for round := range o.Rounds {
		key := fmt.Sprint(round)
		if _, err := k.a.Reserve(ctx, ledger.Request{Account: "acme", Key: key, Upstream: dollars(5 * cent)}); err != nil {
			return err
		}
		var charged atomic.Int64
		err := atOnce(4, func(i int) error {
			if i%2 == 0 {
				return k.of(i/2).Release(ctx, "acme", key)
			}
			s, err := k.of(i/2).Commit(ctx, "acme", key, ledger.Succeeded, dollars(4*cent))
			if errors.Is(err, ledger.ErrReleased) {
				return nil
			}
			charged.Store(s.Charged.NanoUnits())
			return err
		})
		if err != nil {
			return err
		}
		left -= charged.Load()
		if err := k.balance(ctx, "acme", 0, left, 0); err != nil {
			return fmt.Errorf("after a Commit and a Release at the same time: %w", err)
		}
	}
	return nil
}

// ledgerTopUpOnce: a top-up asked for by all is charged and booked once, and
// automatic ones are never two in flight.
func ledgerTopUpOnce(ctx context.Context, a, b ledger.Store, o *LedgerOptions) error {
	k, err := open(a, b, ledger.Policy{})
	if err != nil {
		return err
	}
	err = atOnce(o.Racers, func(i int) error {
		_, err := k.of(i).TopUp(ctx, "acme", "top", dollars(1000*cent))
		return err
	})
	if err != nil {
		return err
	}
	if err := k.balance(ctx, "acme", 1000*cent, 0, 0); err != nil {
		return fmt.Errorf("%d callers of one top-up of 10: %w", o.Racers, err)
	}
	if err := k.a.SetAutoTopUp(ctx, "acme", ledger.AutoTopUp{Threshold: dollars(999 * cent), Amount: dollars(1000 * cent)}); err != nil {
		return err
	}
	err = atOnce(o.Racers, func(i int) error {
		if _, err := k.of(i).Reserve(ctx, ledger.Request{Account: "acme", Key: fmt.Sprint("op ", i), Upstream: dollars(2 * cent)}); err != nil {
			return err
		}
		_, err := k.of(i).Sweep(ctx)
		return err
	})
	if err != nil {
		return err
	}
	if _, err := k.a.Sweep(ctx); err != nil {
		return err
	}
	if err := k.balance(ctx, "acme", 2000*cent, 0, int64(o.Racers)*2*cent); err != nil {
		return fmt.Errorf("%d callers that fall below the threshold at once: %w", o.Racers, err)
	}
	if len(k.bank.taken) != 2 {
		return fmt.Errorf("the provider has %d charges; there were 2 top-ups", len(k.bank.taken))
	}
	return nil
}

// ledgerCrowd: all callers work on one account, and not a nano-unit is lost.
func ledgerCrowd(ctx context.Context, a, b ledger.Store, o *LedgerOptions) error {
	k, err := open(a, b, ledger.Policy{Margin: 2000})
	if err != nil {
		return err
	}
	if _, err := k.a.TopUp(ctx, "acme", "top", dollars(100_000*cent)); err != nil {
		return err
	}
	if err := k.a.Grant(ctx, "acme", "grant", dollars(7*cent), midday.Add(time.Hour)); err != nil {
		return err
	}
	var charged atomic.Int64
	err = atOnce(o.Racers, func(i int) error {
		for round := range o.Rounds {
			l, key := k.of(i+round), fmt.Sprintf("%d/%d", i, round)
			r, err := l.Reserve(ctx, ledger.Request{Account: "acme", Key: key, Upstream: dollars(cent / 3)})
			if err != nil {
				return err
			}
			if (i+round)%3 == 0 {
				if err := r.Release(ctx); err != nil {
					return err
				}
				continue
			}
			s, err := r.Commit(ctx, ledger.Succeeded, dollars(cent/4+int64(round)*cent/50))
			if err != nil {
				return err
			}
			charged.Add(s.Charged.NanoUnits())
		}
		return nil
	})
	if err != nil {
		return err
	}
	got, err := k.a.Balance(ctx, "acme")
	if err != nil {
		return err
	}
	spent := 100_000*cent + 7*cent - got.Paid.NanoUnits() - got.Promo.NanoUnits()
	if spent != charged.Load() || got.Held.Sign() != 0 {
		return fmt.Errorf("%d callers were charged %s, the account has lost %s and holds %s", o.Racers, dollars(charged.Load()), dollars(spent), got.Held)
	}
	return k.b.Verify(ctx)
}
