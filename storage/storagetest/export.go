package storagetest

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// An Account is all that is stored for tenants, and the ways to leave.
type Account struct {
	Originals Originals
	Derived   Derived
	// Export writes a tenant's originals to w as a tar archive, as
	// [storage.Export] does. It returns the key to resume after, and the length
	// of the archive up to the end of that one.
	//
	// [storage.Export]: https://pkg.go.dev/github.com/immagin/immagin-go/storage#Export
	Export func(ctx context.Context, w io.Writer, tenant, prefix, after string) (last string, archive int64, err error)
	// DeleteImage removes an original and what was derived from it.
	DeleteImage func(ctx context.Context, tenant, key string) error
	// DeleteAll removes all that is stored for a tenant.
	DeleteAll func(ctx context.Context, tenant string) error
}

// AccountChecks returns the duties of what ends an account.
func AccountChecks() []Check[Account] {
	return []Check[Account]{
		{"Export", checkExport},
		{"ExportResumed", checkExportResumed},
		{"DeleteImage", checkDeleteImage},
		{"DeleteAccount", checkDeleteAccount},
	}
}

// TestAccount runs all checks for what ends an account.
func TestAccount(t *testing.T, account Account, options *Options) {
	t.Helper()
	test(t, account, options, AccountChecks())
}

// entries returns the names in an archive, having compared the contents.
func entries(archive io.Reader, contents map[string][]byte) (keys []string, err error) {
	r := tar.NewReader(archive)
	for {
		header, err := r.Next()
		if err == io.EOF {
			return keys, nil
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return nil, fmt.Errorf("archive: after %d entries: %w", len(keys), err)
		}
		text, err := io.ReadAll(r)
		if err == nil {
			err = equal(text, contents[header.Name])
		}
		if err != nil {
			return nil, fmt.Errorf("archive: entry %.80q: %w", header.Name, err)
		}
		if header.Typeflag != tar.TypeReg || header.ModTime.IsZero() {
			return nil, fmt.Errorf("archive: entry %.80q is of type %q and was modified at %v", header.Name, header.Typeflag, header.ModTime)
		}
		keys = append(keys, header.Name)
	}
}

// stock fills a tenant with originals, and returns their keys as they are listed.
func stock(ctx context.Context, s Originals, tenant string, keys []string) (listed []string, contents map[string][]byte, err error) {
	contents = map[string][]byte{}
	for i, key := range keys {
		contents[key] = content([]int{0, 1, 511, 512, 513, 100_000}[i%6], uint64(i))
		if err := put(ctx, s, tenant, key, contents[key]); err != nil {
			return nil, nil, err
		}
	}
	listed, err = listAll(ctx, s, tenant, "", 1000)
	return listed, contents, err
}

func checkExport(ctx context.Context, a Account, o *Options) error {
	tenant := newTenant()
	listed, contents, err := stock(ctx, a.Originals, tenant, o.possible(ValidKeys()))
	if err != nil {
		return err
	}
	var whole bytes.Buffer
	last, length, err := a.Export(ctx, &whole, tenant, "", "")
	if err != nil || last != listed[len(listed)-1] || length != int64(whole.Len()) {
		return fmt.Errorf("export: last %.80q of %.80q, %d bytes of %d, %w", last, listed[len(listed)-1], length, whole.Len(), err)
	}
	keys, err := entries(bytes.NewReader(whole.Bytes()), contents)
	if err != nil {
		return err
	}
	if !slices.Equal(keys, listed) {
		return fmt.Errorf("export: the entries are not the keys as they are listed: %w", sameKeys(keys, listed))
	}
	var again bytes.Buffer
	if _, _, err := a.Export(ctx, &again, tenant, "", ""); err != nil || !bytes.Equal(whole.Bytes(), again.Bytes()) {
		return fmt.Errorf("export: a second one of the same originals is another archive, %v", err)
	}
	for _, prefix := range []string{"a", "a/", "gallery/", "nothing/", strings.Repeat("k", 1023), "originals"} {
		var part bytes.Buffer
		if _, _, err := a.Export(ctx, &part, tenant, prefix, ""); err != nil {
			return fmt.Errorf("export: prefix %.80q: %w", prefix, err)
		}
		keys, err := entries(&part, contents)
		if err != nil {
			return err
		}
		if want := slices.DeleteFunc(slices.Clone(listed), func(key string) bool { return !strings.HasPrefix(key, prefix) }); !slices.Equal(keys, want) {
			return fmt.Errorf("export: prefix %.80q: %w", prefix, sameKeys(keys, want))
		}
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	_, _, err = a.Export(gone, io.Discard, tenant, "", "")
	if err := want(err, context.Canceled, "export under a context that is done"); err != nil {
		return err
	}
	return remove(ctx, a.Originals, tenant, listed...)
}

// A brokenWriter takes so many bytes.
type brokenWriter struct {
	bytes.Buffer
	left int
}

var errWriter = errors.New("the writer failed")

func (b *brokenWriter) Write(p []byte) (int, error) {
	if len(p) > b.left {
		n, _ := b.Buffer.Write(p[:b.left])
		b.left = 0
		return n, errWriter
	}
	b.left -= len(p)
	return b.Buffer.Write(p)
}

// checkExportResumed breaks exports off, and expects that the rest makes one
// whole archive of them. Then it resumes behind originals that were deleted.
func checkExportResumed(ctx context.Context, a Account, o *Options) error {
	tenant := newTenant()
	listed, contents, err := stock(ctx, a.Originals, tenant, o.possible([]string{
		"a", "a/b", "a-b", "a0", "é/1", "é/2", "b?c", "b_c", "bzc", "b", "c/%d", "c/x", "c/__0x2f__", strings.Repeat("l", 1024), strings.Repeat("l", 1023) + "m", "z",
	}))
	if err != nil {
		return err
	}
	var whole bytes.Buffer
	if _, _, err := a.Export(ctx, &whole, tenant, "", ""); err != nil {
		return err
	}
	for i := range o.Rounds {
		first := &brokenWriter{left: whole.Len() * i / o.Rounds}
		last, length, err := a.Export(ctx, first, tenant, "", "")
		if err := want(err, errWriter, "export to a writer that fails"); err != nil {
			return err
		}
		if length > int64(first.Len()) {
			return fmt.Errorf("export: %d bytes are whole, of %d that were written", length, first.Len())
		}
		first.Truncate(int(length))
		first.left = whole.Len()
		if _, _, err := a.Export(ctx, first, tenant, "", last); err != nil {
			return fmt.Errorf("export after %.80q: %w", last, err)
		}
		if err := equal(first.Bytes(), whole.Bytes()); err != nil {
			return fmt.Errorf("export: an archive that broke off at %.80q and was resumed: %w", last, err)
		}
	}
	// Keys that are gone leave nothing out, and repeat little.
	for i := len(listed) - 1; i >= 0; i-- {
		if err := remove(ctx, a.Originals, tenant, listed[i]); err != nil {
			return err
		}
		var rest bytes.Buffer
		if _, _, err := a.Export(ctx, &rest, tenant, "", listed[i]); err != nil {
			return err
		}
		keys, err := entries(&rest, contents)
		if err != nil {
			return err
		}
		if len(keys) > 3 {
			return fmt.Errorf("export after %.80q, which is gone, began with %.80q", listed[i], keys[0])
		}
		if i+1 < len(listed) {
			if err := put(ctx, a.Originals, tenant, listed[i+1], contents[listed[i+1]]); err != nil {
				return err
			}
			rest.Reset()
			if _, _, err := a.Export(ctx, &rest, tenant, "", listed[i]); err != nil {
				return err
			}
			if keys, err = entries(&rest, contents); err != nil || !slices.Contains(keys, listed[i+1]) {
				return fmt.Errorf("export after %.80q, which is gone, left out %.80q, %v", listed[i], listed[i+1], err)
			}
			if err := remove(ctx, a.Originals, tenant, listed[i+1]); err != nil {
				return err
			}
		}
	}
	return nil
}
