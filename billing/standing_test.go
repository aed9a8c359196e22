package billing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
)

const days = 24 * time.Hour

// owing is an invoice of $10 issued at an instant and due 30 days later.
func owing(t require.TestingT, id, at string) billing.Invoice {
	return billing.Invoice{
		ID: id, Number: id, State: billing.Final, Total: usd(t, "10"),
		Issued: utc(at), Due: utc(at).Add(30 * days),
	}
}

func TestStanding(t *testing.T) {
	invoice := owing(t, "1", "2026-12-04") // due 3 January
	paid := func(at string) billing.Invoice {
		i, err := invoice.Pay(utc(at))
		require.NoError(t, err)
		return i
	}
	void, err := invoice.Void(utc("2027-01-05"), "issued twice")
	require.NoError(t, err)
	notice := billing.Notice{Sent: utc("2027-01-03"), Invoice: "1"}
	breach := billing.Notice{Sent: utc("2027-01-03")}
	cured := billing.Notice{Sent: utc("2027-01-03"), Cured: utc("2027-01-12")}
	leaving := billing.Termination{Requested: utc("2026-11-14")}

	for _, c := range []struct {
		name    string
		terms   billing.Terms
		history billing.History
		at      string
		want    billing.Standing
		since   string
	}{
		{"nothing is owed", billing.Terms{}, billing.History{}, "2026-12-04", billing.Good, ""},
		{"not due yet", billing.Terms{}, billing.History{Invoices: []billing.Invoice{invoice}}, "2027-01-02T23:59:59Z", billing.Good, ""},
		{"due", billing.Terms{}, billing.History{Invoices: []billing.Invoice{invoice}}, "2027-01-03", billing.Outstanding, "2027-01-03"},
		{"outstanding once issued", billing.Terms{OutstandingOnIssue: true}, billing.History{Invoices: []billing.Invoice{invoice}}, "2026-12-04", billing.Outstanding, "2026-12-04"},
		{"a year late, without a notice", billing.Terms{}, billing.History{Invoices: []billing.Invoice{invoice}}, "2028-01-03", billing.Outstanding, "2027-01-03"},
		{"paid late", billing.Terms{}, billing.History{Invoices: []billing.Invoice{paid("2027-01-05")}}, "2027-01-05", billing.Good, ""},
		{"before it was paid", billing.Terms{}, billing.History{Invoices: []billing.Invoice{paid("2027-01-05")}}, "2027-01-04", billing.Outstanding, "2027-01-03"},
		{"withdrawn", billing.Terms{}, billing.History{Invoices: []billing.Invoice{void}}, "2027-01-06", billing.Good, ""},
		{"notice, curing", billing.Terms{}, billing.History{Invoices: []billing.Invoice{invoice}, Notices: []billing.Notice{notice}}, "2027-01-09T23:59:59Z", billing.Outstanding, "2027-01-03"},
		{"notice of 3 January suspends on the 10th", billing.Terms{}, billing.History{Invoices: []billing.Invoice{invoice}, Notices: []billing.Notice{notice}}, "2027-01-10", billing.Suspended, "2027-01-10"},
		{"notice, then paid", billing.Terms{}, billing.History{Invoices: []billing.Invoice{paid("2027-01-09")}, Notices: []billing.Notice{notice}}, "2027-01-10", billing.Good, ""},
		{"paid after the suspension", billing.Terms{}, billing.History{Invoices: []billing.Invoice{paid("2027-01-12")}, Notices: []billing.Notice{notice}}, "2027-01-12", billing.Good, ""},
		{"another breach", billing.Terms{}, billing.History{Notices: []billing.Notice{breach}}, "2027-01-10", billing.Suspended, "2027-01-10"},
		{"another breach, not cured yet", billing.Terms{}, billing.History{Notices: []billing.Notice{cured}}, "2027-01-11", billing.Suspended, "2027-01-10"},
		{"another breach, cured", billing.Terms{}, billing.History{Notices: []billing.Notice{cured}}, "2027-01-12", billing.Good, ""},
		{"a notice still to be sent", billing.Terms{}, billing.History{Notices: []billing.Notice{breach}}, "2027-01-02", billing.Good, ""},
		{"a longer cure", billing.Terms{Cure: 14 * days}, billing.History{Notices: []billing.Notice{breach}}, "2027-01-10", billing.Good, ""},
		{"prolonged", billing.Terms{SuspendUnpaid: 10 * days}, billing.History{Invoices: []billing.Invoice{invoice}}, "2027-01-13", billing.Suspended, "2027-01-13"},
		{"very prolonged", billing.Terms{SuspendUnpaid: 10 * days, TerminateUnpaid: 60 * days}, billing.History{Invoices: []billing.Invoice{invoice}}, "2027-03-04", billing.Terminated, "2027-03-04"},
		{"a payment does not undo a termination", billing.Terms{TerminateUnpaid: 60 * days}, billing.History{Invoices: []billing.Invoice{paid("2027-03-05")}}, "2027-03-05", billing.Terminated, "2027-03-04"},
		{"a payment in time", billing.Terms{TerminateUnpaid: 60 * days}, billing.History{Invoices: []billing.Invoice{paid("2027-03-03")}}, "2027-03-05", billing.Good, ""},
		{"leaving, to the end of the month", billing.Terms{}, billing.History{Termination: leaving}, "2026-11-30T23:59:59Z", billing.Good, ""},
		{"left", billing.Terms{}, billing.History{Termination: leaving}, "2026-12-01", billing.Terminated, "2026-12-01"},
		{"left, and fees are due", billing.Terms{}, billing.History{Termination: leaving, Invoices: []billing.Invoice{invoice}}, "2027-01-03", billing.Terminated, "2026-12-01"},
	} {
		got, err := c.terms.Status(c.history, utc(c.at))
		require.NoError(t, err, c.name)
		require.Equal(t, c.want, got.Standing, c.name)
		since := time.Time{}
		if c.since != "" {
			since = utc(c.since)
		}
		require.Equal(t, since, got.Since, c.name)
	}
}

func TestStatusDates(t *testing.T) {
	leaving := billing.Termination{Requested: utc("2026-11-14T09:00:00Z")}
	got, err := billing.Terms{DeleteWithin: 30 * days}.Status(billing.History{
		Invoices:    []billing.Invoice{owing(t, "1", "2026-11-04"), owing(t, "2", "2026-11-05")},
		Notices:     []billing.Notice{{Sent: utc("2026-11-10")}, {Sent: utc("2026-11-08")}},
		Termination: leaving,
	}, utc("2026-11-14T10:00:00Z"))
	require.NoError(t, err)
	require.Equal(t, billing.Good, got.Standing)
	require.Equal(t, "20.00", got.Owed.String())
	require.Equal(t, utc("2026-11-15"), got.SuspendAt, "of the earlier notice")
	require.Equal(t, utc("2026-12-01"), got.TerminateAt, "30 November, 24:00")
	require.Equal(t, utc("2026-12-31"), got.ExportUntil)
	require.Equal(t, utc("2026-12-31"), got.DeleteBy)

	anniversary := leaving
	anniversary.Period = billing.Anniversary(utc("2026-01-20"), leaving.Requested)
	require.Equal(t, utc("2026-11-20"), billing.Terms{}.Effective(anniversary))
	require.Equal(t, utc("2026-12-14T09:00:00Z"), billing.Terms{}.Effective(billing.Termination{Requested: leaving.Requested, By: billing.Discontinued}))
	require.Equal(t, leaving.Requested, billing.Terms{}.Effective(billing.Termination{Requested: leaving.Requested, By: billing.ForBreach}))
	require.Zero(t, billing.Terms{}.Effective(billing.Termination{}))

	later, err := billing.Terms{}.Status(billing.History{Termination: leaving}, utc("2026-11-14"))
	require.NoError(t, err)
	require.Zero(t, later.TerminateAt, "not asked for yet")

	settled, err := owing(t, "1", "2026-12-04").Pay(utc("2027-03-05"))
	require.NoError(t, err)
	later, err = billing.Terms{TerminateUnpaid: 60 * days}.Status(billing.History{Invoices: []billing.Invoice{settled}}, utc("2026-12-03"))
	require.NoError(t, err)
	require.Zero(t, later, "not issued yet")

	mixed := owing(t, "2", "2026-11-05")
	mixed.Total = euros(t, "1")
	_, err = billing.Terms{}.Status(billing.History{Invoices: []billing.Invoice{owing(t, "1", "2026-11-04"), mixed}}, utc("2026-12-01"))
	require.ErrorIs(t, err, billing.ErrCurrency)
}

func TestTermsDefaults(t *testing.T) {
	november := billing.Month(utc("2026-11-01"))
	require.Equal(t, utc("2026-12-04"), billing.Terms{}.SealAt(november))
	require.Equal(t, utc("2026-12-01"), billing.Terms{Grace: -1}.SealAt(november))
	require.Equal(t, utc("2026-12-08"), billing.Terms{}.IssueBy(november), "before the 8th: in the first week")
	require.Equal(t, utc("2027-01-03"), billing.Terms{}.Due(utc("2026-12-04")))
	require.Equal(t, utc("2026-12-18"), billing.Terms{Net: 14 * days}.Due(utc("2026-12-04")))
}
