package billing

import (
	"fmt"
	"maps"
	"time"
)

// Adjust returns the lines for events that came after a period was sealed: the
// difference they would have made to its invoice, at the plan version the
// period was billed at. They go to the next invoice as
// [CloseOptions.Adjustments]. billed is all usage of the period that was
// billed, adjustments included, and late what has come since: of the account,
// or with [Plan.PerProject] of one project after another. Where more usage costs
// less, as past a cliff of a volume price, the error is [ErrInvoice]: that is a
// credit note's to give back.
func Adjust(p Plan, period Period, billed, late Usage) ([]Line, error) {
	if err := period.Validate(); err != nil {
		return nil, err
	}
	before, err := p.Estimate(billed)
	if err != nil {
		return nil, err
	}
	for metric, n := range late {
		if n < 0 {
			return nil, fmt.Errorf("%w: %d late %s", ErrQuantity, n, metric)
		}
	}
	all, err := SumUsage(maps.Values(map[string]Usage{"billed": billed, "late": late}))
	if err != nil {
		return nil, err
	}
	after, err := p.Estimate(all)
	if err != nil {
		return nil, err
	}
	lines, err := since(after.Lines, []Invoice{{Lines: before.Lines}})
	if err != nil {
		return nil, err
	}
	var sum Money
	for i, l := range lines {
		lines[i].Key = adjustment + period.Start.UTC().Format(time.DateOnly) + "/" + l.Key
		lines[i].Description = "late in " + period.Start.UTC().Format("2006-01") + ": " + l.Description
		if sum, err = sum.Add(l.Amount); err != nil {
			return nil, err
		}
	}
	if sum.Sign() < 0 {
		return nil, fmt.Errorf("%w: late usage of %v makes it %v cheaper", ErrInvoice, period, sum.Neg())
	}
	return lines, nil
}
