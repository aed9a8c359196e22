package file

import (
	"container/heap"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"

	"gocloud.dev/blob/driver"
)

const (
	defaultPage = 1000
	// window is how many names of a folder are held at a time, at least 1. A
	// folder with more is read again for the next ones.
	window = 1024
)

// ListPaged implements [driver.Bucket]. It holds one page and a window of names
// for each level of folders, however many objects there are.
func (b *bucket) ListPaged(ctx context.Context, opts *driver.ListOptions) (*driver.ListPage, error) {
	if opts.BeforeList != nil {
		if err := opts.BeforeList(noTypes); err != nil {
			return nil, err
		}
	}
	size := opts.PageSize
	if size == 0 {
		size = defaultPage
	}
	w := walker{bucket: b, ctx: ctx, prefix: opts.Prefix, after: string(opts.PageToken)}
	// A token with a delimiter behind the prefix stands for all keys below it.
	rest, ok := strings.CutPrefix(w.after, opts.Prefix)
	w.beneath = ok && opts.Delimiter != "" && strings.HasSuffix(rest, opts.Delimiter)

	page := &driver.ListPage{}
	err := w.walk(func(key string, info fs.FileInfo) bool {
		if len(page.Objects) == size {
			page.NextPageToken = []byte(page.Objects[size-1].Key)
			return false
		}
		if opts.Delimiter != "" {
			rest := key[len(opts.Prefix):]
			if i := strings.Index(rest, opts.Delimiter); i >= 0 {
				key = opts.Prefix + rest[:i+len(opts.Delimiter)]
				w.after, w.beneath = key, true
				page.Objects = append(page.Objects, &driver.ListObject{Key: key, IsDir: true, AsFunc: noTypes})
				return true
			}
		}
		page.Objects = append(page.Objects, &driver.ListObject{
			Key:     key,
			ModTime: info.ModTime(),
			Size:    info.Size(),
			AsFunc:  noTypes,
		})
		return true
	})
	if err != nil {
		return nil, err
	}
	return page, nil
}

// A walker visits objects in the order of their keys. Folders cannot be read
// in an order, and the order of names is not that of keys, so it picks from
// each folder the lowest few keys, and the next few after those.
type walker struct {
	bucket *bucket
	ctx    context.Context
	prefix string // only keys that begin with it
	// Only keys greater than after, and not those that begin with it if
	// beneath is set. Both may change during the walk.
	after   string
	beneath bool

	visit func(key string, info fs.FileInfo) bool
}

// An entry of a folder: an object, or a folder whose keys all begin with key.
// So says its name; what it is shows when it is opened.
type entry struct {
	key    string
	name   string
	folder bool
}

// highest is a heap with the greatest key on top.
type highest []entry

func (h highest) Len() int           { return len(h) }
func (h highest) Less(i, j int) bool { return h[i].key > h[j].key }
func (h highest) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *highest) Push(x any)        { *h = append(*h, x.(entry)) }
func (h *highest) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// walk calls visit for every object until it returns false.
func (w *walker) walk(visit func(key string, info fs.FileInfo) bool) error {
	w.visit = visit
	base, _ := splitKey(w.prefix)
	_, err := w.folder(w.bucket.names.dir(base), base)
	return err
}

// folder visits the objects in the folder name, whose keys begin with base.
func (w *walker) folder(name, base string) (more bool, err error) {
	here := folderStat{bucket: w.bucket}
	defer here.leave()
	floor, started := "", false
	for {
		found := make(highest, 0, 16)
		if err := w.collect(&found, name, base, floor, started); err != nil {
			return false, err
		}
		slices.SortFunc(found, func(a, b entry) int { return strings.Compare(a.key, b.key) })
		for _, e := range found {
			if !w.wants(e) {
				continue // since visit moved on
			}
			if e.folder {
				here.leave() // folders may be deeper than files can be open
				more, err = w.folder(e.name, e.key)
			} else {
				more, err = w.object(&here, e)
			}
			if !more || err != nil {
				return false, err
			}
		}
		if len(found) < w.bucket.window {
			return true, nil
		}
		floor, started = found[len(found)-1].key, true
	}
}

func (w *walker) object(here *folderStat, e entry) (more bool, err error) {
	// Only names that the key has now are objects.
	if e.name != w.bucket.names.file(e.key) {
		return true, nil
	}
	info, err := here.stat(e.name)
	switch {
	case err == nil:
		return w.visit(e.key, info), nil
	case isGone(err):
		return true, nil
	}
	return false, err
}

// isGone reports whether err says that an entry is no longer there.
func isGone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// wants reports whether the walk may visit e, or something in it.
func (w *walker) wants(e entry) bool {
	if e.folder {
		return w.mayHold(e.key)
	}
	return strings.HasPrefix(e.key, w.prefix) && e.key > w.after &&
		!(w.beneath && strings.HasPrefix(e.key, w.after))
}

// mayHold reports whether the walk may visit keys that begin with base.
func (w *walker) mayHold(base string) bool {
	switch {
	case !strings.HasPrefix(base, w.prefix) && !strings.HasPrefix(w.prefix, base):
		return false
	case w.beneath && strings.HasPrefix(base, w.after):
		return false
	}
	return base > w.after || strings.HasPrefix(w.after, base)
}

// collect adds to found the wanted entries of a folder whose keys are greater
// than floor, unless there are lower ones to fill the window.
func (w *walker) collect(found *highest, name, base, floor string, started bool) error {
	// Not a link, which may lead in circles.
	if info, err := w.bucket.root.Lstat(name); isGone(err) || err == nil && !info.IsDir() {
		return nil
	}
	dir, err := w.bucket.root.Open(name)
	if isGone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer dir.Close()
	for {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		fileNames, rerr := dir.Readdirnames(1024)
		for _, fileName := range fileNames {
			text, k := w.bucket.names.parse(fileName)
			switch k {
			case part:
				if w.mayHold(base + text) {
					if err := w.collect(found, path.Join(name, fileName), base+text, floor, started); err != nil {
						return err
					}
				}
				continue
			case folder:
				text += "/"
			case foreign:
				continue
			}
			full := len(*found) == w.bucket.window
			if started && compareJoined(base, text, floor) <= 0 || full && compareJoined(base, text, (*found)[0].key) >= 0 {
				continue
			}
			e := entry{key: base + text, folder: k == folder}
			if !w.wants(e) {
				continue
			}
			e.name = path.Join(name, fileName)
			if full {
				(*found)[0] = e
				heap.Fix(found, 0)
			} else {
				heap.Push(found, e)
			}
		}
		if len(fileNames) == 0 || rerr != nil {
			if isEnd(rerr) {
				rerr = nil
			}
			return rerr
		}
	}
}

// compareJoined compares base+text with key.
func compareJoined(base, text, key string) int {
	if rest, ok := strings.CutPrefix(key, base); ok {
		return strings.Compare(text, rest)
	}
	return strings.Compare(base, key)
}

// isEnd reports whether reading a folder ended as it should: at its end, or
// because somebody removed it.
func isEnd(err error) bool { return err == io.EOF || isGone(err) }

// A folderStat looks at the files of one folder after another, each of which
// it finds once.
type folderStat struct {
	bucket *bucket
	dir    string
	root   *os.Root // nil: none
}

func (f *folderStat) stat(name string) (fs.FileInfo, error) {
	dir, base := path.Split(name)
	if dir == "" {
		return f.bucket.stat(name)
	}
	if f.root == nil || f.dir != dir {
		f.leave()
		root, err := f.bucket.root.OpenRoot(dir)
		if err != nil {
			return nil, err
		}
		f.dir, f.root = dir, root
	}
	return statIn(f.root, base)
}

func (f *folderStat) leave() {
	if f.root != nil {
		_ = f.root.Close()
		f.root = nil
	}
}
