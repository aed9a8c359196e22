package storagetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// fake is a store that does all its duties, but for those that the test takes
// away by name.
type fake struct {
	lacks string // the one duty that it neglects

	mu      sync.Mutex
	clock   int
	objects map[string]object
	junk    []string
}

type object struct {
	text    []byte
	version string
	stored  time.Time
}

func newFake(lacks string) *fake { return &fake{lacks: lacks, objects: map[string]object{}} }

func (f *fake) neglects(duty string) bool { return f.lacks == duty }

func (f *fake) residue(context.Context) ([]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append(slices.Collect(maps.Keys(f.objects)), f.junk...), nil
}

func (f *fake) check(ctx context.Context, tenant, key string) error {
	if err := ctx.Err(); err != nil && !f.neglects("contexts at the start") {
		return err
	}
	if !validFakeKey(tenant) && !f.neglects("checking tenants") || strings.Contains(tenant, "/") || len(tenant) > 255 {
		return fs.ErrInvalid
	}
	if !validFakeKey(key) {
		switch {
		case f.neglects("refusing .."):
			if strings.Contains(key, "..") {
				return nil
			}
		case f.neglects("refusing control characters"):
			if strings.ContainsFunc(key, unicode.IsControl) {
				return nil
			}
		case f.neglects("refusing long keys"):
			if len(key) > 1024 {
				return nil
			}
		case f.neglects("short errors"):
			return fmt.Errorf("%q: %w", key, fs.ErrInvalid)
		}
		return fs.ErrInvalid
	}
	return nil
}

func validFakeKey(key string) bool {
	for segment := range strings.SplitSeq(key, "/") {
		if segment == "" || segment == "." || segment == ".." {
			return false
		}
	}
	return len(key) <= 1024 && utf8.ValidString(key) && !strings.ContainsFunc(key, unicode.IsControl) && !strings.Contains(key, "\\")
}

func (f *fake) name(tenant, key string) string {
	switch {
	case f.neglects("telling tenants apart"):
		tenant = strings.ToLower(tenant)
	case f.neglects("telling case apart"):
		key = strings.ToLower(key)
	case f.neglects("telling long keys apart"):
		key = key[:min(len(key), 255)]
	case f.neglects("telling escapes apart"):
		key = strings.ReplaceAll(key, "%2e", ".")
	}
	return tenant + "\x00" + key
}

func (f *fake) find(ctx context.Context, tenant, key string) (object, error) {
	if err := f.check(ctx, tenant, key); err != nil {
		return object{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	o, ok := f.objects[f.name(tenant, key)]
	switch {
	case !ok && f.neglects("saying that there is nothing"):
		return o, errors.New("not found")
	case !ok && f.neglects("folders that are no objects"):
		for name, o := range f.objects {
			if strings.HasPrefix(name, f.name(tenant, key)+"/") {
				return o, nil
			}
		}
		return o, fs.ErrNotExist
	case !ok:
		return o, fs.ErrNotExist
	}
	return o, nil
}

func (f *fake) Stat(ctx context.Context, tenant, key string) (int64, string, error) {
	o, err := f.find(ctx, tenant, key)
	if err == nil && f.neglects("stable versions") {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.clock++
		o.version += fmt.Sprint(f.clock)
	}
	return int64(len(o.text)), o.version, err
}

func (f *fake) Open(ctx context.Context, tenant, key string) (io.ReadCloser, int64, string, error) {
	o, err := f.find(ctx, tenant, key)
	if err != nil {
		return nil, 0, "", err
	}
	text := o.text
	switch {
	case f.neglects("whole bodies"):
		text = text[:len(text)-min(len(text), 1)]
	case f.neglects("versions that belong to the body"):
		time.Sleep(time.Millisecond)
		again, err := f.find(ctx, tenant, key)
		if err == nil {
			o.version = again.version
		}
	}
	if f.neglects("contexts while reading") {
		ctx = context.WithoutCancel(ctx)
	}
	return &fakeBody{ctx, bytes.NewReader(text)}, int64(len(o.text)), o.version, nil
}

type fakeBody struct {
	ctx context.Context
	r   io.Reader
}

func (b *fakeBody) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	return b.r.Read(p)
}

func (b *fakeBody) Close() error { return nil }

func (f *fake) Create(ctx context.Context, tenant, key string, body io.Reader, contentType string, overwrite bool) error {
	if err := f.check(ctx, tenant, key); err != nil {
		return err
	}
	if contentType != "" {
		if _, _, err := mime.ParseMediaType(contentType); err != nil {
			return fs.ErrInvalid
		}
	}
	name := f.name(tenant, key)
	f.mu.Lock()
	before, there := f.objects[name]
	f.mu.Unlock()
	refuse := there && !overwrite && !f.neglects("not overwriting")
	if refuse {
		return fs.ErrExist
	}
	if f.neglects("atomic creation") {
		time.Sleep(time.Millisecond)
	}
	if f.neglects("keeping the old one") && overwrite {
		f.mu.Lock()
		delete(f.objects, name)
		f.mu.Unlock()
	}
	text, err := io.ReadAll(body)
	if err == nil && !f.neglects("contexts at the end") {
		err = ctx.Err()
	}
	if err != nil {
		switch {
		case f.neglects("leaving nothing"):
		case f.neglects("leaving no temporary files"):
			f.mu.Lock()
			defer f.mu.Unlock()
			f.junk = append(f.junk, fmt.Sprint("tmp", len(f.junk)))
			return err
		case f.neglects("the body's error"):
			return errors.New("create failed")
		default:
			return err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, there := f.objects[name]; there && !overwrite && !f.neglects("not overwriting") && !f.neglects("atomic creation") {
		return fs.ErrExist
	}
	f.clock++
	version := fmt.Sprint(f.clock)
	switch {
	case f.neglects("versions of every content"):
		version = fmt.Sprint(len(text))
	case f.neglects("versions that change"):
		version = "1"
	case f.neglects("having versions"):
		version = ""
	case f.neglects("replacing") && there:
		text = before.text
	}
	f.objects[name] = object{text, version, time.Now()}
	return err
}

func (f *fake) SignPut(ctx context.Context, tenant, key, _ string, _ int64, expiry time.Duration) (string, http.Header, error) {
	if err := f.check(ctx, tenant, key); err != nil {
		return "", nil, err
	}
	switch {
	case expiry <= 0:
		return "", nil, fs.ErrInvalid
	case f.neglects("saying that it cannot sign"):
		return "", nil, errors.New("not implemented")
	}
	return "", nil, errors.ErrUnsupported
}

func (f *fake) Delete(ctx context.Context, tenant, key string) error {
	_, err := f.find(ctx, tenant, key)
	if errors.Is(err, fs.ErrNotExist) && f.neglects("saying that nothing was deleted") {
		return nil
	}
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.neglects("deleting"):
	case f.neglects("deleting one only"):
		maps.DeleteFunc(f.objects, func(name string, _ object) bool { return strings.HasPrefix(name, f.name(tenant, key)) })
	case f.neglects("leaving no folders"):
		f.junk = append(f.junk, fmt.Sprint("folder", len(f.junk)))
		fallthrough
	default:
		delete(f.objects, f.name(tenant, key))
	}
	return nil
}

func (f *fake) List(ctx context.Context, tenant, prefix, cursor string, limit int, yield func(string, int64, time.Time) bool) (string, error) {
	if limit < 1 && !f.neglects("refusing limits") || cursor != "" && !strings.HasPrefix(cursor, ">") {
		return "", fs.ErrInvalid
	}
	last := prefix[strings.LastIndexByte(prefix, '/')+1:]
	if err := f.check(ctx, tenant, strings.TrimSuffix(prefix, last)+"x"); err != nil {
		return "", err
	}
	if !utf8.ValidString(prefix) || len(prefix) > 1024 || strings.ContainsFunc(prefix, unicode.IsControl) || strings.Contains(prefix, "\\") {
		return "", fs.ErrInvalid
	}
	f.mu.Lock()
	var keys []string
	for name := range f.objects {
		key, ok := strings.CutPrefix(name, f.name(tenant, ""))
		if ok && strings.HasPrefix(key, prefix) && ">"+key > cursor {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	switch {
	case f.neglects("listing in order"):
		slices.Reverse(keys)
	case f.neglects("listing all"):
		keys = slices.DeleteFunc(keys, func(key string) bool { return strings.HasPrefix(key, ".") })
	case f.neglects("ending a list") && len(keys) == 0 && cursor != "":
		f.mu.Unlock()
		return cursor, nil
	}
	if f.neglects("listing over 1000") {
		keys = keys[:min(len(keys), 1000)]
		limit = min(limit, 1001)
	}
	sizes := map[string]object{}
	for _, key := range keys {
		sizes[key] = f.objects[f.name(tenant, key)]
	}
	f.mu.Unlock()
	if f.neglects("limits") {
		limit++
	}
	for i, key := range keys {
		if i == limit {
			if f.neglects("pages that join") {
				return ">" + key, nil
			}
			return ">" + keys[i-1], nil
		}
		o := sizes[key]
		switch {
		case f.neglects("sizes in lists"):
			o.text = nil
		case f.neglects("times in lists"):
			o.stored = time.Time{}
		}
		if !yield(key, int64(len(o.text)), o.stored) && !f.neglects("stopping") {
			return "", nil
		}
	}
	if f.neglects("ending a list") && len(keys) > 0 {
		return ">" + keys[len(keys)-1], nil
	}
	return "", nil
}

// fakeDerived likewise.
type fakeDerived struct {
	fake
	headers map[string]map[string]string
}

func newFakeDerived(lacks string) *fakeDerived {
	return &fakeDerived{fake{lacks: lacks, objects: map[string]object{}}, map[string]map[string]string{}}
}

func (f *fakeDerived) image(tenant, key, id string) string { return f.name(tenant, key) + "\x00" + id }

func (f *fakeDerived) check(ctx context.Context, tenant, key, id string) error {
	if !validFakeKey(id) && !f.neglects("checking ids") || strings.Contains(id, "/") || len(id) > 255 {
		return fs.ErrInvalid
	}
	return f.fake.check(ctx, tenant, key)
}

func (f *fakeDerived) Get(ctx context.Context, tenant, key, id string) (map[string]string, io.ReadCloser, int64, error) {
	if err := f.check(ctx, tenant, key, id); err != nil {
		return nil, nil, 0, err
	}
	f.mu.Lock()
	o, ok := f.objects[f.image(tenant, key, id)]
	header := maps.Clone(f.headers[f.image(tenant, key, id)])
	f.mu.Unlock()
	switch {
	case !ok && f.neglects("saying that there is nothing"):
		return nil, nil, 0, errors.New("not found")
	case !ok:
		return nil, nil, 0, fs.ErrNotExist
	case f.neglects("headers") && len(header) > 1:
		delete(header, "ETag")
		delete(header, "")
	case f.neglects("headers that belong to the body"):
		time.Sleep(time.Millisecond)
		f.mu.Lock()
		header = f.headers[f.image(tenant, key, id)]
		f.mu.Unlock()
	case f.neglects("whole bodies"):
		o.text = o.text[:min(len(o.text), 1<<20)]
	}
	size := int64(len(o.text))
	if f.neglects("sizes") {
		size++
	}
	body := io.ReadCloser(io.NopCloser(bytes.NewReader(o.text)))
	if f.neglects("closing unread") {
		body = &fussyBody{bytes.NewReader(o.text)}
	}
	return header, body, size, nil
}

type fussyBody struct{ *bytes.Reader }

func (b *fussyBody) Close() error {
	if b.Len() > 0 {
		return errors.New("not read to the end")
	}
	return nil
}

func (f *fakeDerived) Put(ctx context.Context, tenant, key, id string, header map[string]string, body []byte) error {
	if err := f.check(ctx, tenant, key, id); err != nil {
		return err
	}
	text, _ := json.Marshal(header)
	for _, value := range header {
		if !utf8.ValidString(value) {
			return fs.ErrInvalid
		}
	}
	if len(text) > 64<<10 && !f.neglects("bounding headers") {
		return fs.ErrInvalid
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	name := f.image(tenant, key, id)
	if _, there := f.objects[name]; there && f.neglects("replacing") {
		return nil
	}
	f.objects[name] = object{text: bytes.Clone(body)}
	f.headers[name] = maps.Clone(header)
	return nil
}

func (f *fakeDerived) DeleteAll(ctx context.Context, tenant, key string) error {
	if err := f.check(ctx, tenant, key, "1"); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	prefix := f.name(tenant, key) + "\x00"
	if f.neglects("deleting those of one only") {
		prefix = strings.TrimSuffix(prefix, "\x00")
	}
	n := 0
	for name := range f.objects {
		if strings.HasPrefix(name, prefix) {
			delete(f.objects, name)
			if n++; n == 5 && f.neglects("deleting all") {
				break
			}
		}
	}
	if n == 0 && f.neglects("deleting nothing") {
		return fs.ErrNotExist
	}
	return nil
}
