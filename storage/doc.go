// Package storage keeps original images, and the images derived from them, in
// any bucket of gocloud.dev/blob.
//
// [Originals] holds what users uploaded, and [Derived] is the cache of what was
// rendered. They are what luna.NewHandler delivers from, and Originals is what
// api.New takes uploads into:
//
//	pictures, err := file.Open("/var/lib/pictures", nil) // a *blob.Bucket
//	if err != nil {
//		return err
//	}
//	defer pictures.Close()
//	originals := storage.NewOriginals(pictures, nil)
//	derived := storage.NewDerived(pictures, nil)
//
// This package links no driver. Open the bucket with the one of your choice,
// such as gocloud.dev/blob/s3blob, gcsblob, azureblob or memblob; or a folder
// with package storage/file, as here, whose file names are safe for every valid
// key. Package storage/bucket opens any of them by URL, and links them all.
//
// Both are safe for concurrent use, by any number of processes on one bucket.
//
// # Keys
//
// A key is 1 to 1024 bytes of valid UTF-8 without control characters and
// backslashes; none of its segments is empty, "." or "..", so it neither begins
// nor ends with a slash. Every valid key works on every store. Objects of
// different tenants never share a name.
//
// # Leaving
//
// [DeleteImage] removes an original with what was derived from it. [Export]
// writes all originals of a tenant as a tar archive, and [DeleteAll] removes all
// that is stored for one.
//
// # Errors
//
// Methods fail with a [*KeyError] where an argument is wrong, which answers to
// [fs.ErrInvalid], and else with a [*fs.PathError] whose cause answers to
// [fs.ErrNotExist], [fs.ErrExist], [fs.ErrPermission], [errors.ErrUnsupported],
// [context.Canceled] and [context.DeadlineExceeded], whatever the driver's own
// words for them are, which it wraps too. An export that broke off fails with an
// [*ExportError], which answers to the same.
package storage
