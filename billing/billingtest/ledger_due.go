package billingtest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/immagin/immagin-go/billing/ledger"
)

// ledgerAccounts: every account once, in byte order, in pages.
func ledgerAccounts(ctx context.Context, a, b ledger.Store, _ *LedgerOptions) error {
	want := slices.Sorted(slices.Values(oddTexts))
	for _, id := range oddTexts {
		if err := put(ctx, a, reading{Account: fullAccount(id)}); err != nil {
			return err
		}
	}
	for _, limit := range []int{1, 3, len(want), 1000} {
		var got []string
		after := ""
		for {
			ids, err := b.Accounts(ctx, after, limit)
			if err != nil {
				return fmt.Errorf("store: Accounts: %w", err)
			}
			if len(ids) > limit {
				return fmt.Errorf("store: Accounts returns %d; %d were asked for", len(ids), limit)
			}
			got = append(got, ids...)
			if len(ids) < limit || len(got) > len(want) {
				break
			}
			after = ids[len(ids)-1]
		}
		if err := equal(fmt.Sprintf("Accounts in pages of %d", limit), got, want); err != nil {
			return err
		}
	}
	return nil
}

// due expects refs, and fewer with a limit.
func due(ctx context.Context, s ledger.Store, what ledger.Due, now time.Time, want ...ledger.Ref) error {
	for _, limit := range []int{100, 1, 2} {
		got, err := s.Due(ctx, what, now, limit)
		if err != nil {
			return fmt.Errorf("Due(%d): %w", what, err)
		}
		if err := equal(fmt.Sprintf("Due(%d) at %v, at most %d", what, now, limit), got, want[:min(limit, len(want))]); err != nil {
			return err
		}
	}
	return nil
}

func ref(account, key string) ledger.Ref { return ledger.Ref{Account: account, Key: key} }

const tick = time.Microsecond

func ledgerDueHolds(ctx context.Context, a, b ledger.Store, _ *LedgerOptions) error {
	hold := func(key string, expires time.Time, state ledger.HoldState) ledger.Hold {
		return ledger.Hold{Key: key, Amount: 1, Paid: 1, Created: midday.Add(-time.Hour), Expires: expires, State: state}
	}
	holds := []ledger.Hold{
		hold("b", midday, ledger.Pending), hold("a", midday, ledger.Pending), hold("old", midday.Add(-time.Hour), ledger.Pending), hold("later", midday.Add(tick), ledger.Pending),
		hold("committed", midday, ledger.Committed), hold("released", midday, ledger.Released), hold("expired", midday, ledger.Expired), hold("late", midday, ledger.CommittedLate),
	}
	settled := holds[2]
	settled.State = ledger.Expired
	return first(
		func() error { return due(ctx, a, ledger.DueHolds, midday) },
		func() error { return put(ctx, a, reading{Account: ledger.Account{ID: "z"}, Holds: holds}) },
		func() error { return put(ctx, a, reading{Account: ledger.Account{ID: "A"}, Holds: holds[:1]}) },
		func() error {
			return due(ctx, b, ledger.DueHolds, midday, ref("z", "old"), ref("A", "b"), ref("z", "a"), ref("z", "b"))
		},
		func() error { return due(ctx, b, ledger.DueHolds, midday.Add(-tick), ref("z", "old")) },
		func() error {
			return put(ctx, b, reading{Account: ledger.Account{ID: "z"}, Holds: []ledger.Hold{settled}})
		},
		func() error {
			return due(ctx, a, ledger.DueHolds, midday.Add(tick), ref("A", "b"), ref("z", "a"), ref("z", "b"), ref("z", "later"))
		},
	)
}

func ledgerDuePayments(ctx context.Context, a, b ledger.Store, _ *LedgerOptions) error {
	payment := func(key string, next time.Time, state ledger.PaymentState) ledger.Payment {
		return ledger.Payment{Key: key, Kind: ledger.TopUpPayment, Amount: 1, State: state, Created: midday, Next: next}
	}
	payments := []ledger.Payment{
		payment("b", midday, ledger.PaymentPending), payment("a", midday, ledger.PaymentPending), payment("later", midday.Add(tick), ledger.PaymentPending),
		payment("settled", midday, ledger.PaymentSettled), payment("declined", midday, ledger.PaymentDeclined),
	}
	again := payments[0]
	again.Next = midday.Add(time.Minute)
	return first(
		func() error {
			return put(ctx, a, reading{Account: ledger.Account{ID: "z"}, Payments: payments})
		},
		func() error { return due(ctx, b, ledger.DuePayments, midday, ref("z", "a"), ref("z", "b")) },
		func() error {
			return put(ctx, b, reading{Account: ledger.Account{ID: "z"}, Payments: []ledger.Payment{again}})
		},
		func() error {
			return due(ctx, a, ledger.DuePayments, midday.Add(tick), ref("z", "a"), ref("z", "later"))
		},
	)
}

func ledgerDueGrants(ctx context.Context, a, b ledger.Store, _ *LedgerOptions) error {
	grants := []ledger.Grant{
		{Key: "b", Free: 1, Expires: midday, Seq: 1}, {Key: "a", Free: 1, Expires: midday, Seq: 2}, {Key: "later", Free: 1, Expires: midday.Add(tick), Seq: 3},
		{Key: "never", Free: 1, Seq: 4}, {Key: "held", Held: 1, Expires: midday, Seq: 5}, {Key: "spent", Expires: midday, Seq: 6},
	}
	lapsed := grants[0]
	lapsed.Free = 0
	return first(
		func() error { return put(ctx, a, reading{Account: ledger.Account{ID: "z"}, Grants: grants}) },
		func() error { return due(ctx, b, ledger.DueGrants, midday, ref("z", "a"), ref("z", "b")) },
		func() error {
			return put(ctx, b, reading{Account: ledger.Account{ID: "z"}, Grants: []ledger.Grant{lapsed}})
		},
		func() error { return due(ctx, a, ledger.DueGrants, midday.Add(tick), ref("z", "a"), ref("z", "later")) },
		func() error {
			if _, err := a.Due(ctx, 0, midday, 1); err == nil {
				return fmt.Errorf("store: Due of nothing there is returns no error")
			}
			return nil
		},
	)
}
