// Package wasm runs C libraries that were compiled to WebAssembly, each call
// in an instance of its own: nothing that one call does, be it a trap in the
// middle of an allocation, reaches another. An instance's memory is capped and
// given back to the operating system when the call ends.
package wasm

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

var (
	// ErrMemory: the call asked for more memory than the limit. The library is
	// stopped there and then, since C code that was built without a way out
	// of the middle of an allocation would go on with a nil pointer.
	ErrMemory = errors.New("out of the memory that it is allowed")
	// ErrExhausted: the system does not lend what the limit allows. The same
	// call may work later.
	ErrExhausted = errors.New("out of the system's memory")
	// ErrTrap: the library ran into an invalid operation or gave up.
	ErrTrap = errors.New("library stopped")
	// ErrClosed: the module was closed.
	ErrClosed = errors.New("closed")
)

// A Module is a compiled library. It is safe for concurrent use.
type Module struct {
	mu      sync.RWMutex // held for reading by each call
	runtime wazero.Runtime
	code    wazero.CompiledModule
	config  wazero.ModuleConfig
}

// Compile compiles a gzipped WebAssembly reactor, which takes seconds for a
// large one. On amd64 and arm64 the code is compiled for the processor,
// elsewhere interpreted.
//
// Watch are the indices of functions at whose beginning a call's context is
// looked at. They are to be such as are called every few milliseconds, and no
// more often: wazero's own way of interrupting code looks in every loop, which
// makes it three to five times as slow.
func Compile(ctx context.Context, gzipped []byte, watch ...uint32) (*Module, error) {
	r, err := gzip.NewReader(bytes.NewReader(gzipped))
	if err != nil {
		return nil, fmt.Errorf("wasm: %w", err)
	}
	code, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("wasm: %w", err)
	}
	m := &Module{
		// Clang's output for WASI holds atomic operations even where there is
		// one thread.
		runtime: wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().
			WithCoreFeatures(api.CoreFeaturesV2|experimental.CoreFeaturesThreads)),
		// No name, so that instances do not collide; no file, clock or
		// environment, so that the result depends on the arguments alone.
		config: wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize"),
	}
	if _, err = wasi_snapshot_preview1.Instantiate(ctx, m.runtime); err == nil {
		watched := experimental.WithFunctionListenerFactory(ctx, watcher(watch))
		m.code, err = m.runtime.CompileModule(watched, code)
	}
	if err != nil {
		return nil, fmt.Errorf("wasm: %w", errors.Join(err, m.runtime.Close(ctx)))
	}
	return m, nil
}

// Close waits for the calls that run, and frees the compiled code. Later
// calls of Run return ErrClosed. Only the first call has an effect.
func (m *Module) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.code == nil {
		return nil
	}
	m.code = nil
	return m.runtime.Close(context.Background())
}

// Run calls f with a fresh instance that may hold limit bytes, and throws it
// away when f returns, and memory that f has of it. The context is looked at in
// the watched functions, and whenever the library asks for more memory. Errors
// wrap ErrMemory, ErrExhausted, ErrTrap, ErrClosed, or are those of f or ctx.
func (m *Module) Run(ctx context.Context, limit int64, f func(*Instance) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.code == nil {
		return fmt.Errorf("wasm: %w", ErrClosed)
	}
	mem := &memory{ctx: ctx, limit: uint64(min(limit, math.MaxInt))}
	defer mem.release()
	defer func() {
		// Where wazero is not in between, growth refused panics through.
		if r := recover(); r != nil {
			e, ok := r.(error)
			if !ok || mem.refused == nil {
				panic(r)
			}
			err = e
		}
		if mem.refused != nil {
			err = fmt.Errorf("wasm: %w", mem.refused)
		}
	}()
	inner := experimental.WithMemoryAllocator(context.WithoutCancel(ctx), mem)
	inner = context.WithValue(inner, memoryKey{}, mem)
	mod, err := m.runtime.InstantiateModule(inner, m.code, m.config)
	if err != nil {
		return fmt.Errorf("wasm: %w: %w", ErrTrap, err)
	}
	defer mod.Close(inner)
	return f(&Instance{ctx: inner, mod: mod})
}

// An Instance is a library with a memory of its own, for the time of one
// [Module.Run].
type Instance struct {
	ctx context.Context
	mod api.Module
}

// Call calls an exported function. An error wraps ErrTrap; the instance is of
// no use afterwards.
func (i *Instance) Call(name string, args ...uint64) (uint64, error) {
	f := i.mod.ExportedFunction(name)
	if f == nil {
		return 0, fmt.Errorf("%w: it has no function %q", ErrTrap, name)
	}
	res, err := f.Call(i.ctx, args...)
	if err != nil {
		return 0, fmt.Errorf("%w in %s: %w", ErrTrap, name, err)
	}
	if len(res) == 0 {
		return 0, nil
	}
	return res[0], nil
}

// Alloc returns the address of n bytes of undefined content.
func (i *Instance) Alloc(n int64) (uint32, error) {
	if n < 0 || n > 1<<31 {
		return 0, fmt.Errorf("%w: %d bytes at once", ErrMemory, n)
	}
	p, err := i.Call("malloc", uint64(max(n, 1)))
	if err == nil && p == 0 {
		err = fmt.Errorf("%w: %d bytes at once", ErrMemory, n)
	}
	return uint32(p), err
}

// Store returns the address of a copy of b.
func (i *Instance) Store(b []byte) (uint32, error) {
	p, err := i.Alloc(int64(len(b)))
	if err != nil {
		return 0, err
	}
	dst, err := i.Bytes(p, int64(len(b)))
	if err != nil {
		return 0, err
	}
	copy(dst, b)
	return p, nil
}

// Bytes returns n bytes of the instance's memory. They are valid until the
// next call of the instance.
func (i *Instance) Bytes(p uint32, n int64) ([]byte, error) {
	if n >= 0 && n < 1<<32 {
		if b, ok := i.mod.Memory().Read(p, uint32(n)); ok {
			return b, nil
		}
	}
	return nil, fmt.Errorf("%w: it points at %d bytes at %d, which it does not have", ErrTrap, n, p)
}

// Uint32 reads a 32-bit number.
func (i *Instance) Uint32(p uint32) (uint32, error) {
	if v, ok := i.mod.Memory().ReadUint32Le(p); ok {
		return v, nil
	}
	return 0, fmt.Errorf("%w: it points at %d, which it does not have", ErrTrap, p)
}
