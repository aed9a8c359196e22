package storage

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"gocloud.dev/blob"
)

// ExportOptions of [Export]. Nil and the zero value mean the defaults.
type ExportOptions struct {
	// Prefix leaves out the originals whose keys do not begin with it; "" is
	// all of them.
	Prefix string
	// After continues behind the original of that key, which need not be there
	// any more: behind [ExportReport.Last] of an export that failed. The
	// listing is read from its beginning for that, the originals are not. "" is
	// the first one.
	After string
	// Gone, if not nil, is told of each original that was listed, but deleted
	// before it could be opened.
	Gone func(key string)
}

// ExportReport says what [Export] has written, also where it failed.
type ExportReport struct {
	Count int    // originals that are whole in the archive
	Bytes int64  // of their contents
	Gone  int    // originals that were deleted while the export ran, and left out
	Last  string // key of the last whole one; ExportOptions.After if there is none
	// Archive is the length in bytes of the archive up to the end of that one,
	// which is less than was written where the export failed within the next.
	Archive int64
}

// An ExportError says where an export broke off. The cause is that of the store
// or of the writer, as in [*fs.PathError], or the context's; [io.ErrUnexpectedEOF]
// or [tar.ErrWriteTooLong] where an original's content is shorter or longer than
// the store said when it was opened.
type ExportError struct {
	// Key of the original that failed; "" if the listing did, or the end of
	// the archive. As ExportOptions.After it leaves the original out.
	Key string
	// After is the key of the last original that is whole in the archive, as
	// ExportReport.Last: as ExportOptions.After it has the one that failed
	// tried again.
	After string
	Err   error
}

// Error names the original, and where to go on.
func (e *ExportError) Error() string {
	what := "the list of originals"
	if e.Key != "" {
		what = fmt.Sprintf("%q", e.Key)
	}
	return fmt.Sprintf("storage: export of %s, to be resumed after %q: %v", what, e.After, e.Err)
}

// Unwrap returns the cause.
func (e *ExportError) Unwrap() error { return e.Err }

// mimeRecord is where archives keep a content type: the extended attribute that
// freedesktop.org names for it, in the record that GNU tar, bsdtar and star keep
// extended attributes in. They restore it under tar --xattrs.
// https://www.freedesktop.org/wiki/CommonExtendedAttributes/
const mimeRecord = "SCHILY.xattr.user.mime_type"

// Export writes a tenant's originals to w as a tar archive, one after another,
// in the order of [Originals.List]: the same originals make the same archive.
// It holds a buffer of 64 KiB and a page of the listing in memory, however many
// and large they are.
//
// Entries are regular files in PAX format, whose names are the keys, without a
// folder before them. They keep the time when the original was stored, and its
// content type in the record SCHILY.xattr.user.mime_type. Keys neither begin
// with a slash nor hold "..", so that
//
//	tar -x -f acme.tar -C empty-folder
//
// writes below that folder only. What the folder's file system cannot keep
// apart or name (the key "a" beside "a/b"; a segment over 255 bytes; on Windows
// and macOS, names that differ in case) is in the archive all the same, for
// programs that read it.
//
// An original that is deleted before its turn is left out, and counted. One that
// is replaced meanwhile is whole, as it was or as it is. One that is stored
// meanwhile may be left out.
//
// Export fails with a [*KeyError] before it writes anything, and later with an
// [*ExportError]: then the archive has no end, so that tar says that it is not
// whole. Call Export again with After set, either for a second archive or to go
// on with the first: cut to [ExportReport.Archive], it makes one archive
// together with what the second call writes. Export neither closes nor flushes
// w; ctx is looked at between reads, so a write to w that blocks is for the
// caller to end.
func Export(ctx context.Context, w io.Writer, tenant string, originals *Originals, options *ExportOptions) (ExportReport, error) {
	var o ExportOptions
	if options != nil {
		o = *options
	}
	report := ExportReport{Last: o.After}
	if _, err := originals.checkList(tenant, o.Prefix, "", 1); err != nil {
		return report, err
	}
	if o.After != "" {
		if reason := keyFault(o.After); reason != "" {
			return report, keyError("after", o.After, reason)
		}
	}
	counted := &countingWriter{w: w}
	e := &exporter{originals: originals, options: &o, report: &report, w: counted, tar: tar.NewWriter(counted), buffer: make([]byte, 64<<10)}
	key, err := e.run(ctx, tenant)
	if err == nil {
		err = e.tar.Close()
		report.Archive = counted.n
	}
	if err != nil {
		return report, &ExportError{Key: key, After: report.Last, Err: translate(err)}
	}
	return report, nil
}

type exporter struct {
	originals *Originals
	options   *ExportOptions
	report    *ExportReport
	w         *countingWriter
	tar       *tar.Writer
	buffer    []byte
}

// run writes all entries, and returns the key of the one that failed.
func (e *exporter) run(ctx context.Context, tenant string) (key string, err error) {
	behind, err := e.originals.behind(ctx, tenant, e.options.After)
	for {
		if err != nil {
			return "", err
		}
		failed := ""
		err = e.originals.each(ctx, tenant, e.options.Prefix, func(key string, object *blob.ListObject) error {
			if !behind.includes(key) {
				return nil
			}
			if err := e.entry(ctx, key, object.Key); err != nil {
				failed = key
				return err
			}
			return nil
		})
		if err != nil || !behind.missed() {
			return failed, err
		}
		// Nothing was written yet: the original to continue behind was there
		// at first, but was deleted before its place was reached.
		behind, err = e.originals.behind(ctx, tenant, e.options.After)
	}
}

// entry writes an original.
func (e *exporter) entry(ctx context.Context, key, name string) error {
	a, r, err := e.originals.open(ctx, name)
	if err != nil {
		err = translate(err)
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		e.report.Gone++
		if e.options.Gone != nil {
			e.options.Gone(key)
		}
		return nil
	}
	defer r.Close()
	header := &tar.Header{
		Typeflag: tar.TypeReg,
		Name:     key,
		Size:     a.Size,
		Mode:     0o644,
		ModTime:  a.ModTime,
		Format:   tar.FormatPAX,
	}
	if a.ContentType != "" {
		header.PAXRecords = map[string]string{mimeRecord: a.ContentType}
	}
	if err := e.tar.WriteHeader(header); err != nil {
		return err
	}
	n, err := io.CopyBuffer(e.tar, &content{ctx, r, key}, e.buffer)
	if err == nil && n < a.Size {
		err = io.ErrUnexpectedEOF
	}
	if err == nil {
		err = e.tar.Flush() // the padding
	}
	if err != nil {
		return fmt.Errorf("after %d of %d bytes: %w", n, a.Size, err)
	}
	e.report.Count++
	e.report.Bytes += n
	e.report.Last = key
	e.report.Archive = e.w.n
	return nil
}

type countingWriter struct {
	w io.Writer
	n int64
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
