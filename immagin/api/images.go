package api

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/immagin/immagin-go/immagin/edit"
)

const (
	defaultPage = 50
	maxPage     = 1000
	// deletedTimeout bounds Options.Deleted, which the client's leaving does
	// not end.
	deletedTimeout = time.Minute
)

// A page is what GET /v1/images is asked for.
type page struct {
	limit          int
	prefix, cursor string
}

func (h *Handler) listImages(c *call) error {
	p, err := readPage(c.r.URL.RawQuery)
	if err != nil {
		return err
	}
	ctx := c.r.Context()
	project, err := h.projects.Project(ctx, c.tenant)
	if err != nil {
		return err
	}
	after := ""
	if p.cursor != "" {
		if after, err = openCursor(project, c.tenant, p.prefix, p.cursor); err != nil {
			return err
		}
	}
	type image struct {
		Key          string    `json:"key"`
		Size         int64     `json:"size"`
		LastModified time.Time `json:"lastModified"`
	}
	var answer struct {
		Images     []image `json:"images"`
		NextCursor string  `json:"nextCursor,omitempty"`
	}
	answer.Images = []image{} // rather than null
	next, err := h.store.List(ctx, c.tenant, p.prefix, after, p.limit, func(key string, size int64, modified time.Time) bool {
		answer.Images = append(answer.Images, image{key, size, modified.UTC().Truncate(time.Millisecond)})
		return true
	})
	switch {
	case errors.Is(err, fs.ErrInvalid):
		return invalid("prefix or cursor is none that the store knows: begin again without cursor")
	case err != nil:
		return storeFailed(err)
	}
	if next != "" {
		answer.NextCursor = sealCursor(project.Secret, c.tenant, p.prefix, next)
	}
	respond(c.w, http.StatusOK, "application/json", answer)
	return nil
}

// readPage is strict: what it does not know may be a misspelt limit, and a
// client that deletes what is listed must not get more than it asked for.
func readPage(rawQuery string) (p page, err error) {
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return p, invalid("the query must be name=value pairs, percent-encoded")
	}
	p.limit = defaultPage
	for name, values := range query {
		value := values[0]
		switch {
		case len(values) > 1:
			return p, invalid("%.64q stands more than once in the query", name)
		case name == "limit":
			p.limit, err = strconv.Atoi(value)
			if err != nil || p.limit < 1 || p.limit > maxPage || strconv.Itoa(p.limit) != value {
				return p, invalid("limit must be 1 to %d", maxPage)
			}
		case name == "cursor":
			p.cursor = value // empty is none: the first page
		case name == "prefix":
			if p.prefix = value; !validPrefix(value) {
				return p, invalid("prefix must be what a key can begin with")
			}
		default:
			return p, invalid("%.64q is no parameter; there is cursor, limit, prefix", name)
		}
	}
	return p, nil
}

// validPrefix reports whether a valid key can begin with prefix.
func validPrefix(prefix string) bool {
	return prefix == "" || edit.ValidateKey(prefix) == nil || edit.ValidateKey(prefix+"x") == nil
}

// deleteImage removes what is derived also where there is no original: the
// first call may have failed between the two.
func (h *Handler) deleteImage(c *call) error {
	key := c.args[0]
	if err := edit.ValidateKey(key); err != nil {
		return &problem{status: http.StatusBadRequest, code: "invalid_key", detail: "key " + err.Error()}
	}
	ctx := c.r.Context()
	missing := h.store.Delete(ctx, c.tenant, key)
	if missing != nil && !errors.Is(missing, fs.ErrNotExist) {
		return storeFailed(missing)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), deletedTimeout)
	defer cancel()
	if err := h.opts.Deleted(ctx, c.tenant, key); err != nil {
		return &problem{
			status: http.StatusBadGateway, code: "delete_incomplete",
			detail: "the original is gone, images derived from it may not be: repeat the call, until it answers 404", cause: err,
		}
	}
	if missing != nil {
		return &problem{status: http.StatusNotFound, code: "image_not_found", detail: "there is no image of that key"}
	}
	noContent(c.w)
	return nil
}
