package ctxio

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

var errBroken = errors.New("broken")

func TestReader(t *testing.T) {
	r := NewReader(t.Context(), bytes.NewReader([]byte("hello")))
	require.NoError(t, iotest.TestReader(r, []byte("hello")))
	require.NoError(t, r.Err(), "io.EOF is no failure")

	r = NewReader(t.Context(), iotest.ErrReader(errBroken))
	for range 2 {
		_, err := r.Read(make([]byte, 1))
		require.Equal(t, errBroken, err)
		require.Equal(t, errBroken, r.Err())
	}
}

func TestReaderStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	under := bytes.NewReader([]byte("hello"))
	r := NewReader(ctx, under)
	_, err := io.ReadFull(r, make([]byte, 2))
	require.NoError(t, err)
	cancel()
	n, err := r.Read(make([]byte, 2))
	require.Zero(t, n)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, r.Err(), context.Canceled)
	require.Equal(t, 3, under.Len(), "nothing more was read")
}

type halfWriter struct{ bytes.Buffer }

func (w *halfWriter) Write(p []byte) (int, error) { return w.Buffer.Write(p[:len(p)/2]) }

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestWriter(t *testing.T) {
	var b bytes.Buffer
	w := NewWriter(t.Context(), &b)
	n, err := w.Write([]byte("hello"))
	require.NoError(t, err)
	require.Equal(t, 5, n)
	require.Equal(t, "hello", b.String())
	require.NoError(t, w.Err())

	w = NewWriter(t.Context(), brokenWriter{})
	_, err = w.Write([]byte("x"))
	require.Equal(t, errBroken, err)
	require.Equal(t, errBroken, w.Err())

	w = NewWriter(t.Context(), &halfWriter{})
	_, err = w.Write([]byte("hello"))
	require.ErrorIs(t, err, io.ErrShortWrite)
}

func TestWriterStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var b bytes.Buffer
	w := NewWriter(ctx, &b)
	cancel()
	_, err := w.Write([]byte("hello"))
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, w.Err(), context.Canceled)
	require.Zero(t, b.Len())
}
