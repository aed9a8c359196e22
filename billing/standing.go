package billing

import "fmt"

// Standing says how an account stands with its bills, from best to worst.
// [Limits.Decide] turns it into what is allowed; [Terms.Status] finds it.
type Standing uint8

const (
	// Good: nothing is owed past its due date.
	Good Standing = iota
	// Outstanding: something is. Uploads are refused; images already stored
	// are still served, and their new renditions still made and metered.
	Outstanding
	// Suspended: nothing is served or accepted until the bill is settled.
	Suspended
	// Terminated: the contract has ended. Content can be exported until
	// [Status.ExportUntil] and nothing else is served.
	Terminated
)

var standingNames = [...]string{"good", "outstanding", "suspended", "terminated"}

// String returns the standing in lower case.
func (s Standing) String() string {
	if int(s) < len(standingNames) {
		return standingNames[s]
	}
	return fmt.Sprintf("Standing(%d)", uint8(s))
}
