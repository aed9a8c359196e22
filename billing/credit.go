package billing

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// ErrCredit is returned for a credit that is negative, used beyond its amount,
// not in whole minor units, or of another account.
var ErrCredit = errors.New("billing: credit not usable")

// Credit is an amount an account has off its next invoices, such as what an
// [SLA] earned it. It reduces the net amount, so no tax falls on it. What one
// invoice does not use is carried to the next.
type Credit struct {
	ID      string `json:"id"`                // unique for the account
	Account string `json:"account,omitempty"` // whose it is
	Reason  string `json:"reason,omitempty"`  // for people; stands on the invoice
	Amount  Money  `json:"amount"`            // as it was given, positive
	Used    Money  `json:"used,omitzero"`     // what earlier invoices used

	// AppliesFrom is the earliest start of a period whose invoice may use
	// the credit. A credit earned in November applies from 1 December: the
	// November invoice is not its "next invoice". The zero time is any.
	AppliesFrom time.Time `json:"applies_from,omitzero"`
}

// Left returns what is not used yet.
func (c Credit) Left() (Money, error) {
	left, err := c.Amount.Sub(c.Used)
	switch {
	case err != nil:
		return Money{}, fmt.Errorf("credit %q: %w", c.ID, err)
	case c.Amount.Sign() < 0 || c.Used.Sign() < 0 || left.Sign() < 0:
		return Money{}, fmt.Errorf("%w: credit %q, %v used of %v", ErrCredit, c.ID, c.Used, c.Amount)
	}
	if whole, err := left.Round(Down); err != nil || !whole.Equal(left) {
		return Money{}, fmt.Errorf("%w: credit %q has %v left, not in whole minor units", ErrCredit, c.ID, left)
	}
	return left, nil
}

// AppliedCredit is what one invoice used of one credit.
type AppliedCredit struct {
	ID     string `json:"id"`               // the credit's
	Reason string `json:"reason,omitempty"` // the credit's
	Amount Money  `json:"amount"`           // positive; what the invoice is less by
}

// applyCredits uses credits on a net amount that is not negative, the oldest
// first and by ID among equals, and returns what it used and the credits that
// have something left, in that order.
func applyCredits(net Money, account string, period Period, credits []Credit) (used []AppliedCredit, left []Credit, err error) {
	credits = slices.Clone(credits)
	slices.SortStableFunc(credits, func(a, b Credit) int {
		return cmp.Or(a.AppliesFrom.Compare(b.AppliesFrom), cmp.Compare(a.ID, b.ID))
	})
	for _, c := range credits {
		rest, err := c.Left()
		if err != nil {
			return nil, nil, err
		}
		if c.Account != "" && account != "" && c.Account != account {
			return nil, nil, fmt.Errorf("%w: credit %q is of account %q, the invoice of %q", ErrCredit, c.ID, c.Account, account)
		}
		if rest.IsZero() {
			continue
		}
		if net.Sign() <= 0 || period.Start.Before(c.AppliesFrom) {
			left = append(left, c)
			continue
		}
		take := rest
		order, err := rest.Cmp(net)
		if err != nil {
			return nil, nil, fmt.Errorf("credit %q: %w", c.ID, err)
		}
		if order > 0 {
			take = net
		}
		if net, err = net.Sub(take); err != nil {
			return nil, nil, err
		}
		if c.Used, err = c.Used.Add(take); err != nil {
			return nil, nil, err
		}
		used = append(used, AppliedCredit{ID: c.ID, Reason: c.Reason, Amount: take})
		if order > 0 {
			left = append(left, c)
		}
	}
	return used, left, nil
}
