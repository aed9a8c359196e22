package sign

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
)

const (
	apiKeyTag    = "imk_"
	apiKeyRandom = 22 // base62 digits, 131 bits
	apiKeyPrefix = 8
	base62       = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// An APIKey is a key of the management API: "imk_" and 22 base62 digits. It
// prints, logs and encodes as its prefix; [APIKey.Reveal] alone gives the
// whole. The zero APIKey is no key. Keys are values, safe for concurrent use.
type APIKey struct {
	reveal func() string // a closure, so that fmt cannot see through it
}

// NewAPIKey returns a new key from the system's cryptographic source.
func NewAPIKey() APIKey {
	b := []byte(apiKeyTag)
	var random [32]byte
	for len(b) < len(apiKeyTag)+apiKeyRandom {
		rand.Read(random[:])
		for _, r := range random {
			// 248 is 4*62: larger bytes would favour the first digits.
			if r < 248 && len(b) < len(apiKeyTag)+apiKeyRandom {
				b = append(b, base62[r%62])
			}
		}
	}
	return apiKey(string(b))
}

func apiKey(text string) APIKey { return APIKey{reveal: func() string { return text }} }

// ParseAPIKey reads a key. It checks the form alone: whether the key is a
// valid one its [KeyHash] says.
func ParseAPIKey(text string) (APIKey, error) {
	random, ok := strings.CutPrefix(text, apiKeyTag)
	if !ok || len(random) != apiKeyRandom || strings.Trim(random, base62) != "" {
		return APIKey{}, errors.New(`sign: an API key is "imk_" and 22 letters and digits`)
	}
	return apiKey(strings.Clone(text)), nil
}

// Reveal returns the whole key, to be shown to its owner once or sent to the
// API; empty for the zero APIKey.
func (k APIKey) Reveal() string {
	if k.reveal == nil {
		return ""
	}
	return k.reveal()
}

// Prefix returns the first 8 characters, which may be stored and shown.
func (k APIKey) Prefix() string {
	text := k.Reveal()
	return text[:min(len(text), apiKeyPrefix)]
}

// Hash returns what a server keeps of the key.
func (k APIKey) Hash() KeyHash { return sha256.Sum256([]byte(k.Reveal())) }

// String is the prefix and an ellipsis.
func (k APIKey) String() string { return k.Prefix() + "…" }

// GoString is [APIKey.String].
func (k APIKey) GoString() string { return k.String() }

// Format writes [APIKey.String] for every verb.
func (k APIKey) Format(s fmt.State, _ rune) { io.WriteString(s, k.String()) }

// LogValue is [APIKey.String].
func (k APIKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalJSON writes [APIKey.String] as a JSON string.
func (k APIKey) MarshalJSON() ([]byte, error) { return strconv.AppendQuote(nil, k.String()), nil }

// A KeyHash is the SHA-256 of an [APIKey]: a key has 131 random bits, so the
// hash needs no salt. As text it is 64 lowercase hexadecimal digits.
type KeyHash [sha256.Size]byte

// Verify returns nil if h is the hash of k, and [ErrMismatch] otherwise, in
// constant time. The zero APIKey never verifies.
func (h KeyHash) Verify(k APIKey) error {
	got := k.Hash()
	if subtle.ConstantTimeCompare(h[:], got[:]) != 1 || k.reveal == nil {
		return ErrMismatch
	}
	return nil
}

// String returns the hexadecimal digits.
func (h KeyHash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText returns the hexadecimal digits.
func (h KeyHash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText reads the 64 hexadecimal digits of MarshalText.
func (h *KeyHash) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(h)) {
		return fmt.Errorf("sign: hash of an API key has %d digits, must have %d", len(text), hex.EncodedLen(len(h)))
	}
	if _, err := hex.Decode(h[:], text); err != nil {
		return errors.New("sign: hash of an API key must be hexadecimal digits")
	}
	return nil
}
