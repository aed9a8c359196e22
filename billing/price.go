package billing

import "fmt"

// Price turns the quantity of one metric in one period into money. The
// prices of this package are immutable and may be used by many goroutines;
// a host may have its own.
type Price interface {
	// Charge rates the whole quantity of a period, with a line for every
	// tier it reaches and one zero line for nothing. A negative quantity is
	// [ErrQuantity].
	Charge(qty int64) (Charge, error)

	// Between rates the units after from up to and including to, as a
	// progressive invoice does. Slices add up: Between(a, b) and
	// Between(b, c) are Between(a, c), exactly and in rounded totals, and
	// Between(0, n) is Charge(n) for every n above zero. An empty slice
	// costs nothing: what a price charges for a period without usage is
	// known at its end, and is Charge(0). [ErrSplit] is the answer of prices
	// that cannot be sliced.
	Between(from, to int64) (Charge, error)

	// Amount is Charge's Exact, without lines and without allocating.
	Amount(qty int64) (Money, error)

	// Validate says what makes the price unusable. Charge, Between and
	// Amount refuse what it refuses.
	Validate() error
}

// Charge is a rated quantity.
type Charge struct {
	Lines []Line `json:"lines"` // what the total is made of
	Exact Money  `json:"exact"` // before rounding, to the nano-unit
	Total Money  `json:"total"` // the sum of the lines' amounts, each in whole minor units
}

// Line is one row of a charge.
type Line struct {
	Key         string `json:"key"`                   // stable: "base", "tier/2/unit", "tier/2/flat", "package"
	Description string `json:"description,omitempty"` // for people
	Metric      Metric `json:"metric,omitempty"`      // what was used; empty for fees
	From        int64  `json:"from"`                  // the line rates the units after From
	To          int64  `json:"to"`                    // up to and including To
	Quantity    int64  `json:"quantity"`              // how many units it rates, or 1 for a fee
	Rate        Rate   `json:"rate,omitzero"`         // of lines that have one
	Exact       Money  `json:"exact"`                 // to the nano-unit
	Amount      Money  `json:"amount"`                // Exact in minor units, half-up: the only rounding of a charge
}

// Proration says what a part of a rate's units costs.
type Proration uint8

const (
	Linear  Proration = iota // 1 unit of a price per 1,000 is a thousandth of it (Stripe's tiers)
	BlockUp                  // a started 1,000 is a whole one (Kill Bill's blocks)
)

func (p Proration) String() string {
	switch p {
	case Linear:
		return "linear"
	case BlockUp:
		return "block-up"
	}
	return fmt.Sprintf("Proration(%d)", uint8(p))
}

func (p Proration) validate() error {
	if p > BlockUp {
		return fmt.Errorf("%w: %v is no proration", ErrPrice, p)
	}
	return nil
}

// amount is the exact price of qty units.
func (p Proration) amount(r Rate, qty int64) (Money, error) {
	if p == BlockUp {
		return r.Blocks(qty)
	}
	return r.Amount(qty, HalfUp)
}

// span checks the bounds of a slice.
func span(from, to int64) error {
	if from < 0 || to < from {
		return fmt.Errorf("%w: from %d to %d, must ascend from 0", ErrQuantity, from, to)
	}
	return nil
}

// add appends a line and counts it in.
func (c *Charge) add(l Line) (err error) {
	if c.Exact, err = c.Exact.Add(l.Exact); err != nil {
		return err
	}
	if c.Total, err = c.Total.Add(l.Amount); err != nil {
		return err
	}
	c.Lines = append(c.Lines, l)
	return nil
}

// addGrown is add of a line whose exact amount grew from before to after. The
// line's amount is the difference of the two rounded, so that slices add up
// to the cent that the whole is.
func (c *Charge) addGrown(l Line, before, after Money) error {
	first, err := before.Round(HalfUp)
	if err != nil {
		return err
	}
	last, err := after.Round(HalfUp)
	if err != nil {
		return err
	}
	if l.Exact, err = after.Sub(before); err != nil {
		return err
	}
	if l.Amount, err = last.Sub(first); err != nil {
		return err
	}
	return c.add(l)
}
