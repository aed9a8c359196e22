package immagin

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"

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
// Where the server refuses early, a Read of body that is under way is waited
// for as long as ctx lasts.
func (i *Images) Upload(ctx context.Context, key string, body io.Reader, opts *UploadOptions) (*Uploaded, error) {
	var o UploadOptions
	if opts != nil {
		o = *opts
	}
	switch {
	case o.Size < 0:
		return nil, fmt.Errorf("immagin: upload: size is %d bytes, must be at least 1", o.Size)
	case o.Size == 0:
		o.Size = sizeOf(body)
	}
	head := make([]byte, magic.HeadSize)
	n, err := io.ReadFull(body, head)
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
	signed, err := i.SignURL(ctx, key, &SignURLOptions{ContentType: o.ContentType, Size: o.Size, Overwrite: o.Overwrite})
	if err != nil {
		return nil, err
	}
	body = io.MultiReader(bytes.NewReader(head), body)
	if o.Size > 0 {
		body = &sized{r: bufio.NewReader(body), left: o.Size}
	}
	sent, err := i.c.put(ctx, signed, body, o.Size)
	if err != nil {
		return nil, err
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
// store's to know. It returns how many bytes went out.
func (c *Client) put(ctx context.Context, signed *SignedURL, body io.Reader, size int64) (int64, error) {
	lent := &loan{r: body, turn: make(chan struct{}, 1)}
	defer lent.end(ctx)
	r, err := http.NewRequestWithContext(ctx, signed.Method, signed.UploadURL, lent)
	if err != nil {
		return 0, fmt.Errorf("immagin: upload URL: %w", withoutURL(err))
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
				return 0, errors.New("immagin: upload URL: Content-Length is not the body's")
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
	answer, err := c.http.Do(r)
	if err != nil {
		return 0, fmt.Errorf("immagin: upload: %w", withoutURL(err))
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		return 0, c.errorOf(answer)
	}
	return lent.sent.Load(), nil
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

// A loan lends a reader to net/http, whose transport may still be reading
// when the answer is there, and takes it back.
type loan struct {
	r    io.Reader
	sent atomic.Int64
	turn chan struct{} // holds a token during a Read
	over atomic.Bool
}

func (l *loan) Read(p []byte) (int, error) {
	if l.over.Load() {
		return 0, io.ErrClosedPipe
	}
	l.turn <- struct{}{}
	defer func() { <-l.turn }()
	if l.over.Load() {
		return 0, io.ErrClosedPipe
	}
	n, err := l.r.Read(p)
	l.sent.Add(int64(n))
	return n, err
}

// end waits for a Read that is under way, as long as ctx lasts.
func (l *loan) end(ctx context.Context) {
	l.over.Store(true)
	select {
	case l.turn <- struct{}{}:
		<-l.turn
	case <-ctx.Done():
	}
}
