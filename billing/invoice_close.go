package billing

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// CloseOptions are the rest of what an invoice is made of. The zero value is
// fine.
type CloseOptions struct {
	// ID names the invoice, for its number. Default: the account, the start
	// of the period and how many invoices of it there are already.
	ID      string
	Account string

	// Projects, where given, is the usage of each project, and the usage
	// argument must be nil: see [Plan.EstimateProjects].
	Projects map[string]Usage

	Credits     []Credit  // the account's, used in order of AppliesFrom
	Adjustments []Line    // of events that came after an earlier period was sealed: see Adjust
	Terms       Terms     // default limits of time
	Due         time.Time // a stated due date; zero is as the terms say
	Tax         TaxFunc   // nil is no tax

	// Billed are the invoices already made of the same period, for
	// progressive billing: this invoice is over what has come since. All of
	// them together are the one invoice that would have been made otherwise.
	Billed []Invoice

	// Partial makes the invoice one over a period that has not ended. It
	// need not wait for late events, and no base is prepaid on it.
	Partial bool

	// Next is the plan of the following period, whose base stands on this
	// invoice if it is prepaid. Nil is the same plan.
	Next *Plan

	// Ends says that the contract ends with the period: no base is prepaid.
	Ends bool
}

// adjustment begins the keys of adjustment lines.
const adjustment = "adjustment/"

// Close makes the draft invoice of a period, and returns the credits that
// have something left for later ones. In arrears it holds the plan's base and
// what was used beyond the quotas; a base that is prepaid is that of the
// following period, and the invoice of the first comes from [Prepay].
//
// It is pure: nothing is stored, and the same arguments give the same
// invoice, until the integrator keeps its Final form.
func Close(p Plan, u Usage, period Period, o *CloseOptions) (Invoice, []Credit, error) {
	if o == nil {
		o = &CloseOptions{}
	}
	if err := period.Validate(); err != nil {
		return Invoice{}, nil, err
	}
	charge, usage, err := rated(p, u, o.Projects)
	if err != nil {
		return Invoice{}, nil, err
	}
	lines := charge.Lines
	if !p.Arrears {
		lines = slices.DeleteFunc(lines, func(l Line) bool { return l.Key == "base" })
	}
	i := draft(p, period, o)
	i.Usage = usage
	if !o.Partial {
		i.SealAt, i.IssueBy = o.Terms.SealAt(period), o.Terms.IssueBy(period)
		if i.SealAt.After(i.IssueBy) {
			return Invoice{}, nil, fmt.Errorf("%w: late events are taken until %v, but the invoice is to be issued by %v", ErrInvoice, i.SealAt, i.IssueBy)
		}
	}
	if err := i.progress(p, o.Billed); err != nil {
		return Invoice{}, nil, err
	}
	if lines, err = since(lines, o.Billed); err != nil {
		return Invoice{}, nil, fmt.Errorf("invoice %s: %w", i.ID, err)
	}
	next := p
	if o.Next != nil {
		next = *o.Next
	}
	if !next.Arrears && !o.Ends && !o.Partial && !next.Base.IsZero() {
		ahead, err := next.prepaid()
		if err != nil {
			return Invoice{}, nil, err
		}
		lines = append(lines, ahead)
	}
	i.Lines = append(lines, o.Adjustments...)
	left, err := i.settle(o)
	return i, left, err
}

// Prepay makes the draft invoice over the base of a plan that is prepaid,
// before its first period. Later ones are on the invoices of the period
// before. A plan in arrears is [ErrPlan]. Of the options ID, Account, Credits,
// Terms, Due and Tax have a meaning; with others the error is [ErrInvoice].
func Prepay(p Plan, period Period, o *CloseOptions) (Invoice, []Credit, error) {
	if o == nil {
		o = &CloseOptions{}
	}
	if err := period.Validate(); err != nil {
		return Invoice{}, nil, err
	}
	if err := p.Validate(); err != nil {
		return Invoice{}, nil, err
	}
	if p.Arrears {
		return Invoice{}, nil, fmt.Errorf("%w: %s is billed in arrears", ErrPlan, p.ID)
	}
	if len(o.Projects)+len(o.Adjustments)+len(o.Billed) > 0 || o.Partial || o.Ends || o.Next != nil {
		return Invoice{}, nil, fmt.Errorf("%w: a prepaid base has no usage to bill and no earlier invoices", ErrInvoice)
	}
	i := draft(p, period, o)
	if o.ID == "" {
		i.ID += "/prepaid"
	}
	line, err := p.prepaid()
	if err != nil {
		return Invoice{}, nil, err
	}
	i.Lines = []Line{line}
	left, err := i.settle(o)
	return i, left, err
}

func draft(p Plan, period Period, o *CloseOptions) Invoice {
	id := o.ID
	if id == "" {
		id = fmt.Sprintf("%s/%s", o.Account, period.Start.UTC().Format(time.DateOnly))
		if len(o.Billed) > 0 {
			id += fmt.Sprintf("/%d", len(o.Billed)+1)
		}
	}
	return Invoice{ID: id, Account: o.Account, Period: period, PlanID: p.ID, PlanVersion: p.Version, Due: o.Due}
}

// rated is the charge of a period and the usage that it is of.
func rated(p Plan, u Usage, projects map[string]Usage) (Charge, Usage, error) {
	if projects == nil {
		charge, err := p.Estimate(u)
		return charge, maps.Clone(u), err
	}
	if len(u) > 0 {
		return Charge{}, nil, fmt.Errorf("%w: usage is given both by project and as a sum", ErrInvoice)
	}
	sum, err := SumUsage(maps.Values(projects))
	if err != nil {
		return Charge{}, nil, err
	}
	charge, err := p.EstimateProjects(projects)
	return charge, sum, err
}

// prepaid is the line of a base billed ahead.
func (p Plan) prepaid() (Line, error) {
	base, err := p.base()
	if err != nil {
		return Line{}, err
	}
	if len(base.Lines) == 0 {
		return Line{Key: "base/next", Description: "plan " + p.ID + ", prepaid", Quantity: 1, Exact: p.Base, Amount: p.Base}, nil
	}
	l := base.Lines[0]
	l.Key, l.Description = "base/next", l.Description+", prepaid"
	return l, nil
}

// settle sums the lines, uses credits, and adds tax.
func (i *Invoice) settle(o *CloseOptions) ([]Credit, error) {
	var err error
	for _, l := range i.Lines {
		if i.Subtotal, err = i.Subtotal.Add(l.Amount); err != nil {
			return nil, fmt.Errorf("invoice %s, line %s: %w", i.ID, l.Key, err)
		}
	}
	if i.Subtotal.Sign() < 0 {
		return nil, fmt.Errorf("%w: %s comes to %v: what is given back is a credit note", ErrInvoice, i.ID, i.Subtotal)
	}
	var left []Credit
	if i.Credits, left, err = applyCredits(i.Subtotal, i.Account, i.Period, o.Credits); err != nil {
		return nil, err
	}
	for _, c := range i.Credits {
		if i.CreditsApplied, err = i.CreditsApplied.Add(c.Amount); err != nil {
			return nil, err
		}
	}
	net, err := i.NetAmount()
	if err != nil {
		return nil, err
	}
	if err := i.tax(net, o); err != nil {
		return nil, fmt.Errorf("invoice %s: %w", i.ID, err)
	}
	i.Total, err = net.Add(i.Tax)
	return left, err
}

// tax asks for the tax on the whole period, and takes off what its earlier
// invoices had, so that progressive billing rounds no other way than one
// invoice.
func (i *Invoice) tax(net Money, o *CloseOptions) error {
	lines := i.Lines
	type taxed struct{ base, amount Money }
	before := map[string]taxed{}
	for _, b := range o.Billed {
		if b.State == Void {
			continue
		}
		was, err := b.NetAmount()
		if err != nil {
			return err
		}
		if net, err = net.Add(was); err != nil {
			return err
		}
		lines = slices.Concat(b.Lines, lines)
		for _, t := range b.Taxes {
			sum := before[t.Name]
			if sum.base, err = sum.base.Add(t.Base); err != nil {
				return err
			}
			if sum.amount, err = sum.amount.Add(t.Amount); err != nil {
				return err
			}
			before[t.Name] = sum
		}
	}
	taxes, sum, err := o.Tax.lines(TaxRequest{Account: i.Account, Period: i.Period, Net: net, Lines: lines})
	if err != nil {
		return err
	}
	for n, t := range taxes {
		was := before[t.Name]
		if taxes[n].Base, err = t.Base.Sub(was.base); err != nil {
			return err
		}
		if taxes[n].Amount, err = t.Amount.Sub(was.amount); err != nil {
			return err
		}
		if taxes[n].Amount.Sign() < 0 {
			return fmt.Errorf("%w: %q has shrunk to %v from %v", ErrTax, t.Name, t.Amount, was.amount)
		}
		if sum, err = sum.Sub(was.amount); err != nil {
			return err
		}
		delete(before, t.Name)
	}
	for name, was := range before {
		if !was.amount.IsZero() {
			return fmt.Errorf("%w: %q was %v on an earlier invoice and is gone", ErrTax, name, was.amount)
		}
	}
	i.Taxes, i.Tax = taxes, sum
	return nil
}
