// Package metering joins package billing to what it bills: a [Gate] is the
// [luna.Admitter] that keeps an account's plan and meters what is rendered,
// and the guard of uploads to the management API.
//
//	usage, err := sqlite.Open…                     // or postgres, or memory
//	m, err := meter.New(usage, nil)                // once a month and project
//	gate, err := metering.New(m, accounts, nil)
//	luna.NewHandler(…, &luna.HandlerOptions{Admitter: gate, …})
//	api.New(…, &api.Options{Guard: gate.Upload, …})
//
// A tenant of luna and of the API is a project of the meter, and has an
// account, which has a plan. That is all the state there is: the host says
// which account is whose, by [Accounts], and the meter says what was used.
package metering

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/luna"
)

// An Account is who pays for one or more projects.
type Account struct {
	Plan       billing.Plan
	Standing   billing.Standing
	Unverified bool // as in [billing.Account]
	// Projects are the account's tenants, in the order in which they were
	// made. A plan for n projects takes uploads for the first n.
	Projects []string
}

// Accounts finds accounts. It is asked at each cache miss and each upload,
// so it answers from memory, or fast. It must be safe for concurrent use.
type Accounts interface {
	// Account returns the account of a tenant, who is one of its Projects.
	Account(ctx context.Context, tenant string) (Account, error)
}

// AccountsFunc makes a function [Accounts].
type AccountsFunc func(ctx context.Context, tenant string) (Account, error)

// Account is f.
func (f AccountsFunc) Account(ctx context.Context, tenant string) (Account, error) {
	return f(ctx, tenant)
}

// Options of a [Gate]. Nil and zero fields are the defaults.
type Options struct {
	// QuotaStatus answers transforms over a plan's hard limit: 429, the
	// default, says to come back in the next period; 402 to pay for more.
	QuotaStatus int
	// Cycle is that of the meter's options; calendar months by default.
	Cycle func(project string) billing.Cycle
	// Now is the clock, the same as the meter's; time.Now by default.
	Now func() time.Time
}

// A Gate asks the plan before something is made or stored, and meters what is
// made. It is safe for concurrent use.
type Gate struct {
	meter    *meter.Meter
	accounts Accounts
	opts     Options
}

var _ luna.Admitter = (*Gate)(nil)

// New returns a gate. The meter must count by projects that are tenants.
func New(m *meter.Meter, accounts Accounts, o *Options) (*Gate, error) {
	if m == nil || accounts == nil {
		return nil, errors.New("metering: meter and accounts must not be nil")
	}
	g := &Gate{meter: m, accounts: accounts}
	if o != nil {
		g.opts = *o
	}
	switch g.opts.QuotaStatus {
	case 0:
		g.opts.QuotaStatus = http.StatusTooManyRequests
	case http.StatusTooManyRequests, http.StatusPaymentRequired:
	default:
		return nil, fmt.Errorf("metering: QuotaStatus is %d, must be 429 or 402", g.opts.QuotaStatus)
	}
	if g.opts.Now == nil {
		g.opts.Now = time.Now
	}
	return g, nil
}

// Admit implements [luna.Admitter]. It takes room under the plan's hard limit
// before the image is rendered, if there is such a limit; the function that it
// returns makes the usage durable before the image is published, or gives the
// room back. What is counted already needs no room: at the limit, what a cache
// has forgotten is rendered again, and what is cached luna serves without
// asking.
//
// A limit is never exceeded by one project. That of an account with several
// projects may be, by what the others have under way at that moment.
//
// Refusals are of type [*luna.Refusal]: "plan_limit" with the status of the
// options, "balance_outstanding" and "account_suspended" with 402, and
// "account_terminated" with 403.
func (g *Gate) Admit(ctx context.Context, tenant, key, version, canonical string) (settle func(ctx context.Context, failure error) error, err error) {
	account, err := g.accounts.Account(ctx, tenant)
	if err != nil {
		return nil, err
	}
	// Whether there is room, only the meter can say.
	standing := billing.Limits{WhileOutstanding: account.Plan.Limits.WhileOutstanding}
	if _, err := standing.Decide(billing.Account{Standing: account.Standing}, billing.Render); err != nil {
		return nil, refusal(account.Standing, err)
	}
	limits, err := g.limits(ctx, tenant, account)
	if err != nil {
		return nil, err
	}
	admission, err := g.meter.Admit(ctx, meter.Event{
		Project:   tenant,
		Image:     meter.Image(key, version),
		Rendition: canonical,
		ID:        rand.Text(), // each miss is one of its own, where a policy counts them
	}, limits)
	if err != nil {
		return nil, g.overQuota(account, err)
	}
	return func(ctx context.Context, failure error) error {
		return g.overQuota(account, admission.Done(ctx, failure == nil))
	}, nil
}

// limits are what the plan leaves to one project: its limit, less what the
// account's other projects have used.
func (g *Gate) limits(ctx context.Context, tenant string, account Account) (billing.Limits, error) {
	left, limited := account.Plan.Limit(billing.TransformsUnique)
	if !limited {
		return billing.Limits{}, nil
	}
	for _, other := range account.Projects {
		if other == tenant {
			continue
		}
		used, err := g.meter.Usage(ctx, other, g.Period(other))
		if err != nil {
			return billing.Limits{}, err
		}
		left = max(0, left-used[billing.TransformsUnique])
	}
	return billing.Limits{Hard: map[billing.Metric]int64{billing.TransformsUnique: left}}, nil
}

// Period is the billing period of a project at this moment.
func (g *Gate) Period(project string) billing.Period {
	if g.opts.Cycle != nil {
		if cycle := g.opts.Cycle(project); cycle != nil {
			return cycle(g.opts.Now())
		}
	}
	return billing.Month(g.opts.Now())
}

// overQuota says in luna's words that a limit is reached.
func (g *Gate) overQuota(account Account, err error) error {
	quota, ok := errors.AsType[*billing.QuotaError](err)
	if !ok {
		return err
	}
	limit, _ := account.Plan.Limit(quota.Metric)
	return &luna.Refusal{
		Status: g.opts.QuotaStatus,
		Code:   "plan_limit",
		Detail: fmt.Sprintf("The plan's %d unique transforms are used up until %s. Images that were made before are served.",
			limit, quota.Resets.UTC().Format(time.RFC3339)),
		RetryAfter: quota.Resets.Sub(g.opts.Now()),
		Err:        err,
	}
}

// refusal says in luna's words why an account is not served.
func refusal(s billing.Standing, err error) error {
	switch s {
	case billing.Outstanding:
		return &luna.Refusal{Status: http.StatusPaymentRequired, Code: "balance_outstanding", Detail: "The account has an outstanding balance. Images that were made before are served.", Err: err}
	case billing.Suspended:
		return &luna.Refusal{Status: http.StatusPaymentRequired, Code: "account_suspended", Detail: "The account is suspended until its bills are paid.", Err: err}
	}
	return &luna.Refusal{Status: http.StatusForbidden, Code: "account_terminated", Detail: "The account is closed.", Err: err}
}

// Upload is for [api.Options.Guard]. It refuses with
// [api.ErrBalanceOutstanding] while a balance is outstanding or the account
// suspended for it, and with [api.ErrProjectLimit] for projects beyond those
// of the plan, of which an account that is closed or not verified has none.
// Images that are stored are served all the same.
func (g *Gate) Upload(ctx context.Context, u api.Upload) error {
	account, err := g.accounts.Account(ctx, u.Tenant)
	if err != nil {
		return err
	}
	at := slices.Index(account.Projects, u.Tenant)
	if at < 0 {
		return fmt.Errorf("metering: tenant %q is no project of its own account", u.Tenant)
	}
	a := billing.Account{
		Standing:   account.Standing,
		Unverified: account.Unverified,
		Used:       billing.Usage{billing.Projects: int64(at)}, // by those before it
		Period:     g.Period(u.Tenant),
	}
	for _, op := range []billing.Operation{billing.Upload, billing.CreateProject} {
		decision, err := account.Plan.Decide(a, op)
		switch {
		case decision.Allowed():
		case account.Standing == billing.Outstanding, account.Standing == billing.Suspended:
			return fmt.Errorf("%w: %w", api.ErrBalanceOutstanding, err)
		case account.Standing == billing.Terminated, decision == billing.DenyProject, errors.Is(err, billing.ErrQuota):
			return fmt.Errorf("%w: %w", api.ErrProjectLimit, err)
		default:
			return err
		}
	}
	return nil
}
