package tiff

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/immagin/immagin-go/luna/codec"
)

// descriptive are the tags of the first directory that say something of the
// picture and nothing of its samples. Resolution is told apart from them.
var descriptive = []uint16{
	270, // ImageDescription
	271, // Make
	272, // Model
	tagOrientation,
	305,   // Software
	306,   // DateTime
	315,   // Artist
	33432, // Copyright
}

// offsetBound are the tags of an EXIF directory whose values point to places
// in the file that they come from: MakerNote and Interoperability.
var offsetBound = []uint16{37500, 40965}

// An entry is a field that is to be written.
type entry struct {
	tag, kind uint16
	count     uint32
	data      []byte
	sub       []entry // a directory that data is the offset of
}

// exif collects what describes the picture as an EXIF block, in the file's
// byte order; nil where there is nothing.
func (h *header) exif() ([]byte, error) {
	entries, err := h.describe(h.dir)
	if err != nil || len(entries) == 0 || len(entries) == 1 && entries[0].tag == tagOrientation {
		return nil, err
	}
	return append(preamble(h.order), write(h.order, 8, entries)...), nil
}

// describe returns the entries of d that are descriptive, and the directories
// of EXIF and GPS. What is damaged, or too long, is left out.
func (f *file) describe(d directory) ([]entry, error) {
	budget := uint64(codec.MaxMetadata)
	entries, err := f.entries(d, &budget, func(tag uint16) bool { return slices.Contains(descriptive, tag) })
	if err != nil {
		return nil, err
	}
	for _, tag := range []uint16{tagEXIF, tagGPS} {
		offset, err := f.number(d, tag, 0)
		if err != nil && !tolerable(err) {
			return nil, err
		}
		if offset == 0 {
			continue
		}
		sub, err := f.directory(offset)
		if err != nil {
			if tolerable(err) {
				continue
			}
			return nil, err
		}
		e := entry{tag: tag, kind: typeLong, count: 1, data: make([]byte, 4)}
		if e.sub, err = f.entries(sub, &budget, func(tag uint16) bool { return !slices.Contains(offsetBound, tag) }); err != nil {
			return nil, err
		}
		if len(e.sub) > 0 {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

func (f *file) entries(d directory, budget *uint64, wanted func(tag uint16) bool) ([]entry, error) {
	var entries []entry
	for tag, v := range d {
		if n := v.count * sizes[v.kind]; !wanted(tag) || v.count == 0 || v.kind >= typeLong8 || n > *budget {
			continue
		}
		b, err := f.raw(v, *budget)
		if err != nil {
			if tolerable(err) {
				continue
			}
			return nil, err
		}
		*budget -= uint64(len(b))
		entries = append(entries, entry{tag: tag, kind: v.kind, count: uint32(v.count), data: bytes.Clone(b)})
	}
	return entries, nil
}

// preamble is the header of a TIFF structure whose directory follows it.
func preamble(order binary.ByteOrder) []byte {
	b := []byte("II*\x00\x00\x00\x00\x00")
	if order == binary.BigEndian {
		b = []byte("MM\x00*\x00\x00\x00\x00")
	}
	order.PutUint32(b[4:], 8)
	return b
}

// write returns a directory that is to stand at offset, the values of its
// entries behind it, and the directories that they point to.
func write(order binary.ByteOrder, offset int, entries []entry) []byte {
	entries = slices.Clone(entries)
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.tag, b.tag) })
	b := make([]byte, 2+12*len(entries)+4)
	order.PutUint16(b, uint16(len(entries)))
	for i, e := range entries {
		if len(b)%2 != 0 && (e.sub != nil || len(e.data) > 4) {
			b = append(b, 0) // values begin at words
		}
		raw := b[2+12*i:]
		order.PutUint16(raw, e.tag)
		order.PutUint16(raw[2:], e.kind)
		order.PutUint32(raw[4:], e.count)
		switch {
		case e.sub != nil:
			order.PutUint32(raw[8:], uint32(offset+len(b)))
			b = append(b, write(order, offset+len(b), e.sub)...)
		case len(e.data) <= 4:
			copy(raw[8:12], e.data)
		default:
			order.PutUint32(raw[8:], uint32(offset+len(b)))
			b = append(b, e.data...)
		}
	}
	return b
}
