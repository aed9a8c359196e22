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
)

// header returns what a Cache keeps beside the body.
func (r *record) header() map[string]string {
	return map[string]string{
		headerType:      r.contentType,
		headerExtension: r.extension,
		headerTag:       strings.Trim(r.etag, `"`),
	}
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
	}
	if !strings.HasPrefix(r.contentType, "image/") || !word(r.extension) || len(r.etag) != 34 {
		return nil, fmt.Errorf("the stored header is none of ours: %q", header)
	}
	if body != nil && (int64(len(body)) != size || entityTag(body) != r.etag) {
		return nil, errTorn
	}
	return r, nil
}
