package luna

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// A record is a finished answer as the caches keep it. It is not changed once
// it is made.
type record struct {
	contentType string
	extension   string // of a file name; empty where the body is not a file
	etag        string // strong, with its quotes
	size        int64
	body        []byte // nil where only the head was asked for
	// missing lists the characters that no font had, as missingGlyphs writes
	// them.
	missing string
}

func newRecord(contentType, extension string, body []byte) *record {
	return &record{
		contentType: contentType,
		extension:   extension,
		etag:        entityTag(body),
		size:        int64(len(body)),
		body:        body,
	}
}

// entityTag is the first 128 bits of the body's SHA-256.
func entityTag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// The members of a record's header in a [Cache].
const (
	headerType      = "content-type"
	headerExtension = "extension"
	headerTag       = "etag"
	headerMissing   = "missing-glyphs"
)

// header returns what a Cache keeps beside the body.
func (r *record) header() map[string]string {
	h := map[string]string{
		headerType:      r.contentType,
		headerExtension: r.extension,
		headerTag:       strings.Trim(r.etag, `"`),
	}
	if r.missing != "" {
		h[headerMissing] = r.missing
	}
	return h
}

// missingGlyphs writes characters as a response header lists them, such as
// "U+4E16, U+1F98A"; of many only the first.
func missingGlyphs(characters []rune) string {
	const most = 32
	var names []string
	for _, c := range characters[:min(len(characters), most)] {
		names = append(names, fmt.Sprintf("%U", c))
	}
	if len(characters) > most {
		names = append(names, "...")
	}
	return strings.Join(names, ", ")
}

var errTorn = errors.New("the stored body is not the one that was put")

// storedRecord reads back what header wrote. A body, where there is one, must
// be the one that the record was made of: its hash is the entity tag.
func storedRecord(header map[string]string, size int64, body []byte) (*record, error) {
	r := &record{
		contentType: header[headerType],
		extension:   header[headerExtension],
		etag:        `"` + header[headerTag] + `"`,
		size:        size,
		body:        body,
		missing:     header[headerMissing],
	}
	kind, image := strings.CutPrefix(r.contentType, "image/")
	if !image || !subtype(kind) || !word(r.extension) || !isEntityTag(r.etag) || strings.ContainsFunc(r.missing, control) || size < 0 {
		return nil, fmt.Errorf("the stored header is none of ours: %q", header)
	}
	if body != nil && (int64(len(body)) != size || entityTag(body) != r.etag) {
		return nil, errTorn
	}
	return r, nil
}

// subtype reports whether s can be that of a media type (RFC 6838 section 4.2).
func subtype(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && strings.IndexByte("!#$&-^_.+", c) < 0 {
			return false
		}
	}
	return s != ""
}

// isEntityTag reports whether s has the form of what entityTag returns.
func isEntityTag(s string) bool {
	digits := strings.Trim(s, `"`)
	return len(digits) == 32 && s == `"`+digits+`"` && strings.Trim(digits, "0123456789abcdef") == ""
}

// control reports whether c is none of those that headers of ours have.
func control(c rune) bool { return c < ' ' || c > '~' }
