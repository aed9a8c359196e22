package billing

// Graduated charges every unit at the rate of the tier it is in, as income
// tax does: entering a tier changes nothing for the units below. Bounds must
// ascend strictly and the last be Inf; otherwise the error is [ErrTiers].
// [ErrCurrency] is the error of tiers in different currencies.
func Graduated(p Proration, list ...Tier) (Price, error) {
	t, err := newTiers(p, list)
	if err != nil {
		return nil, err
	}
	return &graduated{t}, nil
}

type graduated struct{ tiers }

func (g *graduated) Validate() error { return nil }

func (g *graduated) Amount(qty int64) (Money, error) {
	if err := span(0, qty); err != nil {
		return Money{}, err
	}
	sum, low := g.zero, int64(0)
	for i := range g.tiers.tiers {
		tier := &g.tiers.tiers[i]
		if i > 0 && qty <= low {
			break
		}
		amount, err := g.proration.amount(tier.Unit, tier.within(low, qty))
		if err != nil {
			return Money{}, err
		}
		if sum, err = sum.Add(amount); err != nil {
			return Money{}, err
		}
		if sum, err = sum.Add(tier.Flat); err != nil {
			return Money{}, err
		}
		low = tier.UpTo
		if low == Inf {
			break
		}
	}
	return sum, nil
}

func (g *graduated) Charge(qty int64) (Charge, error) {
	if qty == 0 {
		return g.idle()
	}
	return g.Between(0, qty)
}

func (g *graduated) Between(from, to int64) (Charge, error) {
	if err := span(from, to); err != nil {
		return Charge{}, err
	}
	c := Charge{Lines: make([]Line, 0, g.lines(to)), Exact: g.zero, Total: g.zero}
	low := int64(0)
	for i, tier := range g.tiers.tiers {
		before, after := tier.within(low, from), tier.within(low, to)
		holds := tier.UpTo == Inf || to <= tier.UpTo
		if after > before || from == to && holds {
			if err := g.units(&c, i, low, before, after); err != nil {
				return Charge{}, err
			}
		}
		if from <= low && to > low {
			if err := g.fee(&c, i, low, after); err != nil {
				return Charge{}, err
			}
		}
		if holds {
			break
		}
		low = tier.UpTo
	}
	return c, nil
}

// lines is the most lines that a charge of qty units can have.
func (t *tiers) lines(qty int64) (n int) {
	for _, tier := range t.tiers {
		n++
		if !tier.Flat.IsZero() {
			n++
		}
		if tier.UpTo == Inf || qty <= tier.UpTo {
			break
		}
	}
	return n
}

// units adds the line of the units of tier i, after before up to after.
func (t *tiers) units(c *Charge, i int, low, before, after int64) error {
	rate := t.tiers[i].Unit
	was, err := t.proration.amount(rate, before)
	if err != nil {
		return err
	}
	is, err := t.proration.amount(rate, after)
	if err != nil {
		return err
	}
	return c.addGrown(Line{
		Key: t.labels[i].unitKey, Description: t.labels[i].unit,
		From: low + before, To: low + after, Quantity: after - before, Rate: rate,
	}, was, is)
}

// fee adds the line of the fee of tier i, if it has one.
func (t *tiers) fee(c *Charge, i int, low, after int64) error {
	if t.tiers[i].Flat.IsZero() {
		return nil
	}
	return c.addGrown(Line{
		Key: t.labels[i].flatKey, Description: t.labels[i].flat,
		From: low, To: low + after, Quantity: 1,
	}, t.zero, t.tiers[i].Flat)
}

// idle is the charge for a period without usage: a zero line, and the fee of
// the first tier.
func (t *tiers) idle() (Charge, error) {
	c := Charge{Exact: t.zero, Total: t.zero}
	if err := t.units(&c, 0, 0, 0, 0); err != nil {
		return Charge{}, err
	}
	if err := t.fee(&c, 0, 0, 0); err != nil {
		return Charge{}, err
	}
	return c, nil
}
