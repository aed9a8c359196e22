package main

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/immagin/immagin-go/billing"
)

// A price is what POST /v1/prices takes, as JSON:
// https://docs.stripe.com/api/prices/create
//
// Its tiers are by the unit. A price per 1,000 would be transform_quantity,
// which Stripe does not combine with tiers, so that a part of a thousand costs
// its part there too.
type price struct {
	Currency      string     `json:"currency"`
	Product       string     `json:"product"`
	Recurring     recurring  `json:"recurring"`
	BillingScheme string     `json:"billing_scheme"`
	TiersMode     string     `json:"tiers_mode"`
	Tiers         []unitTier `json:"tiers"`
}

type recurring struct {
	Interval  string `json:"interval"`
	UsageType string `json:"usage_type"`
	Meter     string `json:"meter"`
}

type unitTier struct {
	UpTo              any    `json:"up_to"`               // the last unit, or "inf"
	UnitAmountDecimal string `json:"unit_amount_decimal"` // of the smallest unit of the currency, such as cents
}

// digits is how many decimals unit_amount_decimal may have.
const digits = 12

// graduated writes tiers as a price of Stripe, for a meter and a product that
// are there already.
func graduated(product, meter string, tiers []billing.Tier) (price, error) {
	p := price{
		Product: product, BillingScheme: "tiered", TiersMode: "graduated",
		Recurring: recurring{Interval: "month", UsageType: "metered", Meter: meter},
	}
	for _, t := range tiers {
		if !t.Flat.IsZero() {
			return price{}, fmt.Errorf("the tier up to %d has a fee of its own, which this does not write", t.UpTo)
		}
		amount, err := unitAmount(t.Unit)
		if err != nil {
			return price{}, err
		}
		tier := unitTier{UpTo: t.UpTo, UnitAmountDecimal: amount}
		if t.UpTo == billing.Inf {
			tier.UpTo = "inf"
		}
		p.Currency = strings.ToLower(string(t.Unit.Currency()))
		p.Tiers = append(p.Tiers, tier)
	}
	return p, nil
}

// unitAmount is what one unit costs, in the currency's smallest unit: $0.20
// per 1,000 are 0.02 cents. It is exact, or an error.
func unitAmount(r billing.Rate) (string, error) {
	amount, ok := new(big.Rat).SetString(r.Price())
	if !ok || r.Units() < 1 {
		return "", fmt.Errorf("%v is no rate", r)
	}
	minor := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(r.Currency().Digits())), nil)
	amount.Mul(amount, new(big.Rat).SetFrac(minor, big.NewInt(r.Units())))
	text := amount.FloatString(digits)
	if again, _ := new(big.Rat).SetString(text); again.Cmp(amount) != 0 {
		return "", fmt.Errorf("%v has more than %d decimals for one unit", r, digits)
	}
	text = strings.TrimRight(text, "0")
	return strings.TrimSuffix(text, "."), nil
}
