package billingtest

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/immagin/immagin-go/billing/ledger"
)

// ledgerAccount: an account never seen is the zero one, and a row comes back
// as it was put, in the same Update and after it.
func ledgerAccount(ctx context.Context, a, b ledger.Store, _ *LedgerOptions) error {
	zero := reading{Account: ledger.Account{ID: "acme"}}
	full := fullAccount("acme")
	return first(
		func() error { return shows(ctx, a, "acme", zero) },
		func() error {
			return a.Update(ctx, "acme", func(tx ledger.Tx) error {
				row, err := tx.Account()
				if err != nil {
					return err
				}
				if err := equal("an account never seen", row, zero.Account); err != nil {
					return err
				}
				if err := tx.PutAccount(full); err != nil {
					return err
				}
				if row, err = tx.Account(); err != nil {
					return err
				}
				return equal("the account in the Update that put it", row, full)
			})
		},
		func() error { return shows(ctx, b, "acme", reading{Account: full}) },
		func() error {
			return b.Update(ctx, "acme", func(tx ledger.Tx) error {
				row, err := tx.Account()
				if err != nil {
					return err
				}
				return equal("the account in the next Update", row, full)
			})
		},
		func() error { return put(ctx, b, zero) },
		func() error { return shows(ctx, a, "acme", zero) },
	)
}

// ledgerGrants: live ones only, in the order they are spent.
func ledgerGrants(ctx context.Context, a, b ledger.Store, _ *LedgerOptions) error {
	grant := func(key string, free, held int64, expires time.Time, seq int64) ledger.Grant {
		return ledger.Grant{Key: key, Amount: math.MaxInt64, Free: free, Held: held, Expires: expires, Revoked: seq%2 == 0, Seq: seq}
	}
	want := []ledger.Grant{
		grant("soon", 1, 0, midday, 5), grant("soon too", 0, 1, midday, 6), grant("soon three", 2, 2, midday, 10),
		grant("later", 1, math.MaxInt64, midday.Add(time.Microsecond), 1), grant("never", 1, 0, never, 2), grant("never too", 1, 0, never, 3),
	}
	rows := slices.Clone(want)
	slices.Reverse(rows)
	rows = append(rows, grant("spent", 0, 0, midday, 7), grant("spent for ever", 0, 0, never, 8))
	spent := want[1]
	spent.Held = 0
	return first(
		func() error { return put(ctx, a, reading{Account: ledger.Account{ID: "acme"}, Grants: rows}) },
		func() error { return shows(ctx, b, "acme", reading{Account: ledger.Account{ID: "acme"}, Grants: want}) },
		func() error {
			return b.Update(ctx, "acme", func(tx ledger.Tx) error {
				got, err := tx.Grants()
				if err != nil {
					return err
				}
				if err := equal("Grants", got, want); err != nil {
					return err
				}
				if err := tx.PutGrant(spent); err != nil {
					return err
				}
				if err := tx.PutGrant(grant("first", 1, 0, midday.Add(-time.Hour), 9)); err != nil {
					return err
				}
				if got, err = tx.Grants(); err != nil {
					return err
				}
				want = slices.Delete(want, 1, 2)
				want = slices.Insert(want, 0, grant("first", 1, 0, midday.Add(-time.Hour), 9))
				return equal("Grants after a PutGrant", got, want)
			})
		},
		func() error { return shows(ctx, a, "acme", reading{Account: ledger.Account{ID: "acme"}, Grants: want}) },
	)
}

// ledgerHolds: any by its key, the pending ones by View.
func ledgerHolds(ctx context.Context, a, b ledger.Store, _ *LedgerOptions) error {
	account := ledger.Account{ID: "acme"}
	pending, settled, bare := fullHold("b"), fullHold("a"), ledger.Hold{Key: "B", State: ledger.Pending, Created: midday, Expires: midday}
	settled.State = ledger.CommittedLate
	freed := pending
	freed.State, freed.Promo, freed.Answer = ledger.Released, nil, nil
	return first(
		func() error {
			return put(ctx, a, reading{Account: account, Holds: []ledger.Hold{pending, settled, bare}})
		},
		func() error {
			return shows(ctx, b, "acme", reading{Account: account, Holds: []ledger.Hold{bare, pending}})
		},
		func() error {
			return b.Update(ctx, "acme", func(tx ledger.Tx) error {
				for _, want := range []ledger.Hold{pending, settled, bare} {
					got, found, err := tx.Hold(want.Key)
					if err != nil || !found {
						return fmt.Errorf("store: Hold %q: found %t, %w", want.Key, found, err)
					}
					if err := equal("a hold", got, want); err != nil {
						return err
					}
				}
				if _, found, err := tx.Hold("c"); found || err != nil {
					return fmt.Errorf("a hold that was never put: found %t, %w", found, err)
				}
				if err := tx.PutHold(freed); err != nil {
					return err
				}
				got, _, err := tx.Hold("b")
				if err != nil {
					return err
				}
				return equal("a hold in the Update that put it", got, freed)
			})
		},
		func() error { return shows(ctx, a, "acme", reading{Account: account, Holds: []ledger.Hold{bare}}) },
	)
}

// ledgerPayments: any by its key, all by the time they were begun.
func ledgerPayments(ctx context.Context, a, b ledger.Store, _ *LedgerOptions) error {
	account := ledger.Account{ID: "acme"}
	full, same, early := fullPayment("b"), fullPayment("c"), ledger.Payment{Key: "z", Kind: ledger.TopUpPayment, State: ledger.PaymentPending, Created: midday.Add(-1 * time.Second)}
	changed := same
	changed.State, changed.Next, changed.Answer, changed.Auto = ledger.PaymentDeclined, never, nil, false
	return first(
		func() error {
			return put(ctx, a, reading{Account: account, Payments: []ledger.Payment{same, full, early}})
		},
		func() error {
			return shows(ctx, b, "acme", reading{Account: account, Payments: []ledger.Payment{early, full, same}})
		},
		func() error {
			return b.Update(ctx, "acme", func(tx ledger.Tx) error {
				if _, found, err := tx.Payment("a"); found || err != nil {
					return fmt.Errorf("a payment that was never put: found %t, %w", found, err)
				}
				got, found, err := tx.Payment("b")
				if err != nil || !found {
					return fmt.Errorf("store: Payment: found %t, %w", found, err)
				}
				if err := equal("a payment", got, full); err != nil {
					return err
				}
				if err := tx.PutPayment(changed); err != nil {
					return err
				}
				all, err := tx.Payments()
				if err != nil {
					return err
				}
				return equal("Payments in the Update that put one", all, []ledger.Payment{early, full, changed})
			})
		},
		func() error {
			return shows(ctx, a, "acme", reading{Account: account, Payments: []ledger.Payment{early, full, changed}})
		},
	)
}

// ledgerJournal: appended, found by key, read in pages.
func ledgerJournal(ctx context.Context, a, b ledger.Store, _ *LedgerOptions) error {
	account := ledger.Account{ID: "acme"}
	var want []ledger.Transaction
	for i := range int64(7) {
		switch i % 3 {
		case 0:
			want = append(want, fullTransaction(i+1, fmt.Sprintf("key %d", i)))
		case 1:
			want = append(want, ledger.Transaction{Seq: i + 1, Kind: ledger.KindLapse, At: midday})
		case 2:
			want = append(want, ledger.Transaction{Seq: i + 1, Kind: ledger.KindIntent, Key: fmt.Sprintf("KEY %d", i-2), At: midday.Add(-time.Hour)})
		}
	}
	return first(
		func() error { return put(ctx, a, reading{Account: account, Transactions: want[:5]}) },
		func() error {
			return b.Update(ctx, "acme", func(tx ledger.Tx) error {
				if err := putAll(tx, reading{Account: account, Transactions: want[5:]}); err != nil {
					return err
				}
				for _, t := range want {
					got, found, err := tx.Find(t.Key)
					if err != nil || found != (t.Key != "") {
						return fmt.Errorf("store: Find %q: found %t, %w", t.Key, found, err)
					}
					if !found {
						continue
					}
					if err := equal("the transaction of a key", got, t); err != nil {
						return err
					}
				}
				_, found, err := tx.Find("key 1")
				if found || err != nil {
					return fmt.Errorf("store: Find of a key that was never used: found %t, %w", found, err)
				}
				return nil
			})
		},
		func() error { return shows(ctx, a, "acme", reading{Account: account, Transactions: want}) },
		func() error {
			for after := range int64(9) {
				for limit := range 4 {
					var got []ledger.Transaction
					err := a.View(ctx, "acme", func(s ledger.Snapshot) (err error) {
						got, err = s.Transactions(after, limit)
						return err
					})
					if err != nil {
						return err
					}
					from := want[min(after, 7):]
					if err := equal(fmt.Sprintf("Transactions(%d, %d)", after, limit), got, from[:min(limit, len(from))]); err != nil {
						return err
					}
				}
			}
			return nil
		},
	)
}

// ledgerJournalRefused: neither a number nor a key twice, in one Update or
// two, and no key that is not is taken for one that is.
func ledgerJournalRefused(ctx context.Context, a, b ledger.Store, _ *LedgerOptions) error {
	one := reading{Account: ledger.Account{ID: "acme"}, Transactions: []ledger.Transaction{fullTransaction(1, "key"), fullTransaction(2, "")}}
	if err := put(ctx, a, one); err != nil {
		return err
	}
	for name, rows := range map[string][]ledger.Transaction{
		"the number of another Update": {fullTransaction(1, "fresh")},
		"the key of another Update":    {fullTransaction(3, "key")},
		"its own number":               {fullTransaction(3, "fresh"), fullTransaction(3, "fresh too")},
		"its own key":                  {fullTransaction(3, "fresh"), fullTransaction(4, "fresh")},
	} {
		if put(ctx, b, reading{Account: one.Account, Transactions: rows}) == nil {
			return fmt.Errorf("a transaction with %s is posted; it should be refused", name)
		}
		if err := shows(ctx, b, "acme", one); err != nil {
			return fmt.Errorf("after a refused Post: %w", err)
		}
	}
	one.Transactions = append(one.Transactions, fullTransaction(3, ""))
	if err := put(ctx, b, reading{Account: one.Account, Transactions: one.Transactions[2:]}); err != nil {
		return fmt.Errorf("a second transaction without a key: %w", err)
	}
	return shows(ctx, a, "acme", one)
}

// whole is an account with a row of everything.
func whole(id string) reading {
	return reading{
		Account:      fullAccount(id),
		Grants:       []ledger.Grant{{Key: "grant", Amount: 3, Free: 1, Held: 2, Expires: midday, Seq: 1}},
		Holds:        []ledger.Hold{fullHold("hold")},
		Payments:     []ledger.Payment{fullPayment("payment")},
		Transactions: []ledger.Transaction{fullTransaction(1, "key")},
	}
}

// ledgerApart: accounts share nothing, whatever their keys are.
func ledgerApart(ctx context.Context, a, b ledger.Store, _ *LedgerOptions) error {
	ids := []string{"acme", "ACME", "acme ", "acm", "acme\x01"}
	for _, id := range ids {
		if err := put(ctx, a, whole(id)); err != nil {
			return err
		}
	}
	changed := whole("ACME")
	changed.Account.Paid, changed.Grants[0].Free, changed.Holds[0].Paid, changed.Payments[0].Amount = 1, 7, 7, 7
	changed.Transactions = []ledger.Transaction{fullTransaction(2, "key 2")}
	if err := put(ctx, b, changed); err != nil {
		return err
	}
	changed.Transactions = []ledger.Transaction{fullTransaction(1, "key"), fullTransaction(2, "key 2")}
	for _, id := range ids {
		want := whole(id)
		if id == "ACME" {
			want = changed
		}
		if err := shows(ctx, b, id, want); err != nil {
			return err
		}
	}
	return nil
}

// oddTexts are accounts and keys that some store might trip over.
var oddTexts = []string{
	"a", "A", " a", "a ", "a\tb\r\n", "'; DROP TABLE x; --", `"quoted" \ back`, "%_?$1", "é", "e\u0301", "日本語", "🜁", "null", "0", "00",
	strings.Repeat("é", 127) + "x",
}

// ledgerTexts: any text is a name, and no two are the same.
func ledgerTexts(ctx context.Context, a, b ledger.Store, _ *LedgerOptions) error {
	want := reading{Account: ledger.Account{ID: "acme"}}
	for i, text := range oddTexts {
		if err := put(ctx, a, whole(text)); err != nil {
			return fmt.Errorf("account %q: %w", short(text), err)
		}
		want.Grants = append(want.Grants, ledger.Grant{Key: text, Free: 1, Seq: int64(i)})
		want.Holds = append(want.Holds, fullHold(text))
		want.Payments = append(want.Payments, fullPayment(text))
		t := fullTransaction(int64(i+1), text)
		t.Ref, t.Memo, t.Entries[0].Bucket = text, text, ledger.PromoBucket(text)
		want.Transactions = append(want.Transactions, t)
	}
	for _, text := range oddTexts {
		if err := shows(ctx, b, text, whole(text)); err != nil {
			return err
		}
	}
	if err := put(ctx, b, want); err != nil {
		return err
	}
	slices.SortFunc(want.Holds, func(x, y ledger.Hold) int { return strings.Compare(x.Key, y.Key) })
	slices.SortFunc(want.Payments, func(x, y ledger.Payment) int { return strings.Compare(x.Key, y.Key) })
	return shows(ctx, a, "acme", want)
}

// ledgerCopies: slices are not shared between the store and its callers.
func ledgerCopies(ctx context.Context, a, b ledger.Store, _ *LedgerOptions) error {
	given := whole("acme")
	scribble := func(r reading) {
		for _, h := range r.Holds {
			h.Promo[0].Amount, h.Answer[0] = 99, 99
		}
		for _, p := range r.Payments {
			p.Answer[0] = 99
		}
		for _, t := range r.Transactions {
			t.Entries[0].Amount, t.Answer[0] = 99, 99
		}
	}
	return first(
		func() error { return put(ctx, a, given) },
		func() error {
			return b.Update(ctx, "acme", func(tx ledger.Tx) error {
				h, _, err := tx.Hold("hold")
				if err != nil {
					return err
				}
				p, _, err := tx.Payment("payment")
				if err != nil {
					return err
				}
				t, _, err := tx.Find("key")
				scribble(reading{Holds: []ledger.Hold{h}, Payments: []ledger.Payment{p}, Transactions: []ledger.Transaction{t}})
				return err
			})
		},
		func() error {
			got, err := read(ctx, a, "acme")
			if err == nil && len(got.Holds) == 1 && len(got.Payments) == 1 && len(got.Transactions) == 1 {
				scribble(got)
			}
			return err
		},
		func() error { return shows(ctx, b, "acme", whole("acme")) },
	)
}
