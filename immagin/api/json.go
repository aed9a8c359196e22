package api

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

const maxRequest = 16 << 10 // bytes of a JSON request

// decode reads the request's body, one JSON object, into members by their
// exact names. A member that is not there leaves its pointer alone.
func decode(c *call, members map[string]any) error {
	if err := jsonOnly(c.r.Header.Values("Content-Type")); err != nil {
		return err
	}
	// Not the recorder: net/http wants to know its own, to close the connection.
	body, err := io.ReadAll(http.MaxBytesReader(c.w.ResponseWriter, c.r.Body, maxRequest))
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &problem{status: http.StatusRequestEntityTooLarge, code: "too_large", detail: "the request may have at most " + strconv.FormatInt(large.Limit, 10) + " bytes"}
	}
	if err != nil {
		return invalid("the request's body ended early")
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) != nil || object == nil {
		return invalid("the body must be one JSON object")
	}
	// encoding/json would make U+FFFD of either, and so another key.
	if !utf8.Valid(body) || loneSurrogate(body) {
		return invalid("the body must be valid Unicode")
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		into, ok := members[name]
		if !ok {
			return invalid("%.64q is no member; there is %s", name, strings.Join(slices.Sorted(maps.Keys(members)), ", "))
		}
		if err := json.Unmarshal(object[name], into); err != nil {
			return invalid("%s has the wrong type", name)
		}
	}
	return nil
}

// jsonOnly refuses bodies that say that they are something else, such as what
// curl -d and HTML forms send. Nothing said is fine.
func jsonOnly(contentType []string) error {
	if len(contentType) == 0 {
		return nil
	}
	media, _, err := mime.ParseMediaType(contentType[0])
	if err != nil || media != "application/json" || len(contentType) > 1 {
		return &problem{status: http.StatusUnsupportedMediaType, code: "unsupported_media_type", detail: "send JSON, with Content-Type: application/json"}
	}
	return nil
}

// loneSurrogate reports whether valid JSON has a \u escape of half a
// character.
func loneSurrogate(data []byte) bool {
	unit := func(s []byte) rune {
		if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
			return 0
		}
		n, _ := strconv.ParseUint(string(s[2:6]), 16, 16)
		return rune(n)
	}
	for i := 0; i < len(data); i++ {
		if data[i] != '\\' {
			continue
		}
		switch r := unit(data[i:]); {
		case !utf16.IsSurrogate(r):
			i++ // the escaped character may itself be a backslash
		case utf16.DecodeRune(r, unit(data[i+6:])) == utf8.RuneError:
			return true
		default:
			i += 11
		}
	}
	return false
}
