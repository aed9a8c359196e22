package storage_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"strings"

	"gocloud.dev/blob/memblob"

	"github.com/immagin/immagin-go/storage"
)

// exampleStores returns stores with two originals of acme, and one of acme2.
func exampleStores() (*storage.Originals, *storage.Derived) {
	ctx := context.Background()
	bucket := memblob.OpenBucket(nil) // or file.Open, s3blob.OpenBucket, …
	originals, derived := storage.NewOriginals(bucket, nil), storage.NewDerived(bucket, nil)
	for _, name := range [][2]string{{"acme", "gallery/1.jpg"}, {"acme", "hero.jpg"}, {"acme2", "hero.jpg"}} {
		if err := originals.Create(ctx, name[0], name[1], strings.NewReader("a picture"), "image/jpeg", false); err != nil {
			log.Fatal(err)
		}
		if err := derived.Put(ctx, name[0], name[1], "800x600", nil, []byte("a small one")); err != nil {
			log.Fatal(err)
		}
	}
	return originals, derived
}

func ExampleExport() {
	originals, _ := exampleStores()
	var archive bytes.Buffer // or a file, or an http.ResponseWriter
	report, err := storage.Export(context.Background(), &archive, "acme", originals, nil)
	fmt.Println(report.Count, "originals of", report.Bytes, "bytes,", err)
	for r := tar.NewReader(&archive); ; {
		entry, err := r.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(entry.Name, entry.Size, entry.PAXRecords["SCHILY.xattr.user.mime_type"])
	}
	// Output:
	// 2 originals of 18 bytes, <nil>
	// gallery/1.jpg 9 image/jpeg
	// hero.jpg 9 image/jpeg
}

// A line that goes dead is no reason to begin again: what came through stays,
// and the next call goes on behind it.
func ExampleExport_resumed() {
	originals, _ := exampleStores()
	var archive bytes.Buffer
	line := &shortLine{w: &archive, left: 3000}
	report, err := storage.Export(context.Background(), line, "acme", originals, nil)
	var broken *storage.ExportError
	if errors.As(err, &broken) {
		fmt.Printf("%d whole; it broke off in %s\n", report.Count, broken.Key)
		archive.Truncate(int(report.Archive))
		report, err = storage.Export(context.Background(), &archive, "acme", originals, &storage.ExportOptions{After: broken.After})
	}
	fmt.Println(report.Count, "more,", err)
	for r := tar.NewReader(&archive); ; {
		entry, err := r.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(entry.Name)
	}
	// Output:
	// 1 whole; it broke off in hero.jpg
	// 1 more, <nil>
	// gallery/1.jpg
	// hero.jpg
}

type shortLine struct {
	w    io.Writer
	left int
}

func (s *shortLine) Write(p []byte) (int, error) {
	if len(p) > s.left {
		return 0, errors.New("connection lost")
	}
	s.left -= len(p)
	return s.w.Write(p)
}

func ExampleDeleteAll() {
	ctx := context.Background()
	originals, derived := exampleStores()
	report, err := storage.DeleteAll(ctx, "acme", originals, derived, &storage.DeleteAllOptions{
		Hooks: []func(ctx context.Context, tenant string) error{
			func(_ context.Context, tenant string) error {
				fmt.Println("revoking the keys of", tenant)
				return nil
			},
		},
	})
	fmt.Println(report.Originals, "originals,", report.Derived, "derived images,", report.Hooks, "hook,", err)
	_, _, err = originals.Stat(ctx, "acme2", "hero.jpg")
	fmt.Println("another tenant's:", err)
	// Output:
	// revoking the keys of acme
	// 2 originals, 2 derived images, 1 hook, <nil>
	// another tenant's: <nil>
}

func ExampleDeleteImage() {
	ctx := context.Background()
	originals, derived := exampleStores()
	fmt.Println(storage.DeleteImage(ctx, "acme", "hero.jpg", originals, derived))
	_, _, _, err := derived.Get(ctx, "acme", "hero.jpg", "800x600")
	fmt.Println("derived images are gone:", errors.Is(err, fs.ErrNotExist))
	err = storage.DeleteImage(ctx, "acme", "hero.jpg", originals, derived)
	fmt.Println("there is none any more:", errors.Is(err, fs.ErrNotExist))
	// Output:
	// <nil>
	// derived images are gone: true
	// there is none any more: true
}
