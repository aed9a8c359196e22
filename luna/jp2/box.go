package jp2

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/immagin/immagin-go/internal/exif"
	"github.com/immagin/immagin-go/luna/codec"
)

const signature = "\x00\x00\x00\x0cjP  \r\n\x87\n"

// The UUIDs of metadata boxes (exiftool's and Adobe's).
const (
	uuidEXIF = "JpgTiffExif->JP2"
	uuidXMP  = "\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac"
	uuidIPTC = "\x33\xc7\xa4\xd2\xb8\x1d\x47\x23\xa0\xba\xf1\xa3\xe0\x97\xad\x38"
)

// maxHeaderBox is how long a box other than the codestream's may be to be
// read.
const maxHeaderBox = codec.MaxMetadata + 1<<20

// The colour spaces (ISO/IEC 15444-1, table I.10) that are read.
const (
	spaceSRGB = 16
	spaceGray = 17
	spaceSYCC = 18
)

// A container is what stands in the boxes before the codestream.
type container struct {
	raw      bool // there are none
	header   bool
	space    uint32 // enumerated, or 0
	profile  []byte
	palette  []byte // content of pclr and cmap
	mapping  []byte
	channels []byte // content of cdef
	density  float64
	exif     exif.Data
	metadata codec.Metadata
}

func early(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("%w: ends in its headers: %w", codec.ErrFormat, io.ErrUnexpectedEOF)
	}
	return err
}

// readContainer reads boxes up to the content of the first codestream, and
// returns what r then goes on with, and how much of that there is; negative
// where it goes on to the end.
func readContainer(r io.Reader) (c *container, rest io.Reader, size int64, err error) {
	var head [16]byte
	if _, err := io.ReadFull(r, head[:2]); err != nil {
		return nil, nil, 0, early(err)
	}
	c = new(container)
	if head[0] == 0xff && head[1] == 0x4f {
		c.raw = true
		return c, io.MultiReader(bytes.NewReader([]byte{0xff, 0x4f}), r), -1, nil
	}
	if _, err := io.ReadFull(r, head[2:12]); err != nil {
		return nil, nil, 0, early(err)
	}
	if string(head[:12]) != signature {
		return nil, nil, 0, fmt.Errorf("%w: neither a JP2 signature nor an SOC marker at the start", codec.ErrFormat)
	}
	for {
		if _, err := io.ReadFull(r, head[:8]); err != nil {
			return nil, nil, 0, early(err)
		}
		n, kind := int64(binary.BigEndian.Uint32(head[:])), string(head[4:8])
		switch {
		case n == 1:
			if _, err := io.ReadFull(r, head[8:16]); err != nil {
				return nil, nil, 0, early(err)
			}
			long := binary.BigEndian.Uint64(head[8:])
			if long < 16 || long > math.MaxInt64 {
				return nil, nil, 0, fmt.Errorf("%w: %q box of %d bytes", codec.ErrFormat, kind, long)
			}
			n = int64(long) - 16
		case n == 0 && kind == "jp2c":
			n = -1
		case n < 8:
			return nil, nil, 0, fmt.Errorf("%w: %q box of %d bytes", codec.ErrFormat, kind, n)
		default:
			n -= 8
		}
		if kind == "jp2c" {
			if !c.header {
				return nil, nil, 0, fmt.Errorf("%w: no JP2 header box before the codestream", codec.ErrFormat)
			}
			return c, r, n, nil
		}
		if err := c.box(r, kind, n); err != nil {
			return nil, nil, 0, err
		}
	}
}

func (c *container) box(r io.Reader, kind string, n int64) error {
	if kind != "jp2h" && kind != "uuid" || n > maxHeaderBox {
		if kind == "jp2h" {
			return fmt.Errorf("%w: JP2 header box of %d bytes", codec.ErrLimit, n)
		}
		_, err := io.CopyN(io.Discard, r, n)
		return early(err)
	}
	var b bytes.Buffer
	if _, err := io.CopyN(&b, r, n); err != nil {
		return early(err)
	}
	data := b.Bytes()
	if kind == "jp2h" {
		c.header = true
		return eachBox(data, c.headerBox)
	}
	if len(data) < 16 {
		return nil
	}
	content := data[16:]
	if len(content) > codec.MaxMetadata {
		return nil
	}
	switch string(data[:16]) {
	case uuidEXIF:
		c.metadata.EXIF = bytes.TrimPrefix(content, []byte("Exif\x00\x00"))
		if d, err := exif.Parse(content); err == nil {
			c.exif = d
		}
	case uuidXMP:
		c.metadata.XMP = content
	case uuidIPTC:
		c.metadata.IPTC = content
	}
	return nil
}

// eachBox calls f for the boxes within data.
func eachBox(data []byte, f func(kind string, content []byte) error) error {
	for len(data) > 0 {
		if len(data) < 8 {
			return fmt.Errorf("%w: a box of %d bytes", codec.ErrFormat, len(data))
		}
		n := int64(binary.BigEndian.Uint32(data))
		if n == 0 {
			n = int64(len(data))
		}
		if n < 8 || n > int64(len(data)) {
			return fmt.Errorf("%w: %q box of %d bytes, where %d are left", codec.ErrFormat, data[4:8], n, len(data))
		}
		if err := f(string(data[4:8]), data[8:n]); err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

func (c *container) headerBox(kind string, b []byte) error {
	switch kind {
	case "colr":
		if c.space != 0 || c.profile != nil || len(b) < 3 {
			return nil // the first counts
		}
		switch b[0] {
		case 1:
			if len(b) < 7 {
				return fmt.Errorf("%w: colour specification of %d bytes", codec.ErrFormat, len(b))
			}
			c.space = binary.BigEndian.Uint32(b[3:])
		case 2, 3:
			c.profile = b[3:]
		}
	case "pclr":
		c.palette = b
	case "cmap":
		c.mapping = b
	case "cdef":
		c.channels = b
	case "res ":
		return eachBox(b, func(kind string, b []byte) error {
			// That of display counts, as it comes last.
			if (kind == "resc" || kind == "resd") && len(b) >= 10 {
				numerator, denominator := binary.BigEndian.Uint16(b[4:]), binary.BigEndian.Uint16(b[6:])
				if e := int8(b[9]); denominator > 0 && e >= -10 && e <= 10 {
					c.density = float64(numerator) / float64(denominator) * math.Pow10(int(e)) * 0.0254
				}
			}
			return nil
		})
	}
	return nil
}

// box writes one.
func box(kind string, content ...[]byte) []byte {
	b := append(make([]byte, 4), kind...)
	for _, c := range content {
		b = append(b, c...)
	}
	binary.BigEndian.PutUint32(b, uint32(len(b)))
	return b
}
