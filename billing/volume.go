package billing

import "fmt"

// Volume charges all units at the rate of the tier that the quantity
// reaches. The bill falls where a cheaper tier begins: see [Cliffs]. It cannot
// be charged in slices, because a later unit changes what the earlier ones
// cost; Between is [ErrSplit], as OpenMeter answers. Tiers are as for
// [Graduated].
func Volume(p Proration, list ...Tier) (Price, error) {
	t, err := newTiers(p, list)
	if err != nil {
		return nil, err
	}
	return &volume{t}, nil
}

type volume struct{ tiers }

func (v *volume) Validate() error { return nil }

// reached is the index of the tier that qty is in.
func (v *volume) reached(qty int64) int {
	i := 0
	for v.tiers.tiers[i].UpTo != Inf && qty > v.tiers.tiers[i].UpTo {
		i++
	}
	return i
}

func (v *volume) Amount(qty int64) (Money, error) {
	if err := span(0, qty); err != nil {
		return Money{}, err
	}
	tier := &v.tiers.tiers[v.reached(qty)]
	amount, err := v.proration.amount(tier.Unit, qty)
	if err != nil {
		return Money{}, err
	}
	if amount, err = v.zero.Add(amount); err != nil {
		return Money{}, err
	}
	return amount.Add(tier.Flat)
}

func (v *volume) Charge(qty int64) (Charge, error) {
	if err := span(0, qty); err != nil {
		return Charge{}, err
	}
	if qty == 0 {
		return v.idle()
	}
	c, i := Charge{Exact: v.zero, Total: v.zero}, v.reached(qty)
	if err := v.units(&c, i, 0, 0, qty); err != nil {
		return Charge{}, err
	}
	if err := v.fee(&c, i, 0, qty); err != nil {
		return Charge{}, err
	}
	return c, nil
}

func (v *volume) Between(from, to int64) (Charge, error) {
	if err := span(from, to); err != nil {
		return Charge{}, err
	}
	return Charge{}, fmt.Errorf("%w: a volume price depends on the whole period's quantity", ErrSplit)
}
