package api

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/immagin/immagin-go/sign"
)

const (
	maxNameLength = 100  // characters of a key's name, in the API
	maxKeys       = 1000 // of a project: they are listed in one answer
)

// createKey answers the one time that a key is shown.
func (h *Handler) createKey(c *call) error {
	var name string
	if err := decode(c, map[string]any{"name": &name}); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(name); n < 1 || n > maxNameLength || !printable(name) {
		return invalid("name must be 1 to %d characters, none of them a control character", maxNameLength)
	}
	ctx := c.r.Context()
	there, err := h.keys.List(ctx, c.tenant)
	if err != nil {
		return keysFailed(err)
	}
	if len(there) >= maxKeys {
		return &problem{status: http.StatusForbidden, code: "project_limit", detail: fmt.Sprintf("a project has at most %d API keys: revoke one", maxKeys)}
	}
	key := sign.NewAPIKey()
	k := NewKey(c.tenant, name, key, h.opts.Now())
	if err := h.keys.Create(ctx, k); err != nil {
		return keysFailed(err)
	}
	respond(c.w, http.StatusCreated, "application/json", struct {
		ID     string `json:"id"`
		Key    string `json:"key"`
		Prefix string `json:"prefix"`
		Name   string `json:"name"`
	}{k.ID, key.Reveal(), k.Prefix, name})
	return nil
}

func (h *Handler) listKeys(c *call) error {
	keys, err := h.keys.List(c.r.Context(), c.tenant)
	if err != nil {
		return keysFailed(err)
	}
	type listed struct {
		ID         string     `json:"id"`
		Prefix     string     `json:"prefix"`
		Name       string     `json:"name"`
		CreatedAt  time.Time  `json:"createdAt"`
		LastUsedAt *time.Time `json:"lastUsedAt"`
	}
	answer := []listed{} // rather than null
	for _, k := range keys {
		l := listed{ID: k.ID, Prefix: k.Prefix, Name: k.Name, CreatedAt: k.CreatedAt.UTC().Truncate(time.Millisecond)}
		if !k.LastUsedAt.IsZero() {
			l.LastUsedAt = new(k.LastUsedAt.UTC().Truncate(time.Millisecond))
		}
		answer = append(answer, l)
	}
	respond(c.w, http.StatusOK, "application/json", answer)
	return nil
}

func (h *Handler) revokeKey(c *call) error {
	// No store is asked for what is no ID.
	err := error(fs.ErrNotExist)
	if id := c.args[0]; validID(id) {
		err = h.keys.Revoke(c.r.Context(), c.tenant, id)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &problem{status: http.StatusNotFound, code: "key_not_found", detail: "the project has no API key of that id"}
	case err != nil:
		return keysFailed(err)
	}
	noContent(c.w)
	return nil
}

// keysFailed is for an error of [Keys]: some are fixed, as an operator's own.
func keysFailed(err error) error {
	if errors.Is(err, errors.ErrUnsupported) {
		return &problem{status: http.StatusNotImplemented, code: "unsupported", detail: "this server's API keys are not managed through the API", cause: err}
	}
	return fmt.Errorf("API keys: %w", err)
}
