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
	"time"

	"gocloud.dev/blob/driver"
)

const (
	defaultPage = 1000
	// window is how many names of a folder are held at a time, at least 1. A
	// folder with more is read again for the next ones.
	window = 1024
	// longWindow is how many windows are collected at once where a listing goes
	// on in a folder, for the pages that come.
	longWindow = 8
)

// ListPaged implements [driver.Bucket]. It holds one page and a window of names
// for each level of folders, however many objects there are. A page costs as much
// as the folders that it begins in and goes through; of one with more names than
// a window, it reads most of them only every so many pages (see [ahead]).
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
	w := walker{bucket: b, ctx: ctx, prefix: opts.Prefix, after: string(opts.PageToken), still: opts.Delimiter == ""}
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
	// still says that they do not.
	still bool

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
	floor := position{key: w.after}
	for {
		found, rest, err := w.entries(name, base, floor)
		if err != nil {
			return false, err
		}
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
		if !rest {
			return true, nil
		}
		last := found[len(found)-1]
		floor = position{key: last.key, visited: true, folder: last.folder}
	}
}

// A position in a folder, behind which a walk goes on: the key that it is to go on
// behind, which may be that of an object deep in the folder, or one of the
// folder's own entries, which was visited.
type position struct {
	key     string
	visited bool
	folder  bool // it was a folder
}

// entries returns the next few wanted entries of a folder behind floor, in the
// order of their keys, and whether there may be more.
func (w *walker) entries(name, base string, floor position) (found []entry, rest bool, err error) {
	// Not a link, which may lead in circles.
	info, err := w.bucket.root.Lstat(name)
	if isGone(err) || err == nil && !info.IsDir() {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if w.still {
		if found, rest, ok := w.bucket.ahead.find(name, w.prefix, info.ModTime(), floor); ok {
			return found, rest, nil
		}
	}
	c := collector{walker: w, floor: floor, size: w.bucket.window}
	if floor.visited || floor.key != "" && strings.HasPrefix(floor.key, base) {
		c.size *= longWindow
	}
	// What changes within a tick of the file system's clock leaves no trace.
	settled := time.Since(info.ModTime()) > w.bucket.settle
	if err := c.collect(name, base); err != nil {
		return nil, false, err
	}
	found, rest = c.found, len(c.found) == c.size
	slices.SortFunc(found, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	if w.still && settled && !c.parts && c.names > w.bucket.window && !floor.folder {
		w.bucket.ahead.keep(&stretch{name: name, prefix: w.prefix, modified: info.ModTime(), from: floor.key, entries: found, rest: rest})
	}
	return found, rest, nil
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

// A collector picks the lowest entries of a folder.
type collector struct {
	*walker
	floor position
	size  int // at most so many
	found highest
	names int  // that were read
	parts bool // the folder has parts, whose names are in folders of their own
}

// collect adds to found the wanted entries of a folder that are behind floor,
// unless there are lower ones to fill it.
func (c *collector) collect(name, base string) error {
	dir, err := c.bucket.root.Open(name)
	if isGone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer dir.Close()
	for {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		fileNames, rerr := dir.Readdirnames(1024)
		c.names += len(fileNames)
		c.bucket.ahead.names.Add(int64(len(fileNames)))
		for _, fileName := range fileNames {
			text, k := c.bucket.names.parse(fileName)
			switch k {
			case part:
				if err := c.part(path.Join(name, fileName), base+text); err != nil {
					return err
				}
				continue
			case folder:
				text += "/"
			case foreign:
				continue
			}
			c.add(name, fileName, base, text, k == folder)
		}
		if len(fileNames) == 0 || rerr != nil {
			if isEnd(rerr) {
				rerr = nil
			}
			return rerr
		}
	}
}

// part collects from the folder with the rest of a long segment.
func (c *collector) part(name, base string) error {
	c.parts = true
	if !c.mayHold(base) {
		return nil
	}
	if info, err := c.bucket.root.Lstat(name); isGone(err) || err == nil && !info.IsDir() {
		return nil
	}
	return c.collect(name, base)
}

func (c *collector) add(dir, fileName, base, text string, folder bool) {
	full := len(c.found) == c.size
	if c.floor.visited && compareJoined(base, text, c.floor.key) <= 0 || full && compareJoined(base, text, c.found[0].key) >= 0 {
		return
	}
	e := entry{key: base + text, folder: folder}
	if !c.wants(e) {
		return
	}
	e.name = path.Join(dir, fileName)
	if full {
		c.found[0] = e
		heap.Fix(&c.found, 0)
	} else {
		heap.Push(&c.found, e)
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
