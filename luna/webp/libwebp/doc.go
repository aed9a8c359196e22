// Package libwebp is an adapter for WebP that encodes with libwebp 1.4.0 itself,
// in C, through cgo and the binding chai2010/webp. It takes the place of
// webp.Codec, never stands beside it:
//
//	engine, err := luna.New([]codec.Codec{jpeg.Codec{}, png.Codec{}, libwebp.Codec{}}, nil)
//
// Package webp encodes in Go, takes the planes of a JPEG as they are, uses
// several cores, has all efforts, stops when its context is done, and makes the
// same bytes in every build. What speaks for libwebp is that its files are to be
// those of libwebp to the last bit, or that no code but the reference's is to
// write them. The binding knows quality and lossless only: any effort but 4 is
// refused, and its encoder cannot be interrupted.
//
// Decoding is that of package webp, in Go: bytes of strangers never reach C. The
// package is there in builds with cgo only; without, it has no Codec.
package libwebp
