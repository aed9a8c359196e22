package billing

import "fmt"

// Limits are what a plan never exceeds, at any price.
type Limits struct {
	Projects int64            // most projects of an account; 0 is no limit
	Hard     map[Metric]int64 // most of a metric in a period; 0 is none at all

	// WhileOutstanding is what an account with an outstanding balance may do
	// beside being served what is cached: by default new renditions of images
	// already stored are made and metered, with CachedOnly they are not.
	// Uploads are refused either way.
	WhileOutstanding OutstandingRule
}

// OutstandingRule says whether an outstanding balance stops new renditions.
type OutstandingRule uint8

const (
	RenderStored OutstandingRule = iota // images already stored are still rendered
	CachedOnly                          // only cached renditions are served
)

// Validate says which limit is unusable. The error is [ErrPlan].
func (l Limits) Validate() error {
	if l.Projects < 0 {
		return fmt.Errorf("%w: Projects is %d, below zero", ErrPlan, l.Projects)
	}
	if l.WhileOutstanding > CachedOnly {
		return fmt.Errorf("%w: WhileOutstanding is %d, no rule", ErrPlan, l.WhileOutstanding)
	}
	for metric, most := range l.Hard {
		if most < 0 || metric == "" || metric == Projects {
			return fmt.Errorf("%w: Hard has %d for %q, must be 0 or more of a period's metric", ErrPlan, most, metric)
		}
	}
	return nil
}

// Operation is what somebody asks an account for.
type Operation uint8

const (
	Serve         Operation = iota // deliver a rendition that is cached
	Render                         // make a rendition: one more unique transform
	Upload                         // store an image
	CreateProject                  // one more project
)

var operationNames = [...]string{"serve", "render", "upload", "create project"}

func (o Operation) String() string {
	if int(o) < len(operationNames) {
		return operationNames[o]
	}
	return fmt.Sprintf("Operation(%d)", uint8(o))
}

// Decision is the answer to an operation.
type Decision uint8

const (
	Allow           Decision = iota // yes, within what the plan includes
	AllowOverage                    // yes, beyond what the plan includes: it costs
	ServeCachedOnly                 // no new renditions; cached ones are served
	DenyUpload                      // no uploads; everything stored is served
	DenyProject                     // no more projects
	DenyAll                         // nothing is served
)

var decisionNames = [...]string{"allow", "allow overage", "serve cached only", "deny upload", "deny project", "deny all"}

func (d Decision) String() string {
	if int(d) < len(decisionNames) {
		return decisionNames[d]
	}
	return fmt.Sprintf("Decision(%d)", uint8(d))
}

// Allowed says whether the operation may be done.
func (d Decision) Allowed() bool { return d <= AllowOverage }

// Account is what a decision is made on. The zero value is in good standing
// and has used nothing.
type Account struct {
	Standing   Standing // good, or what payment is outstanding for
	Unverified bool     // the contract asks for a verified e-mail address and there is none: no new projects
	Used       Usage    // before the operation, in Period; Projects as they are
	Period     Period   // its end is when a QuotaError resets
}

// Decide says whether an account may do op. A refusal has an error with it:
// *[QuotaError], [ErrUploads], [ErrUnverified], or [ErrAccess] for an account
// that is suspended or terminated. The unit that reaches a limit exactly is
// allowed and the next one refused. The answer is about the usage it is told:
// where many servers count at once, a limit is kept by taking the unit from
// the meter before.
func (l Limits) Decide(a Account, op Operation) (Decision, error) {
	if int(op) >= len(operationNames) {
		return DenyAll, fmt.Errorf("%w: %v is unknown", ErrAccess, op)
	}
	switch a.Standing {
	case Good:
	case Outstanding:
		if op == Upload {
			return DenyUpload, ErrUploads
		}
		if op == Render && l.WhileOutstanding == CachedOnly {
			return ServeCachedOnly, fmt.Errorf("%w: a balance is outstanding, only cached renditions are served", ErrAccess)
		}
	default:
		return DenyAll, fmt.Errorf("%w: %v", ErrAccess, a.Standing)
	}
	if op == CreateProject {
		if a.Unverified {
			return DenyProject, ErrUnverified
		}
		if l.Projects > 0 && a.Used[Projects] >= l.Projects {
			return DenyProject, &QuotaError{Metric: Projects, Limit: l.Projects}
		}
		return Allow, nil
	}
	var reached Metric // the first by name, to answer the same every time
	for metric, most := range l.Hard {
		if op.uses(metric) && a.Used[metric] >= most && (reached == "" || metric < reached) {
			reached = metric
		}
	}
	if reached != "" {
		return op.refused(), &QuotaError{reached, l.Hard[reached], a.Period.End}
	}
	return Allow, nil
}

// uses says whether a limit on a metric stops an operation. What is cached is
// served whatever the limits, and a full store only stops uploads.
func (o Operation) uses(m Metric) bool {
	switch o {
	case Render:
		return m != StorageByteMonths
	case Upload:
		return m == StorageByteMonths
	}
	return false
}

// refused is the decision when a limit is reached.
func (o Operation) refused() Decision {
	if o == Upload {
		return DenyUpload
	}
	return ServeCachedOnly
}

// Limit is the most of a metric that the plan ever allows in a period, from
// its Limits or from a component without a price for more; false if there is
// none.
func (p Plan) Limit(m Metric) (int64, bool) {
	most, limited := p.Limits.Hard[m]
	for _, c := range p.Components {
		if c.Metric == m && c.Overage == nil && (!limited || c.Included < most) {
			most, limited = c.Included, true
		}
	}
	return most, limited
}

// Decide is [Limits.Decide], and knows the components besides: one without a
// price for overage is a hard limit, and a rendition that the plan does not
// include is AllowOverage.
func (p Plan) Decide(a Account, op Operation) (Decision, error) {
	decision, err := p.Limits.Decide(a, op)
	if decision != Allow {
		return decision, err
	}
	for _, c := range p.Components {
		if c.Overage == nil && op.uses(c.Metric) && a.Used[c.Metric] >= c.Included {
			return op.refused(), &QuotaError{c.Metric, c.Included, a.Period.End}
		}
	}
	if op != Render {
		return Allow, nil
	}
	costs, err := p.costs(TransformsUnique, a.Used[TransformsUnique])
	if err != nil {
		return DenyAll, err
	}
	if costs {
		return AllowOverage, nil
	}
	return Allow, nil
}

// costs says whether the unit after used is one that is charged for.
func (p Plan) costs(m Metric, used int64) (bool, error) {
	for _, c := range p.Components {
		if c.Metric != m || c.Overage == nil || used < c.Included {
			continue
		}
		amount, err := c.Overage.Amount(used - c.Included + 1)
		if err != nil {
			return false, fmt.Errorf("%s: %w", m, err)
		}
		return amount.Sign() > 0, nil
	}
	return false, nil
}
