package billing

import "fmt"

// Inf is the UpTo of the last tier.
const Inf int64 = -1

// Tier is a range of units: those after the tier before, up to and including
// UpTo. Only the upper bound is kept, so that no unit can fall between two.
type Tier struct {
	UpTo int64 `json:"up_to"`         // inclusive; Inf for the last tier
	Unit Rate  `json:"unit,omitzero"` // for each unit in the tier
	Flat Money `json:"flat,omitzero"` // once, when the tier is entered; the first tier's also for no usage at all
}

// tiers are checked tiers, with what their lines say.
type tiers struct {
	tiers     []Tier
	labels    []label
	proration Proration
	zero      Money // nothing, in the tiers' currency
}

type label struct{ unitKey, unit, flatKey, flat string }

func newTiers(p Proration, list []Tier) (tiers, error) {
	if err := p.validate(); err != nil {
		return tiers{}, err
	}
	if len(list) == 0 {
		return tiers{}, fmt.Errorf("%w: there are none, the last must be up to Inf", ErrTiers)
	}
	t := tiers{proration: p}
	low := int64(0)
	for i, tier := range list {
		last := i == len(list)-1
		switch {
		case last && tier.UpTo != Inf:
			return tiers{}, fmt.Errorf("%w: the last ends at %d, must be Inf", ErrTiers, tier.UpTo)
		case !last && tier.UpTo <= low:
			return tiers{}, fmt.Errorf("%w: tier %d ends at %d, must be above %d", ErrTiers, i+1, tier.UpTo, low)
		case tier.Flat.Sign() < 0:
			return tiers{}, fmt.Errorf("%w: tier %d has a fee of %s, below zero", ErrPrice, i+1, tier.Flat.text())
		}
		for _, m := range []Money{tier.Flat, {currency: tier.Unit.currency}} {
			sum, err := t.zero.Add(Money{currency: m.currency})
			if err != nil {
				return tiers{}, fmt.Errorf("tier %d: %w", i+1, err)
			}
			t.zero = sum
		}
		t.labels = append(t.labels, newLabel(i+1, low, tier, p))
		low = tier.UpTo
	}
	t.tiers = append([]Tier(nil), list...)
	return t, nil
}

func newLabel(n int, low int64, tier Tier, p Proration) label {
	units := fmt.Sprintf("%s to %s", group(low+1), group(tier.UpTo))
	if tier.UpTo == Inf {
		units = "from " + group(low+1)
	}
	rate := tier.Unit.text()
	if p == BlockUp {
		rate = tier.Unit.blockText()
	}
	return label{
		unitKey: fmt.Sprintf("tier/%d/unit", n),
		unit:    units + " at " + rate,
		flatKey: fmt.Sprintf("tier/%d/flat", n),
		flat:    units + ", fee",
	}
}

// bounds are the last units of the tiers that end.
func (t *tiers) bounds() []int64 {
	var ends []int64
	for _, tier := range t.tiers[:len(t.tiers)-1] {
		ends = append(ends, tier.UpTo)
	}
	return ends
}

// within is how many of qty units are in the tier after low.
func (t Tier) within(low, qty int64) int64 {
	if t.UpTo != Inf {
		qty = min(qty, t.UpTo)
	}
	return max(0, qty-low)
}
