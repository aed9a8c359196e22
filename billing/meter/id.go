package meter

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
)

// ID names one countable thing within a project, a metric and a period: the
// first 16 bytes of a SHA-256. Among 10^9 of them the chance that any two
// collide is about 1.5e-21.
type ID [16]byte

// ErrID is the error for text that is not an ID.
var ErrID = errors.New("meter: not an ID")

// NewID hashes the fields, each after its length, so that no two lists of
// fields are hashed from the same bytes.
func NewID(fields ...string) ID {
	h := sha256.New()
	var length [8]byte
	for _, f := range fields {
		binary.BigEndian.PutUint64(length[:], uint64(len(f)))
		h.Write(length[:])
		h.Write([]byte(f))
	}
	return ID(h.Sum(nil)[:16])
}

// ParseID reads the text of an ID: exactly 32 digits of lower-case hex.
func ParseID(text string) (ID, error) {
	var id ID
	err := id.UnmarshalText([]byte(text))
	return id, err
}

// String is the ID in 32 digits of lower-case hex.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// MarshalText is [ID.String].
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText is [ParseID].
func (id *ID) UnmarshalText(text []byte) error {
	var b ID
	if len(text) != 2*len(b) {
		return fmt.Errorf("%w: %d bytes, where 32 hex digits are wanted", ErrID, len(text))
	}
	if _, err := hex.Decode(b[:], text); err != nil || b.String() != string(text) {
		return fmt.Errorf("%w: %.32q is not lower-case hex", ErrID, text)
	}
	*id = b
	return nil
}
