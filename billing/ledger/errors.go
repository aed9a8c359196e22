package ledger

import (
	"errors"
	"fmt"

	"github.com/immagin/immagin-go/billing"
)

// What a ledger refuses. Errors wrap one of these and say which value was
// wrong and what would be right. Amounts of another currency than the
// ledger's are billing.ErrCurrency.
var (
	ErrInsufficient  = errors.New("ledger: insufficient balance")     // as *InsufficientError
	ErrNegative      = errors.New("ledger: paid balance is negative") // with ErrInsufficient, as *InsufficientError
	ErrConflict      = errors.New("ledger: key used before with other arguments")
	ErrKey           = errors.New("ledger: account or key not usable")
	ErrArgument      = errors.New("ledger: argument out of range")
	ErrNotFound      = errors.New("ledger: no such reservation, grant or top-up")
	ErrReleased      = errors.New("ledger: reservation was released")
	ErrEstimate      = errors.New("ledger: no cost estimate")
	ErrTopUpTooSmall = errors.New("ledger: below the minimum top-up")
	ErrBalanceCap    = errors.New("ledger: over the maximum balance")
	ErrInFlight      = errors.New("ledger: another top-up is in flight")
	ErrDeclined      = errors.New("ledger: payment declined")
	ErrNoPayments    = errors.New("ledger: Options.Payments is nil")
	ErrRefundWindow  = errors.New("ledger: refund window closed")
	ErrSuspended     = errors.New("ledger: account suspended")
	ErrClosed        = errors.New("ledger: account closing or closed")
	ErrOpen          = errors.New("ledger: open reservations or payments")
	ErrUnbalanced    = errors.New("ledger: books do not balance") // by Verify
)

// InsufficientError says what a Reserve or a Refund needed and what there is.
// It is ErrInsufficient, and ErrNegative too if promotional credit was left
// out because the paid balance is negative.
type InsufficientError struct {
	Need, Have billing.Money
	Negative   bool // promotional credit was left out, since paid credit is negative
}

func (e *InsufficientError) Error() string {
	if e.Negative {
		return fmt.Sprintf("%v: need %s, and paid credit is negative", ErrInsufficient, e.Need)
	}
	return fmt.Sprintf("%v: need %s, have %s", ErrInsufficient, e.Need, e.Have)
}

// Is makes errors.Is work for ErrInsufficient and ErrNegative.
func (e *InsufficientError) Is(target error) bool {
	return target == ErrInsufficient || e.Negative && target == ErrNegative
}
