package sign

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
)

// MinSecret is the least length of a secret, in bytes.
const MinSecret = 16

// SignatureSize is the length of a signature, in characters.
const SignatureSize = 2 * sha256.Size

// A Keyring is a set of secrets of which the first signs and any verifies, so
// that a secret can be replaced while URLs signed by the old one are about.
//
// A Keyring never changes and is safe for concurrent use. The nil and the
// zero Keyring hold no secret: they sign nothing and verify nothing. However
// it is printed, logged or encoded, its secrets do not show.
type Keyring struct {
	// Closures, since fmt and its like print unexported fields without
	// asking their methods.
	macs []mac
}

// A mac is HMAC-SHA256 under a secret that only the closure knows.
type mac func(message string) [sha256.Size]byte

func newMAC(secret []byte) mac {
	return func(message string) (sum [sha256.Size]byte) {
		h := hmac.New(sha256.New, secret)
		h.Write([]byte(message))
		h.Sum(sum[:0])
		return sum
	}
}

// NewKeyring returns a Keyring of the secrets, the one that signs first. Each
// has at least [MinSecret] bytes, which are the HMAC key as they stand.
func NewKeyring(secrets ...string) (*Keyring, error) {
	if len(secrets) == 0 {
		return nil, errors.New("sign: a keyring needs at least one secret")
	}
	k := &Keyring{macs: make([]mac, len(secrets))}
	for i, s := range secrets {
		if len(s) < MinSecret {
			return nil, fmt.Errorf("sign: secret %d of %d has %d bytes, needs at least %d", i+1, len(secrets), len(s), MinSecret)
		}
		k.macs[i] = newMAC([]byte(s))
	}
	return k, nil
}

// Sign returns the signature of payload by the first secret: 64 lowercase
// hexadecimal digits of HMAC-SHA256. It is empty, which never verifies, where
// the keyring is nil or zero. Whoever chooses payload gets a signature for
// it: sign only what the program has made itself.
func (k *Keyring) Sign(payload string) string {
	if k == nil || len(k.macs) == 0 {
		return ""
	}
	sum := k.macs[0](payload)
	return hex.EncodeToString(sum[:])
}

// minWork is how many secrets a verification tries at the least, so that its
// time does not tell tenants with one secret, two, or none apart.
const minWork = 2

var decoy = newMAC(make([]byte, MinSecret))

// Verify returns nil if signature is what one of the secrets makes of
// payload, and [ErrMismatch] otherwise. Only the one spelling in 64 lowercase
// hexadecimal digits passes. The time taken depends on the length of payload
// and on the number of secrets only.
func (k *Keyring) Verify(payload, signature string) error {
	if !k.verify(payload, signature) {
		return ErrMismatch
	}
	return nil
}

func (k *Keyring) verify(payload, signature string) bool {
	var macs []mac
	if k != nil {
		macs = k.macs
	}
	// A wrong length is compared like a right one, and fails by this bit.
	var got, want [SignatureSize]byte
	copy(got[:], signature)
	whole := subtle.ConstantTimeEq(int32(min(len(signature), SignatureSize+1)), SignatureSize)
	match := 0
	for i := range max(len(macs), minWork) {
		m, held := decoy, 0
		if i < len(macs) {
			m, held = macs[i], 1
		}
		sum := m(payload)
		hex.Encode(want[:], sum[:])
		match |= held & subtle.ConstantTimeCompare(got[:], want[:])
	}
	return match&whole == 1
}

// derive returns the keyring for another purpose: the signatures that this
// one makes of label are its secrets, as raw bytes.
func (k *Keyring) derive(label string) *Keyring {
	if k == nil {
		return nil
	}
	d := &Keyring{macs: make([]mac, len(k.macs))}
	for i, m := range k.macs {
		sum := m(label)
		d.macs[i] = newMAC(sum[:])
	}
	return d
}

// NewSecret returns a new secret: 256 random bits as 64 hexadecimal digits.
func NewSecret() string {
	var b [32]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// TenantSecret returns the secret that secret gives to a tenant where one
// secret serves many: HMAC-SHA256(secret, tenant) in lowercase hexadecimal
// digits, which as text are the tenant's secret. A tenant is named by 1 to 63
// lowercase letters, digits, hyphens, underscores and dots: no such name is a
// payload, whose published signature would be that tenant's secret.
func TenantSecret(secret, tenant string) (string, error) {
	if len(secret) < MinSecret {
		return "", fmt.Errorf("sign: secret has %d bytes, needs at least %d", len(secret), MinSecret)
	}
	if len(tenant) < 1 || len(tenant) > 63 {
		return "", fmt.Errorf("sign: tenant's name has %d bytes, must have 1 to 63", len(tenant))
	}
	for _, c := range []byte(tenant) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.' {
			return "", fmt.Errorf("sign: tenant %q must be lowercase letters, digits, hyphens, underscores and dots", tenant)
		}
	}
	sum := newMAC([]byte(secret))(tenant)
	return hex.EncodeToString(sum[:]), nil
}
