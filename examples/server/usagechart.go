package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/catalog"
)

// deliveredBytes is how large an image is thought to be: what the comparison
// that Immagin published goes by, as far as it can be told.
const deliveredBytes = 250_000

// A comparison is what providers ask for one month, by their offers in the
// catalogue.
type comparison struct {
	Times   int64 // each image is delivered
	Bytes   int64
	Name    string   // of the catalogue
	Volumes []volume // of the table's columns
	Rows    []row
	Printed []row // as Immagin's page has them, for the volumes after the first
	Wide    chart
	Narrow  chart

	lines []curve
}

type volume struct {
	Transforms int64
	Ours       bool // the projection of this month
}

// A row is one provider's quotes.
type row struct {
	Series   int // class of the line in the chart: its place in the catalogue
	Provider string
	Product  string
	Quotes   []quote
	Offers   []billing.Offer // that the quotes are of
	Warnings []string
}

// Sources are those of the offers, each once.
func (r row) Sources() []billing.Offer {
	var list []billing.Offer
	for _, o := range r.Offers {
		if !slices.ContainsFunc(list, func(p billing.Offer) bool { return p.Source == o.Source && p.Retrieved.Equal(o.Retrieved) }) {
			list = append(list, o)
		}
	}
	return list
}

// Notes say what the figures rest on.
func (r row) Notes() []string {
	var list []string
	for _, o := range r.Offers {
		if o.Notes != "" && !slices.Contains(list, o.Notes) {
			list = append(list, o.Notes)
		}
	}
	return list
}

type quote struct {
	Text, Plan string
}

func scenario(transforms, times int64) billing.Scenario {
	return billing.Scenario{Transforms: transforms, Requests: transforms * times, BytesPerDelivery: deliveredBytes}
}

// compare quotes for the projection of a report, and for the volumes that
// providers print.
func compare(p *usageReport, times int64) (*comparison, error) {
	recomputed, printed := catalog.Recomputed(), catalog.Published()
	c := &comparison{Times: times, Bytes: deliveredBytes / 1000, Name: recomputed.Name}
	series := seriesOf(recomputed.Offers)
	for i, n := range []int64{p.Projection.Unique, 100_000, 500_000, 1_000_000} {
		c.Volumes = append(c.Volumes, volume{n, i == 0})
		quotes, err := billing.Compare(scenario(n, times), recomputed.Offers, p.at)
		if err != nil {
			return nil, err
		}
		c.Rows = enter(c.Rows, quotes, i)
		if i == 0 {
			continue
		}
		if quotes, err = billing.Compare(billing.Scenario{Transforms: n}, printed.Offers, p.at); err != nil {
			return nil, err
		}
		c.Printed = enter(c.Printed, quotes, i-1)
	}
	for i, r := range c.Rows {
		c.Rows[i].Series = series[[2]string{r.Provider, r.Product}]
	}
	most := mostTransforms(p)
	var err error
	if c.lines, err = curves(c.Rows, recomputed.Offers, most, times, p); err != nil {
		return nil, err
	}
	c.Wide = layOut(c.lines, p, most, 1120, 460, 140)
	c.Narrow = layOut(c.lines, p, most, 360, 300, 14)
	return c, nil
}

// seriesOf numbers what providers sell, by their names and their products'.
func seriesOf(offers []billing.Offer) map[[2]string]int {
	series := map[[2]string]int{}
	for _, o := range offers {
		if _, ok := series[[2]string{o.Provider, o.Product}]; !ok {
			series[[2]string{o.Provider, o.Product}] = len(series)
		}
	}
	return series
}

// mostTransforms is where the charts end.
func mostTransforms(p *usageReport) int64 { return round125(max(1_000_000, p.Projection.Unique)) }

// enter adds a column's quotes to the rows, which are in the catalogue's order
// of providers at the first.
func enter(rows []row, quotes []billing.Quote, column int) []row {
	for _, q := range quotes {
		at := slices.IndexFunc(rows, func(r row) bool { return r.Provider == q.Offer.Provider && r.Product == q.Offer.Product })
		if at < 0 {
			at = len(rows)
			rows = append(rows, row{Provider: q.Offer.Provider, Product: q.Offer.Product})
		}
		r := &rows[at]
		for len(r.Quotes) < column { // which no provider lacks
			r.Quotes = append(r.Quotes, quote{})
		}
		text := span(q)
		if q.Custom {
			text = "Ask"
		}
		r.Quotes = append(r.Quotes, quote{text, q.Offer.Plan})
		if !slices.ContainsFunc(r.Offers, func(o billing.Offer) bool { return o.Plan == q.Offer.Plan }) {
			r.Offers = append(r.Offers, q.Offer)
		}
		if _, age, ok := strings.Cut(q.Warning, ", "); ok && !slices.Contains(r.Warnings, age) {
			r.Warnings = append(r.Warnings, age)
		}
	}
	return rows
}

// A curve is what one provider asks by volume. It ends where nothing is
// printed, and prices are made by sales.
type curve struct {
	row    row
	points []point
}

// A point is in transforms and dollars, which only draw.
type point struct{ n, low, high float64 }

const sampled = 160

// curves works out the lines of all rows, Immagin's at every corner.
func curves(rows []row, offers []billing.Offer, most, times int64, p *usageReport) ([]curve, error) {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b row) int { return b.Series - a.Series }) // Immagin's on top
	list := make([]curve, len(rows))
	for i, r := range rows {
		list[i].row = r
	}
	ours, err := billing.Curve(catalog.Immagin().Components[0].Overage, 0, most, sampled+1)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].row.Provider != "Immagin" {
			continue
		}
		for _, at := range ours {
			cost := amount(at.Amount)
			list[i].points = append(list[i].points, point{float64(at.Quantity), cost, cost})
		}
	}
	for i := range int64(sampled + 1) {
		n := most * i / sampled
		quotes, err := billing.Compare(scenario(n, times), offers, p.at)
		if err != nil {
			return nil, err
		}
		for _, q := range quotes {
			at := slices.IndexFunc(rows, func(r row) bool { return r.Provider == q.Offer.Provider && r.Product == q.Offer.Product })
			if at >= 0 && !q.Custom && q.Offer.Provider != "Immagin" {
				list[at].points = append(list[at].points, point{float64(n), amount(q.Low), amount(q.High)})
			}
		}
	}
	return list, nil
}

func amount(m billing.Money) float64 { return float64(m.NanoUnits()) / 1e9 }

// A chart is what the template puts into an SVG.
type chart struct {
	Width, Height            int
	Left, Right, Top, Bottom int // of the plot
	X, Y                     []notch
	Lines                    []line
	Marks                    []mark
}

type notch struct {
	At   string
	Text string
}

type line struct {
	Series            int
	Path, Area, Label string
	LabelX, LabelY    int
}

// A mark is a volume on Immagin's line.
type mark struct{ X, Y, Text string }

// layOut lays a chart out. Room is what is left for labels at the right.
func layOut(curves []curve, p *usageReport, most int64, width, height, room int) chart {
	c := chart{Width: width, Height: height, Left: 54, Right: width - room, Top: 14, Bottom: height - 34}
	narrow := room < 100
	if narrow {
		c.Left = 52
	}
	top := 0.0
	for _, l := range curves {
		for _, at := range l.points {
			top = max(top, at.low)
		}
	}
	step := round125(int64(top)/6 + 1)
	highest := (int64(top)/step + 1) * step
	x := func(n float64) float64 { return float64(c.Left) + n/float64(most)*float64(c.Right-c.Left) }
	y := func(d float64) float64 {
		return float64(c.Bottom) - min(d/float64(highest), 1)*float64(c.Bottom-c.Top)
	}
	for d := int64(0); d <= highest; d += step {
		c.Y = append(c.Y, notch{fmt.Sprintf("%.1f", y(float64(d))), whole(d)})
	}
	parts := int64(5)
	if narrow {
		parts = 4
	}
	for i := range parts + 1 {
		n := most * i / parts
		text := grouped(n/1000) + "k"
		switch {
		case n == 0:
			text = "0"
		case n%1_000_000 == 0:
			text = grouped(n/1_000_000) + "M"
		}
		c.X = append(c.X, notch{fmt.Sprintf("%.1f", x(float64(n))), text})
	}
	for _, l := range curves {
		if len(l.points) == 0 {
			continue
		}
		last := l.points[len(l.points)-1]
		label := l.row.Provider
		if l.row.Product != "" {
			label += " " + strings.TrimSuffix(l.row.Product, " images")
		}
		drawn := line{Series: l.row.Series, Label: label, LabelX: int(x(last.n)) + 8, LabelY: int(y(last.low)) + 4}
		var path, back strings.Builder
		ranged := false
		points := make([]point, len(l.points)) // in the chart's units
		for i, at := range l.points {
			points[i] = point{x(at.n), y(at.low), y(at.high)}
			ranged = ranged || at.high > at.low
		}
		points = corners(points)
		for i, at := range points {
			fmt.Fprintf(&path, "%c%.1f %.1f", "ML"[min(i, 1)], at.n, at.low)
		}
		drawn.Path = path.String()
		if ranged {
			for _, at := range slices.Backward(points) {
				fmt.Fprintf(&back, "L%.1f %.1f", at.n, at.high)
			}
			drawn.Area = drawn.Path + back.String() + "Z"
		}
		c.Lines = append(c.Lines, drawn)
	}
	apart(c.Lines, c.Bottom+4)
	for _, m := range []struct {
		n    int64
		cost billing.Money
		text string
	}{{p.Projection.Unique, p.Projection.Cost, "projected"}, {p.Unique, p.Cost, "now"}} {
		c.Marks = append(c.Marks, mark{fmt.Sprintf("%.1f", x(float64(m.n))), fmt.Sprintf("%.1f", y(amount(m.cost))), m.text})
	}
	return c
}

// corners leaves out the points that lie on the straight line between others:
// prices have few corners, and a path of all points is most of the page.
func corners(points []point) []point {
	const near = 0.05 // which is what the paths are rounded to
	kept := points[:0:0]
	for from := 0; from < len(points); {
		kept = append(kept, points[from])
		to := from + 1
		for to+1 < len(points) && straight(points[from:to+2], near) {
			to++
		}
		from = to
	}
	return kept
}

// straight says whether the points lie as near to the line from the first to
// the last.
func straight(points []point, near float64) bool {
	a, b := points[0], points[len(points)-1]
	for _, p := range points[1 : len(points)-1] {
		if b.n == a.n {
			return false
		}
		part := (p.n - a.n) / (b.n - a.n)
		if math.Abs(a.low+part*(b.low-a.low)-p.low) > near || math.Abs(a.high+part*(b.high-a.high)-p.high) > near {
			return false
		}
	}
	return true
}

// apart moves labels that would lie on each other, from the lowest up.
func apart(lines []line, bottom int) {
	order := make([]*line, len(lines))
	for i := range lines {
		order[i] = &lines[i]
	}
	slices.SortFunc(order, func(a, b *line) int { return b.LabelY - a.LabelY })
	const apart = 16
	for i, l := range order {
		l.LabelY = min(l.LabelY, bottom)
		for _, below := range order[:i] {
			if below.LabelX-l.LabelX < 120 && l.LabelX-below.LabelX < 120 && l.LabelY > below.LabelY-apart {
				l.LabelY = below.LabelY - apart
			}
		}
	}
}
