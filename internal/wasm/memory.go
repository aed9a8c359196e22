package wasm

import (
	"context"
	"fmt"

	"github.com/tetratelabs/wazero/experimental"
)

// memory is the memory of one instance: a piece of address space as large as
// the limit, of which the system lends pages as they are touched.
type memory struct {
	ctx     context.Context
	limit   uint64
	space   []byte
	refused error
}

// Allocate is called once, before the instance starts.
func (m *memory) Allocate(_, _ uint64) experimental.LinearMemory { return m }

// Reallocate grows the memory, or panics: what it returned instead, malloc
// would make a nil pointer of, and the library's way of handling that is a
// longjmp, which WebAssembly of this kind does not have.
func (m *memory) Reallocate(size uint64) []byte {
	m.check()
	if size > m.limit {
		m.refused = fmt.Errorf("%w: %d of at most %d bytes", ErrMemory, size, m.limit)
		panic(m.refused)
	}
	if err := m.grow(size); err != nil {
		m.refused = fmt.Errorf("%w: %d bytes: %w", ErrExhausted, m.limit, err)
		panic(m.refused)
	}
	return m.space[:size:size]
}

// Free is called when the instance is closed; release follows in any case.
func (m *memory) Free() {}

// check panics when the call's context is done.
func (m *memory) check() {
	if err := m.ctx.Err(); err != nil {
		m.refused = err
		panic(err)
	}
}
