package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"

	"github.com/immagin/immagin-go/sign"
)

// A Project is what one tenant signs and delivers with. It prints and logs
// without its secrets.
type Project struct {
	ID   string
	Name string
	// BaseURL is where the project's images are delivered, without a slash at
	// the end: an image's URL is BaseURL, "/", the payload and "?sig=…".
	BaseURL string
	// Secret signs, at least [sign.MinSecret] bytes. It is handed to whoever
	// has an API key of the project.
	Secret string `json:"-"`
	// Retired secrets no longer sign; tickets signed by them still verify.
	Retired []string `json:"-"`
}

// keyring fails where a secret is too short.
func (p Project) keyring() (*sign.Keyring, error) {
	return sign.NewKeyring(append([]string{p.Secret}, p.Retired...)...)
}

// String names the project, without its secrets.
func (p Project) String() string {
	return fmt.Sprintf("api.Project(%q, %q, %q)", p.ID, p.Name, p.BaseURL)
}

// GoString is [Project.String].
func (p Project) GoString() string { return p.String() }

// Format writes [Project.String] for every verb.
func (p Project) Format(s fmt.State, _ rune) { io.WriteString(s, p.String()) }

// LogValue is [Project.String].
func (p Project) LogValue() slog.Value { return slog.StringValue(p.String()) }

// MaxProjectField bounds each text of a project that is to be stored, in bytes.
const MaxProjectField = 2048

// Validate returns an error that is [fs.ErrInvalid] for a project that no
// store of this module takes: its texts and secrets must be UTF-8 without
// control characters, the secrets at least [sign.MinSecret] bytes, and BaseURL
// must not end in a slash.
func (p Project) Validate() error {
	if _, err := p.keyring(); err != nil {
		return fmt.Errorf("api: secrets of a project: %w: %w", err, fs.ErrInvalid)
	}
	for _, text := range append([]string{p.ID, p.Name, p.BaseURL, p.Secret}, p.Retired...) {
		if len(text) > MaxProjectField || !printable(text) {
			return fmt.Errorf("api: texts and secrets of a project must be at most %d bytes of UTF-8 without control characters: %w", MaxProjectField, fs.ErrInvalid)
		}
	}
	if strings.HasSuffix(p.BaseURL, "/") {
		return fmt.Errorf("api: base URL of a project must not end in a slash: %w", fs.ErrInvalid)
	}
	return nil
}

// Projects finds the project of a tenant. It must be safe for concurrent use.
type Projects interface {
	// Project returns the project of a tenant; an error that is
	// [fs.ErrNotExist] if there is none, the tenant "" among them.
	Project(ctx context.Context, tenant string) (Project, error)
}

// ProjectMap is a fixed table of projects by their tenants' names. It must not
// change while it is in use.
type ProjectMap map[string]Project

// Project is [Projects.Project].
func (m ProjectMap) Project(ctx context.Context, tenant string) (Project, error) {
	if err := ctx.Err(); err != nil {
		return Project{}, err
	}
	p, ok := m[tenant]
	if !ok {
		return Project{}, fmt.Errorf("api: project of tenant %.255q: %w", tenant, fs.ErrNotExist)
	}
	return p, nil
}

func (h *Handler) project(c *call) error {
	p, err := h.projects.Project(c.r.Context(), c.tenant)
	if err != nil {
		return err // also where a key outlived its project: ours to mend
	}
	if _, err := p.keyring(); err != nil {
		return err
	}
	respond(c.w, http.StatusOK, "application/json", struct {
		ID      string `json:"id"`
		Name    string `json:"name"`
		BaseURL string `json:"baseUrl"`
		Secret  string `json:"secret"`
	}{p.ID, p.Name, p.BaseURL, p.Secret})
	return nil
}

// keyring returns the keyring of a tenant; nil, which verifies nothing, for
// one that does not exist.
func (h *Handler) keyring(ctx context.Context, tenant string) (*sign.Keyring, error) {
	p, err := h.projects.Project(ctx, tenant)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return p.keyring()
}
