package storage

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/driver"
	"pgregory.net/rapid"
)

// escaped writes a name as a driver would that escapes these runes.
func escaped(name string, these string) string {
	var b strings.Builder
	for i, r := range name {
		if strings.ContainsRune(these, r) && isEscaped(name[:i], r) {
			b.WriteString(forms(name, i)[1][:len(forms(name, i)[1])-len(name[i+len(string(r)):])])
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// TestSurelyBefore holds for every driver, whatever it escapes, and for one that
// escapes nothing it is the order of bytes.
func TestSurelyBefore(t *testing.T) {
	piece := rapid.SampledFrom([]string{"a", "b", "_", "__", "%", "?", "#", `"`, "/", "..", "../", "__0x", "é", "è", "猫", "~", "0", " ", "Z"})
	key := rapid.Map(rapid.SliceOfN(piece, 1, 5), func(p []string) string { return strings.Join(p, "") })
	rapid.Check(t, func(t *rapid.T) {
		a, b := key.Draw(t, "a"), key.Draw(t, "b")
		these := rapid.SampledFrom([]string{"", "%", "?#", `"#%?/x`, "/", "x"}).Draw(t, "escaped")
		if surelyBefore(a, b) && escaped(a, these) >= escaped(b, these) {
			t.Fatalf("%q is not before %q where %q are escaped", a, b, these)
		}
		if !strings.ContainsAny(a+b, `%?#"/x`) && surelyBefore(a, b) != (a < b) {
			t.Fatalf("%q, %q", a, b)
		}
	})
	require.True(t, surelyBefore("a", "a/b"))
	require.False(t, surelyBefore("a", "a"))
	require.False(t, surelyBefore("a?", "aB"))
	require.False(t, surelyBefore("aB", "a?"))
	require.True(t, surelyBefore("a!", "a?"))
	require.False(t, surelyBefore("%", "__0xa"), "an escape beside what looks like one")
	require.False(t, surelyBefore("__0xa", "%"))
}

// TestExportGoneMeanwhile deletes the original to resume behind after it was
// seen, and before its place was reached.
func TestExportGoneMeanwhile(t *testing.T) {
	now := time.Now()
	m := newInMemory("originals/t/a", "originals/t/b", "originals/t/c", "originals/t/d")
	m.attributes = func(n int) (*driver.Attributes, error) {
		if n == 1 { // of c, which goes then
			m.take("originals/t/c")
		} else if n == 2 {
			return nil, errNotFound // c, looked for again
		}
		return &driver.Attributes{ETag: "x", ModTime: now, Size: 4}, nil
	}
	m.reader = func(int) (driver.Reader, error) { return &body{strings.NewReader("text"), now, 4, nil}, nil }
	originals, _ := storesOf(t, m)
	report, err := Export(t.Context(), io.Discard, "t", originals, &ExportOptions{After: "c"})
	require.NoError(t, err)
	require.Equal(t, "d", report.Last)
	require.Equal(t, 1, report.Count)
}

// TestExportFails takes a store apart.
func TestExportFails(t *testing.T) {
	m := newInMemory("originals/t/a", "originals/t/b", "originals/t/c")
	originals, _ := storesOf(t, m)
	m.attributes = func(int) (*driver.Attributes, error) { return nil, errDriver }
	_, err := Export(t.Context(), io.Discard, "t", originals, nil)
	var e *ExportError
	require.ErrorAs(t, err, &e)
	require.ErrorIs(t, err, errDriver)
	require.Equal(t, "a", e.Key)
	require.Empty(t, e.After)

	list := m.list
	m.attributes = func(int) (*driver.Attributes, error) { return nil, errNotFound }
	m.list = func(o *driver.ListOptions) (*driver.ListPage, error) {
		if len(o.PageToken) > 0 {
			return nil, errDriver
		}
		return list(o)
	}
	report, err := Export(t.Context(), io.Discard, "t", originals, nil)
	require.ErrorAs(t, err, &e)
	require.ErrorIs(t, err, errDriver)
	require.Empty(t, e.Key)
	require.ErrorContains(t, err, "the list of originals")
	require.Equal(t, 2, report.Gone)

	ctx, cancel := context.WithCancel(t.Context())
	m.list = func(o *driver.ListOptions) (*driver.ListPage, error) { cancel(); return list(o) }
	_, err = Export(ctx, io.Discard, "t", originals, nil)
	require.ErrorIs(t, err, context.Canceled)
}
