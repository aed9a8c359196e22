// Package testmeta makes what a camera, and whoever sells its pictures, write
// beside the pixels, for tests of what becomes of it.
package testmeta

import (
	"encoding/binary"

	"github.com/immagin/immagin-go/luna/codec"
)

// What the metadata tells.
const (
	Artist    = "Ines Quaresma"
	Copyright = "(c) 2026 Quaresma & Filhos"
	Make      = "Lumar"
	Model     = "Lumar Q7"
	Taken     = "2026:06:21 05:12:44"
	// Orientation, Density and Width are those of the file that it came from.
	Orientation = 6
	Density     = 300
	Width       = 4032

	// City and Serial must go wherever the place, or all but the rights, must.
	City   = "Sesimbra-Cabo-Espichel"
	Serial = "SERIAL-4711-0815"
	// Thumbnail is what the directory of the old thumbnail points to.
	Thumbnail = "\xff\xd8THUMBNAIL-OF-THE-OLD-PICTURE\xff\xd9"

	seconds = 29_473_117 // of the latitude, in millionths
)

// Metadata returns EXIF with a GPS directory, a maker note and a thumbnail,
// XMP with a place, and IPTC with a city.
func Metadata(order binary.AppendByteOrder) codec.Metadata {
	return codec.Metadata{EXIF: EXIF(order), XMP: []byte(XMP), IPTC: IPTC()}
}

// Place lists byte strings of which the place cannot be told without one.
func Place() [][]byte {
	return [][]byte{
		binary.BigEndian.AppendUint32(nil, seconds), binary.LittleEndian.AppendUint32(nil, seconds),
		[]byte("GPS"), []byte("38,26.4912N"), []byte(City),
	}
}

// Private lists, beside Place, what is neither place nor rights.
func Private() [][]byte {
	return [][]byte{[]byte(Make), []byte(Serial), []byte(Thumbnail), []byte("THUMBNAIL"), []byte(Taken), []byte("Adobe Bridge")}
}

// Rights lists what says whose the picture is.
func Rights() [][]byte { return [][]byte{[]byte("Quaresma")} }

// IPTC returns a record with a by-line, a notice and a city, all of it
// declared to be UTF-8.
func IPTC() []byte {
	var b []byte
	for _, d := range []struct {
		record, dataset byte
		value           string
	}{{1, 90, "\x1b%G"}, {2, 80, Artist}, {2, 90, City}, {2, 116, Copyright}, {2, 202, Thumbnail}} {
		b = append(b, 0x1c, d.record, d.dataset)
		b = binary.BigEndian.AppendUint16(b, uint16(len(d.value)))
		b = append(b, d.value...)
	}
	return b
}

// XMP is a packet with properties as attributes and as elements.
const XMP = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Adobe XMP Core 7.0">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
    exif:GPSLatitude="38,26.4912N" tiff:Orientation="6" xmp:CreatorTool="Adobe Bridge" photoshop:City="` + City + `">
   <tiff:ImageWidth>4032</tiff:ImageWidth>
   <exif:GPSLongitude>9,12.7W</exif:GPSLongitude>
   <xmp:Thumbnails><rdf:Alt><rdf:li>THUMBNAIL</rdf:li></rdf:Alt></xmp:Thumbnails>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:d="http://purl.org/dc/elements/1.1/" xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" xmpRights:Marked="True">
   <d:creator><rdf:Seq><rdf:li>Ines Quaresma</rdf:li></rdf:Seq></d:creator>
   <d:rights><rdf:Alt><rdf:li xml:lang="x-default">(c) 2026 Quaresma &amp; Filhos</rdf:li></rdf:Alt></d:rights>
   <d:subject><rdf:Bag><rdf:li>` + City + `</rdf:li></rdf:Bag></d:subject>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>`

// The types of EXIF's values.
const (
	ascii     = 2
	short     = 3
	long      = 4
	rational  = 5
	undefined = 7
)

type value struct {
	tag, kind uint16
	numbers   []uint32 // of shorts, longs and rationals
	text      string   // of the others
	sub       []value  // a directory
}

// EXIF returns a TIFF structure with IFD 0, its EXIF and GPS directories, and
// IFD 1 with a thumbnail.
func EXIF(order binary.AppendByteOrder) []byte {
	photo := []value{
		{tag: 0x9000, kind: undefined, text: "0232"},
		{tag: 0x9003, kind: ascii, text: Taken + "\x00"},
		{tag: 0x927c, kind: undefined, text: "Lumar\x00\x01" + Serial},
		{tag: 0xa001, kind: short, numbers: []uint32{65535}},
		{tag: 0xa002, kind: long, numbers: []uint32{Width}},
		{tag: 0xa003, kind: long, numbers: []uint32{3024}},
		{tag: 0xa431, kind: ascii, text: Serial + "\x00"},
	}
	place := []value{
		{tag: 0, kind: 1, text: "\x02\x03\x00\x00"},
		{tag: 1, kind: ascii, text: "N\x00"},
		{tag: 2, kind: rational, numbers: []uint32{38, 1, 26, 1, seconds, 1_000_000}},
		{tag: 3, kind: ascii, text: "W\x00"},
		{tag: 4, kind: rational, numbers: []uint32{9, 1, 12, 1, seconds, 1_000_000}},
		{tag: 18, kind: ascii, text: "WGS-84\x00"},
		{tag: 28, kind: undefined, text: "ASCII\x00\x00\x00GPS " + City},
	}
	first := []value{
		{tag: 0x010e, kind: ascii, text: "The cape at dawn\x00"},
		{tag: 0x010f, kind: ascii, text: Make + "\x00"},
		{tag: 0x0110, kind: ascii, text: Model + "\x00"},
		{tag: 0x0112, kind: short, numbers: []uint32{Orientation}},
		{tag: 0x011a, kind: rational, numbers: []uint32{Density, 1}},
		{tag: 0x011b, kind: rational, numbers: []uint32{Density, 1}},
		{tag: 0x0128, kind: short, numbers: []uint32{2}},
		{tag: 0x013b, kind: ascii, text: Artist + "\x00"},
		{tag: 0x8298, kind: ascii, text: Copyright + "\x00"},
		{tag: 0x8769, kind: long, sub: photo},
		{tag: 0x8825, kind: long, sub: place},
		{tag: 0xc4a5, kind: undefined, text: "PrintIM " + Serial},
	}
	b := []byte("MM")
	if order.String() == binary.LittleEndian.String() {
		b = []byte("II")
	}
	b = order.AppendUint16(b, 42)
	b = order.AppendUint32(b, 8)
	b, next := appendDirectory(b, order, first)
	put := order.(binary.ByteOrder)
	put.PutUint32(b[next:], uint32(len(b)))
	at := len(b) + 2 + 3*12 + 4
	b, _ = appendDirectory(b, order, []value{
		{tag: 0x0103, kind: short, numbers: []uint32{6}},
		{tag: 0x0201, kind: long, numbers: []uint32{uint32(at)}},
		{tag: 0x0202, kind: long, numbers: []uint32{uint32(len(Thumbnail))}},
	})
	return append(b, Thumbnail...)
}

// appendDirectory reports where the offset of the next directory is to stand.
func appendDirectory(b []byte, order binary.AppendByteOrder, values []value) (_ []byte, next int) {
	put := order.(binary.ByteOrder)
	b = order.AppendUint16(b, uint16(len(values)))
	at := len(b)
	next = at + 12*len(values)
	b = append(b, make([]byte, 12*len(values)+4)...)
	for i, v := range values {
		e := at + 12*i
		data := []byte(v.text)
		count := len(data)
		for j, n := range v.numbers {
			if v.kind == short {
				data = order.AppendUint16(data, uint16(n))
			} else {
				data = order.AppendUint32(data, n)
			}
			if count = j + 1; v.kind == rational {
				count /= 2
			}
		}
		if v.sub != nil {
			count = 1
		}
		put.PutUint16(b[e:], v.tag)
		put.PutUint16(b[e+2:], v.kind)
		put.PutUint32(b[e+4:], uint32(count))
		switch {
		case v.sub != nil:
			put.PutUint32(b[e+8:], uint32(len(b)))
			b, _ = appendDirectory(b, order, v.sub)
		case len(data) <= 4:
			copy(b[e+8:], data)
		default:
			put.PutUint32(b[e+8:], uint32(len(b)))
			b = append(b, data...)
			b = append(b, make([]byte, len(b)%2)...)
		}
	}
	return b, next
}
