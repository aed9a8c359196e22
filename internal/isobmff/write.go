package isobmff

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// A Draft is a file to be written.
type Draft struct {
	// Brand is the major one. All are those it is compatible with.
	Brand string
	All   []string
	// Items are numbered from 1; the first is to be shown.
	Items []DraftItem
}

// A DraftItem is an item to be written.
type DraftItem struct {
	Type string
	// MIME is that of an item of type "mime".
	MIME       string
	Data       []byte
	Properties []Property
	// To are the numbers of the items that it points at, for the reason Why.
	Why string
	To  []uint16
}

// NewColors returns the property that tells c.
func NewColors(c Colors) Property {
	d := []byte("nclx")
	d = binary.BigEndian.AppendUint16(d, c.Primaries)
	d = binary.BigEndian.AppendUint16(d, c.Transfer)
	d = binary.BigEndian.AppendUint16(d, c.Matrix)
	full := byte(0)
	if c.FullRange {
		full = 0x80
	}
	return Property{Type: "colr", Data: append(d, full)}
}

// NewSize returns the property of a size.
func NewSize(width, height int) Property {
	d := binary.BigEndian.AppendUint32(make([]byte, 4, 12), uint32(width))
	return Property{Type: "ispe", Data: binary.BigEndian.AppendUint32(d, uint32(height))}
}

// NewDepth returns the property of the channels' bits.
func NewDepth(bits byte, channels int) Property {
	return Property{Type: "pixi", Data: append([]byte{0, 0, 0, 0, byte(channels)}, bytes.Repeat([]byte{bits}, channels)...)}
}

// Alpha is the property of a picture of opacity.
func Alpha() Property {
	return Property{Type: "auxC", Data: []byte("\x00\x00\x00\x00urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\x00")}
}

// Write returns the file, whose boxes stand in the order in which libheif
// writes them. It must have fewer than 4 GiB, and no item more than 127
// properties in all.
func Write(d Draft) []byte {
	u16, u32 := binary.BigEndian.AppendUint16, binary.BigEndian.AppendUint32

	ftyp := append([]byte(d.Brand), 0, 0, 0, 0)
	for _, b := range d.All {
		ftyp = append(ftyp, b...)
	}
	hdlr := append(make([]byte, 8), "pict"...)
	hdlr = append(hdlr, make([]byte, 13)...)

	var all []Property // each once
	iinf := u16(make([]byte, 4), uint16(len(d.Items)))
	ipma := u32(make([]byte, 4), 0)
	iref := make([]byte, 4)
	owners := uint32(0)
	for n, item := range d.Items {
		id := uint16(n + 1)
		infe := u16(u16([]byte{2, 0, 0, 0}, id), 0)
		infe = append(infe, item.Type...)
		infe = append(infe, 0)
		if item.Type == "mime" {
			infe = append(append(infe, item.MIME...), 0)
		}
		iinf = appendBox(iinf, "infe", infe)
		if len(item.To) > 0 {
			b := u16(u16(nil, id), uint16(len(item.To)))
			for _, to := range item.To {
				b = u16(b, to)
			}
			iref = appendBox(iref, item.Why, b)
		}
		if len(item.Properties) == 0 {
			continue
		}
		owners++
		ipma = append(u16(ipma, id), byte(len(item.Properties)))
		for _, p := range item.Properties {
			k := slices.IndexFunc(all, func(q Property) bool { return q.Type == p.Type && bytes.Equal(q.Data, p.Data) })
			if k < 0 {
				k = len(all)
				all = append(all, p)
			}
			v := byte(k + 1)
			if p.Essential {
				v |= 0x80
			}
			ipma = append(ipma, v)
		}
	}
	binary.BigEndian.PutUint32(ipma[4:], owners)
	var ipco []byte
	for _, p := range all {
		ipco = appendBox(ipco, p.Type, p.Data)
	}
	iprp := appendBox(appendBox(nil, "ipco", ipco), "ipma", ipma)

	// Where the data lies is known once the size of all before it is.
	const entry = 2 + 2 + 2 + 4 + 4
	iloc := u16([]byte{0, 0, 0, 0, 0x44, 0}, uint16(len(d.Items)))
	first := len(iloc)
	iloc = append(iloc, make([]byte, entry*len(d.Items))...)

	meta := appendBox(make([]byte, 4), "hdlr", hdlr)
	at := len(meta) + 8 + first
	meta = appendBox(meta, "iloc", iloc)
	meta = appendBox(meta, "iinf", iinf)
	meta = appendBox(meta, "pitm", []byte{0, 0, 0, 0, 0, 1})
	meta = appendBox(meta, "iprp", iprp)
	if len(iref) > 4 {
		meta = appendBox(meta, "iref", iref)
	}
	file := appendBox(nil, "ftyp", ftyp)
	at += len(file) + 8
	file = appendBox(file, "meta", meta)

	total := 0
	for _, item := range d.Items {
		total += len(item.Data)
	}
	file = slices.Grow(file, 8+total)
	file = append(u32(file, uint32(8+total)), "mdat"...)
	// Metadata first, so that who wants to know it need not read the picture.
	for _, wanted := range []bool{true, false} {
		for n, item := range d.Items {
			if item.metadata() != wanted {
				continue
			}
			b := u16(u16(u16(nil, uint16(n+1)), 0), 1)
			b = u32(u32(b, uint32(len(file))), uint32(len(item.Data)))
			copy(file[at+n*entry:], b)
			file = append(file, item.Data...)
		}
	}
	return file
}

func (i *DraftItem) metadata() bool { return i.Type == "Exif" || i.Type == "mime" }

func appendBox(to []byte, kind string, body []byte) []byte {
	to = binary.BigEndian.AppendUint32(to, uint32(8+len(body)))
	to = append(to, kind...)
	return append(to, body...)
}
