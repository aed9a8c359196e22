package file

import (
	"context"
	"net/http"
	"testing"

	"gocloud.dev/blob/driver"
	"gocloud.dev/blob/drivertest"
)

// harness runs gocloud's own conformance suite.
type harness struct {
	dir    string
	folded bool
	open   []*bucket
}

func (h *harness) MakeDriver(context.Context) (driver.Bucket, error) {
	b, err := open(h.dir, &Options{NoSync: true})
	if err == nil {
		b.names.folded = h.folded
		h.open = append(h.open, b)
	}
	return b, err
}

func (h *harness) MakeDriverForNonexistentBucket(context.Context) (driver.Bucket, error) {
	return nil, nil // Open fails
}

func (h *harness) HTTPClient() *http.Client         { return nil }
func (h *harness) SupportsCopy() bool               { return true }
func (h *harness) SupportsNonSlashDelimiters() bool { return true }

func (h *harness) Close() {
	for _, b := range h.open {
		_ = b.Close()
	}
}

func TestGocloudConformance(t *testing.T) {
	for name, folded := range map[string]bool{"exact": false, "folded": true} {
		t.Run(name, func(t *testing.T) {
			drivertest.RunConformanceTests(t, func(_ context.Context, t *testing.T) (drivertest.Harness, error) {
				return &harness{dir: t.TempDir(), folded: folded}, nil
			}, nil)
		})
	}
}
