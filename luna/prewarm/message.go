package prewarm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// What a message may have. Payloads have the limits of the engine besides.
const (
	maxMessage = 64 << 10 // bytes, a quarter of what the narrowest broker takes
	maxTenant  = 255      // bytes, as storage has it
	maxPayload = 32 << 10 // bytes
	maxAccept  = 1024     // bytes
)

const version = 1

// A message asks for one picture. It is JSON on the wire:
//
//	{"v":1,"tenant":"acme","payload":"eyJ…","accept":"image/avif,image/webp","time":1767225600}
//
// A change that a worker of today would misread gets another v.
type message struct {
	Version int    `json:"v"`
	Tenant  string `json:"tenant"`
	Payload string `json:"payload"`          // as it stands in a URL
	Accept  string `json:"accept,omitempty"` // header of those who will ask
	Time    int64  `json:"time"`             // Unix seconds, when it was published
}

// parse reads a message that anybody may have written.
func parse(body []byte) (m message, err error) {
	if len(body) > maxMessage {
		return m, fmt.Errorf("must be at most %d bytes, not %d", maxMessage, len(body))
	}
	if !utf8.Valid(body) {
		return m, errors.New("must be UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(&m); err != nil {
		return message{}, fmt.Errorf("must be a JSON object: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return message{}, errors.New("must be one JSON object and nothing after it")
	}
	if err := m.check(); err != nil {
		return message{}, err
	}
	return m, nil
}

func (m *message) check() error {
	switch {
	case m.Version != version:
		return fmt.Errorf("v must be %d, not %d", version, m.Version)
	case len(m.Tenant) > maxTenant || strings.ContainsFunc(m.Tenant, unicode.IsControl):
		return fmt.Errorf("tenant must be at most %d bytes without control characters", maxTenant)
	case m.Payload == "" || len(m.Payload) > maxPayload || strings.ContainsFunc(m.Payload, notBase64URL):
		return fmt.Errorf("payload must be 1 to %d digits of base64url", maxPayload)
	case len(m.Accept) > maxAccept || strings.ContainsFunc(m.Accept, notVisible):
		return fmt.Errorf("accept must be at most %d printable ASCII characters", maxAccept)
	case m.Time <= 0:
		return errors.New("time must be Unix seconds above 0")
	}
	return nil
}

func notVisible(c rune) bool { return c < ' ' || c > '~' }

func notBase64URL(c rune) bool {
	return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_'
}

// stale reports whether a message is not worth its work any more: it is older
// than age, or from a future that no clock's error explains.
func (m *message) stale(now time.Time, age time.Duration) bool {
	passed := now.Sub(time.Unix(m.Time, 0))
	return passed > age || passed < -age
}
