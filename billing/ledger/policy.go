package ledger

import (
	"fmt"
	"time"

	"github.com/immagin/immagin-go/billing"
)

// Policy is the rules of a ledger that a seller chooses. The zero value is
// the published ones in US dollars, with no margin.
type Policy struct {
	Currency   billing.Currency // of every amount; "USD"
	MinTopUp   billing.Money    // smallest top-up; 10.00
	MaxBalance billing.Money    // paid credit with top-ups in flight stays within it; 10,000.00

	// Margin is added to what upstream bills, in basis points: 2000 is 20%.
	// Version names the price list it belongs to. Both are pinned at Reserve.
	Margin  int64
	Version int64
	// PriceAt says whether a Commit charges the margin of its Reserve (the
	// default: no retroactive repricing) or the one in force at completion.
	PriceAt PriceAt
	// HoldTTL is how long a reservation lasts that asks for nothing else;
	// 15 minutes.
	HoldTTL time.Duration

	// PromoWhileNegative lets promotional credit be reserved while paid credit
	// is below zero. The default is to refuse until a top-up.
	PromoWhileNegative bool

	RefundWindow time.Duration // top-ups are refunded this long; 360 days
	Cooldown     time.Duration // no automatic top-up after a decline or a skip; 1 hour
	DailyCap     billing.Money // automatic top-ups of one UTC day; zero: no cap
	// SuspendOnDecline refuses reservations after an automatic top-up was
	// declined, until one settles.
	SuspendOnDecline bool
}

// PriceAt says which price a Commit charges.
type PriceAt uint8

// See Policy.PriceAt.
const (
	AtReserve PriceAt = iota
	AtCompletion
)

const (
	defaultCurrency     = "USD"
	defaultHoldTTL      = 15 * time.Minute
	defaultRefundWindow = 360 * 24 * time.Hour
	defaultCooldown     = time.Hour

	basisPoints = 10_000
	maxMargin   = 1_000 * basisPoints // 1,000 times the cost is a slip of the pen
)

// withDefaults is the policy with its zero fields filled in.
func (p Policy) withDefaults() (Policy, error) {
	if p.Currency == "" {
		p.Currency = defaultCurrency
	}
	if err := p.Currency.Validate(); err != nil {
		return p, fmt.Errorf("ledger: Policy.Currency: %w", err)
	}
	for _, f := range []struct {
		name  string
		value *billing.Money
		units int64
	}{{"MinTopUp", &p.MinTopUp, 10_000_000_000}, {"MaxBalance", &p.MaxBalance, 10_000_000_000_000}, {"DailyCap", &p.DailyCap, 0}} {
		if f.value.IsZero() {
			*f.value, _ = billing.Nano(f.units, p.Currency)
		}
		if f.value.Currency() != p.Currency {
			return p, fmt.Errorf("%w: Policy.%s is in %s, Policy.Currency is %s", billing.ErrCurrency, f.name, f.value.Currency(), p.Currency)
		}
		if f.value.Sign() < 0 {
			return p, fmt.Errorf("%w: Policy.%s is %s, below zero", ErrArgument, f.name, f.value)
		}
	}
	if p.MinTopUp.NanoUnits() > p.MaxBalance.NanoUnits() {
		return p, fmt.Errorf("%w: Policy.MinTopUp %s is above MaxBalance %s", ErrArgument, p.MinTopUp, p.MaxBalance)
	}
	if p.Margin < 0 || p.Margin > maxMargin {
		return p, fmt.Errorf("%w: Policy.Margin is %d basis points, not 0 to %d", ErrArgument, p.Margin, maxMargin)
	}
	if p.PriceAt > AtCompletion {
		return p, fmt.Errorf("%w: Policy.PriceAt is %d", ErrArgument, p.PriceAt)
	}
	for _, f := range []struct {
		name  string
		value *time.Duration
		or    time.Duration
	}{{"HoldTTL", &p.HoldTTL, defaultHoldTTL}, {"RefundWindow", &p.RefundWindow, defaultRefundWindow}, {"Cooldown", &p.Cooldown, defaultCooldown}} {
		if *f.value == 0 {
			*f.value = f.or
		}
		if *f.value < 0 {
			return p, fmt.Errorf("%w: Policy.%s is %s, below zero", ErrArgument, f.name, *f.value)
		}
	}
	return p, nil
}

// withMargin is a cost with a margin in basis points.
func withMargin(cost billing.Money, margin int64, r billing.Rounding) (billing.Money, error) {
	return cost.MulRatio(basisPoints+margin, basisPoints, r)
}
