package storage_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"gocloud.dev/blob/memblob"

	"github.com/immagin/immagin-go/storage"
)

func ExampleNewOriginals() {
	ctx := context.Background()
	bucket := memblob.OpenBucket(nil) // or file.Open, s3blob.OpenBucket, …
	defer bucket.Close()
	originals := storage.NewOriginals(bucket, nil)

	upload := func(picture string) error {
		return originals.Create(ctx, "acme", "gallery/hero.jpg", strings.NewReader(picture), "image/jpeg", false)
	}
	fmt.Println("first: ", upload("a picture"))
	fmt.Println("second:", errors.Is(upload("another"), fs.ErrExist))

	body, size, version, err := originals.Open(ctx, "acme", "gallery/hero.jpg")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer body.Close()
	text, err := io.ReadAll(body)
	fmt.Printf("%d bytes: %s, %v; has a version: %t\n", size, text, err, version != "")

	_, _, err = originals.Stat(ctx, "other", "gallery/hero.jpg")
	fmt.Println("another tenant's:", errors.Is(err, fs.ErrNotExist))
	// Output:
	// first:  <nil>
	// second: true
	// 9 bytes: a picture, <nil>; has a version: true
	// another tenant's: true
}

// A bucket of one tenant, whose objects were there before, as they lie.
func ExampleOptions() {
	ctx := context.Background()
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	if err := bucket.WriteAll(ctx, "photos/2019/hero.jpg", []byte("a picture"), nil); err != nil {
		fmt.Println(err)
		return
	}
	originals := storage.NewOriginals(bucket, &storage.Options{
		Prefix: func(tenant string) string { return "photos/" },
	})
	size, _, err := originals.Stat(ctx, "acme", "2019/hero.jpg")
	fmt.Println(size, err)
	// Output: 9 <nil>
}

func ExampleOriginals_List() {
	ctx := context.Background()
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	originals := storage.NewOriginals(bucket, nil)
	for _, key := range []string{"gallery/3.jpg", "gallery/1.jpg", "gallery/2.jpg", "hero.jpg"} {
		if err := originals.Create(ctx, "acme", key, strings.NewReader("x"), "", false); err != nil {
			fmt.Println(err)
		}
	}
	for cursor := ""; ; {
		next, err := originals.List(ctx, "acme", "gallery/", cursor, 2, func(key string, size int64, _ time.Time) bool {
			fmt.Println(key, size)
			return true
		})
		if next == "" || err != nil {
			fmt.Println("end", err)
			return
		}
		fmt.Println("next page")
		cursor = next
	}
	// Output:
	// gallery/1.jpg 1
	// gallery/2.jpg 1
	// next page
	// gallery/3.jpg 1
	// end <nil>
}

func ExampleOriginals_SignPut() {
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	originals := storage.NewOriginals(bucket, nil)

	url, header, err := originals.SignPut(context.Background(), "acme", "hero.jpg", "image/jpeg", 0, 5*time.Minute)
	if errors.Is(err, errors.ErrUnsupported) {
		fmt.Println("this store signs nothing: take the upload yourself, and Create")
		return
	}
	fmt.Println(url, header, err)
	// Output: this store signs nothing: take the upload yourself, and Create
}

func ExampleNewDerived() {
	ctx := context.Background()
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	derived := storage.NewDerived(bucket, nil)

	header := map[string]string{"Content-Type": "image/webp"}
	if err := derived.Put(ctx, "acme", "hero.jpg", "800x600", header, []byte("a small picture")); err != nil {
		fmt.Println(err)
	}
	header, body, size, err := derived.Get(ctx, "acme", "hero.jpg", "800x600")
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := io.ReadAll(body)
	body.Close()
	fmt.Printf("%s, %d bytes: %s, %v\n", header["Content-Type"], size, text, err)

	if err := derived.DeleteAll(ctx, "acme", "hero.jpg"); err != nil {
		fmt.Println(err)
	}
	_, _, _, err = derived.Get(ctx, "acme", "hero.jpg", "800x600")
	fmt.Println("gone:", errors.Is(err, fs.ErrNotExist))
	// Output:
	// image/webp, 15 bytes: a small picture, <nil>
	// gone: true
}

func ExampleCheckKey() {
	fmt.Println(storage.CheckKey("gallery/hero.jpg"))
	fmt.Println(storage.CheckKey("../hero.jpg"))
	// Output:
	// <nil>
	// storage: key "../hero.jpg" must not have a segment . or ..
}
