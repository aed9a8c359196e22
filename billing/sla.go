package billing

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"time"
)

// ErrSLA is returned for an SLA whose steps or components cannot be used.
var ErrSLA = errors.New("billing: SLA not usable")

// Cause says why a service, or a part of it, was not up.
type Cause uint8

const (
	// ProviderFault counts as downtime.
	ProviderFault Cause = iota
	// Maintenance does not when it was announced at least
	// [SLA.MaintenanceNotice] ahead, and does otherwise.
	Maintenance
	// ForceMajeure is what is outside the provider's control. Not counted.
	ForceMajeure
	// CustomerFault is misuse. Not counted.
	CustomerFault
	// AccountSuspended is a suspension under the terms. Not counted.
	AccountSuspended
)

var causeNames = [...]string{"provider fault", "maintenance", "force majeure", "customer fault", "account suspended"}

// String returns the cause in words.
func (c Cause) String() string {
	if int(c) < len(causeNames) {
		return causeNames[c]
	}
	return fmt.Sprintf("Cause(%d)", uint8(c))
}

// Incident is a span in which a component was down. It may reach outside the
// month it is judged in.
type Incident struct {
	Period
	Component string    // "" is every component
	Cause     Cause     // default ProviderFault
	Notified  time.Time // when a maintenance was announced; zero is not at all
}

// SLAStep gives a share of the month's bill for an uptime below a bound.
type SLAStep struct {
	BelowPPM    int64 // uptime strictly below this many millionths of the month: 999_000 is 99.9 %
	BasisPoints int64 // share of the bill in hundredths of a per cent: 1_000 is 10 %; 0 to 10_000
}

// SLA turns downtime of a calendar month into a credit. The zero value gives
// the default: 10 % of the month's bill when uptime is below 99.9 %,
// maintenance not counted when announced 72 hours ahead, any component down
// is downtime.
type SLA struct {
	// Steps; the most generous one that applies is taken. Default: below
	// 999_000 ppm, 1_000 basis points. In other contracts 10, 25, 50, 100 %.
	Steps []SLAStep

	// MaintenanceNotice is how far ahead a maintenance must be announced to
	// be excluded; exactly so much is enough. Default 72 hours.
	MaintenanceNotice time.Duration

	// AllComponents makes only the time in which every one of Components was
	// down downtime, for a contract that joins its surfaces with "and". By
	// default any one that is down counts.
	AllComponents bool

	// Components names the surfaces; needed with AllComponents. Where it is
	// given, an incident of a component it does not name is an error.
	Components []string
}

// Downtime is what an [SLA] found in a month.
type Downtime struct {
	Month       Period
	Total       time.Duration // length of the month
	Down        time.Duration // counted downtime
	UptimePPM   int64         // millionths, rounded down, to show; decisions are made on the durations
	BasisPoints int64         // share of the bill that is credited; 0 is no credit
	Credit      Money         // rounded half up to the minor unit
	Reason      string        // why there is, or is not, a credit
}

// Credit judges a month. The bill is the subtotal of that month's usage before
// credits and tax ([Invoice.Subtotal]). A trial account gets no credit. The
// order of the incidents, overlaps, and whether one outage is reported in one
// piece or several, make no difference; but the notice of a maintenance counts
// to the start of each piece, so report one as a whole.
//
// Excluded time of a named component excuses only that component, and time
// excluded without one excuses all.
func (s SLA) Credit(month Period, incidents []Incident, bill Money, trial bool) (Downtime, error) {
	if err := month.Validate(); err != nil {
		return Downtime{}, err
	}
	if bill.Sign() < 0 {
		return Downtime{}, fmt.Errorf("%w: a bill of %v is negative", ErrSLA, bill)
	}
	steps, err := s.steps()
	if err != nil {
		return Downtime{}, err
	}
	down, err := s.down(month, incidents)
	if err != nil {
		return Downtime{}, err
	}
	d := Downtime{Month: month, Total: month.Duration(), Down: length(down)}
	hi, lo := bits.Mul64(uint64(d.Total-d.Down), million)
	ppm, _ := bits.Div64(hi, lo, uint64(d.Total))
	d.UptimePPM = int64(ppm)
	if d.Credit, err = bill.MulRatio(0, 1, HalfUp); err != nil {
		return Downtime{}, err
	}
	if trial {
		d.Reason = "a trial account has no credits"
		return d, nil
	}
	var missed SLAStep
	for _, step := range steps {
		if below(d.Total, d.Down, step.BelowPPM) && step.BasisPoints > d.BasisPoints {
			missed, d.BasisPoints = step, step.BasisPoints
		}
	}
	if d.BasisPoints == 0 {
		d.Reason = fmt.Sprintf("%v down of %v is within the promise", d.Down, d.Total)
		return d, nil
	}
	d.Reason = fmt.Sprintf("%v down of %v is below %s: %s of the bill", d.Down, d.Total, percent(missed.BelowPPM, 4), percent(missed.BasisPoints, 2))
	// Cut off and then rounded is rounded once: a tie is never cut off.
	share, err := bill.MulRatio(d.BasisPoints, 10_000, Down)
	if err != nil {
		return Downtime{}, err
	}
	if d.Credit, err = share.Round(HalfUp); err != nil {
		return Downtime{}, err
	}
	// Rounding to the minor unit must not give back more than was billed.
	if order, err := d.Credit.Cmp(bill); err == nil && order > 0 {
		d.Credit = bill
	}
	return d, nil
}

// AccountCredit is what was found as a credit on the next invoice: the first
// that is made after that of the month itself.
func (d Downtime) AccountCredit(id, account string) Credit {
	return Credit{ID: id, Account: account, Reason: d.Reason, Amount: d.Credit, AppliesFrom: d.Month.End}
}

const million = 1_000_000

// below reports whether uptime is strictly below a bound, exactly:
// down/total > 1 - bound, without dividing.
func below(total, down time.Duration, ppm int64) bool {
	downHi, downLo := bits.Mul64(uint64(down), million)
	mostHi, mostLo := bits.Mul64(uint64(total), uint64(million-ppm))
	return downHi > mostHi || downHi == mostHi && downLo > mostLo
}

// percent writes an integer as a percentage of 10^-digits.
func percent(n int64, digits int) string {
	coef := appendDecimal(nil, uint64(n), digits, 0)
	return string(coef) + " %"
}

func (s SLA) steps() ([]SLAStep, error) {
	if len(s.Steps) == 0 {
		return []SLAStep{{BelowPPM: 999_000, BasisPoints: 1_000}}, nil
	}
	for i, step := range s.Steps {
		if step.BelowPPM < 0 || step.BelowPPM > million || step.BasisPoints < 0 || step.BasisPoints > 10_000 {
			return nil, fmt.Errorf("%w: step %d gives %d basis points below %d ppm; at most 10,000 and 1,000,000", ErrSLA, i, step.BasisPoints, step.BelowPPM)
		}
	}
	return s.Steps, nil
}

// down returns the counted downtime of a month as a union of spans.
func (s SLA) down(month Period, incidents []Incident) ([]Period, error) {
	if s.AllComponents && len(s.Components) == 0 {
		return nil, fmt.Errorf("%w: AllComponents needs the names of the components", ErrSLA)
	}
	notice := s.MaintenanceNotice
	if notice == 0 {
		notice = 72 * time.Hour
	}
	names := slices.Clone(s.Components)
	outages, excused := map[string][]Period{}, map[string][]Period{}
	for i, in := range incidents {
		if err := in.Validate(); err != nil {
			return nil, fmt.Errorf("incident %d: %w", i, err)
		}
		if int(in.Cause) >= len(causeNames) {
			return nil, fmt.Errorf("%w: incident %d: %v", ErrSLA, i, in.Cause)
		}
		if !slices.Contains(names, in.Component) && in.Component != "" {
			if len(s.Components) > 0 {
				return nil, fmt.Errorf("%w: incident %d: component %q is none of %q", ErrSLA, i, in.Component, s.Components)
			}
			names = append(names, in.Component)
		}
		announced := in.Cause == Maintenance && !in.Notified.IsZero() && in.Start.Sub(in.Notified) >= notice
		if in.Cause == ProviderFault || in.Cause == Maintenance && !announced {
			outages[in.Component] = append(outages[in.Component], in.Period)
		} else {
			excused[in.Component] = append(excused[in.Component], in.Period)
		}
	}
	if !s.AllComponents {
		names = append(names, "") // what is down as a whole, whatever the components are called
	}
	var down []Period
	for i, name := range names {
		out, excuse := outages[name], excused[name]
		if name != "" {
			out, excuse = slices.Concat(out, outages[""]), slices.Concat(excuse, excused[""])
		}
		counted := subtract(union(out), union(excuse))
		switch {
		case i == 0:
			down = counted
		case s.AllComponents:
			down = intersect(down, counted)
		default:
			down = union(slices.Concat(down, counted))
		}
	}
	return intersect(down, []Period{month}), nil
}
