package file

import (
	"cmp"
	"context"
	"crypto/md5"
	"crypto/rand"
	"errors"
	"hash"
	"io/fs"
	"os"
	"path"
	"runtime"
	"time"

	"gocloud.dev/blob/driver"
)

// A tempFile is an object that nobody sees yet.
type tempFile struct {
	*os.File
	name string // below the root
}

func temporary() string { return rand.Text() }

// createTemp opens a new file in the folder for temporary ones.
func createTemp(root *os.Root) (tempFile, error) {
	for {
		name := path.Join(tempDir, temporary())
		f, err := root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		switch {
		case err == nil:
			return tempFile{f, name}, nil
		case errors.Is(err, fs.ErrNotExist):
			if err := root.Mkdir(tempDir, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
				return tempFile{}, err
			}
		case !errors.Is(err, fs.ErrExist):
			return tempFile{}, err
		}
	}
}

// place gives a file its final name, in one step. With exclusive set it fails
// with fs.ErrExist where the name is taken.
func place(root *os.Root, from, to string, exclusive bool) error {
	if exclusive {
		err := root.Link(from, to)
		if err == nil {
			_ = root.Remove(from)
			return nil
		}
		if errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
			return err
		}
		// The file system has no links. The caller's lock is all there is.
		if _, err := root.Lstat(to); err == nil {
			return &fs.PathError{Op: "link", Path: to, Err: fs.ErrExist}
		}
	}
	return root.Rename(from, to)
}

// NewTypedWriter implements [driver.Bucket].
func (b *bucket) NewTypedWriter(ctx context.Context, key, contentType string, opts *driver.WriterOptions) (driver.Writer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if key == "" {
		return nil, &fs.PathError{Op: "create", Path: key, Err: fs.ErrInvalid}
	}
	f, err := createTemp(b.root)
	if err != nil {
		return nil, err
	}
	w := &writer{bucket: b, ctx: ctx, file: f, key: key, exclusive: opts.IfNotExist}
	if opts.BeforeWrite != nil {
		if err := opts.BeforeWrite(noTypes); err != nil {
			return nil, errors.Join(err, w.drop())
		}
	}
	a := attributes{
		ContentType:        contentType,
		CacheControl:       opts.CacheControl,
		ContentDisposition: opts.ContentDisposition,
		ContentEncoding:    opts.ContentEncoding,
		ContentLanguage:    opts.ContentLanguage,
		Metadata:           opts.Metadata,
	}
	if !a.isDefault() {
		w.attributes, w.md5 = &a, md5.New()
	}
	return w, nil
}

// A writer fills a temporary file, which Close turns into the object.
type writer struct {
	bucket     *bucket
	ctx        context.Context
	file       tempFile
	key        string
	exclusive  bool
	attributes *attributes // nil: all defaults
	md5        hash.Hash   // nil where attributes is
	failed     error       // of a Write: [blob.Bucket.Upload] calls Close all the same
}

func (w *writer) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := w.file.Write(p)
	if w.md5 != nil {
		w.md5.Write(p[:n])
	}
	if err != nil && w.failed == nil {
		w.failed = err
	}
	return n, err
}

// drop gives up.
func (w *writer) drop() error {
	return errors.Join(w.file.Close(), w.bucket.root.Remove(w.file.name))
}

// Close makes the object visible, unless the context was cancelled or something
// was not written.
func (w *writer) Close() error {
	if err := cmp.Or(w.ctx.Err(), w.failed); err != nil {
		_ = w.drop()
		return err
	}
	b := w.bucket
	var err error
	if !b.options.NoSync {
		err = w.file.Sync()
	}
	if err = errors.Join(err, w.file.Close()); err == nil {
		err = w.commit()
	}
	if err != nil {
		_ = b.root.Remove(w.file.name)
	}
	return err
}

// commit names the file. Its attributes are in place before it is, under a
// name that no earlier object of the key has used.
func (w *writer) commit() error {
	b := w.bucket
	now := b.stamp()
	if err := b.root.Chtimes(w.file.name, now, now); err != nil {
		return err
	}
	info, err := b.root.Lstat(w.file.name) // the system may have rounded the time
	if err != nil {
		return err
	}
	var side tempFile
	if w.attributes != nil {
		w.attributes.MD5 = w.md5.Sum(nil)
		if side, err = w.attributes.write(b); err != nil {
			return err
		}
		defer b.root.Remove(side.name)
	}

	name := b.names.file(w.key)
	defer b.lock(name)()
	before, err := b.root.Lstat(name)
	if err != nil {
		before = nil
	}
	for try := 1; ; try++ {
		made, err := b.makeDir(path.Dir(name))
		if err == nil {
			err = w.put(side.name, name, info.ModTime())
		}
		switch {
		case err == nil:
			if before != nil && !before.ModTime().Equal(info.ModTime()) {
				_ = b.root.Remove(attributesName(name, before.ModTime()))
			}
			return b.syncDirs(path.Dir(name), made)
		case errors.Is(err, fs.ErrNotExist) && try < 100 && w.isThere():
			// Somebody who deleted the last object in the folder took the
			// folder away: again.
		default:
			b.prune(path.Dir(name))
			return err
		}
	}
}

// isThere tells a temporary file that somebody removed from a folder that
// somebody removed.
func (w *writer) isThere() bool {
	_, err := w.bucket.root.Lstat(w.file.name)
	return err == nil
}

func (w *writer) put(side, name string, modified time.Time) error {
	root := w.bucket.root
	if side == "" {
		return place(root, w.file.name, name, w.exclusive)
	}
	beside := attributesName(name, modified)
	if err := root.Link(side, beside); err != nil {
		if err := root.Rename(side, beside); err != nil {
			return err
		}
	}
	err := place(root, w.file.name, name, w.exclusive)
	if err != nil {
		_ = root.Remove(beside)
	}
	return err
}

// stamp returns the time for the next object: now, but later than that of any
// before, at the resolution of NTFS, which is 100 ns.
func (b *bucket) stamp() time.Time {
	const tick = 100
	for {
		last := b.lastStamp.Load()
		next := max(time.Now().UnixNano()/tick*tick, last+tick)
		if b.lastStamp.CompareAndSwap(last, next) {
			return time.Unix(0, next)
		}
	}
}

// makeDir makes the folder name and those above it, and returns those that
// were not there, the upper ones first.
func (b *bucket) makeDir(name string) (made []string, err error) {
	if name == "." {
		return nil, nil
	}
	err = b.root.Mkdir(name, 0o777)
	if errors.Is(err, fs.ErrNotExist) {
		if made, err = b.makeDir(path.Dir(name)); err != nil {
			return made, err
		}
		err = b.root.Mkdir(name, 0o777)
	}
	if errors.Is(err, fs.ErrExist) {
		return made, nil
	}
	if err == nil {
		made = append(made, name)
	}
	return made, err
}

// syncDirs makes the name of a file in dir durable, and the names of the
// folders that were made for it.
func (b *bucket) syncDirs(dir string, made []string) error {
	if b.options.NoSync || runtime.GOOS == "windows" { // which cannot sync folders, nor needs to
		return nil
	}
	for i := range made {
		made[i] = path.Dir(made[i])
	}
	for _, d := range append(made, dir) {
		f, err := b.root.Open(d)
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // deleted since, with all that was in it
			}
			return err
		}
		// Some file systems refuse to sync folders; the object is written.
		_ = f.Sync()
		_ = f.Close()
	}
	return nil
}

// prune removes the folder name and those above it, as far as they are empty.
func (b *bucket) prune(name string) {
	for ; name != "."; name = path.Dir(name) {
		if err := b.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return
		}
	}
}
