package billing

import (
	"errors"
	"fmt"
	"time"
)

// What amounts, rates, prices and plans refuse. Errors wrap one of these and
// say which value was wrong and what would be right.
var (
	ErrAmount   = errors.New("billing: not an amount of money")
	ErrCurrency = errors.New("billing: currencies differ or are not ISO 4217 codes")
	ErrOverflow = errors.New("billing: amount out of range")
	ErrRatio    = errors.New("billing: ratio or weights cannot divide an amount")
	ErrRate     = errors.New("billing: not a rate")
	ErrQuantity = errors.New("billing: quantity out of range")
	ErrTiers    = errors.New("billing: tiers not ascending or without an open end")
	ErrPrice    = errors.New("billing: price not usable")
	ErrSplit    = errors.New("billing: price cannot be charged in slices of a period")
	ErrPlan     = errors.New("billing: plan not usable")
)

// What a plan's limits and an account's standing refuse.
var (
	ErrQuota      = errors.New("billing: plan limit reached") // as *QuotaError
	ErrUploads    = errors.New("billing: uploads suspended while a balance is outstanding")
	ErrUnverified = errors.New("billing: e-mail address not verified")
	ErrAccess     = errors.New("billing: account not served")
)

// QuotaError says which limit of a plan was reached. It is ErrQuota.
type QuotaError struct {
	Metric Metric    // Projects for the number of projects
	Limit  int64     // the last quantity that is allowed
	Resets time.Time // when the quantity starts again at nothing; zero when it never does
}

func (e *QuotaError) Error() string {
	if e.Resets.IsZero() {
		return fmt.Sprintf("%v: %s, at most %s", ErrQuota, e.Metric, group(e.Limit))
	}
	return fmt.Sprintf("%v: %s, at most %s until %s", ErrQuota, e.Metric, group(e.Limit), e.Resets.Format(time.RFC3339))
}

// Is makes errors.Is(err, ErrQuota) true.
func (e *QuotaError) Is(target error) bool { return target == ErrQuota }
