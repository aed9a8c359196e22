package replay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// ParseJSON reads a JSON object on one line, such as log/slog writes. It
// looks at these members, and at no others:
//
//	time       RFC 3339 text, or whole Unix seconds; required
//	status     of the answer, a number; required
//	path       as it was sent, with or without its query, or a whole URL;
//	           this or key is required where the status is that of an image
//	query      without the question mark, where path is without it
//	key        of the original, in place of path,
//	version    of its content,
//	canonical  and the transform: text, or the JSON object itself
//	tenant     whose image it is
//	host       to which the request was sent
//	method     GET where there is none
//	cache      hit, miss, coalesced, or a word of another cache
//	bytes      of the answer's body, a whole number
//
// The error is [ErrLine].
func ParseJSON(line []byte) (Entry, error) {
	var m struct {
		Time      json.RawMessage `json:"time"`
		Status    json.RawMessage `json:"status"`
		Path      string          `json:"path"`
		Query     string          `json:"query"`
		Key       string          `json:"key"`
		Version   string          `json:"version"`
		Canonical json.RawMessage `json:"canonical"`
		Tenant    string          `json:"tenant"`
		Host      string          `json:"host"`
		Method    string          `json:"method"`
		Cache     string          `json:"cache"`
		Bytes     json.RawMessage `json:"bytes"`
	}
	if err := json.Unmarshal(line, &m); err != nil {
		return Entry{}, fmt.Errorf("%w: %w", ErrLine, err)
	}
	e := Entry{
		Tenant: m.Tenant, Host: m.Host, Method: m.Method, Cache: parseCache(m.Cache),
		Key: m.Key, Version: m.Version,
	}
	if e.Method == "" {
		e.Method = "GET"
	}
	var err error
	if e.Time, err = jsonTime(m.Time); err != nil {
		return Entry{}, err
	}
	if len(m.Status) != 3 || !digits(string(m.Status)) {
		return Entry{}, fmt.Errorf("%w: status is not a number of three digits", ErrLine)
	}
	e.Status, _ = strconv.Atoi(string(m.Status))
	if m.Path == "" && m.Key == "" && served(e.Status) {
		return Entry{}, fmt.Errorf("%w: there is neither path nor key", ErrLine)
	}
	e.setTarget(m.Path)
	if e.Query == "" {
		e.Query = m.Query
	}
	if e.Canonical, err = jsonText(m.Canonical); err != nil {
		return Entry{}, err
	}
	if b := m.Bytes; len(b) > 0 && string(b) != "null" {
		if e.Bytes, err = strconv.ParseInt(string(b), 10, 64); err != nil || e.Bytes < 0 {
			return Entry{}, fmt.Errorf("%w: bytes is not a whole number", ErrLine)
		}
	}
	return e, nil
}

func jsonTime(raw json.RawMessage) (time.Time, error) {
	var t time.Time
	var err error
	if len(raw) > 0 && raw[0] == '"' {
		err = json.Unmarshal(raw, &t)
	} else {
		var seconds int64
		seconds, err = strconv.ParseInt(string(raw), 10, 64)
		t = time.Unix(seconds, 0)
	}
	if err != nil || !checkTime(t) {
		return t, fmt.Errorf("%w: time is neither RFC 3339 nor whole Unix seconds, from 1970 to 2199", ErrLine)
	}
	return t.UTC(), nil
}

// jsonText is a text, or an object as it is spelled, without white space.
func jsonText(raw json.RawMessage) (string, error) {
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return "", nil
	case raw[0] == '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err
	case raw[0] == '{':
		var b bytes.Buffer
		err := json.Compact(&b, raw)
		return b.String(), err
	}
	return "", fmt.Errorf("%w: canonical is neither a text nor an object", ErrLine)
}
