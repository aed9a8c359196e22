package file

import (
	"context"
	"errors"
	"hash/maphash"
	"io"
	"io/fs"
	"os"
	"path"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"gocloud.dev/blob/driver"
	"gocloud.dev/gcerrors"
)

// A bucket implements [driver.Bucket].
type bucket struct {
	root    *os.Root
	names   names
	options Options
	window  int           // see [window]
	settle  time.Duration // see [settleTime]
	ahead   ahead

	lastStamp atomic.Int64 // Unix time in ns
	// Writers of one name take turns where steps are more than one. Readers,
	// and other processes, never see them in between; the locks merely keep
	// things tidy.
	locks [64]sync.Mutex
	seed  maphash.Seed
}

var _ driver.Bucket = (*bucket)(nil)

// noTypes says that there is no driver-specific type to be had.
func noTypes(any) bool { return false }

// lock takes the lock of a name, and returns what gives it back.
func (b *bucket) lock(name string) (unlock func()) {
	l := &b.locks[maphash.String(b.seed, name)%uint64(len(b.locks))]
	l.Lock()
	return l.Unlock
}

// Close implements [driver.Bucket]. Readers that are open stay so.
func (b *bucket) Close() error { return b.root.Close() }

// As implements [driver.Bucket]: there are no driver-specific types.
func (b *bucket) As(any) bool { return false }

// ErrorAs implements [driver.Bucket]: there are no driver-specific types.
func (b *bucket) ErrorAs(error, any) bool { return false }

// ErrorCode implements [driver.Bucket].
func (b *bucket) ErrorCode(err error) gcerrors.ErrorCode {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return gcerrors.NotFound
	case errors.Is(err, fs.ErrExist):
		return gcerrors.FailedPrecondition
	case errors.Is(err, fs.ErrPermission):
		return gcerrors.PermissionDenied
	case errors.Is(err, syscall.ENOSPC):
		return gcerrors.ResourceExhausted
	case errors.Is(err, fs.ErrInvalid):
		return gcerrors.InvalidArgument
	case errors.Is(err, errors.ErrUnsupported):
		return gcerrors.Unimplemented
	}
	return gcerrors.Unknown
}

// stat looks at a file.
func (b *bucket) stat(name string) (fs.FileInfo, error) { return statIn(b.root, name) }

// statIn looks at a file. Symbolic links and other odd things are no objects.
func statIn(root *os.Root, name string) (fs.FileInfo, error) {
	info, err := root.Lstat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	}
	return info, err
}

// Attributes implements [driver.Bucket].
func (b *bucket) Attributes(ctx context.Context, key string) (*driver.Attributes, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	name := b.names.file(key)
	info, err := b.stat(name)
	for {
		if err != nil {
			return nil, err
		}
		a, found := b.attributes(name, info.ModTime())
		if found {
			return a.driver(info), nil
		}
		// Either there are none, or a writer has just replaced the object.
		again, err := b.stat(name)
		if err == nil && again.ModTime().Equal(info.ModTime()) {
			return a.driver(info), nil
		}
		if info = again; err != nil {
			return nil, err
		}
	}
}

// NewRangeReader implements [driver.Bucket].
func (b *bucket) NewRangeReader(ctx context.Context, key string, offset, length int64, opts *driver.ReaderOptions) (driver.Reader, error) {
	name := b.names.file(key)
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r, stale, err := b.openReader(name)
		if err != nil {
			return nil, err
		}
		if stale {
			_ = r.file.Close()
			continue
		}
		if opts.BeforeRead != nil {
			err = opts.BeforeRead(noTypes)
		}
		if err == nil && offset > 0 {
			_, err = r.file.Seek(offset, io.SeekStart)
		}
		if err != nil {
			return nil, errors.Join(err, r.file.Close())
		}
		r.ctx, r.Reader = ctx, r.file
		if length >= 0 {
			r.Reader = io.LimitReader(r.file, length)
		}
		return r, nil
	}
}

// openReader opens a file and its attributes. The two are stale if the
// attributes may be missing because the file was replaced in between.
func (b *bucket) openReader(name string) (r *reader, stale bool, err error) {
	if _, err := b.stat(name); err != nil { // opening a pipe would wait
		return nil, false, err
	}
	f, err := b.root.Open(name)
	if err != nil {
		return nil, false, err
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return nil, false, err
	}
	a, found := b.attributes(name, info.ModTime())
	if !found {
		again, err := b.stat(name)
		stale = err == nil && !again.ModTime().Equal(info.ModTime())
	}
	return &reader{file: f, attributes: driver.ReaderAttributes{
		ContentType: a.ContentType,
		ModTime:     info.ModTime(),
		Size:        info.Size(),
	}}, stale, nil
}

// A reader implements [driver.Reader].
type reader struct {
	io.Reader
	ctx        context.Context
	file       *os.File
	attributes driver.ReaderAttributes
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

func (r *reader) Close() error { return r.file.Close() }

func (r *reader) Attributes() *driver.ReaderAttributes { return &r.attributes }

func (r *reader) As(any) bool { return false }

// Copy implements [driver.Bucket].
func (b *bucket) Copy(ctx context.Context, dstKey, srcKey string, opts *driver.CopyOptions) error {
	source := b.names.file(srcKey)
	r, err := b.NewRangeReader(ctx, srcKey, 0, -1, &driver.ReaderOptions{})
	if err != nil {
		return err
	}
	defer r.Close()
	a, _ := b.attributes(source, r.Attributes().ModTime)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := b.NewTypedWriter(ctx, dstKey, a.ContentType, &driver.WriterOptions{
		CacheControl:       a.CacheControl,
		ContentDisposition: a.ContentDisposition,
		ContentEncoding:    a.ContentEncoding,
		ContentLanguage:    a.ContentLanguage,
		Metadata:           a.Metadata,
		BeforeWrite:        opts.BeforeCopy,
	})
	if err != nil {
		return err
	}
	if _, err = io.Copy(w, r); err != nil {
		cancel()
		_ = w.Close()
		return err
	}
	return w.Close()
}

// Delete implements [driver.Bucket].
func (b *bucket) Delete(ctx context.Context, key string, opts *driver.DeleteOptions) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if opts.BeforeDelete != nil {
		if err := opts.BeforeDelete(noTypes); err != nil {
			return err
		}
	}
	name := b.names.file(key)
	defer b.lock(name)()
	info, err := b.stat(name)
	if err != nil {
		return err
	}
	if err := b.root.Remove(name); err != nil {
		return err
	}
	_ = b.root.Remove(attributesName(name, info.ModTime()))
	b.prune(path.Dir(name))
	return nil
}

// SignedURL implements [driver.Bucket]: there are none.
func (b *bucket) SignedURL(context.Context, string, *driver.SignedURLOptions) (string, error) {
	return "", &fs.PathError{Op: "sign", Path: b.root.Name(), Err: errors.ErrUnsupported}
}
