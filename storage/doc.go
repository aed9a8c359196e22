// Package storage keeps original images, and the images derived from them, in
// any bucket of gocloud.dev/blob.
//
// [Originals] holds what users uploaded; [Derived] is the cache of what was
// rendered. Both take a *blob.Bucket, so this package links no driver: open the
// bucket with the driver of your choice,
//
//	import "gocloud.dev/blob/s3blob" // or gcsblob, azureblob, memblob
//
// or a folder with package [github.com/immagin/immagin-go/storage/file], whose
// file names are safe for every valid key. Package storage/bucket opens any of
// them by URL, and links them all.
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
