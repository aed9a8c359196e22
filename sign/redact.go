package sign

import (
	"fmt"
	"io"
	"log/slog"
	"strconv"
)

// Value receivers throughout: a copied Keyring hides as well as a pointer.

// String says how many secrets there are, and nothing about them.
func (k Keyring) String() string {
	if len(k.macs) == 1 {
		return "sign.Keyring(1 secret)"
	}
	return "sign.Keyring(" + strconv.Itoa(len(k.macs)) + " secrets)"
}

// GoString is [Keyring.String].
func (k Keyring) GoString() string { return k.String() }

// Format writes [Keyring.String] for every verb.
func (k Keyring) Format(s fmt.State, _ rune) { io.WriteString(s, k.String()) }

// LogValue is [Keyring.String].
func (k Keyring) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalJSON writes [Keyring.String] as a JSON string.
func (k Keyring) MarshalJSON() ([]byte, error) { return strconv.AppendQuote(nil, k.String()), nil }
