package billing

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Plan is what an account pays in one period. An invoice pins its ID and
// Version, so that nothing is ever rated again at a newer price: a change is
// a new Plan with the next Version.
type Plan struct {
	ID        string    // the same for all versions
	Version   int       // 1 and up
	Effective time.Time // from when it is sold

	// Base is charged for the period, whatever is used. With Arrears it is
	// billed after the period it is for, together with that period's usage;
	// otherwise it is prepaid.
	Base    Money
	Arrears bool

	Components []Component // one for each metric that costs something
	Limits     Limits      // what is refused, or served from caches only

	// PerProject rates every project alone in EstimateProjects, so that each
	// has its own included quantities and tiers. The default is to rate the
	// sum of an account's projects once.
	PerProject bool
}

// Component is the price of one metric. Where something is included, Overage
// is asked only about more than that: neither its first fee nor its minimum
// is charged before. Where nothing is, it is asked about all usage and none.
type Component struct {
	Metric   Metric // what is priced, such as [TransformsUnique]
	Included int64  // paid for by Base; what is left of it does not roll over
	Overage  Price  // of what is used beyond Included; nil makes Included a hard limit
}

// Validate says which field makes the plan unusable. Errors are [ErrPlan], and
// whatever a price has against itself.
func (p Plan) Validate() error {
	switch {
	case p.ID == "":
		return fmt.Errorf("%w: ID is empty", ErrPlan)
	case p.Version < 1:
		return fmt.Errorf("%w: %s: Version is %d, must be 1 or more", ErrPlan, p.ID, p.Version)
	case p.Base.Sign() < 0:
		return fmt.Errorf("%w: %s: Base is %s, below zero", ErrPlan, p.ID, p.Base.text())
	}
	seen := map[Metric]bool{}
	currency := p.Base.zero()
	for _, c := range p.Components {
		switch {
		case c.Metric == "":
			return fmt.Errorf("%w: %s: a component has no metric", ErrPlan, p.ID)
		case seen[c.Metric]:
			return fmt.Errorf("%w: %s: %s has two components", ErrPlan, p.ID, c.Metric)
		case c.Included < 0:
			return fmt.Errorf("%w: %s: %s includes %d, below zero", ErrPlan, p.ID, c.Metric, c.Included)
		}
		seen[c.Metric] = true
		if c.Overage == nil {
			continue
		}
		if err := c.Overage.Validate(); err != nil {
			return fmt.Errorf("%w: %s: %s: %w", ErrPlan, p.ID, c.Metric, err)
		}
		nothing, err := c.Overage.Amount(0)
		if err == nil {
			currency, err = currency.Add(nothing.zero())
		}
		if err != nil {
			return fmt.Errorf("%w: %s: %s: %w", ErrPlan, p.ID, c.Metric, err)
		}
	}
	if err := p.Limits.Validate(); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrPlan, p.ID, err)
	}
	return nil
}

// zero is nothing, in m's currency.
func (m Money) zero() Money { return Money{currency: m.currency} }

// Estimate rates one period's usage: a line for the base, if there is one,
// and for every component a line for what is included and the lines of its
// overage. The keys of a component's lines start with its metric:
// "transforms.unique/tier/2/unit". Metrics without a component cost nothing.
func (p Plan) Estimate(u Usage) (Charge, error) {
	if err := p.Validate(); err != nil {
		return Charge{}, err
	}
	c, err := p.base()
	if err != nil {
		return Charge{}, err
	}
	if err := p.rate(&c, "", u); err != nil {
		return Charge{}, err
	}
	return c, nil
}

// EstimateProjects rates one period's usage of all projects of an account,
// by name: their sum, or with PerProject each alone, its lines' keys starting
// with "project/" and its name. The base is charged once.
func (p Plan) EstimateProjects(projects map[string]Usage) (Charge, error) {
	if !p.PerProject {
		sum, err := SumUsage(maps.Values(projects))
		if err != nil {
			return Charge{}, err
		}
		return p.Estimate(sum)
	}
	if err := p.Validate(); err != nil {
		return Charge{}, err
	}
	c, err := p.base()
	if err != nil {
		return Charge{}, err
	}
	for _, name := range slices.Sorted(maps.Keys(projects)) {
		if err := p.rate(&c, "project/"+name+"/", projects[name]); err != nil {
			return Charge{}, fmt.Errorf("project %q: %w", name, err)
		}
	}
	return c, nil
}

// Project is the estimate of a period from its usage as of an instant in it,
// were it to go on alike to the end: see [Usage.Forecast].
func (p Plan) Project(u Usage, period Period, asOf time.Time) (Charge, error) {
	forecast, err := u.Forecast(period, asOf)
	if err != nil {
		return Charge{}, err
	}
	return p.Estimate(forecast)
}

func (p Plan) base() (c Charge, err error) {
	c.Exact, c.Total = p.Base.zero(), p.Base.zero()
	if !p.Base.IsZero() {
		err = c.addGrown(Line{Key: "base", Description: "plan " + p.ID, Quantity: 1}, p.Base.zero(), p.Base)
	}
	return c, err
}

// rate adds the lines of all components.
func (p Plan) rate(c *Charge, prefix string, u Usage) error {
	for _, component := range p.Components {
		if err := component.rate(c, prefix, u[component.Metric]); err != nil {
			return fmt.Errorf("%s: %w", component.Metric, err)
		}
	}
	return nil
}

func (o Component) rate(c *Charge, prefix string, used int64) error {
	if err := span(0, used); err != nil {
		return err
	}
	prefix += string(o.Metric) + "/"
	if o.Included > 0 || o.Overage == nil {
		within := min(used, o.Included)
		included := Line{
			Key: prefix + "included", Description: group(o.Included) + " included", Metric: o.Metric,
			To: within, Quantity: within, Exact: c.Exact.zero(), Amount: c.Total.zero(),
		}
		if err := c.add(included); err != nil {
			return err
		}
	}
	if o.Overage == nil || o.Included > 0 && used <= o.Included {
		return nil
	}
	overage, err := o.Overage.Charge(used - o.Included)
	if err != nil {
		return err
	}
	for _, l := range overage.Lines {
		l.Key, l.Metric = prefix+l.Key, o.Metric
		l.From, l.To = l.From+o.Included, l.To+o.Included
		if err := c.add(l); err != nil {
			return err
		}
	}
	return nil
}
