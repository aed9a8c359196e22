package billing_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
)

func TestInvoiceStates(t *testing.T) {
	draft, _, err := billing.Close(proPlan(t), nil, billing.Month(utc("2026-11-01")), &billing.CloseOptions{Account: "acme"})
	require.NoError(t, err)
	numbers := billing.NewMemoryNumberer("2026-", 7)

	_, err = draft.Finalize(ctx, numbers, billing.Terms{}, utc("2026-12-03T23:59:59Z"))
	require.ErrorIs(t, err, billing.ErrState, "late events may come for 72 hours")
	wrong := draft
	wrong.Total = usd(t, "88.99")
	_, err = wrong.Finalize(ctx, numbers, billing.Terms{}, utc("2026-12-04"))
	require.ErrorIs(t, err, billing.ErrInvoice)
	dated := draft
	dated.Due = utc("2026-12-03")
	_, err = dated.Finalize(ctx, numbers, billing.Terms{}, utc("2026-12-04"))
	require.ErrorIs(t, err, billing.ErrInvoice)
	_, err = draft.Finalize(ctx, failing{}, billing.Terms{}, utc("2026-12-04"))
	require.ErrorIs(t, err, errFailing)

	final, err := draft.Finalize(ctx, numbers, billing.Terms{}, utc("2026-12-04"))
	require.NoError(t, err)
	require.Equal(t, billing.Final, final.State)
	require.Equal(t, "2026-000007", final.Number, "the refusals took no number")
	require.Equal(t, billing.Draft, draft.State, "a transition returns a new value")
	stated := draft
	stated.Due = utc("2026-12-24")
	stated, err = stated.Finalize(ctx, numbers, billing.Terms{}, utc("2026-12-04"))
	require.NoError(t, err)
	require.Equal(t, utc("2026-12-24"), stated.Due)

	_, err = final.MarkPastDue(utc("2027-01-02T23:59:59Z"))
	require.ErrorIs(t, err, billing.ErrState)
	require.ErrorContains(t, err, "not due until 2027-01-03")
	late, err := final.MarkPastDue(utc("2027-01-03"))
	require.NoError(t, err)
	paid, err := late.Pay(utc("2027-01-04"))
	require.NoError(t, err)
	require.Equal(t, utc("2027-01-04"), paid.Settled)
	void, err := final.Void(utc("2026-12-05"), "wrong address")
	require.NoError(t, err)
	require.Equal(t, "2026-000007", void.Number, "kept, so there is no gap")

	at := utc("2027-02-01")
	do := map[string]func(billing.Invoice) (billing.Invoice, error){
		"finalize": func(i billing.Invoice) (billing.Invoice, error) { return i.Finalize(ctx, numbers, billing.Terms{}, at) },
		"pay":      func(i billing.Invoice) (billing.Invoice, error) { return i.Pay(at) },
		"past due": func(i billing.Invoice) (billing.Invoice, error) { return i.MarkPastDue(at) },
		"void":     func(i billing.Invoice) (billing.Invoice, error) { return i.Void(at, "") },
	}
	allowed := map[billing.InvoiceState]map[string]billing.InvoiceState{
		billing.Draft:   {"finalize": billing.Final, "void": billing.Void},
		billing.Final:   {"pay": billing.Paid, "past due": billing.PastDue, "void": billing.Void},
		billing.PastDue: {"pay": billing.Paid, "void": billing.Void},
		billing.Paid:    {},
		billing.Void:    {},
	}
	for from, want := range allowed {
		for name, transition := range do {
			i := final
			i.State = from
			if from == billing.Draft {
				i = draft
			}
			got, err := transition(i)
			to, ok := want[name]
			if !ok {
				require.ErrorIs(t, err, billing.ErrState, "%v, %s", from, name)
				require.Equal(t, from, got.State)
				continue
			}
			require.NoError(t, err, "%v, %s", from, name)
			require.Equal(t, to, got.State)
		}
	}
}

var errFailing = errors.New("store away")

type failing struct{}

func (failing) Number(context.Context, string) (string, error) { return "", errFailing }

func TestInvoiceJSON(t *testing.T) {
	want := issued(t, utc("2026-11-04"))
	data, err := json.Marshal(want)
	require.NoError(t, err)
	require.Contains(t, string(data), `"state":"final"`)
	require.Contains(t, string(data), `"total":{"amount":"147.30","currency":"USD"}`)
	var got billing.Invoice
	require.NoError(t, json.Unmarshal(data, &got))
	require.Equal(t, want, got)
	require.NoError(t, got.Check())

	var s billing.InvoiceState
	require.ErrorIs(t, s.UnmarshalText([]byte("lost")), billing.ErrState)
	_, err = billing.InvoiceState(9).MarshalText()
	require.ErrorIs(t, err, billing.ErrState)
	require.Equal(t, "InvoiceState(9)", billing.InvoiceState(9).String())
}
