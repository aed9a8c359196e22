package ledger

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/immagin/immagin-go/billing"
)

// Request asks for money to be set aside for one operation.
type Request struct {
	Account string // the customer's name, as the host has it
	Key     string // idempotency key
	// What the operation is expected to cost upstream: by the provider's price
	// and by what such operations cost before. The greater counts, and either
	// may be absent.
	Upstream, Historical billing.Money
	TTL                  time.Duration // zero: Policy.HoldTTL
	Memo                 string        // kept in the journal, such as the model
}

// A Reservation is money set aside. It must be committed or released, on any
// server; one that is neither expires. Methods may be called from many
// goroutines.
type Reservation struct {
	Account, Key string
	Amount       billing.Money // Promo and Paid
	Promo, Paid  billing.Money // what was taken from promotional and from paid credit
	Margin       int64         // basis points, pinned
	Version      int64         // of the price, pinned
	Expires      time.Time     // when Sweep frees it, if nobody settled it

	ledger *Ledger
	mu     sync.Mutex
	done   bool // a Commit was tried, or a Release succeeded
}

// Reserve sets money aside: the greater estimate with the margin, rounded up.
// Promotional credit is taken before paid, the soonest to expire first.
//
// Errors are *InsufficientError (an exact match passes), ErrEstimate when
// neither estimate is given, ErrSuspended, ErrClosed, ErrConflict, ErrKey,
// ErrArgument, billing.ErrCurrency, billing.ErrOverflow and the store's. The
// same request again returns the same reservation, whatever became of it.
// After an error of the store or of ctx the money may be held all the same:
// the same request finds out, or it expires.
func (l *Ledger) Reserve(ctx context.Context, r Request) (*Reservation, error) {
	if err := checkNames(r.Account, r.Key); err != nil {
		return nil, err
	}
	upstream, err := l.amount("Request.Upstream", r.Upstream)
	if err != nil {
		return nil, err
	}
	historical, err := l.amount("Request.Historical", r.Historical)
	if err != nil {
		return nil, err
	}
	if r.Upstream == (billing.Money{}) && r.Historical == (billing.Money{}) {
		return nil, fmt.Errorf("%w: give Request.Upstream, Historical or both", ErrEstimate)
	}
	ttl := r.TTL
	if ttl == 0 {
		ttl = l.policy.HoldTTL
	}
	if ttl < 0 {
		return nil, fmt.Errorf("%w: Request.TTL is %s, below zero", ErrArgument, ttl)
	}
	if err := checkMemo(r.Memo); err != nil {
		return nil, err
	}
	need, err := withMargin(l.money(max(upstream, historical)), l.policy.Margin, billing.Up)
	if err != nil {
		return nil, err
	}
	hash := call("reserve").num(upstream).num(historical).num(int64(r.TTL)).text(r.Memo).sum()

	var hold Hold
	var refused error
	err = l.update(ctx, r.Account, func(b *book) error {
		refused = nil
		_, found, err := b.replayed(r.Key, hash)
		if err != nil {
			return err
		}
		if found {
			if hold, found, err = b.tx.Hold(r.Key); err == nil && !found {
				err = fmt.Errorf("%w: reservation %q has no hold", ErrUnbalanced, r.Key)
			}
			return err
		}
		if err := b.lapse(); err != nil {
			return err
		}
		if refused = b.admits(need.NanoUnits()); refused != nil {
			return b.topUpIfLow() // the refusal is an answer, not a reason to undo
		}
		hold = Hold{
			Key: r.Key, Amount: need.NanoUnits(), Margin: l.policy.Margin, Version: l.policy.Version,
			Created: b.now, Expires: b.now.Add(ttl).Truncate(time.Microsecond), State: Pending,
		}
		return b.hold(&hold, Transaction{Kind: KindReserve, Key: r.Key, Hash: hash, Ref: r.Key, Memo: r.Memo})
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return nil, err
	}
	return &Reservation{
		Account: r.Account, Key: r.Key,
		Amount: l.money(hold.Amount), Promo: l.money(hold.Amount - hold.Paid), Paid: l.money(hold.Paid),
		Margin: hold.Margin, Version: hold.Version, Expires: hold.Expires,
		ledger: l,
	}, nil
}

// admits says why need cannot be reserved.
func (b *book) admits(need int64) error {
	switch b.State {
	case Declined, Suspended:
		return ErrSuspended
	case Closing, Closed:
		return ErrClosed
	}
	negative := b.Paid < 0 && !b.l.policy.PromoWhileNegative
	if have := b.available(); have < need || negative {
		return &InsufficientError{Need: b.l.money(need), Have: b.l.money(have), Negative: negative}
	}
	return nil
}

// hold takes a hold's amount, which is there, from grants and then from paid.
func (b *book) hold(h *Hold, t Transaction) error {
	left := h.Amount
	t.Entries = make([]Entry, 0, 3)
	for i := range b.grants {
		g := &b.grants[i]
		part := min(left, g.Free)
		if part <= 0 || g.over(b.now) {
			continue
		}
		g.Free -= part
		b.add(&g.Held, part)
		if err := b.tx.PutGrant(*g); err != nil {
			return err
		}
		h.Promo = append(h.Promo, Part{g.Key, part})
		t.Entries = append(t.Entries, Entry{PromoBucket(g.Key), -part})
		left -= part
	}
	h.Paid = left
	t.Entries = append(t.Entries, Entry{BucketPaid, -left}, Entry{BucketHeld, h.Amount})
	b.add(&b.HeldPaid, left)
	b.add(&b.HeldPromo, h.Amount-left)
	b.Open++
	if err := b.tx.PutHold(*h); err != nil {
		return err
	}
	if err := b.post(t); err != nil {
		return err
	}
	return b.topUpIfLow()
}

// checkMemo refuses notes that some store could not keep.
func checkMemo(memo string) error {
	if memo == "" {
		return nil
	}
	return checkName("memo", memo)
}

// Commit settles the reservation; see Ledger.Commit. After it, whether it
// succeeded or not, Release does nothing: a Commit that failed is to be tried
// again, and until it succeeds the hold stays, at most until it expires.
func (r *Reservation) Commit(ctx context.Context, o Outcome, billed billing.Money) (Settlement, error) {
	if _, err := r.ledger.checkCommit(o, billed); err != nil {
		return Settlement{}, err
	}
	r.mu.Lock()
	r.done = true
	r.mu.Unlock()
	return r.ledger.Commit(ctx, r.Account, r.Key, o, billed)
}

// Release gives everything back, unless Commit was called or the reservation
// was released before. It is made to be deferred, and the end of ctx does not
// stop it.
func (r *Reservation) Release(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.done {
		return nil
	}
	err := r.ledger.Release(ctx, r.Account, r.Key)
	r.done = err == nil
	return err
}
