// Package exif reads from a TIFF-structured EXIF block the few facts that the
// engine needs before it decodes a picture.
//
// Only IFD 0, where these facts stand, is read; no pointer to another
// directory is followed, so that no chain of them can loop or grow.
package exif

import (
	"encoding/binary"
	"errors"
)

// MaxEntries is how many directory entries are looked at.
const MaxEntries = 1000

// Data is what the block says. Its zero fields mean that it says nothing, or
// nothing valid.
type Data struct {
	// Orientation is 1 to 8.
	Orientation int
	// Density is the horizontal resolution in pixels an inch.
	Density float64
}

// The tags of IFD 0 (EXIF 2.32, table 4) and the types (section 4.6.2) that
// are read.
const (
	tagOrientation    = 0x0112
	tagXResolution    = 0x011a
	tagResolutionUnit = 0x0128

	typeByte     = 1
	typeShort    = 3
	typeLong     = 4
	typeRational = 5

	unitInch       = 2
	unitCentimetre = 3
)

// ErrMalformed says that a block has no readable IFD 0.
var ErrMalformed = errors.New("exif: malformed block")

// Parse reads block: a TIFF header and what follows, with or without the six
// bytes "Exif\0\0" before it. Entries that are damaged are passed over, as
// cameras write many; ErrMalformed is returned only where there is no
// directory at all. Parse allocates nothing and never panics.
func Parse(block []byte) (Data, error) {
	var d Data
	if len(block) >= 6 && string(block[:6]) == "Exif\x00\x00" {
		block = block[6:]
	}
	if len(block) < 8 {
		return d, ErrMalformed
	}
	var order binary.ByteOrder
	switch string(block[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return d, ErrMalformed
	}
	start := uint64(order.Uint32(block[4:]))
	if start < 8 || start+2 > uint64(len(block)) {
		return d, ErrMalformed
	}
	n := int(order.Uint16(block[start:]))
	entries := block[start+2:]
	n = min(n, MaxEntries, len(entries)/12)

	var resolution float64
	unit := uint32(unitInch) // where the tag is missing
	for i := range n {
		e := entry{order: order, block: block, raw: entries[12*i:][:12]}
		switch e.tag() {
		case tagOrientation:
			if v, ok := e.integer(); ok && v >= 1 && v <= 8 && d.Orientation == 0 {
				d.Orientation = int(v)
			}
		case tagXResolution:
			resolution = e.rational()
		case tagResolutionUnit:
			if v, ok := e.integer(); ok {
				unit = v
			}
		}
	}
	switch unit {
	case unitInch:
		d.Density = resolution
	case unitCentimetre:
		d.Density = resolution * 2.54
	}
	return d, nil
}

// An entry is one of a directory: tag, type, count, and a value or its offset.
type entry struct {
	order binary.ByteOrder
	block []byte
	raw   []byte
}

func (e entry) tag() uint16 { return e.order.Uint16(e.raw) }

// integer returns a single unsigned integer of any width.
func (e entry) integer() (v uint32, ok bool) {
	if e.order.Uint32(e.raw[4:]) != 1 {
		return 0, false
	}
	switch e.order.Uint16(e.raw[2:]) {
	case typeByte:
		return uint32(e.raw[8]), true
	case typeShort:
		return uint32(e.order.Uint16(e.raw[8:])), true
	case typeLong:
		return e.order.Uint32(e.raw[8:]), true
	}
	return 0, false
}

// rational returns a single unsigned rational, or 0.
func (e entry) rational() float64 {
	if e.order.Uint16(e.raw[2:]) != typeRational || e.order.Uint32(e.raw[4:]) != 1 {
		return 0
	}
	offset := uint64(e.order.Uint32(e.raw[8:]))
	if offset+8 > uint64(len(e.block)) {
		return 0
	}
	numerator := e.order.Uint32(e.block[offset:])
	denominator := e.order.Uint32(e.block[offset+4:])
	if denominator == 0 {
		return 0
	}
	return float64(numerator) / float64(denominator)
}
