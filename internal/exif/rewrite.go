package exif

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// Further tags (EXIF 2.32, tables 3 to 15) that are read or changed.
const (
	tagArtist          = 0x013b
	tagCopyright       = 0x8298
	tagExifIFD         = 0x8769
	tagGPSIFD          = 0x8825
	tagColorSpace      = 0xa001
	tagPixelXDimension = 0xa002
	tagPixelYDimension = 0xa003

	typeASCII = 2

	spaceSRGB = 1
)

// kindSizes are the bytes of a value of each type. Types that are not here,
// pointers to directories among them, are passed over.
var kindSizes = map[uint16]uint64{
	typeByte: 1, typeASCII: 1, typeShort: 2, typeLong: 4, typeRational: 8,
	6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, // signed, undefined, floats
	129: 1, // UTF-8, of EXIF 3.0
}

// A span is a range of tags, both ends included.
type span struct{ first, last uint16 }

// The tags that Rewrite keeps: those of EXIF 3.0, and Windows' own, that
// describe a photograph. What describes how a file stores its pixels is the
// old file's; thumbnails are of the old picture; maker notes hold offsets of
// which only their maker knows; XMP and IPTC have places of their own; the
// interoperability directory says little but that a picture is Adobe RGB.
var (
	imageTags = []span{
		{0x010d, 0x0110}, {tagOrientation, tagOrientation}, {tagXResolution, 0x011b}, {tagResolutionUnit, tagResolutionUnit},
		{0x0131, 0x0132}, {tagArtist, 0x013c}, {0x4746, 0x4746}, {0x4749, 0x4749}, {tagCopyright, tagCopyright},
		{0x9c9b, 0x9c9f},
	}
	photoTags = []span{
		{0x829a, 0x829a}, {0x829d, 0x829d}, {0x8822, 0x8822}, {0x8824, 0x8824}, {0x8827, 0x8827}, {0x8830, 0x8835},
		{0x9000, 0x9004}, {0x9010, 0x9012}, {0x9101, 0x9101}, {0x9201, 0x920a}, {0x9214, 0x9214}, {0x9286, 0x9286},
		{0x9290, 0x9292}, {0x9400, 0x9405}, {0xa000, tagPixelYDimension}, {0xa20b, 0xa20b}, {0xa20e, 0xa210},
		{0xa214, 0xa215}, {0xa217, 0xa217}, {0xa300, 0xa302}, {0xa401, 0xa40c}, {0xa420, 0xa420}, {0xa430, 0xa43c},
		{0xa460, 0xa462}, {0xa500, 0xa500},
	}
	gpsTags = []span{{0, 31}}
)

func among(spans []span, tag uint16) bool {
	return slices.ContainsFunc(spans, func(s span) bool { return tag >= s.first && tag <= s.last })
}

// A directory is an IFD.
type directory []item

type item struct {
	tag, kind uint16
	count     uint32
	value     []byte
	sub       directory // in place of a value
}

// A reader collects directories within bounds: entries in all, and bytes of
// values, of which no sound block has more than it is long. Without the second
// entries that share their values would grow.
type reader struct {
	order   binary.AppendByteOrder
	block   []byte
	entries int
	bytes   int
}

// open reads the header, and tells where IFD 0 stands.
func open(block []byte) (*reader, uint32, error) {
	block = bytes.TrimPrefix(block, []byte("Exif\x00\x00"))
	if len(block) < 8 {
		return nil, 0, ErrMalformed
	}
	r := &reader{block: block, entries: MaxEntries, bytes: len(block)}
	switch string(block[:4]) {
	case "II*\x00":
		r.order = binary.LittleEndian
	case "MM\x00*":
		r.order = binary.BigEndian
	default:
		return nil, 0, ErrMalformed
	}
	return r, r.byteOrder().Uint32(block[4:]), nil
}

func (r *reader) byteOrder() binary.ByteOrder { return r.order.(binary.ByteOrder) }

// directory reads the items with those tags of the IFD at start, in the
// order of tags and each once. Damaged ones are passed over.
func (r *reader) directory(start uint32, tags []span) directory {
	order := r.byteOrder()
	if start < 8 || uint64(start)+2 > uint64(len(r.block)) {
		return nil
	}
	list := r.block[start:]
	n := min(int(order.Uint16(list)), (len(list)-2)/12, r.entries)
	r.entries -= n
	var d directory
	for i := range n {
		e := list[2+12*i:][:12]
		f := item{tag: order.Uint16(e), kind: order.Uint16(e[2:]), count: order.Uint32(e[4:])}
		size := kindSizes[f.kind] * uint64(f.count)
		known := slices.ContainsFunc(d, func(g item) bool { return g.tag == f.tag })
		if size == 0 || size > uint64(r.bytes) || known || !among(tags, f.tag) {
			continue
		}
		f.value = e[8:]
		if size > 4 {
			offset := uint64(order.Uint32(e[8:]))
			if offset+size > uint64(len(r.block)) {
				continue
			}
			f.value = r.block[offset:]
		}
		f.value = f.value[:size]
		r.bytes -= int(size)
		d = append(d, f)
	}
	slices.SortFunc(d, func(f, g item) int { return int(f.tag) - int(g.tag) })
	return d
}

// pointer finds where the IFD that an entry of the one at start points to
// stands, or 0.
func (r *reader) pointer(start uint32, tag uint16) uint32 {
	order := r.byteOrder()
	if uint64(start)+2 > uint64(len(r.block)) {
		return 0
	}
	list := r.block[start:]
	for i := range min(int(order.Uint16(list)), (len(list)-2)/12, MaxEntries) {
		e := entry{order: order, block: r.block, raw: list[2+12*i:][:12]}
		if e.tag() == tag {
			v, _ := e.integer()
			return v
		}
	}
	return 0
}

// write appends d to b, which begins with the TIFF header; what it points to
// stands behind it, at even offsets.
func (d directory) write(b []byte, order binary.AppendByteOrder) []byte {
	at := len(b)
	b = order.AppendUint16(b, uint16(len(d)))
	b = append(b, make([]byte, 12*len(d)+4)...) // no IFD follows
	put := order.(binary.ByteOrder)
	for i, f := range d {
		e := at + 2 + 12*i
		if f.sub != nil {
			f.kind, f.count = typeLong, 1
		}
		put.PutUint16(b[e:], f.tag)
		put.PutUint16(b[e+2:], f.kind)
		put.PutUint32(b[e+4:], f.count)
		if f.sub == nil && len(f.value) <= 4 {
			copy(b[e+8:], f.value)
			continue
		}
		b = append(b, make([]byte, len(b)%2)...)
		put.PutUint32(b[e+8:], uint32(len(b)))
		if f.sub != nil {
			b = f.sub.write(b, order)
		} else {
			b = append(b, f.value...)
		}
	}
	return b
}

// block returns d as an EXIF block, or nil if it is empty.
func (d directory) block(order binary.AppendByteOrder) []byte {
	if len(d) == 0 {
		return nil
	}
	b := []byte("MM\x00*\x00\x00\x00\x08")
	if order.String() == binary.LittleEndian.String() {
		b = []byte("II*\x00\x08\x00\x00\x00")
	}
	return d.write(b, order)
}

// set replaces the value of a item that there is by an integer, a short where
// it fits.
func (d directory) set(order binary.AppendByteOrder, tag uint16, v int) {
	for i := range d {
		if d[i].tag != tag {
			continue
		}
		if v < 1<<16 {
			d[i] = item{tag: tag, kind: typeShort, count: 1, value: order.AppendUint16(nil, uint16(v))}
		} else {
			d[i] = item{tag: tag, kind: typeLong, count: 1, value: order.AppendUint32(nil, uint32(v))}
		}
	}
}

// Rewrite returns an EXIF block, without the six bytes before the TIFF header,
// that says of an upright sRGB picture of that size what block says of the
// original: all that describes the photograph, its place among it. It is built
// anew from tags that are known; thumbnails, maker notes and whatever else
// hides behind a pointer are left out. It returns nil where block is
// malformed or tells nothing. The result is never much longer than block.
func Rewrite(block []byte, width, height int) []byte {
	r, start, err := open(block)
	if err != nil {
		return nil
	}
	d := r.directory(start, imageTags)
	d.set(r.order, tagOrientation, 1)
	if photo := r.directory(r.pointer(start, tagExifIFD), photoTags); len(photo) > 0 {
		photo.set(r.order, tagColorSpace, spaceSRGB)
		photo.set(r.order, tagPixelXDimension, width)
		photo.set(r.order, tagPixelYDimension, height)
		d = append(d, item{tag: tagExifIFD, sub: photo})
	}
	if gps := r.directory(r.pointer(start, tagGPSIFD), gpsTags); len(gps) > 0 {
		d = append(d, item{tag: tagGPSIFD, sub: gps})
	}
	slices.SortFunc(d, func(f, g item) int { return int(f.tag) - int(g.tag) })
	return d.block(r.order)
}

// Rights reads who made the picture and whose it is, as the block spells
// them. They are empty where it does not say.
func Rights(block []byte) (artist, copyright string) {
	r, start, err := open(block)
	if err != nil {
		return "", ""
	}
	for _, f := range r.directory(start, []span{{tagArtist, tagArtist}, {tagCopyright, tagCopyright}}) {
		if f.kind != typeASCII && f.kind != 129 {
			continue
		}
		text := string(bytes.TrimRight(f.value, "\x00 "))
		if f.tag == tagArtist {
			artist = text
		} else {
			copyright = text
		}
	}
	return artist, copyright
}

// New returns a block that says no more than who made a picture and whose it
// is; nil if both are empty.
func New(artist, copyright string) []byte {
	var d directory
	for _, f := range []struct {
		tag  uint16
		text string
	}{{tagArtist, artist}, {tagCopyright, copyright}} {
		if f.text != "" {
			d = append(d, item{tag: f.tag, kind: typeASCII, count: uint32(len(f.text) + 1), value: append([]byte(f.text), 0)})
		}
	}
	return d.block(binary.BigEndian)
}
