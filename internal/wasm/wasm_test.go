package wasm

import (
	"bytes"
	"compress/gzip"
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// A module written by hand, with one page of memory:
//
//	0 _initialize()
//	1 malloc(n): grows by n bytes, returns 65536
//	2 trap()
//	3 loop(): for ever calls 4
//	4 step()
var code = slices.Concat([]byte("\x00asm\x01\x00\x00\x00"),
	section(1, []byte{0x60, 0, 0}, []byte{0x60, 1, 0x7f, 1, 0x7f}), // types: nothing, and a number for a number
	section(3, []byte{0}, []byte{1}, []byte{0}, []byte{0}, []byte{0}),
	section(5, []byte{0, 1}),
	section(7, export("_initialize", 0, 0), export("malloc", 0, 1), export("trap", 0, 2), export("loop", 0, 3), export("m", 2, 0)),
	section(10,
		body(),
		body(0x20, 0, 0x41, 0xff, 0xff, 3, 0x6a, 0x41, 16, 0x76, 0x40, 0, 0x1a, 0x41, 0x80, 0x80, 4),
		body(0),
		body(3, 0x40, 0x10, 4, 0x0c, 0, 0x0b),
		body(),
	),
)

// section is one with a list.
func section(id byte, items ...[]byte) []byte {
	b := append([]byte{byte(len(items))}, slices.Concat(items...)...)
	return append([]byte{id, byte(len(b))}, b...)
}

func export(name string, kind, index byte) []byte {
	return append(append([]byte{byte(len(name))}, name...), kind, index)
}

// body is one without variables.
func body(code ...byte) []byte {
	b := append(append([]byte{0}, code...), 0x0b)
	return append([]byte{byte(len(b))}, b...)
}

func gzipped(t *testing.T, b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(b)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Bytes()
}

func compile(t *testing.T) *Module {
	t.Helper()
	m, err := Compile(context.Background(), gzipped(t, code), 4)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	return m
}

const limit = 4 << 20

func TestRun(t *testing.T) {
	m := compile(t)
	var wait sync.WaitGroup
	for n := range 8 {
		wait.Go(func() {
			err := m.Run(context.Background(), limit, func(i *Instance) error {
				p, err := i.Store(bytes.Repeat([]byte{byte(n)}, 100_000))
				if err != nil {
					return err
				}
				b, err := i.Bytes(p, 100_001)
				if err != nil {
					return err
				}
				require.Equal(t, append(bytes.Repeat([]byte{byte(n)}, 100_000), 0), b, "fresh, and nobody else's")
				_, err = i.Bytes(p, limit)
				require.ErrorIs(t, err, ErrTrap)
				_, err = i.Uint32(limit)
				require.ErrorIs(t, err, ErrTrap)
				return nil
			})
			require.NoError(t, err)
		})
	}
	wait.Wait()
}

func TestErrors(t *testing.T) {
	m := compile(t)
	call := func(ctx context.Context, f func(*Instance) error) error { return m.Run(ctx, limit, f) }
	require.ErrorIs(t, call(context.Background(), func(i *Instance) error {
		_, err := i.Call("trap")
		return err
	}), ErrTrap)
	require.ErrorIs(t, call(context.Background(), func(i *Instance) error {
		_, err := i.Call("missing")
		return err
	}), ErrTrap)
	require.ErrorIs(t, call(context.Background(), func(i *Instance) error {
		_, err := i.Alloc(limit)
		return err
	}), ErrMemory)
	require.ErrorIs(t, call(context.Background(), func(i *Instance) error {
		_, err := i.Alloc(1 << 40)
		return err
	}), ErrMemory)
	require.ErrorIs(t, m.Run(context.Background(), 1, func(*Instance) error { return nil }), ErrMemory, "not even to begin with")

	done, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, call(done, func(*Instance) error { return nil }), context.Canceled)
	ctx, cancel := context.WithCancel(context.Background())
	require.ErrorIs(t, call(ctx, func(i *Instance) error {
		cancel()
		_, err := i.Alloc(100_000)
		return err
	}), context.Canceled)
	require.NoError(t, call(context.Background(), func(i *Instance) error {
		_, err := i.Alloc(100_000)
		return err
	}), "what went wrong before is forgotten")

	require.Panics(t, func() {
		_ = call(context.Background(), func(*Instance) error { panic("a fault of the caller's") })
	})
	require.NoError(t, call(context.Background(), func(*Instance) error { return nil }))
}

// A loop without end ends with its context, since it calls a watched function.
func TestInterrupted(t *testing.T) {
	m := compile(t)
	ctx, cancel := context.WithCancel(context.Background())
	err := m.Run(ctx, limit, func(i *Instance) error {
		go cancel()
		_, err := i.Call("loop")
		return err
	})
	require.ErrorIs(t, err, context.Canceled)
}

func TestClosed(t *testing.T) {
	m := compile(t)
	require.NoError(t, m.Close())
	require.ErrorIs(t, m.Run(context.Background(), limit, func(*Instance) error { return nil }), ErrClosed)
	for _, b := range [][]byte{nil, []byte("no gzip"), gzipped(t, []byte("no module"))} {
		_, err := Compile(context.Background(), b)
		require.Error(t, err)
	}
}
