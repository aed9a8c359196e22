package edit

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ValidateKey reports why key cannot name an object in a store, or nil: a key
// has 1 to 1024 bytes of valid UTF-8, no control characters (those of Unicode's
// class Cc), no backslash, no leading or trailing "/", and no segment that is
// empty, "." or "..". Everything else is an ordinary character, "%" and "*"
// included.
func ValidateKey(key string) error {
	switch {
	case key == "":
		return errors.New("must not be empty")
	case len(key) > maxKey:
		return fmt.Errorf("must be at most %d bytes, not %d", maxKey, len(key))
	case !utf8.ValidString(key):
		return errors.New("must be valid UTF-8")
	}
	for _, r := range key {
		if unicode.IsControl(r) {
			return fmt.Errorf("must have no control character, such as %U", r)
		}
	}
	switch {
	case strings.Contains(key, `\`):
		return errors.New("must have no backslash; segments are separated by /")
	case key[0] == '/':
		return errors.New("must not begin with /")
	case key[len(key)-1] == '/':
		return errors.New("must not end with /")
	}
	for segment := range strings.SplitSeq(key, "/") {
		switch segment {
		case "":
			return errors.New("must have no empty segment")
		case ".", "..":
			return fmt.Errorf("must have no segment %q", segment)
		}
	}
	return nil
}
