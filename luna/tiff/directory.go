package tiff

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/immagin/immagin-go/luna/codec"
)

// The types of values (TIFF 6.0, page 15; BigTIFF).
const (
	typeByte      = 1
	typeASCII     = 2
	typeShort     = 3
	typeLong      = 4
	typeRational  = 5
	typeUndefined = 7
	typeIFD       = 13
	typeLong8     = 16
	typeIFD8      = 18
)

// sizes has the bytes that a value of each type takes.
var sizes = [...]uint64{
	0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8,
}

// tolerable says whether err is of the file's bytes, and not of reading them.
func tolerable(err error) bool {
	return errors.Is(err, codec.ErrFormat) || errors.Is(err, codec.ErrUnsupported)
}

// A file reads the directories of a TIFF structure.
type file struct {
	*buffer
	order binary.ByteOrder
	big   bool
	first uint64 // offset of the first directory
}

// A field is an entry of a directory.
type field struct {
	kind  uint16
	count uint64
	// offset is where the value stands in the file, be it in the entry.
	offset uint64
}

type directory map[uint16]field

func open(b *buffer) (*file, error) {
	head, err := b.at(0, 8)
	if err != nil {
		return nil, err
	}
	f := &file{buffer: b}
	switch string(head[:2]) {
	case "II":
		f.order = binary.LittleEndian
	case "MM":
		f.order = binary.BigEndian
	default:
		return nil, fmt.Errorf("%w: neither II nor MM at the start", codec.ErrFormat)
	}
	switch version := f.order.Uint16(head[2:]); version {
	case 42:
		f.first = uint64(f.order.Uint32(head[4:]))
	case 43:
		f.big = true
		if head, err = b.at(0, 16); err != nil {
			return nil, err
		}
		if size, zero := f.order.Uint16(head[4:]), f.order.Uint16(head[6:]); size != 8 || zero != 0 {
			return nil, fmt.Errorf("%w: BigTIFF with offsets of %d bytes", codec.ErrFormat, size)
		}
		f.first = f.order.Uint64(head[8:])
	default:
		return nil, fmt.Errorf("%w: version %d, where 42 and 43 exist", codec.ErrFormat, version)
	}
	if f.first == 0 {
		return nil, fmt.Errorf("%w: no directory", codec.ErrFormat)
	}
	return f, nil
}

// extent tells where the entries of the directory at offset stand, and how
// many there are.
func (f *file) extent(offset uint64) (entries, n uint64, err error) {
	if f.big {
		b, err := f.at(offset, 8)
		if err != nil {
			return 0, 0, err
		}
		return offset + 8, f.order.Uint64(b), nil
	}
	b, err := f.at(offset, 2)
	if err != nil {
		return 0, 0, err
	}
	return offset + 2, uint64(f.order.Uint16(b)), nil
}

// directory reads the one at offset. Of entries with the same tag the first
// counts.
func (f *file) directory(offset uint64) (directory, error) {
	at, n, err := f.extent(offset)
	if err != nil {
		return nil, fmt.Errorf("directory: %w", err)
	}
	if n == 0 {
		return nil, fmt.Errorf("%w: an empty directory", codec.ErrFormat)
	}
	if n > maxEntries {
		return nil, fmt.Errorf("%w: directory of %d entries, where %d are read", codec.ErrLimit, n, maxEntries)
	}
	size := f.entrySize()
	raw, err := f.at(at, n*size)
	if err != nil {
		return nil, fmt.Errorf("directory: %w", err)
	}
	d := make(directory, n)
	for i := range n {
		e := raw[i*size:][:size]
		tag := f.order.Uint16(e)
		if _, ok := d[tag]; ok {
			continue
		}
		v := field{kind: f.order.Uint16(e[2:])}
		if int(v.kind) >= len(sizes) || sizes[v.kind] == 0 {
			continue // of a type that nobody knows
		}
		inline := uint64(4)
		if f.big {
			inline = 8
			v.count = f.order.Uint64(e[4:])
		} else {
			v.count = uint64(f.order.Uint32(e[4:]))
		}
		if v.count > math.MaxUint32 {
			continue
		}
		place := at + i*size + size - inline
		switch {
		case v.count*sizes[v.kind] <= inline:
			v.offset = place
		case f.big:
			v.offset = f.order.Uint64(e[size-inline:])
		default:
			v.offset = uint64(f.order.Uint32(e[size-inline:]))
		}
		d[tag] = v
	}
	return d, nil
}

func (f *file) entrySize() uint64 {
	if f.big {
		return 20
	}
	return 12
}

// next returns the offset of the directory after the one at offset, or 0.
func (f *file) next(offset uint64) (uint64, error) {
	at, n, err := f.extent(offset)
	if err != nil || n > math.MaxUint16 {
		return 0, err
	}
	if f.big {
		b, err := f.at(at+n*20, 8)
		if err != nil {
			return 0, err
		}
		return f.order.Uint64(b), nil
	}
	b, err := f.at(at+n*12, 4)
	if err != nil {
		return 0, err
	}
	return uint64(f.order.Uint32(b)), nil
}

// pages counts the directories of the chain, which ends where it is damaged
// or turns back. The first one counts, as it has been read.
func (f *file) pages() (int, error) {
	seen := map[uint64]bool{}
	for offset := f.first; offset != 0 && !seen[offset] && len(seen) < maxPages; {
		next, err := f.next(offset)
		if err != nil {
			if !tolerable(err) {
				return 0, err
			}
			break
		}
		seen[offset] = true
		offset = next
	}
	return max(len(seen), 1), nil
}

// raw returns the bytes of a value, of at most limit of them.
func (f *file) raw(v field, limit uint64) ([]byte, error) {
	n := v.count * sizes[v.kind]
	if n > limit {
		return nil, fmt.Errorf("%w: a field of %d bytes", codec.ErrLimit, n)
	}
	return f.at(v.offset, n)
}

// integer returns element i of v, if v has integers.
func (f *file) integer(v field, i uint64) (uint64, error) {
	if i >= v.count {
		return 0, fmt.Errorf("%w: a field has %d values, where more are due", codec.ErrFormat, v.count)
	}
	size := sizes[v.kind]
	b, err := f.at(v.offset+i*size, size)
	if err != nil {
		return 0, err
	}
	switch v.kind {
	case typeByte, typeUndefined:
		return uint64(b[0]), nil
	case typeShort:
		return uint64(f.order.Uint16(b)), nil
	case typeLong, typeIFD:
		return uint64(f.order.Uint32(b)), nil
	case typeLong8, typeIFD8:
		return f.order.Uint64(b), nil
	}
	return 0, fmt.Errorf("%w: a field of type %d, where integers are due", codec.ErrFormat, v.kind)
}

// number returns the first value of a tag, or its default.
func (f *file) number(d directory, tag uint16, otherwise uint64) (uint64, error) {
	v, ok := d[tag]
	if !ok || v.count == 0 {
		return otherwise, nil
	}
	n, err := f.integer(v, 0)
	if err != nil {
		return 0, fmt.Errorf("tag %d: %w", tag, err)
	}
	return n, nil
}

// rational returns element i of v, or 0.
func (f *file) rational(v field, i uint64) float64 {
	if v.kind != typeRational || i >= v.count {
		return 0
	}
	b, err := f.at(v.offset+8*i, 8)
	if err != nil {
		return 0
	}
	n, d := f.order.Uint32(b), f.order.Uint32(b[4:])
	if d == 0 {
		return 0
	}
	return float64(n) / float64(d)
}
