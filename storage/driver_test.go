package storage

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/driver"
	"gocloud.dev/gcerrors"
)

// scripted is a driver that does what a test says.
type scripted struct {
	driver.Bucket // nil: what is not scripted panics

	attributes func(n int) (*driver.Attributes, error) // of the n-th call
	reader     func(n int) (driver.Reader, error)
	list       func(*driver.ListOptions) (*driver.ListPage, error)
	remove     func(key string) error
	sign       func(*driver.SignedURLOptions) (string, error)
	code       gcerrors.ErrorCode // of errors that are [errDriver]

	stats, opens int
}

var errDriver = errors.New("the driver's own words")

func (s *scripted) ErrorCode(err error) gcerrors.ErrorCode {
	if errors.Is(err, errDriver) {
		return s.code
	}
	return gcerrors.Unknown
}

func (s *scripted) As(any) bool             { return false }
func (s *scripted) ErrorAs(error, any) bool { return false }
func (s *scripted) Close() error            { return nil }

func (s *scripted) Attributes(context.Context, string) (*driver.Attributes, error) {
	s.stats++
	return s.attributes(s.stats)
}

func (s *scripted) NewRangeReader(context.Context, string, int64, int64, *driver.ReaderOptions) (driver.Reader, error) {
	s.opens++
	return s.reader(s.opens)
}

func (s *scripted) ListPaged(_ context.Context, o *driver.ListOptions) (*driver.ListPage, error) {
	return s.list(o)
}

func (s *scripted) Delete(_ context.Context, key string, _ *driver.DeleteOptions) error {
	return s.remove(key)
}

func (s *scripted) SignedURL(_ context.Context, _ string, o *driver.SignedURLOptions) (string, error) {
	return s.sign(o)
}

// body is a driver's reader.
type body struct {
	io.Reader
	modified time.Time
	size     int64
	closed   *int
}

func (b *body) Close() error {
	if b.closed != nil {
		*b.closed++
	}
	return nil
}
func (b *body) As(any) bool { return false }
func (b *body) Attributes() *driver.ReaderAttributes {
	return &driver.ReaderAttributes{ContentType: "image/jpeg", ModTime: b.modified, Size: b.size}
}

func originalsOf(t *testing.T, s driver.Bucket) *Originals {
	bucket := blob.NewBucket(s)
	t.Cleanup(func() { bucket.Close() })
	return NewOriginals(bucket, nil)
}

func TestErrors(t *testing.T) {
	for code, kind := range map[gcerrors.ErrorCode]error{
		gcerrors.NotFound:         fs.ErrNotExist,
		gcerrors.AlreadyExists:    fs.ErrExist,
		gcerrors.PermissionDenied: fs.ErrPermission,
		gcerrors.InvalidArgument:  fs.ErrInvalid,
		gcerrors.Unimplemented:    errors.ErrUnsupported,
		gcerrors.Canceled:         context.Canceled,
		gcerrors.DeadlineExceeded: context.DeadlineExceeded,
		gcerrors.Internal:         nil,
		gcerrors.Unknown:          nil,
	} {
		o := originalsOf(t, &scripted{
			code:       code,
			attributes: func(int) (*driver.Attributes, error) { return nil, errDriver },
			list:       func(*driver.ListOptions) (*driver.ListPage, error) { return nil, errDriver },
			remove:     func(string) error { return errDriver },
			sign:       func(*driver.SignedURLOptions) (string, error) { return "", errDriver },
		})
		ctx := t.Context()
		_, _, stat := o.Stat(ctx, "t", "a.jpg")
		_, _, _, open := o.Open(ctx, "t", "a.jpg")
		_, list := o.List(ctx, "t", "", "", 10, nil)
		_, _, sign := o.SignPut(ctx, "t", "a.jpg", "image/jpeg", 0, time.Minute)
		for name, err := range map[string]error{
			"stat": stat, "open": open, "list": list, "sign": sign,
			"delete": o.Delete(ctx, "t", "a.jpg"),
		} {
			require.ErrorIs(t, err, errDriver, "%s, %v: the cause", name, code)
			if kind != nil {
				require.ErrorIs(t, err, kind, "%s, %v", name, code)
			}
			var e *fs.PathError
			require.ErrorAs(t, err, &e)
			require.Equal(t, "storage: "+name, e.Op)
			for _, other := range []error{fs.ErrNotExist, fs.ErrExist, fs.ErrPermission, fs.ErrInvalid, errors.ErrUnsupported, context.Canceled} {
				if other != kind {
					require.NotErrorIs(t, err, other, "%s, %v", name, code)
				}
			}
		}
	}
}

// TestOpenTheRightVersion replaces the original between the looks that Open
// takes at it.
func TestOpenTheRightVersion(t *testing.T) {
	old := time.Now().Add(-time.Hour)
	second := old.Truncate(time.Second)
	now := time.Now().Truncate(time.Second)
	type state struct {
		etag     string
		modified time.Time
		text     string
	}
	a, b, c := state{"a", old, "aaaa"}, state{"b", now, "bb"}, state{"c", now, "cc"}
	for name, test := range map[string]struct {
		looks   []state // at the attributes
		bodies  []state
		rounded bool // the reader's time, to seconds
		version string
		stats   int
	}{
		"nothing happens":         {looks: []state{a}, bodies: []state{a}, version: "a", stats: 1},
		"times in seconds, old":   {looks: []state{a}, bodies: []state{a}, rounded: true, version: "a", stats: 1},
		"times in seconds, young": {looks: []state{b, b}, bodies: []state{b}, rounded: true, version: "b", stats: 2},
		"replaced in between":     {looks: []state{a, b, b}, bodies: []state{b, b}, version: "b", stats: 3},
		"twice in one second":     {looks: []state{b, c, c}, bodies: []state{c, c}, rounded: true, version: "c", stats: 3},
		"other kinds of times":    {looks: []state{{"a", second.Add(-time.Hour), "aaaa"}, {"a", second.Add(-time.Hour), "aaaa"}}, bodies: []state{a}, version: "a", stats: 2},
		"without end":             {looks: slices.Repeat([]state{a, b}, maxOpens), bodies: slices.Repeat([]state{b, a}, maxOpens), stats: maxOpens + 1},
	} {
		t.Run(name, func(t *testing.T) {
			closed := 0
			s := &scripted{
				attributes: func(n int) (*driver.Attributes, error) {
					l := test.looks[n-1]
					return &driver.Attributes{ETag: `"` + l.etag + `"`, ModTime: l.modified, Size: int64(len(l.text))}, nil
				},
				reader: func(n int) (driver.Reader, error) {
					l := test.bodies[n-1]
					if test.rounded {
						l.modified = l.modified.Truncate(time.Second)
					}
					return &body{strings.NewReader(l.text), l.modified, int64(len(l.text)), &closed}, nil
				},
			}
			r, size, version, err := originalsOf(t, s).Open(t.Context(), "t", "a.jpg")
			require.Equal(t, test.stats, s.stats)
			if test.version == "" {
				require.ErrorContains(t, err, "replaced")
				require.Equal(t, s.opens, closed)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.version, version)
			text, err := io.ReadAll(r)
			require.NoError(t, err)
			require.Equal(t, test.bodies[s.opens-1].text, string(text))
			require.EqualValues(t, len(text), size)
			require.NoError(t, r.Close())
			require.Equal(t, s.opens, closed)
		})
	}
}

func TestVersions(t *testing.T) {
	now := time.Unix(5, 6)
	sum := bytes.Repeat([]byte{0xab}, 16)
	text := strings.Repeat("ab", 16)
	for _, c := range []struct {
		a    blob.Attributes
		want string
	}{
		{blob.Attributes{ETag: `"x"`}, "x"},
		{blob.Attributes{ETag: `W/"x"`}, "x"},
		{blob.Attributes{ETag: `"x"`, MD5: sum}, "x-" + text},
		{blob.Attributes{ETag: `"` + text + `"`, MD5: sum}, text},
		{blob.Attributes{ModTime: now, Size: 16}, "12a05f206-10"},
	} {
		require.Equal(t, c.want, versionOf(&c.a))
	}
}

func TestReadErrors(t *testing.T) {
	now := time.Now()
	s := &scripted{
		code: gcerrors.PermissionDenied,
		attributes: func(int) (*driver.Attributes, error) {
			return &driver.Attributes{ETag: "x", ModTime: now, Size: 4}, nil
		},
		reader: func(int) (driver.Reader, error) {
			return &body{io.MultiReader(strings.NewReader("ab"), readerFunc(func([]byte) (int, error) { return 0, errDriver })), now, 4, nil}, nil
		},
	}
	r, _, _, err := originalsOf(t, s).Open(t.Context(), "t", "a.jpg")
	require.NoError(t, err)
	text, err := io.ReadAll(r)
	require.NoError(t, r.Close())
	require.Equal(t, "ab", string(text))
	require.ErrorIs(t, err, fs.ErrPermission)
	require.ErrorIs(t, err, errDriver)
}

func TestSignPut(t *testing.T) {
	const azure = "https://acc.blob.core.windows.net/c/a.jpg?se=2026-01-01T00%3A00%3A00Z&sig=abc&sp=cw&sr=b&sv=2024-11-04"
	for name, test := range map[string]struct {
		types bool // the store binds content types
		url   string
		want  http.Header
	}{
		"GCS":   {true, "https://storage.googleapis.com/b/a.jpg?X-Goog-Signature=x", http.Header{"Content-Type": {"image/jpeg"}}},
		"S3":    {false, "https://b.s3.amazonaws.com/a.jpg?X-Amz-Signature=x", http.Header{"Content-Type": {"image/jpeg"}}},
		"Azure": {false, azure, http.Header{"Content-Type": {"image/jpeg"}, "X-Ms-Blob-Type": {"BlockBlob"}}},
	} {
		t.Run(name, func(t *testing.T) {
			var signed []driver.SignedURLOptions
			o := originalsOf(t, &scripted{
				code: gcerrors.Unimplemented,
				sign: func(o *driver.SignedURLOptions) (string, error) {
					signed = append(signed, *o)
					if o.ContentType != "" && !test.types {
						return "", errDriver
					}
					return test.url, nil
				},
			})
			url, header, err := o.SignPut(t.Context(), "t", "a.jpg", "image/jpeg", 5, time.Minute)
			require.NoError(t, err)
			require.Equal(t, test.url, url)
			require.Equal(t, test.want, header)
			last := signed[len(signed)-1]
			require.Equal(t, http.MethodPut, last.Method)
			require.Equal(t, time.Minute, last.Expiry)
			require.Equal(t, test.types, last.ContentType != "")

			// A key whose object needs metadata cannot be uploaded so.
			_, _, err = o.SignPut(t.Context(), "t", strings.Repeat("k", 1024), "image/jpeg", 5, time.Minute)
			require.ErrorIs(t, err, errors.ErrUnsupported)
			for _, bad := range []error{
				second(o.SignPut(t.Context(), "t", "a.jpg", "no type", 5, time.Minute)),
				second(o.SignPut(t.Context(), "t", "a.jpg", "", -1, time.Minute)),
				second(o.SignPut(t.Context(), "t", "a.jpg", "", 5, -time.Minute)),
			} {
				require.ErrorIs(t, bad, fs.ErrInvalid)
			}
		})
	}
}

func second(_ string, _ http.Header, err error) error { return err }

// TestListShortPages lists where the store gives less than it was asked for,
// and objects that are no originals.
func TestListShortPages(t *testing.T) {
	pages := map[string]*driver.ListPage{
		"":  {Objects: objectsOf("a", "x//y", "b"), NextPageToken: []byte("1")},
		"1": {NextPageToken: []byte("2")},
		"2": {Objects: objectsOf("c", "/", "z/"), NextPageToken: []byte("3")},
		"3": {Objects: objectsOf("d")},
	}
	o := originalsOf(t, &scripted{list: func(o *driver.ListOptions) (*driver.ListPage, error) {
		require.Equal(t, "originals/t/", o.Prefix)
		return pages[string(o.PageToken)], nil
	}})
	var keys []string
	yield := func(key string, _ int64, _ time.Time) bool {
		keys = append(keys, key)
		return true
	}
	next, err := o.List(t.Context(), "t", "", "", 3, yield)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "c"}, keys)
	next, err = o.List(t.Context(), "t", "", next, 3, yield)
	require.NoError(t, err)
	require.Empty(t, next)
	require.Equal(t, []string{"a", "b", "c", "d"}, keys)
}

func objectsOf(keys ...string) (objects []*driver.ListObject) {
	for _, key := range keys {
		objects = append(objects, &driver.ListObject{Key: "originals/t/" + key})
	}
	return objects
}

// TestDeleteAllGoesOn deletes what somebody else deletes too.
func TestDeleteAllGoesOn(t *testing.T) {
	var removed []string
	s := &scripted{
		code: gcerrors.NotFound,
		list: func(o *driver.ListOptions) (*driver.ListPage, error) {
			return &driver.ListPage{Objects: []*driver.ListObject{{Key: o.Prefix + "1"}, {Key: o.Prefix + "2"}, {Key: o.Prefix + "3"}}}, nil
		},
		remove: func(key string) error {
			removed = append(removed, key[len(key)-1:])
			if len(removed) == 2 {
				return errDriver
			}
			return nil
		},
	}
	bucket := blob.NewBucket(s)
	defer bucket.Close()
	d := NewDerived(bucket, nil)
	require.NoError(t, d.DeleteAll(t.Context(), "t", "a.jpg"))
	require.Equal(t, []string{"1", "2", "3"}, removed)
	removed, s.code = nil, gcerrors.PermissionDenied
	require.ErrorIs(t, d.DeleteAll(t.Context(), "t", "a.jpg"), fs.ErrPermission)
}
