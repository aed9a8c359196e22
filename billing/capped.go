package billing

import "fmt"

// Capped is a price that charges at least least and at most most in a
// period: a commitment and a ceiling. The zero Money is no bound. What is
// added or taken off stands in a line of its own, "minimum" or "maximum".
// In slices the minimum is charged with the first unit and usage then eats
// it up.
func Capped(p Price, least, most Money) Price { return &capped{p, least, most} }

type capped struct {
	price       Price
	least, most Money
}

func (c *capped) Validate() error {
	if c.price == nil {
		return fmt.Errorf("%w: nothing to cap", ErrPrice)
	}
	if c.least.Sign() < 0 || c.most.Sign() < 0 || c.most.IsZero() && c.most != (Money{}) {
		return fmt.Errorf("%w: bounds from %s to %s, must be above zero", ErrPrice, c.least.text(), c.most.text())
	}
	order, err := c.least.Cmp(c.most)
	if err != nil {
		return err
	}
	if order > 0 && !c.most.IsZero() {
		return fmt.Errorf("%w: at least %s but at most %s", ErrPrice, c.least.text(), c.most.text())
	}
	return c.price.Validate()
}

// gaps are what the bounds add to and take off an amount.
func (c *capped) gaps(amount, least, most Money) (more, less Money, err error) {
	if more, err = least.Sub(amount); err != nil {
		return Money{}, Money{}, err
	}
	if more.Sign() < 0 || least.IsZero() {
		more = Money{currency: more.currency}
	}
	if less, err = most.Sub(amount); err != nil {
		return Money{}, Money{}, err
	}
	if less.Sign() > 0 || most.IsZero() {
		less = Money{currency: less.currency}
	}
	return more, less, nil
}

func (c *capped) Amount(qty int64) (Money, error) {
	if err := c.Validate(); err != nil {
		return Money{}, err
	}
	amount, err := c.price.Amount(qty)
	if err != nil {
		return Money{}, err
	}
	more, less, err := c.gaps(amount, c.least, c.most)
	if err != nil {
		return Money{}, err
	}
	if amount, err = amount.Add(more); err != nil {
		return Money{}, err
	}
	return amount.Add(less)
}

func (c *capped) Charge(qty int64) (Charge, error) {
	if err := c.Validate(); err != nil {
		return Charge{}, err
	}
	charge, err := c.price.Charge(qty)
	if err != nil {
		return Charge{}, err
	}
	if err := c.bound(&charge, Charge{}, charge, 0, qty); err != nil {
		return Charge{}, err
	}
	return charge, nil
}

func (c *capped) Between(from, to int64) (Charge, error) {
	if err := c.Validate(); err != nil {
		return Charge{}, err
	}
	charge, err := c.price.Between(from, to)
	if err != nil || from == to {
		return charge, err
	}
	var before Charge
	if from > 0 {
		if before, err = c.price.Charge(from); err != nil {
			return Charge{}, err
		}
	}
	after, err := c.price.Charge(to)
	if err != nil {
		return Charge{}, err
	}
	if err := c.bound(&charge, before, after, from, to); err != nil {
		return Charge{}, err
	}
	return charge, nil
}

// bound adds the lines of the bounds, as they grew from one charge of the
// whole quantity to another; before is empty at the period's start.
func (c *capped) bound(charge *Charge, before, after Charge, from, to int64) error {
	leastMinor, err := c.least.Round(HalfUp)
	if err != nil {
		return err
	}
	mostMinor, err := c.most.Round(HalfUp)
	if err != nil {
		return err
	}
	var less, more [4]Money // exact and amount before, exact and amount after
	for i, at := range []Charge{before, after} {
		if i == 0 && len(before.Lines) == 0 {
			continue
		}
		if more[2*i], less[2*i], err = c.gaps(at.Exact, c.least, c.most); err != nil {
			return err
		}
		if more[2*i+1], less[2*i+1], err = c.gaps(at.Total, leastMinor, mostMinor); err != nil {
			return err
		}
	}
	for _, gap := range []struct {
		key, description string
		at               [4]Money
	}{
		{"minimum", "minimum of " + c.least.text(), more},
		{"maximum", "maximum of " + c.most.text(), less},
	} {
		l := Line{Key: gap.key, Description: gap.description, From: from, To: to, Quantity: 1}
		if l.Exact, err = gap.at[2].Sub(gap.at[0]); err != nil {
			return err
		}
		if l.Amount, err = gap.at[3].Sub(gap.at[1]); err != nil {
			return err
		}
		if l.Exact.IsZero() && l.Amount.IsZero() {
			continue
		}
		if err := charge.add(l); err != nil {
			return err
		}
	}
	return nil
}

// bounds are those of the price within.
func (c *capped) bounds() []int64 { return bounds(c.price) }
