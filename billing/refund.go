package billing

import (
	"errors"
	"fmt"
	"time"
)

var (
	// ErrRefundWindow is returned for a request after the last day.
	ErrRefundWindow = errors.New("billing: refund window closed")

	// ErrRefund is returned for a request without a reason that refunds, or
	// without anything to give back.
	ErrRefund = errors.New("billing: not refundable")
)

// RefundReason says why money should be given back.
type RefundReason uint8

const (
	OtherReason     RefundReason = iota // does not refund
	DuplicateCharge                     // the whole line
	BillingError                        // what was charged less what should have been
)

// String returns the reason in words.
func (r RefundReason) String() string {
	switch r {
	case OtherReason:
		return "other reason"
	case DuplicateCharge:
		return "duplicate charge"
	case BillingError:
		return "billing error"
	}
	return fmt.Sprintf("RefundReason(%d)", uint8(r))
}

// RefundPolicy says what is refunded and by when. The zero value gives the
// defaults. Days are calendar days in UTC.
type RefundPolicy struct {
	// Window is how many calendar days after the day an invoice was issued a
	// refund may be asked for, that day included. Default 30.
	Window int

	// PayWithin is how many business days after its approval a refund is
	// paid. Default 10.
	PayWithin int

	// Holiday reports whether a weekday is no business day. It is given
	// midnight UTC. Nil is no holidays.
	Holiday func(day time.Time) bool
}

// RefundRequest asks for a line of an invoice back.
type RefundRequest struct {
	Invoice   Invoice      // as it was issued
	Line      int          // index into the invoice's Lines
	Reason    RefundReason // decides what the policy gives back
	Correct   Money        // what the line should have been, for a BillingError
	Requested time.Time    // when; the policy has time limits
}

// Refund is a request that the policy grants. It is a new entry, never an
// edit: [Invoice.CreditNote] of its Correction puts it on the books and adds
// the tax, and the integrator pays that to the original method or as account
// credit.
type Refund struct {
	InvoiceID  string
	Reason     RefundReason
	Correction Correction
	Requested  time.Time
	Approved   time.Time // by Approve
	PayBy      time.Time // the end of the last day to pay it on, by Approve
}

// LastDay returns midnight of the last day on which a refund of an invoice
// may be asked for.
func (p RefundPolicy) LastDay(issued time.Time) time.Time {
	return midnight(issued).AddDate(0, 0, or(p.Window, 30))
}

// Refund judges a request. After the last day it is [ErrRefundWindow]; for a
// reason other than the two, or where nothing was charged too much, it is
// [ErrRefund].
func (p RefundPolicy) Refund(r RefundRequest) (Refund, error) {
	switch {
	case r.Invoice.Issued.IsZero() || r.Invoice.State == Void:
		return Refund{}, fmt.Errorf("%w: invoice %s is %v", ErrRefund, r.Invoice.ID, r.Invoice.State)
	case r.Line < 0 || r.Line >= len(r.Invoice.Lines):
		return Refund{}, fmt.Errorf("%w: invoice %s has %d lines, no line %d", ErrRefund, r.Invoice.ID, len(r.Invoice.Lines), r.Line)
	case midnight(r.Requested).After(p.LastDay(r.Invoice.Issued)):
		return Refund{}, fmt.Errorf("%w: the last day was %s", ErrRefundWindow, p.LastDay(r.Invoice.Issued).Format(time.DateOnly))
	}
	amount := r.Invoice.Lines[r.Line].Amount
	switch r.Reason {
	case DuplicateCharge:
	case BillingError:
		if r.Correct.Sign() < 0 {
			return Refund{}, fmt.Errorf("%w: a line cannot have been %v", ErrRefund, r.Correct)
		}
		var err error
		if amount, err = amount.Sub(r.Correct); err != nil {
			return Refund{}, err
		}
	default:
		return Refund{}, fmt.Errorf("%w: %v; only a duplicate charge or a billing error", ErrRefund, r.Reason)
	}
	if amount.Sign() <= 0 {
		return Refund{}, fmt.Errorf("%w: nothing was charged too much on line %d of invoice %s", ErrRefund, r.Line, r.Invoice.ID)
	}
	return Refund{
		InvoiceID:  r.Invoice.ID,
		Reason:     r.Reason,
		Correction: Correction{Line: r.Line, Amount: amount},
		Requested:  r.Requested.UTC(),
	}, nil
}

// Approve dates a refund, and by when it is to be paid.
func (p RefundPolicy) Approve(r Refund, at time.Time) Refund {
	r.Approved = at.UTC()
	r.PayBy = AddBusinessDays(at, or(p.PayWithin, 10), p.Holiday).AddDate(0, 0, 1)
	return r
}

// AddBusinessDays returns midnight UTC of the n-th business day after a day.
// Saturdays, Sundays and holidays are none. A nil holiday is no holidays.
func AddBusinessDays(from time.Time, n int, holiday func(day time.Time) bool) time.Time {
	at := midnight(from)
	for n > 0 {
		at = at.AddDate(0, 0, 1)
		weekend := at.Weekday() == time.Saturday || at.Weekday() == time.Sunday
		if !weekend && (holiday == nil || !holiday(at)) {
			n--
		}
	}
	return at
}

// ProRata returns the part of a prepaid amount that falls after an instant,
// such as the base fee a provider who ends the service gives back. It is
// rounded down to the minor unit.
func ProRata(prepaid Money, p Period, at time.Time) (Money, error) {
	if err := p.Validate(); err != nil {
		return Money{}, err
	}
	left := p.End.Sub(later(p.Start, earlier(at, p.End)))
	share, err := prepaid.MulRatio(int64(left), int64(p.Duration()), Down)
	if err != nil {
		return Money{}, err
	}
	return share.Round(Down)
}

func midnight(t time.Time) time.Time {
	year, month, day := t.UTC().Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}
