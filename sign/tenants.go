package sign

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
)

// Tenants is a fixed table of keyrings by their tenants' names. It must not
// change while it is in use.
type Tenants map[string]*Keyring

// Verify returns nil if signature is what one of the tenant's secrets makes
// of payload, and [ErrMismatch] otherwise; an unknown tenant gives the same
// after the same work. ctx is not used.
func (t Tenants) Verify(_ context.Context, tenant, payload, signature string) error {
	return t[tenant].Verify(payload, signature)
}

// TenantsFunc finds the keyring of a tenant, in a database for example. For
// an unknown tenant it returns a nil keyring or an error that is
// [fs.ErrNotExist]; any other error means that it could not look. It must be
// safe for concurrent use.
type TenantsFunc func(ctx context.Context, tenant string) (*Keyring, error)

// Verify is [Tenants.Verify] with f's keyring. Where f could not look, it
// returns that error, wrapped.
func (f TenantsFunc) Verify(ctx context.Context, tenant, payload, signature string) error {
	k, err := f(ctx, tenant)
	if errors.Is(err, fs.ErrNotExist) {
		k, err = nil, nil
	}
	if err != nil {
		return fmt.Errorf("sign: keyring of tenant %q: %w", tenant, err)
	}
	return k.Verify(payload, signature)
}
