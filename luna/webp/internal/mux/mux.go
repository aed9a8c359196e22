// Package mux writes the container of WebP files (RFC 9649, section 2), around
// chunks of pixels that others have made.
package mux

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
)

// Flags of the VP8X chunk.
const (
	FlagAnimation = 1 << 1
	FlagXMP       = 1 << 2
	FlagEXIF      = 1 << 3
	FlagAlpha     = 1 << 4
)

// AppendChunk appends a chunk of parts, padded.
func AppendChunk(b []byte, kind string, parts ...[]byte) []byte {
	at := len(b)
	b = BeginChunk(b, kind)
	for _, p := range parts {
		b = append(b, p...)
	}
	return EndChunk(b, at)
}

// BeginChunk appends the header of a chunk, whose content is to be appended
// next.
func BeginChunk(b []byte, kind string) []byte {
	return append(append(b, kind...), 0, 0, 0, 0)
}

// EndChunk writes the length of the chunk that begins at at, and pads it.
func EndChunk(b []byte, at int) []byte {
	n := len(b) - at - 8
	binary.LittleEndian.PutUint32(b[at+4:], uint32(n))
	if n%2 != 0 {
		b = append(b, 0)
	}
	return b
}

func appendUint24(b []byte, v int) []byte { return append(b, byte(v), byte(v>>8), byte(v>>16)) }

// appendMetadata appends the chunks that come behind the pixels.
func appendMetadata(b []byte, m codec.Metadata) []byte {
	if len(m.EXIF) > 0 {
		b = AppendChunk(b, "EXIF", m.EXIF)
	}
	if len(m.XMP) > 0 {
		b = AppendChunk(b, "XMP ", m.XMP)
	}
	return b
}

// metadataFlags are the flags that announce what appendMetadata writes.
func metadataFlags(m codec.Metadata) (flags byte) {
	if len(m.EXIF) > 0 {
		flags |= FlagEXIF
	}
	if len(m.XMP) > 0 {
		flags |= FlagXMP
	}
	return flags
}

// WriteStill writes a file of one picture: without a VP8X chunk where its
// chunks, ALPH and VP8 or VP8L, and m leave that out.
func WriteStill(w io.Writer, alpha bool, width, height int, chunks []byte, m codec.Metadata) error {
	if metadataFlags(m) == 0 && string(chunks[:4]) != "ALPH" {
		return write(w, nil, chunks, nil)
	}
	var flags byte
	if alpha {
		flags = FlagAlpha
	}
	return WriteExtended(w, flags, width, height, chunks, m)
}

// WriteExtended writes a file with a VP8X chunk and the chunks in body.
func WriteExtended(w io.Writer, flags byte, width, height int, body []byte, m codec.Metadata) error {
	vp8x := []byte{flags | metadataFlags(m), 0, 0, 0}
	vp8x = appendUint24(appendUint24(vp8x, width-1), height-1)
	return write(w, AppendChunk(nil, "VP8X", vp8x), body, appendMetadata(nil, m))
}

func write(w io.Writer, first, body, tail []byte) error {
	size := 4 + uint64(len(first)) + uint64(len(body)) + uint64(len(tail))
	if size > 1<<32-10 {
		return fmt.Errorf("%w: a file of %d bytes; the format's limit is 4 GiB", codec.ErrUnsupported, size)
	}
	head := make([]byte, 0, 64)
	head = binary.LittleEndian.AppendUint32(append(head, "RIFF"...), uint32(size))
	head = append(append(head, "WEBP"...), first...)
	for _, b := range [][]byte{head, body, tail} {
		if len(b) == 0 {
			continue
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}
