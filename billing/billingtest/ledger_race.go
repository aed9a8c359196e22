package billingtest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/immagin/immagin-go/billing/ledger"
)

// ledgerConcurrentUpdate: updates of one account, which nobody had seen
// before, come one after the other: none is lost, none sees half of another.
func ledgerConcurrentUpdate(ctx context.Context, a, b ledger.Store, o *LedgerOptions) error {
	stores := []ledger.Store{a, b}
	err := atOnce(o.Racers, func(i int) error {
		for range o.Rounds {
			err := stores[i%2].Update(ctx, "acme", func(tx ledger.Tx) error {
				row, err := tx.Account()
				if err != nil {
					return err
				}
				row.Seq++
				row.Paid += int64(i)
				if err := tx.Post(ledger.Transaction{Seq: row.Seq, Kind: ledger.KindTopUp, At: midday, Entries: []ledger.Entry{{Bucket: ledger.BucketPaid, Amount: int64(i)}}}); err != nil {
					return err
				}
				return tx.PutAccount(row)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	n := o.Racers * o.Rounds
	return adds(ctx, b, "acme", n, int64(o.Rounds*o.Racers*(o.Racers-1)/2))
}

// adds expects so many transactions, numbered, and their sum as Paid.
func adds(ctx context.Context, s ledger.Store, account string, n int, paid int64) error {
	return s.View(ctx, account, func(v ledger.Snapshot) error {
		row, err := v.Account()
		if err != nil {
			return err
		}
		all, err := v.Transactions(0, n+1)
		if err != nil {
			return err
		}
		var sum int64
		for i, t := range all {
			if t.Seq != int64(i+1) {
				return fmt.Errorf("transaction %d of account %q has number %d", i+1, account, t.Seq)
			}
			for _, e := range t.Entries {
				sum += e.Amount
			}
		}
		if len(all) != n || row.Seq != int64(n) || row.Paid != paid || sum != paid {
			return fmt.Errorf("account %q has %d transactions that add up to %d, and says %d and %d; it should be %d and %d", account, len(all), sum, row.Seq, row.Paid, n, paid)
		}
		return nil
	})
}

// ledgerConcurrentUndo: every other update fails at its end, and takes
// nothing of its neighbours with it, though a store may commit them together.
func ledgerConcurrentUndo(ctx context.Context, a, b ledger.Store, o *LedgerOptions) error {
	stores := []ledger.Store{a, b}
	err := atOnce(o.Racers, func(i int) error {
		for round := range o.Rounds {
			fail := (i+round)%2 == 1
			err := stores[i%2].Update(ctx, "acme", func(tx ledger.Tx) error {
				row, err := tx.Account()
				if err != nil {
					return err
				}
				row.Seq++
				row.Paid++
				key := fmt.Sprintf("%d/%d", i, round)
				err = putAll(tx, reading{
					Account:      row,
					Grants:       []ledger.Grant{{Key: key, Free: 1, Seq: row.Seq}},
					Holds:        []ledger.Hold{{Key: key, State: ledger.Pending, Created: midday, Expires: midday}},
					Payments:     []ledger.Payment{{Key: key, State: ledger.PaymentPending, Created: midday, Next: midday}},
					Transactions: []ledger.Transaction{{Seq: row.Seq, Key: key, Kind: ledger.KindTopUp, At: midday, Entries: []ledger.Entry{{Bucket: ledger.BucketPaid, Amount: 1}}}},
				})
				if err == nil && fail {
					err = fmt.Errorf("%s: %w", key, errUndo)
				}
				return err
			})
			if fail != errors.Is(err, errUndo) || !fail && err != nil {
				return fmt.Errorf("store: Update returns %w; whether its function failed: %t", err, fail)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	kept := 0
	for i := range o.Racers {
		for round := range o.Rounds {
			kept += 1 - (i+round)%2
		}
	}
	if err := adds(ctx, b, "acme", kept, int64(kept)); err != nil {
		return err
	}
	r, err := read(ctx, a, "acme")
	if err != nil {
		return err
	}
	if len(r.Grants) != kept || len(r.Holds) != kept || len(r.Payments) != kept {
		return fmt.Errorf("%d grants, %d holds and %d payments are kept; %d updates were", len(r.Grants), len(r.Holds), len(r.Payments), kept)
	}
	return nil
}

// ledgerConcurrentView: a snapshot is of one moment, however many reads it
// takes.
func ledgerConcurrentView(ctx context.Context, a, b ledger.Store, o *LedgerOptions) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wait sync.WaitGroup
	var wrote error
	wait.Go(func() {
		for i := int64(1); ctx.Err() == nil; i++ {
			wrote = put(context.WithoutCancel(ctx), a, reading{
				Account:      ledger.Account{ID: "acme", Seq: i, Promo: i},
				Grants:       []ledger.Grant{{Key: "grant", Free: i}},
				Transactions: []ledger.Transaction{{Seq: i, Kind: ledger.KindGrant, At: midday}},
			})
			if wrote != nil {
				return
			}
		}
	})
	err := atOnce(o.Racers/2, func(int) error {
		for range o.Rounds {
			err := b.View(ctx, "acme", func(v ledger.Snapshot) error {
				row, err := v.Account()
				if err != nil {
					return err
				}
				grants, err := v.Grants()
				if err != nil {
					return err
				}
				all, err := v.Transactions(max(row.Seq-1, 0), 10)
				if err != nil {
					return err
				}
				var free int64
				for _, g := range grants {
					free += g.Free
				}
				if row.Seq > 0 && (free != row.Promo || len(all) != 1 || all[0].Seq != row.Seq) {
					return fmt.Errorf("a snapshot has an account at number %d, grants of %d, and %d transactions from there on", row.Seq, free, len(all))
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	cancel()
	wait.Wait()
	return errors.Join(err, wrote)
}

// ledgerConcurrentAccounts: accounts of many callers at once.
func ledgerConcurrentAccounts(ctx context.Context, a, b ledger.Store, o *LedgerOptions) error {
	stores := []ledger.Store{a, b}
	id := func(i int) string { return fmt.Sprintf("account %d", i%4) }
	err := atOnce(o.Racers, func(i int) error {
		for round := range o.Rounds {
			err := stores[i%2].Update(ctx, id(i+round), func(tx ledger.Tx) error {
				row, err := tx.Account()
				if err != nil {
					return err
				}
				row.Seq++
				row.Paid++
				if err := tx.Post(ledger.Transaction{Seq: row.Seq, Kind: ledger.KindTopUp, At: midday, Entries: []ledger.Entry{{Bucket: ledger.BucketPaid, Amount: 1}}}); err != nil {
					return err
				}
				return tx.PutAccount(row)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	want := map[string]int{}
	for i := range o.Racers {
		for round := range o.Rounds {
			want[id(i+round)]++
		}
	}
	for id, n := range want {
		if err := adds(ctx, b, id, n, int64(n)); err != nil {
			return err
		}
	}
	return nil
}
