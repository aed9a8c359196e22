package edit

import "encoding/base64"

// Encode writes the request as the JSON of a payload: the members that are
// set, in the order of the fields, byte for byte as JavaScript's
// JSON.stringify spells them. It does not escape <, >, & and the line
// separators U+2028 and U+2029, and numbers are in ECMAScript's shortest form,
// -0 as 0. The zero [Normalize] and the zero [Metadata] are spelled true, and
// the parameters of a [Custom] as if JavaScript had parsed them.
//
// It refuses with an *[Error] what no engine takes. Limits differ between
// engines and are not checked here: see [Request.Validate].
func (r *Request) Encode() ([]byte, error) {
	if err := r.validate(widest()); err != nil {
		return nil, err
	}
	return r.encode(), nil
}

func (r *Request) encode() []byte {
	w := walk{mode: writing, out: make([]byte, 0, 256)}
	w.out = append(w.out, '{')
	c := *r
	c.fields(&form{walk: &w})
	return append(w.out, '}')
}

// Payload writes the request as it stands in a URL: [Request.Encode] in
// base64url without padding (RFC 4648 section 5).
func (r *Request) Payload() (string, error) {
	b, err := r.Encode()
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// MarshalJSON is [Request.Encode]. Mind that json.Marshal escapes <, > and &
// afterwards, so that its bytes may differ from a payload's.
func (r Request) MarshalJSON() ([]byte, error) { return r.Encode() }

// UnmarshalJSON is [Parse] with default limits.
func (r *Request) UnmarshalJSON(b []byte) error {
	p, err := Parse(b, nil)
	if err != nil {
		return err
	}
	*r = *p
	return nil
}

// appendString writes a string as JSON.stringify does.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\b':
			b = append(b, '\\', 'b')
		case '\f':
			b = append(b, '\\', 'f')
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			const digits = "0123456789abcdef"
			b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		}
	}
	return append(append(b, s[start:]...), '"')
}
