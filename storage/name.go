package storage

import (
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Objects have the names of their keys, behind the tenant's prefix. Where a
// store could not take such a name, a substitute stands in for it: the
// beginning of the key, as far as it fits, [substituteMark], and a hash of the
// key. The key itself is then in the object's metadata.
const (
	// S3, GCS and Azure all take 1024 bytes, counted as gocloud's drivers
	// escape them.
	maxObjectName = 1024
	// Azure takes 254 segments.
	maxSegments    = 250
	substituteMark = "__~"
	// keyMetadata names the metadata that holds the key, in base64url.
	keyMetadata = "key"
)

var (
	hashLength = base64.RawURLEncoding.EncodedLen(sha256.Size)
	// substituteLength is that of what follows the beginning of the key.
	substituteLength = len(substituteMark) + hashLength
)

// objectName returns the name of key's object, and whether it is a substitute.
func objectName(prefix, key string) (name string, substitute bool) {
	if fits(prefix, key, 0) == len(key) && !isSubstitute(key) {
		return prefix + key, false
	}
	sum := sha256.Sum256([]byte(key))
	return prefix + key[:fits(prefix, key, substituteLength)] + substituteMark +
		base64.RawURLEncoding.EncodeToString(sum[:]), true
}

// isSubstitute reports whether name ends like a substitute.
func isSubstitute(name string) bool {
	i := len(name) - substituteLength
	return i >= 0 && strings.HasPrefix(name[i:], substituteMark)
}

// fits returns how much of key a name that begins with prefix has room for,
// next to the given number of bytes. What it says of the beginning of a key
// does not depend on the rest.
func fits(prefix, key string, reserved int) int {
	length, segments := reserved, 1
	whole := prefix + key
	for i, r := range whole {
		length += utf8.RuneLen(r)
		if isEscaped(whole[:i], r) {
			length += len("__0x2f__") - 1
		}
		if r == '/' {
			segments++
		}
		if i >= len(prefix) && (length > maxObjectName || segments > maxSegments) {
			return i - len(prefix)
		}
	}
	return len(key)
}

// isEscaped reports whether one of gocloud's drivers may write r as an escape
// when it follows before.
func isEscaped(before string, r rune) bool {
	switch r {
	case '"', '#', '%', '?', '\\':
		return true
	case '/':
		return strings.HasSuffix(before, "..")
	case 'x':
		return strings.HasSuffix(before, "__0")
	}
	return r < ' ' || r == 0x7f
}

// escapeBegun is what the drivers would write otherwise once it goes on: what
// looks like an escape of theirs is escaped, but not the beginning of one.
var escapeBegun = regexp.MustCompile(`__0x[^_]+_?$`)

// listName returns what the names of all objects begin with whose keys begin
// with keys, and perhaps those of some others.
func listName(prefix, keys string) string {
	keys = keys[:fits(prefix, keys, substituteLength)]
	if at := escapeBegun.FindStringIndex(keys); at != nil {
		keys = keys[:at[0]]
	}
	return prefix + keys
}

// metadata is what an object with a substitute for its name must carry.
func metadata(key string) map[string]string {
	return map[string]string{keyMetadata: base64.RawURLEncoding.EncodeToString([]byte(key))}
}

// keyOf is the reverse of objectName.
func keyOf(prefix, name string, metadata map[string]string) (key string, ok bool) {
	text, err := base64.RawURLEncoding.DecodeString(metadata[keyMetadata])
	if err != nil {
		return "", false
	}
	key = string(text)
	if keyFault(key) != "" {
		return "", false
	}
	again, substitute := objectName(prefix, key)
	return key, substitute && again == name
}
