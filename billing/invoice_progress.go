package billing

import (
	"fmt"
	"strings"
)

// progress refuses earlier invoices that this one cannot follow.
func (i Invoice) progress(p Plan, billed []Invoice) error {
	for _, b := range billed {
		switch {
		case b.State == Void:
			continue
		case b.Account != i.Account || b.Period != i.Period || b.PlanID != i.PlanID || b.PlanVersion != i.PlanVersion:
			return fmt.Errorf("%w: %s cannot follow %s: other account, period or plan version", ErrInvoice, i.ID, b.ID)
		}
		for metric, used := range b.Usage {
			if i.Usage[metric] < used && metric != Projects {
				return fmt.Errorf("%w: %s has %d %s, but %s billed %d already: usage never shrinks", ErrInvoice, i.ID, i.Usage[metric], metric, b.ID, used)
			}
		}
	}
	if len(billed) == 0 && !i.SealAt.IsZero() {
		return nil
	}
	for _, c := range p.Components {
		if c.Overage == nil {
			continue
		}
		if _, err := c.Overage.Between(0, 0); err != nil {
			return fmt.Errorf("invoice %s: %s: %w", i.ID, c.Metric, err)
		}
	}
	return nil
}

// since takes what was billed off the lines of the whole, by their keys.
func since(lines []Line, billed []Invoice) ([]Line, error) {
	if len(billed) == 0 {
		return lines, nil
	}
	before := map[string]*Line{}
	var keys []string
	for _, b := range billed {
		if b.State == Void {
			continue
		}
		for _, l := range b.Lines {
			if l.Key == "base/next" || strings.HasPrefix(l.Key, adjustment) {
				continue
			}
			sum, seen := before[l.Key]
			if !seen {
				before[l.Key] = &l
				keys = append(keys, l.Key)
				continue
			}
			var err error
			if sum.Exact, err = sum.Exact.Add(l.Exact); err != nil {
				return nil, err
			}
			if sum.Amount, err = sum.Amount.Add(l.Amount); err != nil {
				return nil, err
			}
			sum.To, sum.Quantity = max(sum.To, l.To), sum.Quantity+l.Quantity
		}
	}
	var out []Line
	for _, l := range lines {
		was, seen := before[l.Key]
		if !seen {
			out = append(out, l)
			continue
		}
		delete(before, l.Key)
		if l.Quantity < was.Quantity && !bound(l.Key) {
			return nil, shrunk(l.Key, l.Quantity, was.Quantity)
		}
		l, err := l.less(*was)
		if err != nil {
			return nil, err
		}
		if l.Quantity != 0 || !l.Exact.IsZero() || !l.Amount.IsZero() {
			out = append(out, l)
		}
	}
	for _, key := range keys { // a minimum that usage has since eaten up
		was, gone := before[key]
		if gone && was.To > 0 && !bound(key) {
			return nil, shrunk(key, 0, was.Quantity)
		}
		if gone && !was.Amount.IsZero() {
			l, err := Line{Key: was.Key, Description: was.Description, Metric: was.Metric, From: was.To, To: was.To, Rate: was.Rate}.less(*was)
			if err != nil {
				return nil, err
			}
			out = append(out, l)
		}
	}
	return out, nil
}

// bound reports whether a line is what a minimum or a maximum adds, which is of
// no usage and can go.
func bound(key string) bool {
	return strings.HasSuffix(key, "minimum") || strings.HasSuffix(key, "maximum")
}

// shrunk is the error of a line, which may be one project's, whose usage is
// less than what was billed.
func shrunk(key string, now, was int64) error {
	return fmt.Errorf("%w: line %s has %d, but %d were billed already: usage never shrinks", ErrInvoice, key, now, was)
}

// less is what a line grew by.
func (l Line) less(was Line) (Line, error) {
	var err error
	if l.Exact, err = l.Exact.Sub(was.Exact); err != nil {
		return l, err
	}
	if l.Amount, err = l.Amount.Sub(was.Amount); err != nil {
		return l, err
	}
	l.From, l.Quantity = max(l.From, was.To), l.Quantity-was.Quantity
	return l, nil
}
