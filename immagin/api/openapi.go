package api

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

//go:embed openapi.json
var openAPI string

// A document is the OpenAPI 3.1 description of the API.
type document struct{ body, etag string }

// newDocument puts the server's own address into the document.
func newDocument(publicURL string) document {
	body := openAPI
	if publicURL != "" {
		quoted, err := json.Marshal(publicURL)
		if err != nil {
			panic(err) // a string
		}
		body = strings.Replace(body, `"url": "/"`, `"url": `+string(quoted), 1)
	}
	sum := sha256.Sum256([]byte(body))
	return document{body, `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}
}

// openAPI answers without a key: the document says nothing that the source
// does not.
func (h *Handler) openAPI(c *call) error {
	header := c.w.Header()
	header.Set("ETag", h.document.etag)
	header.Set("Cache-Control", "no-cache") // ask again each time, by the ETag
	header.Set("X-Content-Type-Options", "nosniff")
	if matches(c.r.Header.Values("If-None-Match"), h.document.etag) {
		c.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	header.Set("Content-Type", "application/json")
	header.Set("Content-Length", strconv.Itoa(len(h.document.body)))
	_, _ = c.w.Write([]byte(h.document.body)) // the client may be gone
	return nil
}

// matches is RFC 9110, section 13.1.2, with its weak comparison.
func matches(ifNoneMatch []string, etag string) bool {
	for tag := range strings.SplitSeq(strings.Join(ifNoneMatch, ","), ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || strings.TrimPrefix(tag, "W/") == etag {
			return true
		}
	}
	return false
}
