package storagetest

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fakeAccount ends accounts of fake stores, and neglects one duty.
func fakeAccount(lacks string) Account {
	originals, derived := newFake(""), newFakeDerived("")
	a := Account{Originals: originals, Derived: derived}
	a.Export = func(ctx context.Context, w io.Writer, tenant, prefix, after string) (last string, archive int64, err error) {
		if lacks == "contexts of exports" {
			ctx = context.WithoutCancel(ctx)
		}
		keys, err := listAll(ctx, originals, tenant, prefix, 100)
		if err != nil {
			return "", 0, err
		}
		counted := &counter{w: w}
		t := tar.NewWriter(counted)
		last = after
		for i, key := range keys {
			if key < after || key == after && lacks != "resuming" {
				continue
			}
			o := originals.objects[originals.name(tenant, key)]
			text, name := o.text, key
			switch {
			case lacks == "contents":
				text = text[:len(text)/2]
			case lacks == "whole names":
				name = name[:min(len(name), 100)]
			case lacks == "exporting all" && i == 7:
				continue
			case lacks == "the same archive":
				o.stored = time.Now()
			}
			err := t.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(text)), Mode: 0o644, ModTime: o.stored, Format: tar.FormatPAX})
			if err == nil {
				_, err = t.Write(text)
			}
			if err == nil {
				err = t.Flush()
			}
			if err != nil {
				return last, archive, err
			}
			last, archive = key, counted.n
			if lacks == "the place to go on" {
				archive--
			}
		}
		err = t.Close()
		return last, counted.n, err
	}
	a.DeleteImage = func(ctx context.Context, tenant, key string) error {
		err := originals.Delete(ctx, tenant, key)
		if lacks == "finishing a deletion" && errors.Is(err, fs.ErrNotExist) || lacks == "derived images" {
			return err
		}
		return errors.Join(err, derived.DeleteAll(ctx, tenant, key))
	}
	a.DeleteAll = func(ctx context.Context, tenant string) error {
		if err := originals.check(ctx, tenant, "x"); err != nil && !(lacks == "checking tenants" && tenant == "") {
			return err
		}
		prefix := tenant + "\x00"
		if lacks == "telling tenants apart" {
			prefix = tenant
		}
		mine := func(name string, _ object) bool { return strings.HasPrefix(name, prefix) }
		maps.DeleteFunc(originals.objects, mine)
		if lacks != "all derived images" {
			maps.DeleteFunc(derived.objects, mine)
		}
		return nil
	}
	return a
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

func TestFakeAccountPasses(t *testing.T) { TestAccount(t, fakeAccount(""), nil) }

func TestAccountChecks(t *testing.T) {
	for lacks, check := range map[string]string{
		"contents":              "Export",
		"whole names":           "Export",
		"exporting all":         "Export",
		"the same archive":      "Export",
		"contexts of exports":   "Export",
		"resuming":              "ExportResumed",
		"the place to go on":    "ExportResumed",
		"derived images":        "DeleteImage",
		"finishing a deletion":  "DeleteImage",
		"telling tenants apart": "DeleteAccount",
		"all derived images":    "DeleteAccount",
		"checking tenants":      "DeleteAccount",
	} {
		t.Run(lacks, func(t *testing.T) {
			err := fails[Account](t.Context(), fakeAccount(lacks), nil, AccountChecks(), check)
			require.Error(t, err)
			t.Log(err)
		})
	}
}
