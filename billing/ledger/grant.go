package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/immagin/immagin-go/billing"
)

// Grant gives promotional credit until expires, or for ever if that is zero.
// Key is the grant's name and idempotency key. Errors are ErrArgument (an
// amount of zero, an expiry in the past), ErrClosed, ErrConflict, ErrKey,
// billing.ErrCurrency, billing.ErrOverflow and the store's.
func (l *Ledger) Grant(ctx context.Context, account, key string, amount billing.Money, expires time.Time) error {
	if err := checkNames(account, key); err != nil {
		return err
	}
	nano, err := l.amount("amount", amount)
	if err != nil {
		return err
	}
	if nano == 0 {
		return fmt.Errorf("%w: a grant of nothing", ErrArgument)
	}
	until := int64(0)
	if !expires.IsZero() {
		expires = expires.UTC().Truncate(microsecond)
		until = expires.UnixMicro()
	}
	hash := call("grant").num(nano).num(until).sum()
	return l.update(ctx, account, func(b *book) error {
		_, found, err := b.replayed(key, hash)
		if found || err != nil {
			return err
		}
		g := Grant{Key: key, Amount: nano, Free: nano, Expires: expires, Seq: b.Seq + 1}
		switch {
		case b.State >= Closing:
			return ErrClosed
		case g.over(b.now):
			return fmt.Errorf("%w: the grant expired at %s", ErrArgument, expires.Format(time.RFC3339))
		}
		b.add(&b.Promo, nano)
		if err := b.tx.PutGrant(g); err != nil {
			return err
		}
		return b.post(Transaction{Kind: KindGrant, Key: key, Hash: hash, Ref: key, Entries: []Entry{{BucketWriteOff, -nano}, {PromoBucket(key), nano}}})
	})
}

// Revoke ends a grant and returns what lapsed of it at once. What is held of
// it stays for the operations that hold it; what they return lapses too.
// Errors are ErrNotFound, ErrConflict, ErrKey and the store's. The same call
// again returns the same amount.
func (l *Ledger) Revoke(ctx context.Context, account, key, grant string) (billing.Money, error) {
	if err := checkNames(account, key); err != nil {
		return billing.Money{}, err
	}
	if err := checkName("grant", grant); err != nil {
		return billing.Money{}, err
	}
	hash := call("revoke").text(grant).sum()
	var lapsed int64
	err := l.update(ctx, account, func(b *book) error {
		lapsed = 0
		t, found, err := b.replayed(key, hash)
		if err != nil {
			return err
		}
		if found {
			return unpack(t.Answer, &lapsed)
		}
		made, found, err := b.tx.Find(grant)
		if err != nil {
			return err
		}
		if !found || made.Kind != KindGrant {
			return fmt.Errorf("%w: %q is not a grant", ErrNotFound, grant)
		}
		if err := b.lapse(); err != nil {
			return err
		}
		t = Transaction{Kind: KindRevoke, Key: key, Hash: hash, Ref: grant}
		g := b.grant(grant)
		if g == nil { // spent or lapsed long since
			t.Answer = pack(0)
			return b.post(t)
		}
		lapsed, g.Revoked = g.Free, true
		t.Answer = pack(lapsed)
		if err := b.lose(g, t); err != nil {
			return err
		}
		return b.topUpIfLow()
	})
	return l.money(lapsed), err
}
