package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/catalog"
	"github.com/immagin/immagin-go/billing/replay"
)

// report prints what a tally comes to.
type report struct {
	out      io.Writer
	tally    *replay.Tally
	scenario billing.Scenario // beside what the tally has
	at       time.Time        // for the age of figures
	plan     billing.Plan
}

// month is what all projects together used in one.
type month struct {
	name                        string
	transforms, requests, bytes int64
	projects                    map[string]billing.Usage
}

func (r *report) write(catalogues []catalog.Catalogue) error {
	months, err := r.usage()
	if err != nil {
		return err
	}
	for _, m := range months {
		if err := r.invoice(m); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	if len(months) > 0 {
		for _, c := range catalogues {
			if err := r.compare(c, months); err != nil {
				return fmt.Errorf("%s: %w", c.Name, err)
			}
		}
	}
	return r.assumptions()
}

// usage prints the counts, and returns them by month.
func (r *report) usage() ([]*month, error) {
	byName := map[string]*month{}
	t := newTable(r.out, "month", "project", "unique transforms", "requests", "bytes")
	for _, c := range r.tally.Counts() {
		name := c.Period.Start.Format("2006-01")
		m := byName[name]
		if m == nil {
			m = &month{name: name, projects: map[string]billing.Usage{}}
			byName[name] = m
		}
		m.projects[c.Project] = c.Usage()
		m.transforms += c.Transforms
		m.requests += c.Requests
		if m.bytes += c.Bytes; m.bytes < 0 {
			return nil, fmt.Errorf("%s: the log claims more bytes than can be counted", name)
		}
		t.row(name, strconv.QuoteToGraphic(c.Project), digits(c.Transforms), digits(c.Requests), digits(c.Bytes))
	}
	return slices.SortedFunc(maps.Values(byName), func(a, b *month) int { return strings.Compare(a.name, b.name) }), t.flush()
}

// invoice prints the bill of Immagin's tiers line by line.
func (r *report) invoice(m *month) error {
	charge, err := r.plan.EstimateProjects(m.projects)
	if err != nil {
		return err
	}
	fmt.Fprintf(r.out, "\nImmagin, %s, prices of %s:\n", m.name, r.plan.Effective.Format(time.DateOnly))
	t := newTable(r.out, "line", "quantity", "amount")
	for _, l := range charge.Lines {
		name := l.Description
		if key, ok := strings.CutPrefix(l.Key, "project/"); ok {
			project, _, _ := strings.Cut(key, "/"+string(l.Metric)+"/")
			name = strconv.QuoteToGraphic(project) + ": " + name
		}
		t.row(name, digits(l.Quantity), l.Amount.String())
	}
	t.row("total", "", charge.Total.String()+" "+string(charge.Total.Currency()))
	return t.flush()
}

// compare prints a row for each provider, a column for each month, and where
// the figures are from.
func (r *report) compare(c catalog.Catalogue, months []*month) error {
	quotes := map[string]map[string]billing.Quote{} // by provider and month
	head := []string{c.Name}
	var order []string // as in the first month: the cheapest first
	for _, m := range months {
		head = append(head, m.name)
		all, err := billing.Compare(r.scenarioOf(m), c.Offers, r.at)
		if err != nil {
			return err
		}
		for _, q := range all {
			name := strings.TrimSpace(q.Offer.Provider + " " + q.Offer.Product)
			if quotes[name] == nil {
				quotes[name] = map[string]billing.Quote{}
				order = append(order, name)
			}
			quotes[name][m.name] = q
		}
	}
	fmt.Fprintln(r.out)
	t := newTable(r.out, head...)
	notes := newNotes()
	for _, name := range order {
		row := []string{name}
		for _, m := range months {
			q, ok := quotes[name][m.name]
			if !ok {
				row = append(row, "")
				continue
			}
			row = append(row, figure(q))
			o := q.Offer
			where := fmt.Sprintf("%s, %s: %s of %s, %s", name, o.Plan, o.Confidence, o.Retrieved.Format(time.DateOnly), o.Source)
			if q.Warning != "" {
				where += " (" + q.Warning + ")"
			}
			notes.add(where, q.Assumes)
		}
		t.row(row...)
	}
	if err := t.flush(); err != nil {
		return err
	}
	return notes.write(r.out)
}

func (r *report) scenarioOf(m *month) billing.Scenario {
	s := r.scenario
	s.Transforms, s.Requests = m.transforms, m.requests
	if s.BytesPerDelivery = m.bytes / m.requests; m.bytes%m.requests > 0 {
		s.BytesPerDelivery++
	}
	return s
}

func figure(q billing.Quote) string {
	if q.Custom {
		return "no figure (" + q.Offer.Plan + ")"
	}
	amount := q.Low.String()
	if !q.High.Equal(q.Low) {
		amount += "–" + q.High.String()
	}
	return amount + " (" + q.Offer.Plan + ")"
}

// assumptions prints what the counts rest on, and which lines are not in them.
func (r *report) assumptions() error {
	fmt.Fprintf(r.out, "\nAssumptions, %s:\n", r.at.Format(time.DateOnly))
	all := r.tally.Assumptions()
	if r.plan.PerProject {
		all = append(all, "Each project is rated by itself, also its free tier.")
	} else {
		all = append(all, "All projects are one account's, rated together.")
	}
	all = append(all, "Every offer is priced on the same count, also where its provider counts otherwise; -policy counts as others do.",
		"Amounts are of a month, net, in the currency of the offer. The average size of a delivery is rounded up to a byte.")
	for _, a := range all {
		fmt.Fprintln(r.out, "-", a)
	}
	s := r.tally.Summary()
	_, err := fmt.Fprintf(r.out, "\n%s lines, %s of them images (cache: %s hit, %s missed, %s coalesced, %s not said)\n",
		digits(s.Lines), digits(s.Served), digits(s.Hits), digits(s.Misses), digits(s.Coalesced), digits(s.Unknown))
	for _, reason := range slices.Sorted(maps.Keys(s.Skipped)) {
		skipped := s.Skipped[reason]
		_, err = fmt.Fprintf(r.out, "%s left out: %s (the first is line %d)\n", digits(skipped.Lines), reason, skipped.First)
	}
	return err
}

// notes are sources with what is assumed of each, in their order.
type notes struct {
	order   []string
	assumes map[string][]string
}

func newNotes() *notes { return &notes{assumes: map[string][]string{}} }

func (n *notes) add(where string, assumes []string) {
	if _, ok := n.assumes[where]; !ok {
		n.order = append(n.order, where)
	}
	for _, a := range assumes {
		if !slices.Contains(n.assumes[where], a) {
			n.assumes[where] = append(n.assumes[where], a)
		}
	}
}

func (n *notes) write(out io.Writer) error {
	for _, where := range n.order {
		if _, err := fmt.Fprintf(out, "- %s\n  %s\n", where, strings.Join(n.assumes[where], "; ")); err != nil {
			return err
		}
	}
	return nil
}

type table struct{ w *tabwriter.Writer }

func newTable(out io.Writer, head ...string) table {
	t := table{tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)}
	t.row(head...)
	return t
}

func (t table) row(cells ...string) { fmt.Fprintln(t.w, strings.Join(cells, "\t")) }

func (t table) flush() error { return t.w.Flush() }

// digits are those of a number, in groups of three.
func digits(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
