// Package sign holds what proves that a request was allowed: HMAC signatures
// of image URLs with rotating secrets, the upload tickets and the API keys.
//
//   - [Keyring] signs and verifies the payloads of image URLs.
//   - [Tenants] and [TenantsFunc] pick the keyring by the tenant's name.
//   - [Ticket] is the right to upload one object, for a few minutes.
//   - [APIKey] opens the management API; servers keep only its [KeyHash].
//
// Signatures are compared as text, in constant time, and before anything that
// they cover is decoded: each has exactly one spelling. No error, log line or
// printed value of this package holds a secret. Clocks are parameters.
package sign

import "errors"

var (
	// ErrMismatch reports a signature, ticket or API key that does not
	// verify. It is the same whatever the reason, an unknown tenant included.
	ErrMismatch = errors.New("sign: signature does not match")
	// ErrExpired reports a signature that verifies but is past its time.
	ErrExpired = errors.New("sign: expired")
)
