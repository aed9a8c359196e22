package file

import (
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"gocloud.dev/blob"
)

// Options of a folder. Nil and the zero value mean the defaults.
type Options struct {
	// Create makes the folder, and those above it, where there is none.
	Create bool
	// NoSync leaves it to the system when bytes reach the disk. A crash of the
	// system, not of the program, may then damage or lose objects that were
	// written shortly before: for caches and tests.
	NoSync bool
}

// Open opens the bucket in the folder dir. Several processes may have one
// folder open. The caller closes the bucket.
//
// Signed URLs are not supported. Methods fail with errors that wrap those of
// the system.
func Open(dir string, options *Options) (*blob.Bucket, error) {
	b, err := open(dir, options)
	if err != nil {
		return nil, fmt.Errorf("file: open bucket: %w", err)
	}
	return blob.NewBucket(b), nil
}

// OpenURL opens the bucket in the folder that a URL such as file:///srv/images,
// file://./images (a relative path) or file:///c:/images names, as
// gocloud.dev/blob/fileblob does. Of fileblob's parameters it knows create_dir,
// no_tmp_dir (which changes nothing: temporary files are always inside the
// folder) and prefix; no_sync is its own. Each is set by any value but the empty
// one; others are refused.
func OpenURL(u *url.URL) (*blob.Bucket, error) {
	if u.Scheme != "file" {
		return nil, fmt.Errorf("file: the URL's scheme is %q; it must be file", u.Scheme)
	}
	dir := u.Path
	switch u.Host {
	case ".":
		dir = "." + dir
	case "", "localhost":
		if os.PathSeparator != '/' {
			dir = strings.TrimPrefix(dir, "/")
		}
	default:
		return nil, fmt.Errorf("file: the URL's host is %q; write file:///absolute/path or file://./relative/path", u.Host)
	}
	if dir == "" {
		return nil, errors.New("file: the URL names no folder; write file:///absolute/path or file://./relative/path")
	}
	var options Options
	query := u.Query()
	for name := range query {
		set := query.Get(name) != ""
		switch name {
		case "create_dir":
			options.Create = set
		case "no_sync":
			options.NoSync = set
		case "no_tmp_dir", "prefix":
		default:
			return nil, fmt.Errorf("file: the URL's parameter %q is none of create_dir, no_sync, no_tmp_dir, prefix", name)
		}
	}
	b, err := Open(filepath.FromSlash(dir), &options)
	if prefix := query.Get("prefix"); err == nil && prefix != "" {
		b = blob.PrefixedBucket(b, prefix)
	}
	return b, err
}

const (
	tempDir    = ".tmp"
	layoutFile = ".layout"
	// What the layout file holds. The number is that of the rules.
	layoutExact  = "immagin file names 1 exact\n"
	layoutFolded = "immagin file names 1 folded\n"
	// staleAfter is the age from which a temporary file is taken for the
	// remains of a crash.
	staleAfter = 24 * time.Hour
)

func open(dir string, options *Options) (*bucket, error) {
	var o Options
	if options != nil {
		o = *options
	}
	if o.Create {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return nil, err
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	b := &bucket{root: root, options: o, window: window, settle: settleTime, seed: maphash.MakeSeed()}
	if b.names.folded, err = settle(root, folds); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	b.sweep()
	return b, nil
}

// settle finds out whether the folder's names are folded, and notes it when
// the folder is new.
func settle(root *os.Root, folds func(*os.Root) bool) (folded bool, err error) {
	noted, err := root.ReadFile(layoutFile)
	if errors.Is(err, fs.ErrNotExist) {
		folded = folds(root)
		note := layoutExact
		if folded {
			note = layoutFolded
		}
		switch err := noteLayout(root, note); {
		case err == nil:
			return folded, nil
		case errors.Is(err, fs.ErrExist): // another process was faster
			noted, err = root.ReadFile(layoutFile)
			if err != nil {
				return false, err
			}
		default:
			// A folder that cannot be written can still be read.
			return folded, nil
		}
	} else if err != nil {
		return false, err
	}
	switch string(noted) {
	case layoutFolded:
		return true, nil
	case layoutExact:
		if folds(root) {
			return false, fmt.Errorf("%s was made where names that differ in case or Unicode form are different, which is not so here: copy its objects with a program instead", root.Name())
		}
		return false, nil
	}
	return false, fmt.Errorf("%s holds %.64q, which this version does not know", filepath.Join(root.Name(), layoutFile), noted)
}

func noteLayout(root *os.Root, note string) error {
	if err := root.Mkdir(tempDir, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	f, err := createTemp(root)
	if err != nil {
		return err
	}
	defer root.Remove(f.name)
	_, err = f.WriteString(note)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return place(root, f.name, layoutFile, true)
}

// folds reports whether the system takes names for the same that differ in
// case or in Unicode form, or refuses names that are not ASCII.
func folds(root *os.Root) bool {
	switch runtime.GOOS {
	case "windows", "darwin", "ios":
		return true
	}
	if err := root.Mkdir(tempDir, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return false // nothing can be written, so nothing can be confused
	}
	stem := path.Join(tempDir, temporary())
	name := stem + "a\u00e9"
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return !errors.Is(err, fs.ErrPermission)
	}
	f.Close()
	defer root.Remove(name)
	for _, twin := range []string{"A\u00e9", "ae\u0301", "a\u00c9"} {
		if _, err := root.Lstat(stem + twin); err == nil {
			return true
		}
	}
	return false
}

// sweep removes the remains of crashes. What it cannot remove does no harm.
func (b *bucket) sweep() {
	dir, err := b.root.Open(tempDir)
	if err != nil {
		return
	}
	defer dir.Close()
	for {
		entries, err := dir.ReadDir(256)
		for _, e := range entries {
			if info, err := e.Info(); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > staleAfter {
				_ = b.root.Remove(path.Join(tempDir, e.Name()))
			}
		}
		if err != nil {
			return
		}
	}
}
