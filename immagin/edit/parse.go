package edit

import (
	"encoding/base64"
	"strings"
)

// Decode reads a payload as it stands in a URL's path, without slashes: the
// base64url without padding of what [Parse] reads. It must be spelled as
// [Request.Payload] does: no line breaks, no stray bits at the end, and eyJ at
// the beginning, which is the start of a JSON object without white space.
//
// Errors are of type *[Error].
func Decode(payload string, limits *Limits) (*Request, error) {
	l := limits.withDefaults()
	var f faults
	if len(payload) > l.MaxPayload {
		f.add(nil, "must be at most %d bytes, not %d", l.MaxPayload, len(payload))
		return nil, f.err()
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(payload)
	switch {
	case err != nil || strings.ContainsAny(payload, "\r\n"): // which DecodeString skips
		f.add(nil, "must be base64url without padding (RFC 4648 section 5)")
	case !strings.HasPrefix(payload, "eyJ"):
		f.add(nil, `must begin with eyJ, which is {" in base64url`)
	default:
		return parse(b, l)
	}
	return nil, f.err()
}

// Parse reads a payload's JSON strictly and reports all its faults at once.
// Faults are names that are unknown, doubled or in the wrong case, wrong
// types, values out of their range, strings that are not valid Unicode,
// numbers that are not finite or spelled -0, more than 32 levels of nesting,
// and text after the object. JSON that is broken is reported up to where it
// breaks. Numbers are doubles, as in JavaScript: 8e2 is a whole number.
//
// Errors are of type *[Error].
func Parse(payload []byte, limits *Limits) (*Request, error) {
	l := limits.withDefaults()
	if n := base64.RawURLEncoding.EncodedLen(len(payload)); n > l.MaxPayload {
		var f faults
		f.add(nil, "must be at most %d bytes in base64url, not %d", l.MaxPayload, n)
		return nil, f.err()
	}
	return parse(payload, l)
}

func parse(payload []byte, l Limits) (*Request, error) {
	w := walk{mode: reading, limits: l}
	n, ok := scan(payload, nil, &w.faults)
	switch {
	case !ok:
		return nil, w.faults.err()
	case n.kind != object:
		w.faults.add(nil, `must be an object, such as {"key":"hero.jpg"}, not %v`, &n)
		return nil, w.faults.err()
	}
	r := new(Request)
	f := form{walk: &w, node: &n}
	r.fields(&f)
	f.unknown()
	if err := w.faults.err(); err != nil {
		return nil, err
	}
	return r, nil
}

// Validate checks a request that Go code built, and reports the same faults at
// the same paths as [Parse] of its payload would. Errors are of type *[Error].
func (r *Request) Validate(limits *Limits) error {
	l := limits.withDefaults()
	if err := r.validate(l); err != nil {
		return err
	}
	if n := base64.RawURLEncoding.EncodedLen(len(r.encode())); n > l.MaxPayload {
		var f faults
		f.add(nil, "must be at most %d bytes in base64url, not %d", l.MaxPayload, n)
		return f.err()
	}
	return nil
}

func (r *Request) validate(l Limits) error {
	w := walk{mode: checking, limits: l}
	c := *r
	c.fields(&form{walk: &w})
	return w.faults.err()
}
