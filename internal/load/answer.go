package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// An answer is what became of one request.
type answer struct {
	status     int
	mime       string
	cache      string // what the server's caches said
	retryAfter string
	body       []byte
	took       time.Duration
	err        error // no answer, or one that is not whole
}

// get asks for an image and reads all of it.
func (t *target) get(ctx context.Context, url string) (a answer) {
	begin := time.Now()
	defer func() { a.took = time.Since(begin) }()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return answer{err: err}
	}
	resp, err := t.client.Do(r)
	if err != nil {
		return answer{err: err}
	}
	defer resp.Body.Close()
	a = answer{status: resp.StatusCode, mime: resp.Header.Get("Content-Type"), cache: resp.Header.Get("X-Luna-Cache"), retryAfter: resp.Header.Get("Retry-After")}
	a.body, a.err = io.ReadAll(resp.Body) // which knows the Content-Length
	if a.err == nil && a.status == http.StatusOK {
		a.err = whole(a.mime, a.body)
	}
	return a
}

// whole says whether a file has its beginning and its end.
func whole(mime string, file []byte) error {
	ok := false
	switch mime {
	case "image/jpeg":
		ok = bytes.HasPrefix(file, []byte("\xff\xd8\xff")) && bytes.HasSuffix(file, []byte("\xff\xd9"))
	case "image/png":
		ok = bytes.HasPrefix(file, []byte("\x89PNG\r\n\x1a\n")) && bytes.HasSuffix(file, []byte("IEND\xaeB\x60\x82"))
	case "image/webp":
		ok = len(file) > 12 && bytes.HasPrefix(file, []byte("RIFF")) &&
			int64(binary.LittleEndian.Uint32(file[4:]))+8 == int64(len(file)) && string(file[8:12]) == "WEBP"
	default:
		return fmt.Errorf("an answer of type %q", mime)
	}
	if !ok {
		return errPartial
	}
	return nil
}

var (
	errPartial = errors.New("an image is not whole")
	errChanged = errors.New("an image is not the one that was there before")
)

// hit asks for a warm image.
func (t *target) hit(ctx context.Context, n int) answer {
	w := t.warm[n%len(t.warm)]
	a := t.get(ctx, w.url)
	if a.err == nil && a.status == http.StatusOK && !bytes.Equal(a.body, w.body) {
		a.err = errChanged
	}
	return a
}
