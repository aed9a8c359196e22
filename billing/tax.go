package billing

import (
	"errors"
	"fmt"
	"slices"
)

// ErrTax is returned for tax lines that are negative, not in whole minor
// units, or named twice.
var ErrTax = errors.New("billing: tax lines not usable")

// TaxRequest is what a tax is to be found for.
type TaxRequest struct {
	Account string
	Period  Period
	Net     Money  // the subtotal less credits; never negative
	Lines   []Line // what the subtotal is of
}

// TaxLine is one tax on an invoice.
type TaxLine struct {
	Name   string `json:"name"`           // "VAT 20 %"; different for each line of an invoice
	Base   Money  `json:"base"`           // the net amount that is taxed
	Amount Money  `json:"amount"`         // in whole minor units; not negative
	Note   string `json:"note,omitempty"` // what the law wants printed, such as "reverse charge"
}

// TaxFunc finds the tax on a net amount: the hook behind which an integrator
// puts the tax law or a tax service's answer. It must be a pure function of
// its request: [Close] may call it again for the same invoice. A nil TaxFunc
// is no tax.
type TaxFunc func(TaxRequest) ([]TaxLine, error)

// FlatTax returns a TaxFunc for one tax of so many hundredths of a per cent
// on the whole net amount, rounded half up.
func FlatTax(name string, basisPoints int64) TaxFunc {
	return func(r TaxRequest) ([]TaxLine, error) {
		if basisPoints < 0 {
			return nil, fmt.Errorf("%w: a rate of %d basis points", ErrTax, basisPoints)
		}
		exact, err := r.Net.MulRatio(basisPoints, 10_000, Down)
		if err != nil {
			return nil, err
		}
		amount, err := exact.Round(HalfUp)
		if err != nil {
			return nil, err
		}
		return []TaxLine{{Name: name, Base: r.Net, Amount: amount}}, nil
	}
}

// lines asks for the tax lines and checks them.
func (f TaxFunc) lines(r TaxRequest) ([]TaxLine, Money, error) {
	if f == nil {
		return nil, Money{}, nil
	}
	lines, err := f(r)
	if err != nil {
		return nil, Money{}, fmt.Errorf("billing: tax: %w", err)
	}
	lines = slices.Clone(lines) // the hook may keep its own
	var sum Money
	names := map[string]bool{}
	for _, l := range lines {
		whole, err := l.Amount.Round(Down)
		switch {
		case err != nil:
			return nil, Money{}, err
		case l.Amount.Sign() < 0 || !whole.Equal(l.Amount):
			return nil, Money{}, fmt.Errorf("%w: %q is %v", ErrTax, l.Name, l.Amount)
		case names[l.Name]:
			return nil, Money{}, fmt.Errorf("%w: two are named %q", ErrTax, l.Name)
		}
		names[l.Name] = true
		if sum, err = sum.Add(l.Amount); err != nil {
			return nil, Money{}, fmt.Errorf("tax %q: %w", l.Name, err)
		}
	}
	return lines, sum, nil
}
