package ledger

import (
	"context"
	"fmt"

	"github.com/immagin/immagin-go/billing"
)

// Settlement is what a Commit did.
type Settlement struct {
	Charged   billing.Money // what was billed with the margin; the customer's price
	Released  billing.Money // of the hold, returned
	Shortfall billing.Money // of the charge, taken beyond the hold
	Late      bool          // the hold had expired: all of the charge is shortfall
	Balance   Balance       // right after
}

// Commit ends an operation. It charges what was billed upstream with the
// margin, half-up to the nano-unit, if the outcome is one the customer pays
// for, and nothing otherwise. What the hold does not need returns to where it
// came from, paid first; what it lacks is taken from promotional credit, then
// from paid, which may go negative. A hold that has expired is charged all the
// same. Unknown settles nothing: the hold stays until it expires, and a later
// Commit may still say how it ended.
//
// The end of ctx does not stop a Commit; Options.SettleTimeout does. The same
// call again returns the same Settlement; another outcome or amount is
// ErrConflict. Further errors are ErrNotFound, ErrReleased, ErrKey,
// ErrArgument, billing.ErrCurrency, billing.ErrOverflow and the store's, after
// which the call should be made again.
func (l *Ledger) Commit(ctx context.Context, account, key string, o Outcome, billed billing.Money) (Settlement, error) {
	if err := checkNames(account, key); err != nil {
		return Settlement{}, err
	}
	cost, err := l.checkCommit(o, billed)
	if err != nil {
		return Settlement{}, err
	}
	hash := call("commit").num(int64(o)).num(cost).sum()
	ctx, cancel := l.settling(ctx)
	defer cancel()
	var s Settlement
	err = l.update(ctx, account, func(b *book) error {
		h, found, err := b.tx.Hold(key)
		switch {
		case err != nil:
			return err
		case !found:
			return fmt.Errorf("%w: %q", ErrNotFound, key)
		case h.State == Released:
			return fmt.Errorf("%w: %q", ErrReleased, key)
		case h.State == Committed || h.State == CommittedLate:
			if h.Hash != hash && o != Unknown {
				return fmt.Errorf("%w: %q was committed as %s", ErrConflict, key, h.Outcome)
			}
			s, err = l.settlement(h)
			return err
		case o == Unknown:
			return b.unknown(h, &s)
		}
		margin := h.Margin
		if l.policy.PriceAt == AtCompletion {
			margin = l.policy.Margin
		}
		charge, err := withMargin(l.money(cost), margin, billing.HalfUp)
		if err != nil {
			return err
		}
		h.Outcome, h.Hash = o, hash
		if err := b.lapse(); err != nil {
			return err
		}
		if h.State == Expired {
			err = b.commitLate(&h, charge.NanoUnits())
		} else {
			err = b.commit(&h, charge.NanoUnits())
		}
		if err != nil {
			return err
		}
		s, err = l.settlement(h)
		return err
	})
	if err != nil {
		return Settlement{}, err
	}
	return s, nil
}

// checkCommit returns what upstream billed that the customer pays for.
func (l *Ledger) checkCommit(o Outcome, billed billing.Money) (int64, error) {
	if !o.valid() {
		return 0, fmt.Errorf("%w: outcome %d", ErrArgument, o)
	}
	cost, err := l.amount("billed", billed)
	if err != nil {
		return 0, err
	}
	if o == Unknown && cost != 0 {
		return 0, fmt.Errorf("%w: %s was billed, so the outcome is not unknown", ErrArgument, billed)
	}
	if !o.charges() {
		cost = 0
	}
	return cost, nil
}

// unknown marks a hold as one to look into, once.
func (b *book) unknown(h Hold, s *Settlement) error {
	if err := b.lapse(); err != nil {
		return err
	}
	s.Balance = b.balance()
	if h.Outcome == Unknown {
		return nil
	}
	h.Outcome = Unknown
	b.note(HoldUnknown, h.Key, h.Amount)
	return b.tx.PutHold(h)
}

// commit charges a pending hold.
func (b *book) commit(h *Hold, charge int64) error {
	excess := max(h.Amount-charge, 0)
	entries, err := b.unhold(h, excess)
	if err != nil {
		return err
	}
	short, err := b.take(max(charge-h.Amount, 0))
	if err != nil {
		return err
	}
	entries = append(append(entries, short...), Entry{BucketRevenue, charge})
	h.State = Committed
	if err := b.post(Transaction{Kind: KindCommit, Ref: h.Key, Entries: entries}); err != nil {
		return err
	}
	return b.settled(h, charge, excess, max(charge-h.Amount, 0))
}

// commitLate charges a hold that had expired.
func (b *book) commitLate(h *Hold, charge int64) error {
	entries, err := b.take(charge)
	if err != nil {
		return err
	}
	h.State = CommittedLate
	b.note(LateCommit, h.Key, charge)
	if err := b.post(Transaction{Kind: KindLate, Ref: h.Key, Entries: append(entries, Entry{BucketRevenue, charge})}); err != nil {
		return err
	}
	return b.settled(h, charge, 0, charge)
}

// settled writes the hold with the answer its Commit gives.
func (b *book) settled(h *Hold, charge, released, shortfall int64) error {
	if err := b.topUpIfLow(); err != nil {
		return err
	}
	h.Answer = pack(charge, released, shortfall, b.Paid, b.Promo, b.HeldPaid+b.HeldPromo, b.Pending)
	return b.tx.PutHold(*h)
}

// settlement reads that answer.
func (l *Ledger) settlement(h Hold) (Settlement, error) {
	var charge, released, shortfall int64
	var r rawBalance
	if err := unpack(h.Answer, &charge, &released, &shortfall, &r.paid, &r.promo, &r.held, &r.pending); err != nil {
		return Settlement{}, err
	}
	return Settlement{
		Charged: l.money(charge), Released: l.money(released), Shortfall: l.money(shortfall),
		Late: h.State == CommittedLate, Balance: l.balance(r),
	}, nil
}

// unhold takes a hold off the account, gives back of it, and spends the rest.
// Paid gets its part first, then the grants from the last one taken. What
// returns to a grant that is over lapses at once.
func (b *book) unhold(h *Hold, back int64) ([]Entry, error) {
	entries := make([]Entry, 0, 4)
	entries = append(entries, Entry{BucketHeld, -h.Amount})
	paid := min(back, h.Paid)
	back -= paid
	b.add(&b.HeldPaid, -h.Paid)
	b.add(&b.HeldPromo, h.Paid-h.Amount)
	b.Open--
	if err := b.pay(paid - h.Paid); err != nil {
		return nil, err
	}
	entries = append(entries, Entry{BucketPaid, paid})
	if len(h.Promo) == 0 {
		return entries, nil
	}
	if err := b.loadGrants(); err != nil {
		return nil, err
	}
	for i := len(h.Promo) - 1; i >= 0; i-- {
		part := h.Promo[i]
		g := b.grant(part.Grant)
		if g == nil || g.Held < part.Amount {
			return nil, fmt.Errorf("%w: hold %q has %d nano-units of grant %q, which does not", ErrUnbalanced, h.Key, part.Amount, part.Grant)
		}
		part.Amount = min(part.Amount, back)
		back -= part.Amount
		spent := h.Promo[i].Amount - part.Amount
		g.Held -= h.Promo[i].Amount
		if g.over(b.now) {
			entries = append(entries, Entry{BucketBreakage, part.Amount})
			b.add(&b.Promo, -part.Amount)
			if part.Amount > 0 {
				b.note(GrantLapsed, g.Key, part.Amount)
			}
		} else {
			entries = append(entries, Entry{PromoBucket(g.Key), part.Amount})
			b.add(&g.Free, part.Amount)
		}
		b.add(&b.Promo, -spent)
		if err := b.tx.PutGrant(*g); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

func (b *book) grant(key string) *Grant {
	for i := range b.grants {
		if b.grants[i].Key == key {
			return &b.grants[i]
		}
	}
	return nil
}

// take spends what no hold covers: promotional credit, then paid.
func (b *book) take(amount int64) ([]Entry, error) {
	if amount == 0 {
		return nil, nil
	}
	if err := b.loadGrants(); err != nil {
		return nil, err
	}
	var entries []Entry
	for i := range b.grants {
		g := &b.grants[i]
		part := min(amount, g.Free)
		if part <= 0 || g.over(b.now) {
			continue
		}
		g.Free -= part
		amount -= part
		b.add(&b.Promo, -part)
		if err := b.tx.PutGrant(*g); err != nil {
			return nil, err
		}
		entries = append(entries, Entry{PromoBucket(g.Key), -part})
	}
	return append(entries, Entry{BucketPaid, -amount}), b.pay(-amount)
}

// Release gives a reservation back untouched. It does nothing if the
// reservation was committed, released or has expired. The end of ctx does not
// stop it. Errors are ErrNotFound, ErrKey and the store's.
func (l *Ledger) Release(ctx context.Context, account, key string) error {
	if err := checkNames(account, key); err != nil {
		return err
	}
	ctx, cancel := l.settling(ctx)
	defer cancel()
	return l.update(ctx, account, func(b *book) error {
		h, found, err := b.tx.Hold(key)
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("%w: %q", ErrNotFound, key)
		}
		if h.State != Pending {
			return nil
		}
		return b.release(&h, Released, KindRelease)
	})
}

// release returns all of a pending hold.
func (b *book) release(h *Hold, to HoldState, kind Kind) error {
	entries, err := b.unhold(h, h.Amount)
	if err != nil {
		return err
	}
	h.State = to
	if err := b.tx.PutHold(*h); err != nil {
		return err
	}
	return b.post(Transaction{Kind: kind, Ref: h.Key, Entries: entries})
}
