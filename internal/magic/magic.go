// Package magic names the media type of an image by its first bytes.
package magic

import (
	"bytes"
	"encoding/binary"
	"mime"
)

// HeadSize is how many bytes of a file [Type] looks at, at the most.
const HeadSize = 512

// Type returns the media type of the image that begins with head, such as
// "image/jpeg", or "" if it is none of jpeg, png, gif, webp, avif, tiff, jp2
// and heif. Fewer than [HeadSize] bytes are taken for a whole file.
func Type(head []byte) string {
	head = head[:min(len(head), HeadSize)]
	for _, f := range []struct{ magic, contentType string }{
		{"\xff\xd8\xff", "image/jpeg"},
		{"\x89PNG\r\n\x1a\n", "image/png"},
		{"GIF87a", "image/gif"},
		{"GIF89a", "image/gif"},
		{"II*\x00", "image/tiff"},
		{"MM\x00*", "image/tiff"},
		{"\x00\x00\x00\x0cjP  \r\n\x87\n", "image/jp2"},
		{"\xff\x4f\xff\x51", "image/jp2"}, // a bare JPEG 2000 codestream
	} {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return f.contentType
		}
	}
	if len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP" {
		return "image/webp"
	}
	return fileType(head)
}

// fileType reads the brands of an ISO base media file's "ftyp" box: AVIF and
// HEIF are told apart by them, and "mif1" alone may be either.
func fileType(head []byte) string {
	if len(head) < 16 || string(head[4:8]) != "ftyp" {
		return ""
	}
	box := head[:min(uint32(len(head)), binary.BigEndian.Uint32(head))]
	family := ""
	for i := 8; i+4 <= len(box); i += 4 {
		if i == 12 {
			continue // the version between the major and the other brands
		}
		switch string(box[i : i+4]) {
		case "avif", "avis":
			return "image/avif"
		case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "mif2", "msf1":
			family = "image/heif"
		default:
			// A video may carry image brands after its own.
			if i == 8 {
				return ""
			}
		}
	}
	return family
}

// aliases are other words for the types that Type returns.
var aliases = map[string]string{
	"image/jpeg": "image/jpeg", "image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg",
	"image/png": "image/png", "image/apng": "image/png", "image/x-png": "image/png",
	"image/gif":  "image/gif",
	"image/webp": "image/webp",
	"image/avif": "image/avif", "image/avif-sequence": "image/avif",
	"image/tiff": "image/tiff", "image/tif": "image/tiff",
	"image/jp2": "image/jp2", "image/j2c": "image/jp2",
	"image/heif": "image/heif", "image/heic": "image/heif", "image/heif-sequence": "image/heif", "image/heic-sequence": "image/heif",
}

// Canonical returns the word that [Type] has for a Content-Type, without its
// parameters, or "" if it is none of Type's.
func Canonical(contentType string) string {
	t, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	return aliases[t]
}
