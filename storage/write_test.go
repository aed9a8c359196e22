package storage

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/driver"
	"gocloud.dev/gcerrors"
)

// An uploader reads in a goroutine of its own, as cloud drivers do, and says in
// its own words what went wrong.
type uploader struct {
	driver.Bucket
	contentType string
	stored      []byte
}

func (u *uploader) ErrorCode(error) gcerrors.ErrorCode { return gcerrors.Unknown }
func (u *uploader) ErrorAs(error, any) bool            { return false }
func (u *uploader) Close() error                       { return nil }

func (u *uploader) NewTypedWriter(_ context.Context, _, contentType string, _ *driver.WriterOptions) (driver.Writer, error) {
	u.contentType = contentType
	return &upload{bucket: u, done: make(chan error, 1)}, nil
}

type upload struct {
	bucket *uploader
	done   chan error
}

// Write is what gocloud's azureblob must not be asked for.
func (u *upload) Write([]byte) (int, error) { return 0, errors.New("written to, not uploaded") }

func (u *upload) Upload(r io.Reader) error {
	go func() {
		text, err := io.ReadAll(r)
		if err != nil {
			err = errDriver
		} else {
			u.bucket.stored = text
		}
		u.done <- err
	}()
	return nil
}

func (u *upload) Close() error { return <-u.done }

// failing fails or panics once it has been read.
type failing struct {
	err   error
	panic any
}

func (f failing) Read([]byte) (int, error) {
	if f.panic != nil {
		panic(f.panic)
	}
	return 0, f.err
}

func TestUploadsAreNotWritten(t *testing.T) {
	errBody := errors.New("the body's own words")
	for name, c := range map[string]struct {
		text        string
		contentType string
		after       io.Reader
		want        error
		panics      any
		stored      string // the type
	}{
		"typed":                {text: "text", contentType: "image/png", stored: "image/png"},
		"sniffed":              {text: "\x89PNG\r\n\x1a\n" + strings.Repeat("x", 2000), stored: "image/png"},
		"sniffed, short":       {text: "GIF89a", stored: "image/gif"},
		"sniffed, nothing":     {stored: "text/plain; charset=utf-8"},
		"fails":                {text: strings.Repeat("x", 2000), contentType: "image/png", after: failing{err: errBody}, want: errBody},
		"fails, sniffed":       {text: strings.Repeat("x", 2000), after: failing{err: errBody}, want: errBody},
		"fails while sniffed":  {text: "x", after: failing{err: errBody}, want: errBody},
		"panics":               {text: strings.Repeat("x", 2000), contentType: "image/png", after: failing{panic: "at once"}, panics: "at once"},
		"panics while sniffed": {text: "x", after: failing{panic: "at once"}, panics: "at once"},
	} {
		t.Run(name, func(t *testing.T) {
			u := new(uploader)
			body := io.Reader(strings.NewReader(c.text))
			if c.after != nil {
				body = io.MultiReader(body, c.after)
			}
			create := func() error {
				return originalsOf(t, u).Create(t.Context(), "t", "a", body, c.contentType, true)
			}
			switch {
			case c.panics != nil:
				require.PanicsWithValue(t, c.panics, func() { _ = create() })
				require.Nil(t, u.stored)
			case c.want != nil:
				require.ErrorIs(t, create(), c.want)
				require.Nil(t, u.stored)
			default:
				require.NoError(t, create())
				require.Equal(t, c.text, string(u.stored))
				require.Equal(t, c.stored, u.contentType)
			}
		})
	}
}
