package billing

import "fmt"

// Flat charges m for a period, whatever its usage: also for none. In slices
// it belongs to the first unit. m must not be below zero.
func Flat(m Money) Price { return flat{m} }

type flat struct{ fee Money }

func (f flat) Validate() error {
	if f.fee.Sign() < 0 {
		return fmt.Errorf("%w: a fee of %s, below zero", ErrPrice, f.fee.text())
	}
	return nil
}

func (f flat) Amount(qty int64) (Money, error) {
	if err := f.Validate(); err != nil {
		return Money{}, err
	}
	return f.fee, span(0, qty)
}

func (f flat) Charge(qty int64) (Charge, error) { return f.charge(0, qty, f.fee) }

func (f flat) Between(from, to int64) (Charge, error) {
	if from > 0 || to == 0 {
		return f.charge(from, to, Money{currency: f.fee.currency})
	}
	return f.charge(from, to, f.fee)
}

func (f flat) charge(from, to int64, fee Money) (c Charge, err error) {
	if err := f.Validate(); err != nil {
		return Charge{}, err
	}
	if err := span(from, to); err != nil {
		return Charge{}, err
	}
	l := Line{Key: "flat", Description: "fee", From: from, To: to, Quantity: 1}
	if err := c.addGrown(l, Money{currency: fee.currency}, fee); err != nil {
		return Charge{}, err
	}
	return c, nil
}

// Unit charges every unit at one rate.
func Unit(r Rate, p Proration) Price { return unit{r, p} }

type unit struct {
	rate      Rate
	proration Proration
}

func (u unit) Validate() error { return u.proration.validate() }

func (u unit) Amount(qty int64) (Money, error) {
	if err := u.Validate(); err != nil {
		return Money{}, err
	}
	return u.proration.amount(u.rate, qty)
}

func (u unit) Charge(qty int64) (Charge, error) { return u.Between(0, qty) }

func (u unit) Between(from, to int64) (c Charge, err error) {
	if err := span(from, to); err != nil {
		return Charge{}, err
	}
	before, err := u.Amount(from)
	if err != nil {
		return Charge{}, err
	}
	after, err := u.Amount(to)
	if err != nil {
		return Charge{}, err
	}
	l := Line{Key: "unit", Description: u.rate.text(), From: from, To: to, Quantity: to - from, Rate: u.rate}
	if u.proration == BlockUp {
		l.Description = u.rate.blockText()
	}
	if err := c.addGrown(l, before, after); err != nil {
		return Charge{}, err
	}
	return c, nil
}

// Package charges price for every started package of size units after the
// first free ones. The number of packages is counted in integers: Lago's
// division of floats is wrong above 2^53. Errors are [ErrPrice].
func Package(size int64, price Money, free int64) (Price, error) {
	switch {
	case size < 1:
		return nil, fmt.Errorf("%w: packages of %d units, must be 1 or more", ErrPrice, size)
	case free < 0:
		return nil, fmt.Errorf("%w: %d free units, below zero", ErrPrice, free)
	case price.Sign() < 0:
		return nil, fmt.Errorf("%w: packages at %s, below zero", ErrPrice, price.text())
	}
	rate, err := Per(size, price.String(), price.currency)
	if err != nil {
		return nil, err
	}
	return &packaged{rate, free}, nil
}

type packaged struct {
	rate Rate // for one package
	free int64
}

func (p *packaged) Validate() error { return nil }

func (p *packaged) Amount(qty int64) (Money, error) {
	if err := span(0, qty); err != nil {
		return Money{}, err
	}
	return p.rate.Blocks(max(0, qty-p.free))
}

func (p *packaged) Charge(qty int64) (Charge, error) { return p.Between(0, qty) }

func (p *packaged) Between(from, to int64) (c Charge, err error) {
	if err := span(from, to); err != nil {
		return Charge{}, err
	}
	before, err := p.Amount(from)
	if err != nil {
		return Charge{}, err
	}
	after, err := p.Amount(to)
	if err != nil {
		return Charge{}, err
	}
	l := Line{Key: "package", Description: p.rate.blockText(), From: from, To: to, Quantity: to - from, Rate: p.rate}
	if p.free > 0 {
		l.Description += " after " + group(p.free)
	}
	if err := c.addGrown(l, before, after); err != nil {
		return Charge{}, err
	}
	return c, nil
}
