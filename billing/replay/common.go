package replay

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	stamp       = "02/Jan/2006:15:04:05 -0700"
	stampLength = len(stamp)
)

// ParseCommon reads a line of the Common Log Format, as Apache and nginx write
// it, without its line break:
//
//	client identity user [time] "request" status bytes
//
// Before it there may be the virtual host of Apache's vhost_combined, after
// it the referer and the user agent of Combined in quotes, and any further
// fields: the first of those that is a word of a cache, such as HIT, "MISS"
// or cache=expired, says what the cache did. The request may name a URL with
// its host. Quotes and backslashes are escaped by a backslash, bytes as \x22.
// The error is [ErrLine].
func ParseCommon(line []byte) (Entry, error) {
	start, at, ok := findTime(line)
	if !ok {
		return Entry{}, fmt.Errorf(`%w: there is no [day/month/year:time zone] before a "request"`, ErrLine)
	}
	e := Entry{Time: at, Host: virtualHost(string(line[:start]))}
	request, rest, ok := unquote(line[start+stampLength+3:])
	if !ok {
		return Entry{}, fmt.Errorf("%w: the request has no closing quote", ErrLine)
	}
	if err := e.setRequest(request); err != nil {
		return Entry{}, err
	}
	status, rest := word(rest)
	if len(status) != 3 || !digits(status) {
		return Entry{}, fmt.Errorf("%w: the status is not of three digits", ErrLine)
	}
	e.Status, _ = strconv.Atoi(status)
	size, rest := word(rest)
	if size != "-" {
		n, err := strconv.ParseInt(size, 10, 64)
		if err != nil || n < 0 {
			return Entry{}, fmt.Errorf("%w: the number of bytes is neither a number nor a dash", ErrLine)
		}
		e.Bytes = n
	}
	e.Cache = trailingCache(rest)
	return e, nil
}

// findTime finds the first time in brackets with a quote behind it. Names of
// users, which come before, may have brackets and spaces of their own, but no
// quote that is not escaped.
func findTime(line []byte) (start int, at time.Time, ok bool) {
	for from := 0; ; {
		i := bytes.IndexByte(line[from:], '[')
		if i < 0 {
			return 0, at, false
		}
		from += i + 1
		end := from + stampLength
		if end+3 > len(line) || string(line[end:end+3]) != `] "` {
			continue
		}
		at, err := time.Parse(stamp, string(line[from:end]))
		if err == nil && checkTime(at) {
			return from, at.UTC(), true
		}
	}
}

// virtualHost is the field before the usual three, which is known by the dash
// of the identity, that hardly anything but a dash has ever been logged for.
func virtualHost(before string) string {
	f := strings.Fields(before)
	if len(f) >= 5 && f[1] != "-" && f[2] == "-" { // the last is the bracket
		return f[0]
	}
	return ""
}

func (e *Entry) setRequest(request string) error {
	method, target, ok := strings.Cut(request, " ")
	if !ok || method == "" {
		return fmt.Errorf("%w: the request is not a method and a target", ErrLine)
	}
	if i := strings.LastIndexByte(target, ' '); i >= 0 && strings.HasPrefix(target[i+1:], "HTTP/") {
		target = target[:i]
	}
	e.Method = method
	e.setTarget(target)
	return nil
}

// setTarget takes a path with its query, or a whole URL.
func (e *Entry) setTarget(target string) {
	for _, scheme := range [...]string{"http://", "https://"} {
		if after, ok := strings.CutPrefix(target, scheme); ok {
			i := strings.IndexAny(after, "/?")
			if i < 0 {
				i = len(after)
			}
			e.Host, target = after[:i], after[i:]
			break
		}
	}
	path, query, found := strings.Cut(target, "?")
	e.Path = path
	if found {
		e.Query = query
	}
}

// unquote reads up to the quote that closes, and returns what is behind it.
func unquote(b []byte) (text string, rest []byte, ok bool) {
	escaped := false
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			escaped = true
			i++
		case '"':
			text = string(b[:i])
			if escaped {
				text = unescape(text)
			}
			return text, b[i+1:], true
		}
	}
	return "", nil, false
}

func unescape(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			out.WriteByte(s[i])
			continue
		}
		i++
		if s[i] == 'x' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				out.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		out.WriteByte(s[i])
	}
	return out.String()
}

// word reads a field that is not quoted.
func word(b []byte) (string, []byte) {
	b = bytes.TrimLeft(b, " ")
	i := bytes.IndexByte(b, ' ')
	if i < 0 {
		i = len(b)
	}
	return string(b[:i]), b[i:]
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// trailingCache looks through what follows the number of bytes. The first two
// fields in quotes are the client's own words.
func trailingCache(b []byte) Cache {
	quoted := 0
	for {
		b = bytes.TrimLeft(b, " ")
		if len(b) == 0 {
			return Unknown
		}
		var field string
		if b[0] == '"' {
			var ok bool
			if field, b, ok = unquote(b[1:]); !ok {
				return Unknown
			}
			if quoted++; quoted <= 2 {
				continue
			}
		} else {
			field, b = word(b)
		}
		if c := parseCache(strings.TrimPrefix(field, "cache=")); c != Unknown {
			return c
		}
	}
}
