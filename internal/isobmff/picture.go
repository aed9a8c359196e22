package isobmff

import (
	"encoding/binary"
	"fmt"
	"image"
	"slices"
	"strings"
)

// A Picture is what a file shows.
type Picture struct {
	Color *Image
	// Alpha is nil where the picture is opaque.
	Alpha *Image
	// Premultiplied says that colours are multiplied by alpha.
	Premultiplied bool
	// Profile is an ICC profile, or nil. A file may say both this and Colors.
	Profile []byte
	// EXIF and XMP are the items of metadata about the picture, or nil.
	EXIF, XMP *Item
}

// An Image is one plane or set of planes: a coded item, or a grid of them.
type Image struct {
	// Width and Height are those of the stored samples.
	Width, Height int
	// Coded is the type of the coded items, such as "av01".
	Coded string
	// Tiles are the coded items, in rows from the top left: see [File.Places].
	// They are of one type, and each is TileWidth x TileHeight.
	Tiles                 []*Item
	TileWidth, TileHeight int
	// Colors is how samples are to be understood, or nil where only the coded
	// picture knows.
	Colors *Colors
	// Orient is how samples are turned and cut to be shown.
	Orient Orient

	item, grid *Item
}

// Colors are the code points of ISO/IEC 23091-2.
type Colors struct {
	Primaries, Transfer, Matrix uint16
	FullRange                   bool
}

// Brands of which one must be there for a still picture: structure and codec.
var brands = []string{"mif1", "mif2", "avif", "avis", "heic", "heix", "heim", "heis", "hevc", "hevx", "msf1", "miaf", "mif3"}

// Picture finds what the file shows.
func (f *File) Picture() (*Picture, error) {
	if !slices.ContainsFunc(f.Brands, func(b string) bool { return slices.Contains(brands, b) }) {
		return nil, fmtUnsupported("a file of brand %q", f.Brands[:min(len(f.Brands), 1)])
	}
	if f.Primary == 0 {
		return nil, fmtUnsupported("no item is the one to be shown")
	}
	item := f.Items[f.Primary]
	if item == nil {
		return nil, malformed("item %d is to be shown, and is not there", f.Primary)
	}
	color, err := f.image(item, nil)
	if err != nil {
		return nil, err
	}
	p := &Picture{Color: color}
	for _, c := range color.item.Properties {
		if kind, rest := four(c.Data); c.Type == "colr" && (kind == "prof" || kind == "rICC") && len(rest) > 0 {
			p.Profile = rest
		}
	}
	// The items in the order of their numbers, so that the choice among
	// several does not hang on a map's order.
	ids := make([]uint32, 0, len(f.Items))
	for id := range f.Items {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		i := f.Items[id]
		switch {
		case p.Alpha == nil && slices.Contains(i.References["auxl"], color.item.ID) && i.isAlpha():
			if p.Alpha, err = f.image(i, color); err != nil {
				return nil, fmt.Errorf("alpha: %w", err)
			}
			p.Premultiplied = slices.Contains(color.item.References["prem"], id)
		case !slices.Contains(i.References["cdsc"], color.item.ID) || i.Protected:
		case i.Type == "Exif" && p.EXIF == nil:
			p.EXIF = i
		case i.Type == "mime" && i.MIME == "application/rdf+xml" && i.Encoding == "" && p.XMP == nil:
			p.XMP = i
		}
	}
	if p.Alpha == nil && color.grid != nil {
		if err := f.alphaOfTiles(p, ids); err != nil {
			return nil, fmt.Errorf("alpha: %w", err)
		}
	}
	if a := p.Alpha; a != nil && (a.Width != color.Width || a.Height != color.Height) {
		return nil, fmtUnsupported("alpha of %dx%d for a picture of %dx%d", a.Width, a.Height, color.Width, color.Height)
	}
	return p, nil
}

// alphaOfTiles finds the opacity of a grid whose tiles have one each.
func (f *File) alphaOfTiles(p *Picture, ids []uint32) error {
	of := map[uint32]*Item{}
	for _, id := range ids {
		if i := f.Items[id]; i.isAlpha() {
			for _, to := range i.References["auxl"] {
				if of[to] == nil {
					of[to] = i
				}
			}
		}
	}
	m := *p.Color
	m.Tiles, m.Colors = nil, nil
	for _, t := range p.Color.Tiles {
		i := of[t.ID]
		if i == nil {
			return nil // part of it is opaque, or all of it: so is the picture
		}
		m.Tiles = append(m.Tiles, i)
	}
	m.Coded = m.Tiles[0].Type
	if err := f.alike(&m); err != nil {
		return err
	}
	p.Alpha = &m
	return nil
}

// alike checks that all tiles are of the type and size that m says. An item
// that stands in many places is looked at once.
func (f *File) alike(m *Image) error {
	seen := map[*Item]bool{}
	for _, t := range m.Tiles {
		if seen[t] {
			continue
		}
		seen[t] = true
		if err := f.check(t); err != nil {
			return err
		}
		w, h, err := t.size()
		if err != nil {
			return err
		}
		if t.Type != m.Coded || w != m.TileWidth || h != m.TileHeight {
			return malformed("the tiles of grid %d differ", m.grid.ID)
		}
	}
	return nil
}

func four(b []byte) (string, []byte) {
	if len(b) < 4 {
		return "", nil
	}
	return string(b[:4]), b[4:]
}

// isAlpha reports whether the item is an auxiliary picture of opacity.
func (i *Item) isAlpha() bool {
	d, ok := i.Property("auxC")
	if !ok || len(d) < 4 {
		return false
	}
	c := cursor{b: d[4:]}
	name := c.text()
	return strings.HasPrefix(name, "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha") || name == "urn:mpeg:hevc:2015:auxid:1"
}

// known are the properties that are understood, or that may be passed over.
var known = []string{"ispe", "pixi", "av1C", "hvcC", "colr", "irot", "imir", "clap", "auxC", "pasp", "a1op", "a1lx", "lsel", "clli", "mdcv", "cclv", "amve", "reve", "ndwt", "rloc", "udes", "altt", "uuid", "free", "skip"}

// image finds the tiles of an item. It may lack a size where it belongs to
// another one, whose size it then has.
func (f *File) image(item *Item, of *Image) (*Image, error) {
	for depth := 0; item.Type == "iden"; depth++ {
		from := item.References["dimg"]
		if len(from) != 1 || depth > 4 || f.Items[from[0]] == nil {
			return nil, malformed("item %d is another one unchanged, but of which is not said", item.ID)
		}
		if len(item.Properties) > 1 {
			return nil, fmtUnsupported("an item that turns another one")
		}
		item = f.Items[from[0]]
	}
	m := &Image{item: item, Coded: item.Type}
	var err error
	if _, has := item.Property("ispe"); !has && of != nil {
		m.Width, m.Height = of.Width, of.Height
	} else if m.Width, m.Height, err = item.size(); err != nil {
		return nil, err
	}
	if err := f.check(item); err != nil {
		return nil, err
	}
	m.Orient, err = orient(item, m.Width, m.Height)
	if err != nil {
		return nil, err
	}
	m.Tiles = []*Item{item}
	m.TileWidth, m.TileHeight = m.Width, m.Height
	m.Colors = item.colors()
	if item.Type == "grid" {
		m.grid = item
		if err := f.tiles(m); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (f *File) check(item *Item) error {
	switch {
	case item.Type == "":
		return malformed("item %d has no type", item.ID)
	case item.Protected:
		return fmtUnsupported("item %d is encrypted", item.ID)
	}
	for _, p := range item.Properties {
		if p.Essential && !slices.Contains(known, p.Type) {
			return fmtUnsupported("item %d has the essential property %q", item.ID, p.Type)
		}
	}
	return nil
}

// size is what "ispe" tells.
func (i *Item) size() (width, height int, err error) {
	d, ok := i.Property("ispe")
	if !ok || len(d) < 12 {
		return 0, 0, malformed("item %d has no size", i.ID)
	}
	w, h := binary.BigEndian.Uint32(d[4:]), binary.BigEndian.Uint32(d[8:])
	if w == 0 || h == 0 || w > 1<<24 || h > 1<<24 {
		return 0, 0, malformed("item %d is %dx%d", i.ID, w, h)
	}
	return int(w), int(h), nil
}

func (i *Item) colors() *Colors {
	for _, p := range i.Properties {
		if kind, rest := four(p.Data); p.Type == "colr" && kind == "nclx" && len(rest) >= 7 {
			u := binary.BigEndian.Uint16
			return &Colors{u(rest), u(rest[2:]), u(rest[4:]), rest[6]&0x80 != 0}
		}
	}
	return nil
}

// minTile is the least side of a grid's tiles: ISO/IEC 23000-22, 7.3.11.4.2.
const minTile = 64

// tiles collects the items of a grid, whose data says how many there are in a
// row.
func (f *File) tiles(m *Image) error {
	ids := m.grid.References["dimg"]
	if len(ids) == 0 {
		return malformed("the grid %d has no tiles", m.grid.ID)
	}
	m.Tiles = nil
	for _, id := range ids {
		t := f.Items[id]
		if t == nil {
			return malformed("the grid %d has the tile %d, which is not there", m.grid.ID, id)
		}
		m.Tiles = append(m.Tiles, t)
	}
	first := m.Tiles[0]
	m.Coded = first.Type
	if m.Colors == nil {
		m.Colors = first.colors()
	}
	var err error
	if m.TileWidth, m.TileHeight, err = first.size(); err != nil {
		return err
	}
	if err := f.alike(m); err != nil {
		return err
	}
	if len(ids) > 1 && min(m.TileWidth, m.TileHeight) < minTile {
		return malformed("tiles of %dx%d", m.TileWidth, m.TileHeight)
	}
	return nil
}

// Places tells where each of m's tiles lies; the last of a row or column may
// reach beyond the image. It fails where they do not cover it. File is all of
// the file.
func (f *File) Places(m *Image, file []byte) ([]image.Point, error) {
	if m.grid == nil {
		return []image.Point{{}}, nil
	}
	d, err := f.Data(m.grid, file)
	if err != nil {
		return nil, err
	}
	c := cursor{b: d}
	c.uint(1)
	wide := int(c.uint(1)&1)*2 + 2
	rows, columns := int(c.uint(1))+1, int(c.uint(1))+1
	width, height := c.uint(wide), c.uint(wide)
	if c.short || width != uint64(m.Width) || height != uint64(m.Height) {
		return nil, malformed("the grid %d of %dx%d says %dx%d", m.grid.ID, m.Width, m.Height, width, height)
	}
	if len(m.Tiles) != rows*columns {
		return nil, malformed("%d tiles in a grid of %dx%d", len(m.Tiles), columns, rows)
	}
	w, h := m.TileWidth, m.TileHeight
	if columns*w < m.Width || rows*h < m.Height || (columns-1)*w >= m.Width || (rows-1)*h >= m.Height {
		return nil, malformed("%dx%d tiles of %dx%d in a picture of %dx%d", columns, rows, w, h, m.Width, m.Height)
	}
	places := make([]image.Point, len(m.Tiles))
	for i := range places {
		places[i] = image.Pt(i%columns*w, i/columns*h)
	}
	return places, nil
}
