package ledger

import "github.com/immagin/immagin-go/billing"

// EventKind says what happened.
type EventKind uint8

// What Options.Notify hears of.
const (
	TopUpSettled  EventKind = iota + 1 // Key: the payment
	TopUpDeclined                      // Key: the payment
	TopUpSkipped                       // automatic, no room below a cap; Amount: what was wanted
	RefundSettled                      // Key: the refund
	RefundFailed                       // declined by the provider: the credit is back; Key: the refund
	HoldUnknown                        // an operation whose outcome nobody knows; Key: its reservation
	HoldExpired                        // nobody settled it in time; Key: the reservation
	LateCommit                         // charged after its hold expired; Amount: the charge
	WentNegative                       // Amount: the paid balance
	GrantLapsed                        // Key: the grant; Amount: what lapsed
)

// An Event is something on an account that a host may want to act on: to send
// mail, to suspend, to look into. An event may be lost in a crash; the books
// never are.
type Event struct {
	Kind    EventKind     // what happened
	Account string        // to whom
	Key     string        // of the reservation, grant or payment it is about
	Amount  billing.Money // that it is about; zero where it is about none
}
