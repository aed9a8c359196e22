package sign

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxTicketLife is how far ahead a ticket's expiry may lie.
const MaxTicketLife = 7 * 24 * time.Hour

const (
	ticketLabel = "immagin/upload/v1"
	maxTicket   = 8 << 10 // characters
	maxNonce    = 64      // bytes: servers remember nonces
)

// A Ticket is the right to upload one object.
type Ticket struct {
	// Method of the HTTP request, such as "PUT". Required.
	Method string
	// Tenant to whose store the object goes.
	Tenant string
	// Key of the object. Required.
	Key string
	// MaxSize of the object in bytes, at least 1.
	MaxSize int64
	// ContentType that the object must have; any if empty.
	ContentType string
	// Overwrite allows an object of that key to be replaced.
	Overwrite bool
	// Expires is when the ticket ends, to the second, at most
	// [MaxTicketLife] from now. Required.
	Expires time.Time
	// Nonce tells tickets apart, so that each is used once: at most 64 bytes.
	// IssueTicket makes a random one of 128 bits where it is empty.
	Nonce string
}

// ticketText is what is signed, as JSON in base64url. Short names: it stands
// in a URL.
type ticketText struct {
	Method      string `json:"m"`
	Tenant      string `json:"t,omitempty"`
	Key         string `json:"k"`
	MaxSize     int64  `json:"s"`
	ContentType string `json:"c,omitempty"`
	Overwrite   bool   `json:"o,omitempty"`
	Expires     int64  `json:"e"`
	Nonce       string `json:"n"`
}

// IssueTicket returns t as text, signed with HMAC-SHA256 under a key of its
// own, HMAC-SHA256(first secret, "immagin/upload/v1"): no signature of an
// image URL passes for a ticket, nor the reverse. The text has base64url
// digits, one dot, and 64 hexadecimal digits. now is the time of issue.
func (k *Keyring) IssueTicket(t Ticket, now time.Time) (string, error) {
	if k == nil || len(k.macs) == 0 {
		return "", errors.New("sign: ticket: the keyring is empty")
	}
	if t.Nonce == "" {
		var b [16]byte
		rand.Read(b[:])
		t.Nonce = base64.RawURLEncoding.EncodeToString(b[:])
	}
	// Rounded up: a ticket lasts at least as long as was asked for.
	if t.Expires.Nanosecond() > 0 {
		t.Expires = t.Expires.Add(time.Second)
	}
	t.Expires = time.Unix(t.Expires.Unix(), 0)
	if err := t.check(); err != nil {
		return "", err
	}
	switch life := t.Expires.Sub(now); {
	case life <= 0:
		return "", errors.New("sign: ticket: expiry must lie ahead")
	case life > MaxTicketLife+time.Second:
		return "", fmt.Errorf("sign: ticket: expiry lies %v ahead, must be at most %v", life, MaxTicketLife)
	}
	body := base64.RawURLEncoding.EncodeToString(t.text())
	if len(body) > maxTicket {
		return "", fmt.Errorf("sign: ticket: %d characters, must be at most %d", len(body), maxTicket)
	}
	return body + "." + k.derive(ticketLabel).Sign(body), nil
}

// VerifyTicket reads a ticket for that method and tenant. It returns
// [ErrMismatch] if the text is not one that IssueTicket made with one of the
// secrets for them, or ends further ahead than [MaxTicketLife], and
// [ErrExpired] if it did but its time is past. The signature is checked in
// constant time before anything is decoded. That a ticket is used once is for
// the caller to see to, by its nonce.
func (k *Keyring) VerifyTicket(text, method, tenant string, now time.Time) (Ticket, error) {
	body, signature, _ := strings.Cut(text, ".")
	if len(body) > maxTicket || !k.derive(ticketLabel).verify(body, signature) {
		return Ticket{}, ErrMismatch
	}
	t, err := parseTicket(body)
	if err != nil || t.Method != method || t.Tenant != tenant || t.Expires.Sub(now) > MaxTicketLife+time.Second {
		return Ticket{}, ErrMismatch
	}
	if now.After(t.Expires) {
		return Ticket{}, ErrExpired
	}
	return t, nil
}

// text returns the one JSON of the ticket.
func (t Ticket) text() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	// Strings and numbers always encode.
	_ = e.Encode(ticketText{t.Method, t.Tenant, t.Key, t.MaxSize, t.ContentType, t.Overwrite, t.Expires.Unix(), t.Nonce})
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// parseTicket reads what text writes, in no other spelling: the holder of the
// secret may be a client, and a second spelling would be a second ticket.
func parseTicket(body string) (Ticket, error) {
	data, err := base64.RawURLEncoding.Strict().DecodeString(body)
	if err != nil {
		return Ticket{}, err
	}
	var x ticketText
	if err := json.Unmarshal(data, &x); err != nil {
		return Ticket{}, err
	}
	t := Ticket{x.Method, x.Tenant, x.Key, x.MaxSize, x.ContentType, x.Overwrite, time.Unix(x.Expires, 0), x.Nonce}
	if err := t.check(); err != nil {
		return Ticket{}, err
	}
	if base64.RawURLEncoding.EncodeToString(t.text()) != body {
		return Ticket{}, errors.New("sign: ticket: not in its one spelling")
	}
	return t, nil
}

// check holds what is true of a ticket whatever the time.
func (t Ticket) check() error {
	for _, f := range []struct{ name, text string }{
		{"method", t.Method}, {"tenant", t.Tenant}, {"key", t.Key}, {"content type", t.ContentType}, {"nonce", t.Nonce},
	} {
		if !utf8.ValidString(f.text) {
			return fmt.Errorf("sign: ticket: %s must be valid UTF-8", f.name)
		}
	}
	switch {
	case t.Method == "":
		return errors.New("sign: ticket: method is missing")
	case t.Key == "":
		return errors.New("sign: ticket: key is missing")
	case t.Nonce == "":
		return errors.New("sign: ticket: nonce is missing")
	case len(t.Nonce) > maxNonce:
		return fmt.Errorf("sign: ticket: nonce has %d bytes, must have at most %d", len(t.Nonce), maxNonce)
	case t.MaxSize < 1:
		return fmt.Errorf("sign: ticket: maximum size is %d bytes, must be at least 1", t.MaxSize)
	}
	return nil
}
