package billing

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// ErrNumber is returned for an invoice without an ID to number it by.
var ErrNumber = errors.New("billing: nothing to number by")

// Numberer gives invoices and credit notes their numbers, in a row without a
// gap. The same ID must get the same number again, so that a crash between
// taking a number and storing the invoice leaves no gap when it is done over.
// An integrator backs it with the store that keeps the invoices;
// [MemoryNumberer] keeps them in memory.
type Numberer interface {
	Number(ctx context.Context, id string) (string, error)
}

// MemoryNumberer is a [Numberer] that forgets with the process: for tests and
// for previews. It may be used by several goroutines at once.
type MemoryNumberer struct {
	prefix string

	mu    sync.Mutex
	last  int64
	given map[string]string
}

// NewMemoryNumberer numbers from first on: a prefix of "2026-" and a first of
// 1 give 2026-000001, 2026-000002 and so on.
func NewMemoryNumberer(prefix string, first int64) *MemoryNumberer {
	return &MemoryNumberer{prefix: prefix, last: first - 1, given: map[string]string{}}
}

// Number returns the number of an ID, the next one when it has none yet.
func (n *MemoryNumberer) Number(ctx context.Context, id string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if id == "" {
		return "", fmt.Errorf("%w: the ID is empty", ErrNumber)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	number, known := n.given[id]
	if !known {
		n.last++
		number = fmt.Sprintf("%s%06d", n.prefix, n.last)
		n.given[id] = number
	}
	return number, nil
}
