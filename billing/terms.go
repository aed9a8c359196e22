package billing

import "time"

const day = 24 * time.Hour

// Terms are the time limits of a contract. The zero value gives the defaults.
// A day is 24 hours.
type Terms struct {
	// IssueWithin is how long after a period its invoice may take to be
	// issued. Default 7 days: the first week of the next month.
	IssueWithin time.Duration

	// Net is how long after it is issued an invoice that names no date is
	// due. Default 30 days.
	Net time.Duration

	// Grace is how long after a period late events are still counted in it,
	// so how long its invoice stays a draft. Default 72 hours, negative for
	// none.
	Grace time.Duration

	// OutstandingOnIssue makes an invoice that is not paid outstanding as
	// soon as it is issued, rather than when it is due.
	OutstandingOnIssue bool

	// Cure is the time from a notice of breach, such as of not paying, to
	// the suspension. Default 7 days.
	Cure time.Duration

	// SuspendUnpaid and TerminateUnpaid are how long after its due date an
	// invoice not paid suspends or terminates the account without a notice.
	// Default: it does not.
	SuspendUnpaid, TerminateUnpaid time.Duration

	// Discontinue is the notice that a provider who ends the service gives.
	// Default 30 days.
	Discontinue time.Duration

	// Export is how long after the termination content can be downloaded,
	// and may not be deleted. Default 30 days, negative for none.
	Export time.Duration

	// DeleteWithin is how long after the termination content must have been
	// deleted. Default: no such promise. Some contracts promise a time to
	// export, some a deletion: with both, it should not be the shorter.
	DeleteWithin time.Duration
}

// or is the default for a number or duration that is zero, and nothing for a
// negative.
func or[T int | time.Duration](n, otherwise T) T {
	if n == 0 {
		return otherwise
	}
	return max(n, 0)
}

// SealAt returns when a period takes no more late events.
func (t Terms) SealAt(p Period) time.Time { return p.End.Add(or(t.Grace, 72*time.Hour)) }

// IssueBy returns the instant before which a period's invoice is to be issued.
func (t Terms) IssueBy(p Period) time.Time { return p.End.Add(or(t.IssueWithin, 7*day)) }

// Due returns when an invoice issued at an instant is due.
func (t Terms) Due(issued time.Time) time.Time { return issued.Add(or(t.Net, 30*day)) }
