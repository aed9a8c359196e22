package storage

import (
	"cmp"
	"fmt"
	"io/fs"
	"mime"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxKey  = 1024 // bytes; also the most that S3, GCS and Azure take
	maxName = 255  // bytes of a tenant or an id
)

// A KeyError says which part of an object's address, or which other argument,
// is wrong, and why. It satisfies errors.Is(err, fs.ErrInvalid).
type KeyError struct {
	Field  string // "key", "tenant", "id", "prefix", "cursor", "limit", …
	Value  string // as given, cut to 64 bytes
	Reason string // what would be right: "must …"
}

// Error names the field, the value and the reason.
func (e *KeyError) Error() string {
	return fmt.Sprintf("storage: %s %q %s", e.Field, e.Value, e.Reason)
}

// Is reports whether target is [fs.ErrInvalid].
func (e *KeyError) Is(target error) bool { return target == fs.ErrInvalid }

func keyError(field, value, reason string) error {
	if len(value) > 64 {
		value = value[:64]
	}
	return &KeyError{Field: field, Value: value, Reason: reason}
}

// CheckKey returns a [*KeyError] if key is not the valid key of an original.
func CheckKey(key string) error {
	if reason := keyFault(key); reason != "" {
		return keyError("key", key, reason)
	}
	return nil
}

func keyFault(key string) string {
	switch {
	case key == "":
		return "must not be empty"
	case len(key) > maxKey:
		return fmt.Sprintf("must be at most %d bytes, not %d", maxKey, len(key))
	}
	if reason := textFault(key); reason != "" {
		return reason
	}
	for segment := range strings.SplitSeq(key, "/") {
		if reason := segmentFault(segment); reason != "" {
			return reason
		}
	}
	return ""
}

func segmentFault(segment string) string {
	switch segment {
	case "":
		return "must not begin or end with a slash or hold two in a row"
	case ".", "..":
		return "must not have a segment . or .."
	}
	return ""
}

// textFault names what no name may hold, wherever it stands.
func textFault(s string) string {
	if !utf8.ValidString(s) {
		return "must be valid UTF-8"
	}
	for _, r := range s {
		if unicode.IsControl(r) {
			return "must not hold control characters"
		}
		if r == '\\' {
			return "must not hold a backslash"
		}
	}
	return ""
}

// checkName holds a tenant or an id to one segment of a key.
func checkName(field, name string) error {
	switch reason := keyFault(name); {
	case reason != "":
		return keyError(field, name, reason)
	case len(name) > maxName:
		return keyError(field, name, fmt.Sprintf("must be at most %d bytes, not %d", maxName, len(name)))
	case strings.Contains(name, "/"):
		return keyError(field, name, "must not hold a slash")
	}
	return nil
}

// checkPrefix allows what a valid key can begin with, and "".
func checkPrefix(prefix string) error {
	reason := textFault(prefix)
	if len(prefix) > maxKey {
		reason = fmt.Sprintf("must be at most %d bytes, not %d", maxKey, len(prefix))
	}
	segments := strings.Split(prefix, "/")
	for _, segment := range segments[:len(segments)-1] { // the last one may go on
		reason = cmp.Or(reason, segmentFault(segment))
	}
	if reason != "" {
		return keyError("prefix", prefix, reason)
	}
	return nil
}

// checkContentType allows what HTTP does, and "".
func checkContentType(contentType string) error {
	if contentType == "" {
		return nil
	}
	if _, _, err := mime.ParseMediaType(contentType); err != nil {
		return keyError("contentType", contentType, "must be a media type such as image/jpeg")
	}
	return nil
}
