package billing

import (
	"context"
	"fmt"
	"time"
)

// Correction takes an amount off one line of an invoice.
type Correction struct {
	Line   int   `json:"line"`   // index into the invoice's Lines
	Amount Money `json:"amount"` // net, above zero
}

// CreditNote corrects an invoice that was issued. The invoice itself is never
// edited.
type CreditNote struct {
	ID            string       `json:"id"`                // names it to the program
	Number        string       `json:"number,omitempty"`  // given by Finalize
	Account       string       `json:"account,omitempty"` // the invoice's
	InvoiceID     string       `json:"invoice"`           // of the invoice that it corrects
	InvoiceNumber string       `json:"invoice_number"`    // of the same
	Reason        string       `json:"reason,omitempty"`  // for people
	Lines         []Correction `json:"lines"`             // what is given back, by line of the invoice
	Subtotal      Money        `json:"subtotal"`          // net of tax
	Tax           Money        `json:"tax"`               // the invoice's tax on that
	Total         Money        `json:"total"`             // Subtotal and Tax
	Issued        time.Time    `json:"issued,omitzero"`   // when Finalize made it final
}

// CreditNote drafts a correction of an issued invoice. The earlier credit
// notes of the same invoice must be given: together they never give back more
// than a line was charged, nor more than the invoice's net amount, and when
// they give all of it back they give all of its tax back.
func (i Invoice) CreditNote(id, reason string, corrections []Correction, earlier []CreditNote) (CreditNote, error) {
	if i.State == Draft || i.State == Void {
		return CreditNote{}, i.refuse("corrected")
	}
	net, err := i.NetAmount()
	if err != nil {
		return CreditNote{}, err
	}
	var before, taxBefore Money
	given := make([]Money, len(i.Lines))
	for _, n := range earlier {
		if n.InvoiceID != i.ID {
			return CreditNote{}, fmt.Errorf("%w: credit note %s is of invoice %s, not of %s", ErrInvoice, n.ID, n.InvoiceID, i.ID)
		}
		if before, err = i.correct(given, before, n.Lines); err != nil {
			return CreditNote{}, err
		}
		if taxBefore, err = taxBefore.Add(n.Tax); err != nil {
			return CreditNote{}, err
		}
	}
	if len(corrections) == 0 {
		return CreditNote{}, fmt.Errorf("%w: nothing to correct on invoice %s", ErrInvoice, i.ID)
	}
	after, err := i.correct(given, before, corrections)
	if err != nil {
		return CreditNote{}, err
	}
	if order, err := after.Cmp(net); err != nil || order > 0 {
		return CreditNote{}, fmt.Errorf("%w: %v back of the %v that invoice %s came to before tax", ErrInvoice, after, net, i.ID)
	}
	note := CreditNote{ID: id, Account: i.Account, InvoiceID: i.ID, InvoiceNumber: i.Number, Reason: reason, Lines: corrections}
	if note.Subtotal, err = after.Sub(before); err != nil {
		return CreditNote{}, err
	}
	tax, err := i.Tax.MulRatio(after.NanoUnits(), max(net.NanoUnits(), 1), Down)
	if err == nil {
		tax, err = tax.Round(HalfUp)
	}
	if err == nil {
		note.Tax, err = tax.Sub(taxBefore)
	}
	if err == nil {
		note.Total, err = note.Subtotal.Add(note.Tax)
	}
	if err != nil {
		return CreditNote{}, fmt.Errorf("credit note %s: %w", id, err)
	}
	return note, nil
}

// correct adds corrections to what the lines were given back, and to the sum.
func (i Invoice) correct(given []Money, sum Money, corrections []Correction) (Money, error) {
	for _, c := range corrections {
		if c.Line < 0 || c.Line >= len(given) {
			return Money{}, fmt.Errorf("%w: invoice %s has %d lines, no line %d", ErrInvoice, i.ID, len(given), c.Line)
		}
		line := i.Lines[c.Line]
		back, err := given[c.Line].Add(c.Amount)
		if err != nil {
			return Money{}, err
		}
		order, err := back.Cmp(line.Amount)
		if err != nil {
			return Money{}, err
		}
		if c.Amount.Sign() <= 0 || order > 0 {
			return Money{}, fmt.Errorf("%w: %v back of the %v charged on line %d of invoice %s", ErrInvoice, back, line.Amount, c.Line, i.ID)
		}
		given[c.Line] = back
		if sum, err = sum.Add(c.Amount); err != nil {
			return Money{}, err
		}
	}
	return sum, nil
}

// Finalize issues a credit note that has no number yet.
func (n CreditNote) Finalize(ctx context.Context, numbers Numberer, at time.Time) (CreditNote, error) {
	if n.Number != "" {
		return n, fmt.Errorf("%w: credit note %s is issued", ErrState, n.ID)
	}
	number, err := numbers.Number(ctx, n.ID)
	if err != nil {
		return n, fmt.Errorf("billing: numbering credit note %s: %w", n.ID, err)
	}
	n.Number, n.Issued = number, at.UTC()
	return n, nil
}
