package billing

import (
	"context"
	"fmt"
	"time"
)

// Finalize issues a draft: it gets a number and a due date and never changes
// again. Where the draft names no due date, terms give it. It is refused with
// [ErrState] before [Invoice.SealAt], and for what is no draft; a number is
// taken only when nothing else can fail. An invoice over nothing is paid at
// once.
//
// Store the invoice in the transaction that n takes the number in, or use an
// n that gives the same ID the same number again.
func (i Invoice) Finalize(ctx context.Context, n Numberer, t Terms, at time.Time) (Invoice, error) {
	at = at.UTC()
	switch {
	case i.State != Draft:
		return i, i.refuse("issued")
	case at.Before(i.SealAt):
		return i, fmt.Errorf("%w: invoice %s takes late events until %v", ErrState, i.ID, i.SealAt)
	case !i.Due.IsZero() && i.Due.Before(at):
		return i, fmt.Errorf("%w: invoice %s is due %v, before it is issued", ErrInvoice, i.ID, i.Due)
	}
	if err := i.Check(); err != nil {
		return i, err
	}
	number, err := n.Number(ctx, i.ID)
	if err != nil {
		return i, fmt.Errorf("billing: numbering invoice %s: %w", i.ID, err)
	}
	i.Number, i.State, i.Issued = number, Final, at
	if i.Due.IsZero() {
		i.Due = t.Due(at)
	}
	if i.Total.IsZero() {
		i.State, i.Settled = Paid, at
	}
	return i, nil
}

// Pay settles an invoice that is final or past due.
func (i Invoice) Pay(at time.Time) (Invoice, error) {
	if i.State != Final && i.State != PastDue {
		return i, i.refuse("paid")
	}
	i.State, i.Settled = Paid, at.UTC()
	return i, nil
}

// MarkPastDue says that an invoice was not paid when it was due: from the due
// instant on, and refused before it.
func (i Invoice) MarkPastDue(at time.Time) (Invoice, error) {
	if i.State != Final {
		return i, i.refuse("past due")
	}
	if at.Before(i.Due) {
		return i, fmt.Errorf("%w: invoice %s is not due until %v", ErrState, i.ID, i.Due)
	}
	i.State = PastDue
	return i, nil
}

// Void withdraws an invoice that is not paid. One that has a number keeps it,
// so the numbers have no gap. What is paid is corrected by a credit note.
func (i Invoice) Void(at time.Time, reason string) (Invoice, error) {
	if i.State == Paid || i.State == Void {
		return i, i.refuse("voided")
	}
	i.State, i.Settled, i.Reason = Void, at.UTC(), reason
	return i, nil
}

// owed reports whether an invoice was issued and not settled at an instant.
func (i Invoice) owed(at time.Time) bool {
	switch i.State {
	case Final, PastDue:
		return !at.Before(i.Issued)
	case Paid, Void:
		return i.Number != "" && !at.Before(i.Issued) && at.Before(i.Settled)
	}
	return false
}
