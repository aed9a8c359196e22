package immagin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// An Error is an answer of the API, or of the store behind an upload URL, that
// is no success. Find it with errors.As. It never holds the API key.
type Error struct {
	// Status is the HTTP status.
	Status int
	// Message says what is wrong, for people.
	Message string
	// Code says what is wrong, for programs, and is stable: "key_exists" and
	// the like. Empty where the answer is not the API's.
	Code string
	// Body of the answer, its first 64 KiB.
	Body []byte
}

func (e *Error) Error() string {
	if e.Code == "" {
		return fmt.Sprintf("immagin: %d: %s", e.Status, e.Message)
	}
	return fmt.Sprintf("immagin: %d %s: %s", e.Status, e.Code, e.Message)
}

const maxErrorBody = 64 << 10

// errorOf reads the answer, of which a server may have made an echo of the
// request.
func (c *Client) errorOf(r *http.Response) *Error {
	body, _ := io.ReadAll(io.LimitReader(r.Body, maxErrorBody)) // what there is of it
	if key := c.key.Reveal(); key != "" {
		body = bytes.ReplaceAll(body, []byte(key), []byte(c.key.String()))
	}
	e := &Error{Status: r.StatusCode, Body: body}
	var p struct{ Title, Detail, Code string }
	if json.Unmarshal(body, &p) == nil {
		e.Code = p.Code
		e.Message = p.Detail
		if e.Message == "" {
			e.Message = p.Title
		}
	}
	if e.Message == "" {
		e.Message = http.StatusText(e.Status)
	}
	if e.Message == "" {
		e.Message = "unknown status"
	}
	return e
}

// withoutURL takes the URL out of an error of net/http: that of an upload is
// a right to upload.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}
