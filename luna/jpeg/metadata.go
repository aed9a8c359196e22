package jpeg

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/immagin/immagin-go/internal/exif"
)

// What the segments begin with that carry metadata (EXIF 2.32, 4.7.2; XMP
// specification part 3, 1.1.3; Photoshop's file format, "image resource
// blocks").
const (
	exifTag      = "Exif\x00\x00"
	xmpTag       = "http://ns.adobe.com/xap/1.0/\x00"
	photoshopTag = "Photoshop 3.0\x00"

	resourceTag  = "8BIM"
	resourceIPTC = 0x0404

	// maxSegment is how long a segment's content may be.
	maxSegment = 1<<16 - 1 - 2
)

// app1 reads EXIF and XMP, of each the first. What XMP extends to further
// segments is left out.
func (h *header) app1(data []byte) {
	if xmp, ok := bytes.CutPrefix(data, []byte(xmpTag)); ok && h.info.Metadata.XMP == nil {
		h.info.Metadata.XMP = xmp
	}
	block, ok := bytes.CutPrefix(data, []byte(exifTag))
	if !ok || h.exifSeen {
		return
	}
	// Damaged EXIF does not make the picture unreadable.
	if d, err := exif.Parse(block); err == nil {
		h.exif, h.exifSeen = d, true
		h.info.Metadata.EXIF = block
	}
}

// app13 finds IPTC among the resources of a Photoshop segment: each is a tag,
// a number, a name, a length and the content, the last three padded to even
// lengths.
func (h *header) app13(data []byte) {
	rest, ok := bytes.CutPrefix(data, []byte(photoshopTag))
	for ok && h.info.Metadata.IPTC == nil && len(rest) >= 12 && string(rest[:4]) == resourceTag {
		number := binary.BigEndian.Uint16(rest[4:])
		rest = rest[6:]
		name := 1 + int(rest[0])
		name += name % 2
		if len(rest) < name+4 {
			return
		}
		n := uint64(binary.BigEndian.Uint32(rest[name:]))
		rest = rest[name+4:]
		if n > uint64(len(rest)) {
			return
		}
		if number == resourceIPTC {
			h.info.Metadata.IPTC = rest[:n]
		}
		rest = rest[min(n+n%2, uint64(len(rest))):]
	}
}

// writeJFIF writes the JFIF header. Its density is in whole pixels an inch; 1
// to 1, without a unit, says none.
func (e *encoder) writeJFIF() {
	unit, density := byte(0), uint16(1)
	if d := math.Round(e.density); d >= 1 && d <= math.MaxUint16 {
		unit, density = 1, uint16(d)
	}
	hi, lo := byte(density>>8), byte(density)
	e.out.raw(0xff, markerAPP0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, unit, hi, lo, hi, lo, 0, 0)
}

// writeMetadata writes what there is, each in one segment. What is too long
// for one is left out.
func (e *encoder) writeMetadata() {
	m := e.metadata
	if m.EXIF != nil {
		e.writeSegment(markerAPP1, []byte(exifTag), m.EXIF)
	}
	if m.XMP != nil {
		e.writeSegment(markerAPP1, []byte(xmpTag), m.XMP)
	}
	if m.IPTC != nil {
		head := []byte(photoshopTag + resourceTag)
		head = binary.BigEndian.AppendUint16(head, resourceIPTC)
		head = append(head, 0, 0) // no name
		head = binary.BigEndian.AppendUint32(head, uint32(len(m.IPTC)))
		e.writeSegment(markerAPP13, head, m.IPTC, make([]byte, len(m.IPTC)%2))
	}
}

func (e *encoder) writeSegment(marker byte, parts ...[]byte) {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	if n > maxSegment {
		return
	}
	n += 2
	e.out.raw(0xff, marker, byte(n>>8), byte(n))
	for _, p := range parts {
		e.out.raw(p...)
	}
}
