package apitest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"time"

	"github.com/immagin/immagin-go/immagin/api"
)

// NoncesChecks returns the duties of a store of used tickets.
func NoncesChecks() []Check[api.Nonces] {
	return []Check[api.Nonces]{
		{"Once", noncesOnce},
		{"Tenants", noncesTenants},
		{"Lives", noncesLives},
		{"Hostile", noncesHostile},
		{"Canceled", noncesCanceled},
		{"Concurrent", noncesConcurrent},
	}
}

// once uses a nonce, and makes sure that nobody can again.
func once(ctx context.Context, a, b api.Nonces, tenant, nonce string, life time.Duration) error {
	if err := a.Use(ctx, tenant, nonce, life); err != nil {
		return fmt.Errorf("store: Use of a new nonce of %d bytes of tenant %q: %w", len(nonce), short(tenant), err)
	}
	for _, s := range []api.Nonces{a, b, a} {
		if err := want(s.Use(ctx, tenant, nonce, life), fs.ErrExist, "Use of nonce %q of tenant %q again", short(nonce), short(tenant)); err != nil {
			return err
		}
	}
	return nil
}

func noncesOnce(ctx context.Context, a, b api.Nonces, _ *Options) error {
	tenant := newTenant()
	for range 100 {
		if err := once(ctx, a, b, tenant, newTenant(), time.Hour); err != nil {
			return err
		}
		a, b = b, a
	}
	return nil
}

func noncesTenants(ctx context.Context, a, b api.Nonces, _ *Options) error {
	tenant, nonce := newTenant(), newTenant()
	for _, pair := range [][2]string{
		{tenant, nonce}, {tenant + "x", nonce}, {tenant, "x" + nonce}, {nonce, tenant}, {tenant + nonce, ""}, {tenant, nonce + "\x00"}, {tenant + "/", nonce}, {tenant, "/" + nonce}, {tenant + " ", nonce}, {tenant, " " + nonce},
		{"T" + tenant[1:], nonce}, {tenant, "T" + nonce[1:]},
	} {
		if err := once(ctx, a, b, pair[0], pair[1], time.Hour); err != nil {
			return err
		}
	}
	return nil
}

func noncesLives(ctx context.Context, a, b api.Nonces, _ *Options) error {
	tenant := newTenant()
	for _, life := range []time.Duration{time.Minute, 7 * 24 * time.Hour, 100 * 365 * 24 * time.Hour, math.MaxInt64} {
		if err := once(ctx, a, b, tenant, life.String(), life); err != nil {
			return fmt.Errorf("life %v: %w", life, err)
		}
	}
	// What is over at once may be forgotten, but is no reason to fail.
	for _, life := range []time.Duration{0, -time.Hour, math.MinInt64} {
		if err := a.Use(ctx, tenant, life.String(), life); err != nil {
			return fmt.Errorf("store: Use for %v: %w", life, err)
		}
	}
	return nil
}

// noncesHostile allows to refuse a nonce, but not to take one twice, nor to
// take one for another.
func noncesHostile(ctx context.Context, a, b api.Nonces, _ *Options) error {
	unique := newTenant()
	for _, text := range hostile {
		for _, pair := range [][2]string{{unique, text}, {text, unique}} {
			err := a.Use(ctx, pair[0], pair[1], time.Hour)
			if errors.Is(err, fs.ErrExist) {
				return fmt.Errorf("nonce %q of tenant %q is taken for another", short(pair[1]), short(pair[0]))
			}
			if b.Use(ctx, pair[0], pair[1], time.Hour) == nil {
				return fmt.Errorf("nonce %q of tenant %q can be used twice, or is refused once and taken then", short(pair[1]), short(pair[0]))
			}
		}
	}
	return once(ctx, a, b, unique, newTenant(), time.Hour)
}

func noncesCanceled(ctx context.Context, a, b api.Nonces, _ *Options) error {
	tenant, nonce := newTenant(), newTenant()
	if err := want(a.Use(canceled(ctx), tenant, nonce, time.Hour), context.Canceled, "Use with a context that is over"); err != nil {
		return err
	}
	return once(ctx, a, b, tenant, nonce, time.Hour)
}

func noncesConcurrent(ctx context.Context, a, b api.Nonces, o *Options) error {
	both, tenant := []api.Nonces{a, b}, newTenant()
	for range o.Rounds {
		nonce := newTenant()
		errs := race(o.Racers, func(i int) error { return both[i%2].Use(ctx, tenant, nonce, time.Hour) })
		if err := oneWins(errs, fs.ErrExist, "Use of one nonce"); err != nil {
			return err
		}
	}
	return nil
}
