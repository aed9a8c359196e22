package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Verify reads all books and returns ErrUnbalanced, with every account and
// amount that is wrong, unless each transaction sums to zero, numbers have no
// gaps, and balances, grants, holds and payments are what the journal says.
// Accounts are read one at a time, each as it is at one moment.
func (l *Ledger) Verify(ctx context.Context) error {
	var failed error
	after := ""
	for {
		accounts, err := l.store.Accounts(ctx, after, page)
		if err != nil {
			return errors.Join(failed, err)
		}
		for _, account := range accounts {
			err := l.VerifyAccount(ctx, account)
			if err != nil && !errors.Is(err, ErrUnbalanced) {
				return errors.Join(failed, err)
			}
			failed = errors.Join(failed, err)
			after = account
		}
		if len(accounts) < page {
			return failed
		}
	}
}

// VerifyAccount is Verify for one account.
func (l *Ledger) VerifyAccount(ctx context.Context, account string) error {
	if err := checkName("account", account); err != nil {
		return err
	}
	var audit *audit
	err := l.store.View(ctx, account, func(s Snapshot) error {
		audit = newAudit(account)
		return audit.read(ctx, s)
	})
	if err != nil {
		return err
	}
	return errors.Join(audit.wrong...)
}

// audit is what the journal of an account adds up to.
type audit struct {
	account string
	sums    map[Bucket]int64
	holds   map[string]int64 // what is held by key, from the journal
	seq     int64
	wrong   []error
}

func newAudit(account string) *audit {
	return &audit{account: account, sums: map[Bucket]int64{}, holds: map[string]int64{}}
}

// same notes two amounts that should be equal and are not.
func (a *audit) same(what string, got, want int64) {
	if got != want {
		a.wrong = append(a.wrong, fmt.Errorf("%w: account %q: %s is %d, should be %d", ErrUnbalanced, a.account, what, got, want))
	}
}

func (a *audit) read(ctx context.Context, s Snapshot) error {
	if err := a.journal(ctx, s); err != nil {
		return err
	}
	row, err := s.Account()
	if err != nil {
		return err
	}
	a.same("the number of transactions", row.Seq, a.seq)
	a.same("paid", row.Paid-row.HeldPaid, a.sums[BucketPaid])
	a.same("held", row.HeldPaid+row.HeldPromo, a.sums[BucketHeld])
	held, err := a.pending(s, row)
	if err != nil {
		return err
	}
	if err := a.grants(s, row, held); err != nil {
		return err
	}
	return a.payments(s, row)
}

// journal adds all transactions up.
func (a *audit) journal(ctx context.Context, s Snapshot) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		rows, err := s.Transactions(a.seq, page)
		if err != nil {
			return err
		}
		for _, t := range rows {
			a.same("a transaction's number", t.Seq, a.seq+1)
			a.seq = t.Seq
			var sum int64
			for _, e := range t.Entries {
				sum += e.Amount
				a.sums[e.Bucket] += e.Amount
				if e.Bucket != BucketHeld {
					continue
				}
				if a.holds[t.Ref] += e.Amount; a.holds[t.Ref] == 0 {
					delete(a.holds, t.Ref)
				}
			}
			a.same(fmt.Sprintf("the sum of transaction %d", t.Seq), sum, 0)
		}
		if len(rows) < page {
			return nil
		}
	}
}

// pending compares the open holds, and returns what they hold of each grant.
func (a *audit) pending(s Snapshot, row Account) (map[string]int64, error) {
	holds, err := s.Holds()
	if err != nil {
		return nil, err
	}
	grants := map[string]int64{}
	var paid, promo int64
	for _, h := range holds {
		parts := h.Paid
		for _, p := range h.Promo {
			parts += p.Amount
			grants[p.Grant] += p.Amount
		}
		a.same(fmt.Sprintf("hold %q", h.Key), h.Amount, parts)
		a.same(fmt.Sprintf("hold %q in the journal", h.Key), a.holds[h.Key], h.Amount)
		delete(a.holds, h.Key)
		paid += h.Paid
		promo += h.Amount - h.Paid
	}
	for key, amount := range a.holds {
		a.same(fmt.Sprintf("%q, settled, in the journal's held", key), amount, 0)
	}
	a.same("the number of open holds", row.Open, int64(len(holds)))
	a.same("held of paid", row.HeldPaid, paid)
	a.same("held of promo", row.HeldPromo, promo)
	return grants, nil
}

// grants compares promotional credit.
func (a *audit) grants(s Snapshot, row Account, held map[string]int64) error {
	grants, err := s.Grants()
	if err != nil {
		return err
	}
	var promo int64
	for _, g := range grants {
		bucket := PromoBucket(g.Key)
		a.same(string(bucket), g.Free, a.sums[bucket])
		a.same(string(bucket)+" held", g.Held, held[g.Key])
		promo += g.Free + g.Held
		delete(a.sums, bucket)
		delete(held, g.Key)
	}
	for bucket, sum := range a.sums {
		if strings.HasPrefix(string(bucket), string(PromoBucket(""))) {
			a.same(string(bucket)+", spent", sum, 0)
		}
	}
	for grant, amount := range held {
		a.same(fmt.Sprintf("grant %q, spent, held", grant), amount, 0)
	}
	a.same("promo", row.Promo, promo)
	return nil
}

// payments compares what came in and went out, and what is on its way.
func (a *audit) payments(s Snapshot, row Account) error {
	payments, err := s.Payments()
	if err != nil {
		return err
	}
	var cash, pending, refunding int64
	refunds := map[string]int64{}
	for _, p := range payments {
		switch {
		case p.Kind == RefundPayment && p.State != PaymentDeclined:
			cash -= p.Amount
			refunds[p.Of] += p.Amount
			if p.State == PaymentPending {
				refunding += p.Amount
			}
		case p.Kind == TopUpPayment && p.State == PaymentSettled:
			cash += p.Amount
		case p.Kind == TopUpPayment && p.State == PaymentPending:
			pending += p.Amount
			if p.Key != row.PendingKey {
				a.wrong = append(a.wrong, fmt.Errorf("%w: account %q: top-up %q is in flight, not %q", ErrUnbalanced, a.account, p.Key, row.PendingKey))
			}
		}
	}
	for _, p := range payments {
		if p.Kind == TopUpPayment {
			a.same(fmt.Sprintf("refunded of %q", p.Key), p.Refund, refunds[p.Key])
		}
	}
	a.same("cash", -a.sums[BucketCash], cash)
	a.same("top-ups in flight", row.Pending, pending)
	a.same("refunds in flight", row.Refunding, refunding)
	return nil
}
