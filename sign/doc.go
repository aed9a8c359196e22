// Package sign holds what proves that a request was allowed: the signatures of image
// URLs, the tickets for uploads, and the keys of the management API. Servers use it
// to verify, and whoever makes URLs without package immagin to sign.
//
//	keyring, err := sign.NewKeyring(os.Getenv("IMMAGIN_SECRET"))
//	if err != nil {
//		return err
//	}
//	url := "https://acme.example.com/" + payload + "?sig=" + keyring.Sign(payload)
//
// The types, by what they are for:
//
//   - [Keyring] signs and verifies payloads of image URLs, with HMAC-SHA256. Its
//     first secret signs, and any of them verifies, so that a secret can be
//     replaced while URLs of the old one are about.
//   - [Tenants] and [TenantsFunc] pick the keyring by the tenant's name; they are
//     what luna.NewHandler takes.
//   - [Ticket] is the right to upload one object, for a few minutes.
//   - [APIKey] opens the management API; servers keep only its [KeyHash].
//
// Signatures are compared as text, in constant time, and before anything that they
// cover is decoded: each has exactly one spelling. A failure is [ErrMismatch]
// whatever its reason, or [ErrExpired]. No error, log line or printed value of this
// package holds a secret. Clocks are parameters.
//
// Everything here is safe for concurrent use; a [Tenants] must not change meanwhile.
package sign

import (
	"errors"
	"io/fs"
)

var (
	// ErrMismatch reports a signature, ticket or API key that does not
	// verify. It is the same whatever the reason, an unknown tenant included.
	// It is an [fs.ErrPermission], by which callers that do not import this
	// package tell it from a keyring that could not be looked up.
	ErrMismatch error = mismatch{}
	// ErrExpired reports a signature that verifies but is past its time.
	ErrExpired = errors.New("sign: expired")
)

type mismatch struct{}

func (mismatch) Error() string { return "sign: signature does not match" }

func (mismatch) Is(target error) bool { return target == fs.ErrPermission }
