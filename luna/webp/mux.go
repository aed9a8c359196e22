package webp

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
)

// appendChunk appends a chunk of parts, padded.
func appendChunk(b []byte, kind string, parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	b = append(b, kind...)
	b = binary.LittleEndian.AppendUint32(b, uint32(n))
	for _, p := range parts {
		b = append(b, p...)
	}
	if n%2 != 0 {
		b = append(b, 0)
	}
	return b
}

func appendUint24(b []byte, v int) []byte { return append(b, byte(v), byte(v>>8), byte(v>>16)) }

// appendMetadata appends the chunks that come behind the pixels.
func appendMetadata(b []byte, m codec.Metadata) []byte {
	if len(m.EXIF) > 0 {
		b = appendChunk(b, "EXIF", m.EXIF)
	}
	if len(m.XMP) > 0 {
		b = appendChunk(b, "XMP ", m.XMP)
	}
	return b
}

// metadataFlags are the flags that announce what appendMetadata writes.
func metadataFlags(m codec.Metadata) (flags byte) {
	if len(m.EXIF) > 0 {
		flags |= flagEXIF
	}
	if len(m.XMP) > 0 {
		flags |= flagXMP
	}
	return flags
}

// writeExtended writes a file with a VP8X chunk and the chunks in body.
func writeExtended(w io.Writer, flags byte, width, height int, body []byte, m codec.Metadata) error {
	vp8x := []byte{flags | metadataFlags(m), 0, 0, 0}
	vp8x = appendUint24(appendUint24(vp8x, width-1), height-1)
	tail := appendMetadata(nil, m)
	const fixed = 4 + 8 + 10
	size := uint64(fixed) + uint64(len(body)) + uint64(len(tail))
	if size > 1<<32-10 {
		return fmt.Errorf("%w: a file of %d bytes; the format's limit is 4 GiB", codec.ErrUnsupported, size)
	}
	head := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(size))
	head = appendChunk(append(head, "WEBP"...), "VP8X", vp8x)
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

// appendPixels appends the chunks of file, a whole still picture, that hold
// its pixels, and reports whether there is alpha among them.
func appendPixels(b, file []byte) (_ []byte, alpha bool, err error) {
	c, err := newChunks(bytes.NewReader(file))
	if err != nil {
		return b, false, err
	}
	for {
		err := c.next()
		if err == io.EOF {
			return b, alpha, nil
		}
		if err != nil {
			return b, alpha, err
		}
		switch c.kind {
		case "ALPH", "VP8 ", "VP8L":
			data := make([]byte, c.body)
			if _, err := io.ReadFull(c, data); err != nil {
				return b, alpha, early(err)
			}
			// The header of VP8L ends with a bit that tells of alpha.
			alpha = alpha || c.kind == "ALPH" || c.kind == "VP8L" && len(data) > 4 && data[4]&0x10 != 0
			b = appendChunk(b, c.kind, data)
		}
	}
}
