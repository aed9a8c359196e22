package api

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/magic"
	"github.com/immagin/immagin-go/sign"
)

const signURLPath = "/v1/images/sign-url"

func (h *Handler) signURL(c *call) error {
	r, ctx, tenant := c.r, c.r.Context(), c.tenant
	u, err := h.readUpload(c)
	if err != nil {
		return err
	}
	u.Tenant = tenant
	if err := h.opts.Guard(ctx, u); err != nil {
		return err
	}
	// Asked here too, since a presigned URL replaces without asking.
	if err := h.absent(r, u); err != nil {
		return err
	}
	address, header, err := "", http.Header{}, errors.ErrUnsupported
	now := h.opts.Now()
	expires := now.Add(h.opts.Expiry)
	if !h.opts.Strict {
		address, header, err = h.store.SignPut(ctx, tenant, u.Key, u.ContentType, u.Size, h.opts.Expiry)
	}
	if errors.Is(err, errors.ErrUnsupported) {
		address, header, err = h.ticketURL(r, u, now, expires)
		if err != nil {
			return err
		}
	}
	if err != nil {
		return storeFailed(err)
	}
	headers := map[string]string{}
	for name, values := range header {
		headers[name] = strings.Join(values, ", ")
	}
	respond(c.w, http.StatusOK, "application/json", struct {
		UploadURL string            `json:"uploadUrl"`
		Method    string            `json:"method"`
		Headers   map[string]string `json:"headers"`
		Key       string            `json:"key"`
		ExpiresAt time.Time         `json:"expiresAt"`
	}{address, http.MethodPut, headers, u.Key, expires.UTC().Truncate(time.Second)})
	return nil
}

// readUpload reads and checks the request. The member overwrite goes beyond
// Immagin's.
func (h *Handler) readUpload(c *call) (Upload, error) {
	var u Upload
	var size *int64
	err := decode(c, map[string]any{"key": &u.Key, "contentType": &u.ContentType, "size": &size, "overwrite": &u.Overwrite})
	if err != nil {
		return u, err
	}
	if err := edit.ValidateKey(u.Key); err != nil {
		return u, &problem{status: http.StatusBadRequest, code: "invalid_key", detail: "key " + err.Error()}
	}
	if size != nil {
		u.Size = *size
		if u.Size < 1 {
			return u, invalid("size is %d bytes, must be at least 1", u.Size)
		}
	}
	if u.Size > h.opts.MaxSize {
		return u, tooLarge(h.opts.MaxSize)
	}
	if u.ContentType != "" {
		if u.ContentType = magic.Canonical(u.ContentType); u.ContentType == "" {
			return u, notImage()
		}
	}
	return u, nil
}

// absent refuses an upload that may not overwrite what is there.
func (h *Handler) absent(r *http.Request, u Upload) error {
	if u.Overwrite {
		return nil
	}
	switch _, _, err := h.store.Stat(r.Context(), u.Tenant, u.Key); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return storeFailed(err)
	default:
		return keyExists()
	}
}

// ticketURL returns a URL of this handler's own upload endpoint.
func (h *Handler) ticketURL(r *http.Request, u Upload, now, expires time.Time) (string, http.Header, error) {
	keyring, err := h.keyring(r.Context(), u.Tenant)
	if err != nil {
		return "", nil, err
	}
	size := u.Size
	if size == 0 {
		size = h.opts.MaxSize
	}
	ticket, err := keyring.IssueTicket(sign.Ticket{
		Method: http.MethodPut, Tenant: u.Tenant, Key: u.Key, MaxSize: size,
		ContentType: u.ContentType, Overwrite: u.Overwrite, Expires: expires,
	}, now)
	if err != nil {
		return "", nil, fmt.Errorf("upload ticket: %w", err)
	}
	header := http.Header{}
	if u.ContentType != "" {
		header.Set("Content-Type", u.ContentType)
	}
	return h.publicURL(r) + "/v1/uploads/" + url.PathEscape(u.Tenant) + "/" + ticket, header, nil
}

// publicURL returns where the caller found this handler. The request's own
// URL may have lost its prefix to http.StripPrefix; RequestURI has not. Host
// is the caller's word, and it is the caller who gets it back.
func (h *Handler) publicURL(r *http.Request) string {
	if h.opts.PublicURL != "" {
		return h.opts.PublicURL
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	prefix := ""
	if u, err := url.ParseRequestURI(r.RequestURI); err == nil {
		if p, ok := strings.CutSuffix(u.EscapedPath(), signURLPath); ok {
			prefix = p
		}
	}
	return scheme + "://" + r.Host + prefix
}
