package api

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"time"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/magic"
	"github.com/immagin/immagin-go/sign"
)

// upload takes the object of a ticket. What can be known from the headers is
// checked before a byte of the body is read, and before the ticket is spent.
func (h *Handler) upload(c *call) error {
	r, ctx := c.r, c.r.Context()
	t, err := h.verifyTicket(ctx, c.args[0], c.args[1], r.Method)
	if err != nil {
		return err
	}
	c.tenant = t.Tenant
	u := Upload{Tenant: t.Tenant, Key: t.Key, ContentType: t.ContentType, Size: max(r.ContentLength, 0), Overwrite: t.Overwrite}
	limit := min(t.MaxSize, h.opts.MaxSize)
	if u.Size > limit {
		return tooLarge(limit)
	}
	if t.ContentType != "" && r.Header.Get("Content-Type") != t.ContentType {
		return &problem{status: http.StatusForbidden, code: "header_mismatch", detail: "send exactly the headers that came with the upload URL"}
	}
	if err := h.opts.Guard(ctx, u); err != nil {
		return err
	}
	if err := h.spend(ctx, t); err != nil {
		return err
	}
	if err := h.absent(r, u); err != nil {
		return err
	}
	size, contentType, err := h.create(ctx, u, &limitedBody{r: r.Body, left: limit, limit: limit})
	if err != nil {
		return err
	}
	respond(c.w, http.StatusCreated, "application/json", struct {
		Key         string `json:"key"`
		Size        int64  `json:"size"`
		ContentType string `json:"contentType"`
	}{u.Key, size, contentType})
	return nil
}

// verifyTicket looks the tenant's keyring up before it looks at the ticket.
func (h *Handler) verifyTicket(ctx context.Context, tenant, text, method string) (sign.Ticket, error) {
	keyring, err := h.keyring(ctx, tenant)
	if err != nil {
		return sign.Ticket{}, err
	}
	t, err := keyring.VerifyTicket(text, method, tenant, h.opts.Now())
	switch {
	case errors.Is(err, sign.ErrExpired):
		return t, &problem{status: http.StatusGone, code: "ticket_expired", detail: "the upload URL has expired: ask for a new one"}
	// Whoever has the secret can sign a key that sign-url would refuse.
	case err != nil, edit.ValidateKey(t.Key) != nil:
		return t, &problem{status: http.StatusForbidden, code: "invalid_ticket", detail: "the upload URL is not one that was signed here"}
	}
	return t, nil
}

// spend uses the ticket up, whatever becomes of the upload.
func (h *Handler) spend(ctx context.Context, t sign.Ticket) error {
	// The second is for ErrExpired, which comes after the ticket's last.
	life := t.Expires.Sub(h.opts.Now()) + time.Second
	err := h.opts.Nonces.Use(ctx, t.Tenant, t.Nonce, life)
	switch {
	case errors.Is(err, fs.ErrExist):
		return &problem{status: http.StatusForbidden, code: "ticket_used", detail: "the upload URL has been used: ask for a new one"}
	case err != nil:
		return fmt.Errorf("nonces: %w", err)
	}
	return nil
}

// create looks at the first bytes and streams the whole into the store.
func (h *Handler) create(ctx context.Context, u Upload, body *limitedBody) (size int64, contentType string, err error) {
	buffered := bufio.NewReaderSize(body, magic.HeadSize)
	head, err := buffered.Peek(magic.HeadSize)
	if err != nil && err != io.EOF {
		return 0, "", bodyProblem(err)
	}
	if contentType = magic.Type(head); contentType == "" {
		return 0, "", notImage()
	}
	if u.ContentType != "" && contentType != u.ContentType {
		return 0, "", &problem{
			status: http.StatusUnsupportedMediaType, code: "content_type_mismatch",
			detail: fmt.Sprintf("the body is %s, and the upload was to be %s", contentType, u.ContentType),
		}
	}
	err = h.store.Create(ctx, u.Tenant, u.Key, buffered, contentType, u.Overwrite)
	switch {
	case body.err != nil && body.err != io.EOF:
		return 0, "", bodyProblem(body.err)
	case errors.Is(err, fs.ErrExist):
		return 0, "", keyExists()
	case err != nil:
		return 0, "", storeFailed(err)
	case body.err == nil:
		return 0, "", storeFailed(errors.New("the store did not read the whole body"))
	}
	return body.limit - body.left, contentType, nil
}

// A limitedBody reads up to left bytes, and fails, rather than ends, where
// there are more. err is how reading ended.
type limitedBody struct {
	r           io.Reader
	left, limit int64
	err         error
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if int64(len(p))-1 > b.left {
		p = p[:b.left+1] // one more than may come, to see it
	}
	n, err := b.r.Read(p)
	if int64(n) > b.left {
		n, err = int(b.left), tooLarge(b.limit)
	}
	b.left -= int64(n)
	b.err = err
	return n, err
}

// bodyProblem is for an error of reading the body.
func bodyProblem(err error) error {
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(large.Limit)
	}
	if p, ok := errors.AsType[*problem](err); ok {
		return p
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return &problem{status: http.StatusRequestTimeout, code: "upload_timeout", detail: "the upload took too long"}
	}
	return &problem{status: http.StatusBadRequest, code: "incomplete_body", detail: "the body ended early"}
}
