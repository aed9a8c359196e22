package billingtest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/immagin/immagin-go/billing"
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

// manner is how a provider answers.
type manner uint8

const (
	willing  manner = iota // takes the money and says so
	refusing               // declines what it has not taken before
	away                   // cannot be reached
	deaf                   // takes the money and cannot be heard
)

var errAway = errors.New("billingtest: the provider cannot be reached")

// teller is a provider that keeps to its contract, in its manner.
type teller struct {
	mu     sync.Mutex
	manner manner
	taken  map[string]int64 // by account and key
	given  map[string]int64
}

func newTeller() *teller { return &teller{taken: map[string]int64{}, given: map[string]int64{}} }

func (p *teller) move(to map[string]int64, account, key string, amount billing.Money) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	key = account + "\x00" + key
	before, again := to[key]
	switch {
	case p.manner == away:
		return errAway
	case p.manner == refusing && !again:
		return fmt.Errorf("billingtest: no: %w", ledger.ErrDeclined)
	case again && before != amount.NanoUnits():
		return fmt.Errorf("billingtest: key %q was asked for another amount before", key)
	}
	to[key] = amount.NanoUnits()
	if p.manner == deaf {
		return errAway
	}
	return nil
}

func (p *teller) Charge(_ context.Context, account, key string, amount billing.Money) (string, error) {
	return "ref " + key, p.move(p.taken, account, key, amount)
}

func (p *teller) Refund(_ context.Context, account, key, _ string, amount billing.Money) error {
	return p.move(p.given, account, key, amount)
}

// dollars is n nano-units.
func dollars(n int64) billing.Money {
	m, err := billing.Nano(n, "USD")
	if err != nil {
		panic(err) // the tests' own numbers
	}
	return m
}

// books are two ledgers on two handles of a store, with one clock.
type books struct {
	a, b  *ledger.Ledger
	bank  *teller
	mu    sync.Mutex
	clock time.Time
}

func (k *books) now() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.clock
}

func (k *books) wait(d time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.clock = k.clock.Add(d)
}

// of is the ledger of the i-th caller.
func (k *books) of(i int) *ledger.Ledger {
	if i%2 == 0 {
		return k.a
	}
	return k.b
}

func open(a, b ledger.Store, policy ledger.Policy) (*books, error) {
	k := &books{bank: newTeller(), clock: midday}
	o := &ledger.Options{Policy: policy, Payments: k.bank, Now: k.now, SettleTimeout: time.Minute}
	var err, err2 error
	k.a, err = ledger.New(a, o)
	k.b, err2 = ledger.New(b, o)
	return k, errors.Join(err, err2)
}

// balance expects paid, promotional and held credit, and books that add up.
func (k *books) balance(ctx context.Context, account string, paid, promo, held int64) error {
	got, err := k.b.Balance(ctx, account)
	if err != nil {
		return err
	}
	if got.Paid.NanoUnits() != paid || got.Promo.NanoUnits() != promo || got.Held.NanoUnits() != held {
		return fmt.Errorf("the balance is paid %s, promo %s, held %s; it should be %s, %s and %s", got.Paid, got.Promo, got.Held, dollars(paid), dollars(promo), dollars(held))
	}
	return k.a.VerifyAccount(ctx, account)
}

const cent int64 = 10_000_000 // in nano-units

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
