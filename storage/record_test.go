package storage

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzRecord reads what may be in the place of a record: either it is one to
// the last byte, or it is damaged.
func FuzzRecord(f *testing.F) {
	body := []byte("body")
	for _, header := range []map[string]string{nil, {}, {"a": "b"}, {"Content-Type": "image/webp", "ETag": `"1"`}} {
		head, err := recordHead("name", header, body)
		require.NoError(f, err)
		f.Add(append(head, body...))
	}
	f.Add([]byte(recordMagic))
	f.Add(bytes.Repeat([]byte{0xff}, recordFixed))
	f.Fuzz(func(t *testing.T, object []byte) {
		r := bytes.NewReader(object)
		rec, err := readRecord(r, int64(len(object)), "name")
		var text []byte
		if err == nil {
			text, err = rec.readBody(r)
		}
		if err != nil {
			require.ErrorIs(t, err, ErrDamaged)
			return
		}
		require.Zero(t, r.Len())
		require.True(t, bytes.HasSuffix(object, text))
		_, err = readRecord(bytes.NewReader(object), int64(len(object)), "another name")
		require.ErrorIs(t, err, ErrDamaged)
	})
}

// TestRecordErrors tells a store that fails from an image that is damaged.
func TestRecordErrors(t *testing.T) {
	body := []byte("body")
	head, err := recordHead("name", map[string]string{"a": "b"}, body)
	require.NoError(t, err)
	whole := append(head, body...)
	down := errors.New("the store is down")
	for n := range whole {
		r := io.MultiReader(bytes.NewReader(whole[:n]), readerFunc(func([]byte) (int, error) { return 0, down }))
		rec, err := readRecord(r, int64(len(whole)), "name")
		if err == nil {
			_, err = rec.readBody(r)
		}
		require.ErrorIs(t, err, down)
		require.NotErrorIs(t, err, ErrDamaged)

		r = bytes.NewReader(whole[:n])
		rec, err = readRecord(r, int64(len(whole)), "name")
		if err == nil {
			_, err = rec.readBody(r)
		}
		require.ErrorIs(t, err, ErrDamaged)
	}
}

// TestDeclaredSizes allocates nothing by what an object says of itself.
func TestDeclaredSizes(t *testing.T) {
	object := append([]byte(recordMagic), bytes.Repeat([]byte{0x7f}, recordFixed-len(recordMagic))...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := readRecord(bytes.NewReader(object), int64(len(object)), "name")
	runtime.ReadMemStats(&after)
	require.ErrorIs(t, err, ErrDamaged)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
