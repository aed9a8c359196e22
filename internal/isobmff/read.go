package isobmff

import (
	"bytes"
	"io"
	"math"
)

// A File is what the boxes before the pixels say.
type File struct {
	// Brands are the major one and those that it is compatible with.
	Brands []string
	// Primary is the item to be shown.
	Primary uint32
	// Items by their number.
	Items map[uint32]*Item
	// Size is how many bytes of the file have been read for it.
	Size int64

	idat []byte
	// listed counts what all boxes so far have listed.
	listed struct{ extents, references, properties int }
}

// An Item is a picture, a plan for putting some together, or metadata.
type Item struct {
	ID   uint32
	Type string // "av01", "hvc1", "grid", "Exif", "mime", …
	// MIME is that of an item of type "mime", Encoding how it is compressed.
	MIME, Encoding string
	Protected      bool
	Properties     []Property
	// References lists the items that it points at, by the kind of reference.
	References map[string][]uint32

	method  uint64 // of construction: 0 in the file, 1 in idat
	extents []extent
}

type extent struct{ offset, size uint64 }

// A Property is one of an item, in the order in which they apply.
type Property struct {
	Type      string
	Data      []byte
	Essential bool
}

// Property returns the data of the item's first property of a type.
func (i *Item) Property(kind string) ([]byte, bool) {
	for _, p := range i.Properties {
		if p.Type == kind {
			return p.Data, true
		}
	}
	return nil, false
}

// Read reads r up to the end of its "meta" box and no further. Errors wrap
// ErrMalformed, ErrUnsupported or ErrLimit, or are those of r.
func Read(r io.Reader) (*File, error) {
	f := &File{Items: map[uint32]*Item{}}
	for n := range maxBoxes {
		kind, size, head, err := header(r)
		if err == io.EOF && n > 0 {
			return nil, fmtUnsupported("there is no \"meta\" box")
		}
		if err != nil {
			return nil, early(err)
		}
		f.Size += head
		if n == 0 && kind != "ftyp" {
			return nil, malformed("it begins with a %q box", kind)
		}
		switch {
		case kind == "ftyp" && n == 0:
			b, err := body(r, size, 4096)
			if err != nil {
				return nil, err
			}
			f.brands(b)
		case kind == "meta":
			b, err := body(r, size, maxMeta)
			if err != nil {
				return nil, err
			}
			f.Size += int64(len(b))
			return f, f.meta(cursor{b: b})
		case size < 0:
			return nil, fmtUnsupported("there is no \"meta\" box before the last one")
		default:
			if _, err := io.CopyN(io.Discard, r, size); err != nil {
				return nil, early(err)
			}
		}
		f.Size += max(size, 0)
	}
	return nil, fmtLimit("no \"meta\" box among the first %d", maxBoxes)
}

// body reads a box's body of at most limit bytes. What it allocates follows
// what is there, not what the header claims.
func body(r io.Reader, size, limit int64) ([]byte, error) {
	if size > limit {
		return nil, fmtLimit("a box of %d bytes, where %d are allowed", size, limit)
	}
	if size < 0 {
		b, err := io.ReadAll(io.LimitReader(r, limit+1))
		if err == nil && int64(len(b)) > limit {
			err = fmtLimit("a box of more than %d bytes", limit)
		}
		return b, err
	}
	var b bytes.Buffer
	if _, err := io.CopyN(&b, r, size); err != nil {
		return nil, early(err)
	}
	return b.Bytes(), nil
}

func (f *File) brands(b []byte) {
	for i := 0; i+4 <= len(b); i += 4 {
		if i != 4 { // the version of the major one
			f.Brands = append(f.Brands, string(b[i:i+4]))
		}
	}
}

func (f *File) meta(c cursor) error {
	c.full()
	var properties, associations []cursor
	for {
		kind, b, ok, err := c.box()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		switch kind {
		case "pitm":
			version, _ := b.full()
			f.Primary = uint32(b.uint(idSize(version, 1)))
		case "iinf":
			err = f.infos(b)
		case "iloc":
			err = f.locations(b)
		case "iref":
			err = f.references(b)
		case "idat":
			f.idat = b.b
		case "iprp":
			for {
				kind, b, ok, err := b.box()
				if err != nil {
					return err
				}
				if !ok {
					break
				}
				switch kind {
				case "ipco":
					properties = append(properties, b)
				case "ipma":
					associations = append(associations, b)
				}
			}
		}
		if err == nil && b.short {
			err = malformed("the %q box ends early", kind)
		}
		if err != nil {
			return err
		}
	}
	return f.properties(properties, associations)
}

// count adds n to a total, which is bounded.
func count(total *int, n int, what string) error {
	if *total += n; *total > maxEntries {
		return fmtLimit("more than %d %s", maxEntries, what)
	}
	return nil
}

// idSize is the width of an item's number: 2 bytes in versions below long.
func idSize(version, long uint8) int {
	if version < long {
		return 2
	}
	return 4
}

// item returns the item of a number, which may not have been heard of before.
func (f *File) item(id uint32) (*Item, error) {
	if i := f.Items[id]; i != nil {
		return i, nil
	}
	if len(f.Items) >= maxEntries {
		return nil, fmtLimit("more than %d items", maxEntries)
	}
	i := &Item{ID: id, References: map[string][]uint32{}}
	f.Items[id] = i
	return i, nil
}

func (f *File) infos(c cursor) error {
	version, _ := c.full()
	for range c.uint(idSize(version, 1)) {
		kind, b, ok, err := c.box()
		if err != nil {
			return err
		}
		if !ok || kind != "infe" {
			break
		}
		version, _ := b.full()
		if version < 2 {
			continue // of MPEG-7 metadata, which is no picture
		}
		item, err := f.item(uint32(b.uint(idSize(version, 3))))
		if err != nil {
			return err
		}
		item.Protected = b.uint(2) != 0
		item.Type = string(b.take(4))
		b.text() // its name
		if item.Type == "mime" {
			item.MIME = b.text()
			item.Encoding = b.text()
		}
		if b.short {
			return malformed("the \"infe\" box ends early")
		}
	}
	return nil
}

func (f *File) locations(c cursor) error {
	version, _ := c.full()
	if version > 2 {
		return fmtUnsupported("\"iloc\" of version %d", version)
	}
	sizes := c.uint(2)
	offset, length, base, index := int(sizes>>12), int(sizes>>8&15), int(sizes>>4&15), int(sizes&15)
	if version == 0 {
		index = 0
	}
	if max(offset, length, base, index) > 8 {
		return malformed("\"iloc\" with numbers of more than 8 bytes")
	}
	for range c.uint(idSize(version, 2)) {
		item, err := f.item(uint32(c.uint(idSize(version, 2))))
		if err != nil {
			return err
		}
		if version > 0 {
			item.method = c.uint(2) & 15
		}
		reference := c.uint(2)
		at := c.uint(base)
		n := int(c.uint(2))
		if c.short {
			break
		}
		if err := count(&f.listed.extents, n, "extents"); err != nil {
			return err
		}
		item.extents = nil
		for range n {
			c.uint(index)
			e := extent{c.uint(offset), c.uint(length)}
			if e.offset > math.MaxInt64-min(at, math.MaxInt64) {
				return malformed("item %d lies at %d beyond %d", item.ID, e.offset, at)
			}
			e.offset += at
			item.extents = append(item.extents, e)
		}
		if reference != 0 && item.method < 2 {
			item.method = 2 // in another file: refused when it is wanted
		}
	}
	if c.short {
		return malformed("the \"iloc\" box ends early")
	}
	return nil
}

func (f *File) references(c cursor) error {
	version, _ := c.full()
	size := idSize(version, 1)
	for {
		kind, b, ok, err := c.box()
		if err != nil {
			return err
		}
		if !ok {
			return nil
		}
		from, err := f.item(uint32(b.uint(size)))
		if err != nil {
			return err
		}
		n := int(b.uint(2))
		if err := count(&f.listed.references, max(n, 1), "references"); err != nil {
			return err
		}
		for range n {
			from.References[kind] = append(from.References[kind], uint32(b.uint(size)))
		}
		if b.short {
			return malformed("the \"iref\" box ends early")
		}
	}
}

// properties hands the properties of all containers to their items.
func (f *File) properties(containers, associations []cursor) error {
	var all []Property
	for _, c := range containers {
		for {
			kind, b, ok, err := c.box()
			if err != nil {
				return err
			}
			if !ok {
				break
			}
			if len(all) >= maxEntries {
				return fmtLimit("more than %d properties", maxEntries)
			}
			all = append(all, Property{Type: kind, Data: b.b})
		}
	}
	for _, c := range associations {
		version, flags := c.full()
		for range c.uint(4) {
			item, err := f.item(uint32(c.uint(idSize(version, 1))))
			if err != nil {
				return err
			}
			n := int(c.uint(1))
			if err := count(&f.listed.properties, n, "properties of items"); err != nil {
				return err
			}
			for range n {
				bits := 8 * (1 + flags&1)
				v := c.uint(int(bits / 8))
				essential := v>>(bits-1) != 0
				v &= 1<<(bits-1) - 1
				if v == 0 {
					continue // none
				}
				if v > uint64(len(all)) {
					return malformed("item %d has property %d of %d", item.ID, v, len(all))
				}
				p := all[v-1]
				p.Essential = essential
				item.Properties = append(item.Properties, p)
			}
			if c.short {
				return malformed("the \"ipma\" box ends early")
			}
		}
	}
	return nil
}
