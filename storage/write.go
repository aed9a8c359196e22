package storage

import (
	"bufio"
	"context"
	"io"
	"net/http"

	"gocloud.dev/blob"
)

// sniffed is how many bytes [http.DetectContentType] looks at.
const sniffed = 512

// write stores what body yields, or nothing.
//
// It uploads rather than write to a [blob.Writer]: that of gocloud's azureblob
// (v0.47.0) dereferences nil in Close whenever the upload has failed.
func write(ctx context.Context, bucket *blob.Bucket, name string, options *blob.WriterOptions, body io.Reader) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	source := &source{ctx: ctx, cancel: cancel, r: body}
	from := io.Reader(source)
	if options.ContentType == "" {
		buffered := bufio.NewReaderSize(source, sniffed)
		head, err := buffered.Peek(sniffed)
		if err != nil && err != io.EOF {
			return source.fault(err)
		}
		typed := *options
		typed.ContentType = http.DetectContentType(head)
		options, from = &typed, onlyReader{buffered}
	}
	return source.fault(bucket.Upload(ctx, name, from, options))
}

// onlyReader hides a WriteTo, which would not look at what is read.
type onlyReader struct{ io.Reader }

// A source reads until its context is done. Where reading fails it cancels the
// context, by which drivers know that they must give up what was written.
type source struct {
	ctx      context.Context
	cancel   context.CancelFunc
	r        io.Reader
	err      error // but for io.EOF
	panicked any
}

func (s *source) Read(p []byte) (n int, err error) {
	defer func() {
		// Some drivers read in a goroutine, which has no caller to panic to.
		if p := recover(); p != nil {
			s.panicked = p
			n, err = 0, io.ErrUnexpectedEOF
		}
		if err != nil && err != io.EOF && s.err == nil {
			s.err = err
			s.cancel()
		}
	}()
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}

// fault returns why writing failed, given what the driver says. It must be
// called when nothing reads any more.
func (s *source) fault(err error) error {
	if s.panicked != nil {
		panic(s.panicked)
	}
	if s.err != nil {
		return s.err
	}
	return err
}
