package billing

import (
	"fmt"
	"time"
)

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

// Notice tells an account that it is in breach, such as by not paying.
type Notice struct {
	Sent    time.Time
	Invoice string    // the ID of the invoice it is about: it is cured once that is settled
	Cured   time.Time // when any other breach was cured; zero is not yet
}

// Ending says who ends a contract, and so when it ends.
type Ending uint8

const (
	ByCustomer   Ending = iota // at the end of the billing period; fees stay due
	Discontinued               // by the provider, after a notice of [Terms.Discontinue]
	ForBreach                  // by the provider, at once
)

// Termination ends a contract. The zero value is none.
type Termination struct {
	Requested time.Time
	By        Ending
	Period    Period // the billing period of Requested, for ByCustomer; zero is its calendar month
}

// Effective returns when a termination takes effect: one by the customer on
// 14 November on 30 November at 24:00 UTC.
func (t Terms) Effective(end Termination) time.Time {
	switch {
	case end.Requested.IsZero():
		return time.Time{}
	case end.By == Discontinued:
		return end.Requested.UTC().Add(or(t.Discontinue, 30*day))
	case end.By == ForBreach:
		return end.Requested.UTC()
	case end.Period.IsZero():
		return Month(end.Requested).End
	}
	return end.Period.End.UTC()
}

// History is what is known of an account's bills: what [Terms.Status] judges.
type History struct {
	Invoices    []Invoice
	Notices     []Notice
	Termination Termination
}

// Status is how an account stands at an instant, and what is to come. Times
// that do not apply are zero.
type Status struct {
	Standing Standing
	Since    time.Time // when it came to be so; zero for Good
	Owed     Money     // of invoices issued and not settled, due or not

	SuspendAt   time.Time // when it is, or was, suspended unless cured
	TerminateAt time.Time // when the contract ends, or ended
	ExportUntil time.Time // content can be downloaded until then, and may be deleted from then on
	DeleteBy    time.Time // content must have been deleted by then, where the terms promise it
}

// Status judges an account at an instant. It is a pure function: what is in
// the history but happens only later is not there yet. The error is
// [ErrCurrency] or [ErrOverflow], of what is owed.
//
// An outstanding balance lifts with the last payment, a suspension with the
// payment or cure that its notice asked for, a termination never.
func (t Terms) Status(h History, now time.Time) (Status, error) {
	var s Status
	var outstanding time.Time // since when
	unpaid := map[string]bool{}
	for _, i := range h.Invoices {
		if now.Before(i.Issued) {
			continue
		}
		if t.TerminateUnpaid > 0 && i.Total.Sign() > 0 && (i.owed(now) || i.owed(i.Due.Add(t.TerminateUnpaid)) && i.State == Paid) {
			s.TerminateAt = first(s.TerminateAt, i.Due.Add(t.TerminateUnpaid))
		}
		if !i.owed(now) {
			continue
		}
		var err error
		if s.Owed, err = s.Owed.Add(i.Total); err != nil {
			return Status{}, fmt.Errorf("invoice %s: %w", i.ID, err)
		}
		if i.Total.Sign() <= 0 {
			continue
		}
		unpaid[i.ID] = true
		from := i.Due
		if t.OutstandingOnIssue {
			from = i.Issued
		}
		outstanding = first(outstanding, from)
		if t.SuspendUnpaid > 0 {
			s.SuspendAt = first(s.SuspendAt, i.Due.Add(t.SuspendUnpaid))
		}
	}
	for _, n := range h.Notices {
		cured := n.Invoice != "" && !unpaid[n.Invoice] || !n.Cured.IsZero() && !n.Cured.After(now)
		if !cured && !n.Sent.After(now) {
			s.SuspendAt = first(s.SuspendAt, n.Sent.UTC().Add(or(t.Cure, 7*day)))
		}
	}
	if !h.Termination.Requested.After(now) {
		s.TerminateAt = first(s.TerminateAt, t.Effective(h.Termination))
	}
	if !s.TerminateAt.IsZero() {
		s.ExportUntil = s.TerminateAt.Add(or(t.Export, 30*day))
		if t.DeleteWithin > 0 {
			s.DeleteBy = s.TerminateAt.Add(t.DeleteWithin)
		}
	}
	for _, step := range []struct {
		standing Standing
		from     time.Time
	}{{Terminated, s.TerminateAt}, {Suspended, s.SuspendAt}, {Outstanding, outstanding}} {
		if !step.from.IsZero() && !now.Before(step.from) {
			s.Standing, s.Since = step.standing, step.from
			break
		}
	}
	return s, nil
}

// first is the earlier of two times of which either may be none.
func first(a, b time.Time) time.Time {
	switch {
	case a.IsZero():
		return b
	case b.IsZero():
		return a
	}
	return earlier(a, b)
}
