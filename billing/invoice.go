package billing

import (
	"errors"
	"fmt"
	"time"
)

var (
	// ErrState is returned for a transition that the state of an invoice or
	// a credit note does not allow.
	ErrState = errors.New("billing: not possible in this state")

	// ErrInvoice is returned for an invoice whose sums do not hold, or that
	// does not belong with the one it is used with.
	ErrInvoice = errors.New("billing: invoice not usable")
)

// InvoiceState is where an invoice stands. [Invoice] has the transitions.
type InvoiceState uint8

const (
	Draft   InvoiceState = iota // may still change
	Final                       // issued, with a number; never changes again
	Paid                        // settled
	PastDue                     // issued, not paid when it was due
	Void                        // withdrawn; keeps its number if it has one
)

var invoiceStates = [...]string{"draft", "final", "paid", "past due", "void"}

// String returns the state in lower case.
func (s InvoiceState) String() string {
	if int(s) < len(invoiceStates) {
		return invoiceStates[s]
	}
	return fmt.Sprintf("InvoiceState(%d)", uint8(s))
}

// MarshalText writes what String returns. A state that is none is ErrState.
func (s InvoiceState) MarshalText() ([]byte, error) {
	if int(s) >= len(invoiceStates) {
		return nil, fmt.Errorf("%w: %v is no state", ErrState, s)
	}
	return []byte(s.String()), nil
}

// UnmarshalText reads what MarshalText writes.
func (s *InvoiceState) UnmarshalText(text []byte) error {
	for i, name := range invoiceStates {
		if name == string(text) {
			*s = InvoiceState(i)
			return nil
		}
	}
	return fmt.Errorf("%w: %q is no state", ErrState, text)
}

// Invoice is the bill of one account for one period. [Close] makes it. It is
// a value: its methods return a changed copy, which shares the slices, so
// these must not be written to.
//
// Total is always Subtotal less CreditsApplied plus Tax, and each of these is
// the sum of its lines.
type Invoice struct {
	ID          string       `json:"id"`                // names it to the program; CreditNote and Refund refer to it
	Account     string       `json:"account,omitempty"` // whose it is
	Number      string       `json:"number,omitempty"`  // gapless, given by Finalize
	State       InvoiceState `json:"state"`             // Draft until Finalize
	Period      Period       `json:"period"`            // the usage is of
	PlanID      string       `json:"plan"`              // with PlanVersion, what it was rated by
	PlanVersion int          `json:"plan_version"`      // pinned: an invoice is never repriced
	Usage       Usage        `json:"usage,omitempty"`   // of the period so far; what earlier invoices of it billed included

	Lines          []Line          `json:"lines"`             // what is charged, each rounded to the minor unit
	Subtotal       Money           `json:"subtotal"`          // before credits and tax: what an SLA credit is a share of
	Credits        []AppliedCredit `json:"credits,omitempty"` // what of which credit it used
	CreditsApplied Money           `json:"credits_applied"`   // the sum of Credits
	Taxes          []TaxLine       `json:"taxes,omitempty"`   // each tax on what is left
	Tax            Money           `json:"tax"`               // the sum of Taxes
	Total          Money           `json:"total"`             // what is to be paid

	SealAt  time.Time `json:"seal_at,omitzero"`  // not final before: late events are still counted
	IssueBy time.Time `json:"issue_by,omitzero"` // to be issued before
	Issued  time.Time `json:"issued,omitzero"`   // when Finalize made it final
	Due     time.Time `json:"due,omitzero"`      // when it is to be paid by
	Settled time.Time `json:"settled,omitzero"`  // when it was paid or voided
	Reason  string    `json:"reason,omitempty"`  // why it was voided
}

// Check returns an error wrapping [ErrInvoice] unless the sums hold.
func (i Invoice) Check() error {
	var lines, credits, taxes Money
	var err error
	for _, l := range i.Lines {
		if lines, err = lines.Add(l.Amount); err != nil {
			return fmt.Errorf("invoice %s, line %s: %w", i.ID, l.Key, err)
		}
	}
	for _, c := range i.Credits {
		if credits, err = credits.Add(c.Amount); err != nil {
			return fmt.Errorf("invoice %s, credit %s: %w", i.ID, c.ID, err)
		}
	}
	for _, t := range i.Taxes {
		if taxes, err = taxes.Add(t.Amount); err != nil {
			return fmt.Errorf("invoice %s, tax %s: %w", i.ID, t.Name, err)
		}
	}
	total, err := lines.Sub(credits)
	if err == nil {
		total, err = total.Add(taxes)
	}
	if err != nil {
		return fmt.Errorf("invoice %s: %w", i.ID, err)
	}
	for _, sum := range []struct {
		name      string
		has, want Money
	}{{"subtotal", i.Subtotal, lines}, {"credits", i.CreditsApplied, credits}, {"tax", i.Tax, taxes}, {"total", i.Total, total}} {
		if !sum.has.Equal(sum.want) {
			return fmt.Errorf("%w: %s has a %s of %v, its lines make %v", ErrInvoice, i.ID, sum.name, sum.has, sum.want)
		}
	}
	if whole, err := total.Round(Down); err != nil || !whole.Equal(total) {
		return fmt.Errorf("%w: %s has a total of %v, not in whole minor units", ErrInvoice, i.ID, total)
	}
	if total.Sign() < 0 {
		return fmt.Errorf("%w: %s has a total of %v: what is given back is a credit note", ErrInvoice, i.ID, total)
	}
	return nil
}

// NetAmount returns the subtotal less credits: what tax falls on.
func (i Invoice) NetAmount() (Money, error) { return i.Subtotal.Sub(i.CreditsApplied) }

// refuse is the error of a transition that is not there.
func (i Invoice) refuse(to string) error {
	return fmt.Errorf("%w: invoice %s is %v, so it cannot be %s", ErrState, i.ID, i.State, to)
}
