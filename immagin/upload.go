package immagin

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/magic"
)

// UploadOptions are the settings of [Images.Upload].
type UploadOptions struct {
	// ContentType of the original, such as "image/jpeg"; by default what its
	// first 512 bytes say.
	ContentType string
	// Size of the original in bytes; by default it is asked of bodies that
	// know it: files, and readers with a method Len or Seek. An upload of
	// unknown size is refused by some stores.
	Size int64
	// Overwrite allows an original of that key to be replaced. URLs of the
	// old one may be cached elsewhere for a year: [URLOptions].Version is the
	// cure.
	Overwrite bool
}

// An Uploaded is an original that was stored.
type Uploaded struct {
	Key         string
	ContentType string
	Size        int64 // bytes
}

// Upload stores body, from where it stands to its end, as the original of that
// key. It is streamed, and not closed; bytes.NewReader makes a body of bytes.
// Nobody reads body after Upload has returned, but for a Read that was under
// way when ctx ended.
//
// An upload is sent again, with a new upload URL, where the server answered
// 429 or 503 or was never reached, and body is an io.Seeker. After other
// failures nobody knows whether the original was stored; an upload that is
// then repeated by the caller, without Overwrite, may fail with the status 409
// because it was.
func (i *Images) Upload(ctx context.Context, key string, body io.Reader, opts *UploadOptions) (*Uploaded, error) {
	var o UploadOptions
	if opts != nil {
		o = *opts
	}
	if err := edit.ValidateKey(key); err != nil {
		return nil, fmt.Errorf("immagin: upload: key %w", err)
	}
	rewind := rewinder(body)
	switch {
	case o.Size < 0:
		return nil, fmt.Errorf("immagin: upload: size is %d bytes, must be at least 1", o.Size)
	case o.Size == 0:
		o.Size = sizeOf(body)
	}
	r := i.c.retries()
	for {
		uploaded, err := i.upload(ctx, r, key, body, o)
		if err == nil || rewind == nil || !refused(err) {
			return uploaded, err
		}
		if err := r.wait(ctx, err); err != nil {
			return nil, err
		}
		if err := rewind(); err != nil {
			return nil, fmt.Errorf("immagin: upload: body: %w", err)
		}
	}
}

// rewinder returns what brings body back to where it stands, or nil.
func rewinder(body io.Reader) func() error {
	s, ok := body.(io.Seeker)
	if !ok {
		return nil
	}
	at, err := s.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil // a pipe, for example
	}
	return func() error {
		_, err := s.Seek(at, io.SeekStart)
		return err
	}
}

// upload uploads once.
func (i *Images) upload(ctx context.Context, r *retries, key string, body io.Reader, o UploadOptions) (*Uploaded, error) {
	if o.Size > 0 {
		body = &sized{r: bufio.NewReader(body), left: o.Size}
	}
	lent := lend(ctx, body)
	defer lent.end()
	head := make([]byte, magic.HeadSize)
	n, err := io.ReadFull(lent, head)
	switch {
	case err == io.EOF:
		return nil, errors.New("immagin: upload: the body is empty")
	case err != nil && err != io.ErrUnexpectedEOF:
		return nil, fmt.Errorf("immagin: upload: body: %w", err)
	}
	head = head[:n]
	if o.ContentType == "" {
		if o.ContentType = magic.Type(head); o.ContentType == "" {
			o.ContentType = http.DetectContentType(head)
		}
	}
	signed, err := i.signURL(ctx, r, key, &SignURLOptions{ContentType: o.ContentType, Size: o.Size, Overwrite: o.Overwrite})
	if err != nil {
		return nil, err
	}
	whole := struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), lent), lent}
	if err := i.c.put(ctx, signed, whole, o.Size); err != nil {
		return nil, err
	}
	sent, err := lent.end()
	if err != nil {
		return nil, fmt.Errorf("immagin: upload: the server agreed before it had the whole body: %w", err)
	}
	return &Uploaded{Key: signed.Key, ContentType: o.ContentType, Size: sent}, nil
}

// UploadFile is [Images.Upload] of the file of that name.
func (i *Images) UploadFile(ctx context.Context, key, name string, opts *UploadOptions) (*Uploaded, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("immagin: upload: %w", err)
	}
	defer f.Close()
	return i.Upload(ctx, key, f, opts)
}

// sizeOf returns how many bytes are left in body, or 0 if it cannot say.
func sizeOf(body io.Reader) int64 {
	switch b := body.(type) {
	case interface{ Len() int }:
		return int64(b.Len())
	case io.Seeker:
		at, err := b.Seek(0, io.SeekCurrent)
		if err != nil {
			return 0 // a pipe, for example
		}
		end, err := b.Seek(0, io.SeekEnd)
		if err != nil {
			return 0
		}
		if back, err := b.Seek(at, io.SeekStart); err != nil || back != at {
			return 0
		}
		return max(0, end-at)
	}
	return 0
}

// put sends body where signed says, without the API key: that is not the
// store's to know. Where it fails early, body is left unread.
func (c *Client) put(ctx context.Context, signed *SignedURL, body io.ReadCloser, size int64) error {
	address, err := url.Parse(signed.UploadURL)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return errors.New("immagin: upload URL: is not an HTTP URL") // no part of which is for an error
	}
	rights := signed.rights(address)
	r, err := http.NewRequestWithContext(ctx, signed.Method, signed.UploadURL, body)
	if err != nil {
		return errors.New("immagin: upload URL: no request can be made of it and its method")
	}
	r.ContentLength = size
	if size == 0 {
		r.ContentLength = -1
	}
	for name, value := range signed.Headers {
		switch http.CanonicalHeaderKey(name) {
		case "Host":
			r.Host = value
		case "Content-Length":
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil || n < 1 || size > 0 && n != size {
				return errors.New("immagin: upload URL: Content-Length is not the body's")
			}
			r.ContentLength = n
		default:
			r.Header.Set(name, value)
		}
	}
	// A large body is sent once the server has agreed to its headers.
	if r.ContentLength < 0 || r.ContentLength > 1<<20 {
		r.Header.Set("Expect", "100-continue")
	}
	return c.do(r, "upload", nil, rights...)
}

// A sized body fails where there are more than left bytes, before it gives the
// last of them away: net/http would send that many, and say so too late.
type sized struct {
	r    *bufio.Reader
	left int64
}

func (s *sized) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	n, err := s.r.Read(p[:min(int64(len(p)), s.left)])
	if int64(n) == s.left {
		if _, err := s.r.Peek(1); err != io.EOF {
			return 0, errors.New("the body does not end at its size")
		}
	}
	s.left -= int64(n)
	return n, err
}

// A loan lends a body to net/http. A Read of the body itself may block for
// ever, and net/http waits for it even when the request has been cancelled;
// one of the loan ends with ctx.
type loan struct {
	*io.PipeReader
	ctx  context.Context
	stop func() bool   // of the watch over ctx
	done chan struct{} // closed when body is no longer read
	sent int64
	err  error
}

func lend(ctx context.Context, body io.Reader) *loan {
	r, w := io.Pipe()
	l := &loan{PipeReader: r, ctx: ctx, done: make(chan struct{})}
	l.stop = context.AfterFunc(ctx, func() { w.CloseWithError(ctx.Err()) })
	go func() {
		defer close(l.done)
		l.sent, l.err = io.Copy(w, body)
		w.CloseWithError(l.err)
	}()
	return l
}

// end takes the body back, and returns how much of it was read and how that
// ended. It waits for a Read that is under way, as long as ctx lasts.
func (l *loan) end() (int64, error) {
	l.stop()
	l.CloseWithError(io.ErrClosedPipe)
	select {
	case <-l.done:
		return l.sent, l.err
	case <-l.ctx.Done():
		return 0, l.ctx.Err()
	}
}
