package ledger_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/ledger"
)

// TestVerify spoils one row at a time behind the ledger's back.
func TestVerify(t *testing.T) {
	account := func(change func(*ledger.Account)) func(ledger.Tx) error {
		return func(tx ledger.Tx) error {
			row, err := tx.Account()
			change(&row)
			return errors.Join(err, tx.PutAccount(row))
		}
	}
	hold := func(change func(*ledger.Hold)) func(ledger.Tx) error {
		return func(tx ledger.Tx) error {
			row, _, err := tx.Hold("open")
			change(&row)
			return errors.Join(err, tx.PutHold(row))
		}
	}
	grant := func(change func(*ledger.Grant)) func(ledger.Tx) error {
		return func(tx ledger.Tx) error {
			rows, err := tx.Grants()
			if err == nil {
				change(&rows[0])
				err = tx.PutGrant(rows[0])
			}
			return err
		}
	}
	payment := func(change func(*ledger.Payment)) func(ledger.Tx) error {
		return func(tx ledger.Tx) error {
			row, _, err := tx.Payment("top")
			change(&row)
			return errors.Join(err, tx.PutPayment(row))
		}
	}
	post := func(entries ...ledger.Entry) func(ledger.Tx) error {
		return func(tx ledger.Tx) error {
			row, err := tx.Account()
			row.Seq++
			return errors.Join(err, tx.Post(ledger.Transaction{Seq: row.Seq, Entries: entries}), tx.PutAccount(row))
		}
	}
	for name, spoil := range map[string]func(ledger.Tx) error{
		"paid":                      account(func(a *ledger.Account) { a.Paid++ }),
		"promo":                     account(func(a *ledger.Account) { a.Promo-- }),
		"held, and paid to hide it": account(func(a *ledger.Account) { a.HeldPaid++; a.Paid++ }),
		"held promo":                account(func(a *ledger.Account) { a.HeldPromo-- }),
		"open":                      account(func(a *ledger.Account) { a.Open = 0 }),
		"number":                    account(func(a *ledger.Account) { a.Seq-- }),
		"pending":                   account(func(a *ledger.Account) { a.Pending = 1 }),
		"refunding":                 account(func(a *ledger.Account) { a.Refunding = 1 }),
		"a hold's amount":           hold(func(h *ledger.Hold) { h.Amount++ }),
		"a hold's parts":            hold(func(h *ledger.Hold) { h.Paid++; h.Promo[0].Amount-- }),
		"a hold settled":            hold(func(h *ledger.Hold) { h.State = ledger.Committed }),
		"a grant":                   grant(func(g *ledger.Grant) { g.Free++ }),
		"a grant's holds":           grant(func(g *ledger.Grant) { g.Held-- }),
		"a grant gone":              grant(func(g *ledger.Grant) { g.Held, g.Free = 0, 0 }),
		"a payment":                 payment(func(p *ledger.Payment) { p.Amount++ }),
		"a payment's refunds":       payment(func(p *ledger.Payment) { p.Refund++ }),
		"a payment in flight":       payment(func(p *ledger.Payment) { p.State = ledger.PaymentPending }),
		"money from nowhere":        post(ledger.Entry{Bucket: ledger.BucketPaid, Amount: 5}),
		"money from cash":           post(ledger.Entry{Bucket: ledger.BucketPaid, Amount: 5}, ledger.Entry{Bucket: ledger.BucketCash, Amount: -5}),
		"a hold of nothing":         post(ledger.Entry{Bucket: ledger.BucketHeld, Amount: 5}, ledger.Entry{Bucket: ledger.BucketCash, Amount: -5}),
		"promo of no grant":         post(ledger.Entry{Bucket: ledger.PromoBucket("x"), Amount: 5}, ledger.Entry{Bucket: ledger.BucketRevenue, Amount: -5}),
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, nil)
			b.topUp("top", "20")
			_, err := b.Refund(b.ctx, acct, "back", "top", usd(t, "1"))
			require.NoError(t, err)
			require.NoError(t, b.Grant(b.ctx, acct, "gift", usd(t, "0.05"), time.Time{}))
			r := b.reserve("done", "0.001")
			_, err = r.Commit(b.ctx, ledger.Succeeded, usd(t, "0.001"))
			require.NoError(t, err)
			b.reserve("open", "0.052")
			require.NoError(t, b.Verify(b.ctx))
			require.NoError(t, b.store.Update(b.ctx, acct, spoil))
			require.ErrorIs(t, b.Verify(b.ctx), ledger.ErrUnbalanced)
			require.ErrorIs(t, b.VerifyAccount(b.ctx, acct), ledger.ErrUnbalanced)
			require.NoError(t, b.VerifyAccount(b.ctx, "other"))
		})
	}
}

// TestVerifyMany: more accounts, and a longer journal, than are read at once.
func TestVerifyMany(t *testing.T) {
	b := open(t, nil)
	for i := range 501 {
		name := string(rune('a'+i%26)) + time.Duration(i).String()
		require.NoError(t, b.Grant(b.ctx, name, "gift", usd(t, "1"), time.Time{}))
	}
	for i := range 501 {
		require.NoError(t, b.Grant(b.ctx, acct, time.Duration(i).String(), usd(t, "1"), b.now.Add(time.Hour)))
	}
	b.has("0.00", "501.00", "0.00")
	b.now = b.now.Add(time.Hour)
	swept, err := b.Sweep(b.ctx)
	require.NoError(t, err)
	require.Positive(t, swept.Grants)
	b.has("0.00", "0.00", "0.00")
	n := 0
	for _, err := range b.Entries(b.ctx, acct, time.Time{}, time.Time{}) {
		require.NoError(t, err)
		n++
	}
	require.Equal(t, 4*501, n)
	cancelled, cancel := context.WithCancel(b.ctx)
	cancel()
	require.ErrorIs(t, b.Verify(cancelled), context.Canceled)
	_, err = b.Sweep(cancelled)
	require.ErrorIs(t, err, context.Canceled)
}

// TestOverflow: amounts at the end of the range are refused, and change
// nothing.
func TestOverflow(t *testing.T) {
	b := open(t, nil)
	b.topUp("top", "10")
	most := usd(t, "9223372036.854775807")
	_, err := b.Reserve(b.ctx, ledger.Request{Account: acct, Key: "op", Upstream: most})
	require.ErrorIs(t, err, billing.ErrOverflow)
	r := b.reserve("small", "0.052")
	_, err = r.Commit(b.ctx, ledger.Succeeded, most)
	require.ErrorIs(t, err, billing.ErrOverflow)
	b.has("10.00", "0.00", "0.0624")

	huge := usd(t, "5000000000") // 6e9 with the margin: once fits, twice does not
	b.reserve("one", "0")
	_, err = b.Commit(b.ctx, acct, "one", ledger.Succeeded, huge)
	require.NoError(t, err)
	_, err = r.Commit(b.ctx, ledger.Succeeded, huge)
	require.ErrorIs(t, err, billing.ErrOverflow)
	b.has("-5999999990.00", "0.00", "0.0624")
}
