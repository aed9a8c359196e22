package isobmff

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"io"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// A draft of a coded picture with alpha and metadata.
func sample() Draft {
	return Draft{Brand: "avif", All: []string{"mif1", "avif"}, Items: []DraftItem{
		{Type: "av01", Data: []byte("colour"), Properties: []Property{
			{Type: "av1C", Data: []byte("conf"), Essential: true}, NewSize(40, 30), NewDepth(8, 3), NewColors(Colors{1, 13, 6, true}),
			{Type: "colr", Data: []byte("profICC")}, {Type: "irot", Data: []byte{1}, Essential: true},
		}},
		{Type: "av01", Data: []byte("opacity"), Why: "auxl", To: []uint16{1}, Properties: []Property{
			{Type: "av1C", Data: []byte("conf"), Essential: true}, NewSize(40, 30), Alpha(),
		}},
		{Type: "Exif", Data: []byte("\x00\x00\x00\x00II*\x00"), Why: "cdsc", To: []uint16{1}},
		{Type: "mime", MIME: "application/rdf+xml", Data: []byte("<xmp/>"), Why: "cdsc", To: []uint16{1}},
	}}
}

func picture(t *testing.T, file []byte) (*File, *Picture) {
	t.Helper()
	f, err := Read(bytes.NewReader(file))
	require.NoError(t, err)
	p, err := f.Picture()
	require.NoError(t, err)
	return f, p
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	file := Write(sample())
	r := bytes.NewReader(file)
	f, err := Read(r)
	require.NoError(t, err)
	require.EqualValues(t, len(file)-r.Len(), f.Size)
	require.Equal(t, bytes.Index(file, []byte("mdat"))-4, len(file)-r.Len(), "nothing of the data is read")
	require.Equal(t, []string{"avif", "mif1", "avif"}, f.Brands)

	p, err := f.Picture()
	require.NoError(t, err)
	require.Equal(t, 40, p.Color.Width)
	require.Equal(t, 30, p.Color.Height)
	require.Equal(t, 30, p.Color.Orient.Width)
	require.Equal(t, "av01", p.Color.Coded)
	require.Equal(t, &Colors{1, 13, 6, true}, p.Color.Colors)
	require.Equal(t, "ICC", string(p.Profile))
	require.False(t, p.Premultiplied)
	for item, want := range map[*Item]string{p.Color.Tiles[0]: "colour", p.Alpha.Tiles[0]: "opacity", p.XMP: "<xmp/>"} {
		got, err := f.Data(item, file)
		require.NoError(t, err)
		require.Equal(t, want, string(got))
	}
	e, x := &Wanted{Item: p.EXIF, Max: 100}, &Wanted{Item: p.XMP, Max: 5}
	require.NoError(t, f.Fetch(r, e, x))
	require.Equal(t, "\x00\x00\x00\x00II*\x00", string(e.Data))
	require.Nil(t, x.Data, "it is too long")
	require.Equal(t, "colour", string(file[len(file)-len("colouropacity"):][:6]), "metadata lies first")

	// Equal properties are written once.
	require.Equal(t, 1, bytes.Count(file, []byte("ispe")))
}

func TestCutAnywhere(t *testing.T) {
	file := Write(sample())
	for n := range len(file) {
		f, err := Read(bytes.NewReader(file[:n]))
		if err != nil {
			require.True(t, errors.Is(err, ErrMalformed) || n == 24 && errors.Is(err, ErrUnsupported), "%d: %v", n, err)
			continue
		}
		p, err := f.Picture()
		require.NoError(t, err)
		_, err = f.Data(p.Alpha.Tiles[0], file[:n])
		require.ErrorIs(t, err, ErrMalformed, n)
	}
}

func TestOrient(t *testing.T) {
	// A picture of 3x2 letters.
	stored := []string{"abc", "def"}
	turn := func(kind string, v byte) Property { return Property{Type: kind, Data: []byte{v}} }
	clap := func(v ...int32) Property {
		var d []byte
		for _, n := range v {
			d = binary.BigEndian.AppendUint32(d, uint32(n))
		}
		return Property{Type: "clap", Data: d}
	}
	for name, test := range map[string]struct {
		properties []Property
		want       []string
	}{
		"as it is":                    {nil, []string{"abc", "def"}},
		"a quarter anticlockwise":     {[]Property{turn("irot", 1)}, []string{"cf", "be", "ad"}},
		"a half":                      {[]Property{turn("irot", 2)}, []string{"fed", "cba"}},
		"a quarter clockwise":         {[]Property{turn("irot", 3)}, []string{"da", "eb", "fc"}},
		"top to bottom":               {[]Property{turn("imir", 0)}, []string{"def", "abc"}},
		"left to right":               {[]Property{turn("imir", 1)}, []string{"cba", "fed"}},
		"turned, then mirrored":       {[]Property{turn("irot", 1), turn("imir", 1)}, []string{"fc", "eb", "da"}},
		"mirrored, then turned":       {[]Property{turn("imir", 1), turn("irot", 1)}, []string{"ad", "be", "cf"}},
		"cut to the right":            {[]Property{clap(2, 1, 2, 1, 1, 2, 0, 1)}, []string{"bc", "ef"}},
		"cut to one":                  {[]Property{clap(1, 1, 1, 1, -1, 1, 1, 2)}, []string{"d"}},
		"cut, then turned":            {[]Property{clap(2, 1, 2, 1, 1, 2, 0, 1), turn("irot", 1)}, []string{"cf", "be"}},
		"turned, then cut at the top": {[]Property{turn("irot", 1), clap(2, 1, 1, 1, 0, 1, -1, 1)}, []string{"cf"}},
	} {
		o, err := orient(&Item{Properties: test.properties}, 3, 2)
		require.NoError(t, err, name)
		var got []string
		for y := range o.Height {
			row := ""
			for x := range o.Width {
				p := image.Pt(o.X0+o.XX*x+o.XY*y, o.Y0+o.YX*x+o.YY*y)
				require.True(t, p.In(o.Stored), name)
				row += stored[p.Y][p.X : p.X+1]
			}
			got = append(got, row)
		}
		require.Equal(t, test.want, got, name)
		require.Equal(t, o.Width*o.Height, o.Stored.Dx()*o.Stored.Dy(), name)
	}
	for name, p := range map[string]Property{
		"larger":     clap(4, 1, 2, 1, 0, 1, 0, 1),
		"none":       clap(0, 1, 2, 1, 0, 1, 0, 1),
		"outside":    clap(2, 1, 2, 1, 5, 1, 0, 1),
		"before":     clap(2, 1, 2, 1, -5, 1, 0, 1),
		"by zero":    clap(2, 0, 2, 1, 0, 1, 0, 1),
		"too short":  {Type: "clap"},
		"no angle":   {Type: "irot"},
		"no axis":    {Type: "imir"},
		"by minus 1": clap(2, -1, 2, 1, 0, 1, 0, 1),
	} {
		_, err := orient(&Item{Properties: []Property{p}}, 3, 2)
		require.ErrorIs(t, err, ErrMalformed, name)
	}
}

// grid is a draft of 2x1 tiles.
func grid(data []byte) Draft {
	tile := DraftItem{Type: "av01", Data: []byte("tile"), Properties: []Property{NewSize(64, 64)}}
	alpha := func(of uint16) DraftItem {
		return DraftItem{Type: "av01", Data: []byte("alpha"), Properties: []Property{NewSize(64, 64), Alpha()}, Why: "auxl", To: []uint16{of}}
	}
	return Draft{Brand: "avif", All: []string{"avif"}, Items: []DraftItem{
		{Type: "grid", Data: data, Properties: []Property{NewSize(100, 60)}, Why: "dimg", To: []uint16{2, 3}},
		tile, tile, alpha(2), alpha(3),
	}}
}

func TestGrid(t *testing.T) {
	file := Write(grid([]byte{0, 0, 0, 1, 0, 100, 0, 60}))
	f, p := picture(t, file)
	places, err := f.Places(p.Color, file)
	require.NoError(t, err)
	require.Equal(t, []image.Point{{}, {X: 64}}, places)
	require.Len(t, p.Alpha.Tiles, 2, "each tile has its own alpha")
	require.EqualValues(t, 5, p.Alpha.Tiles[1].ID)

	for name, data := range map[string][]byte{
		"short":           {0, 0, 0},
		"another size":    {0, 0, 0, 1, 0, 90, 0, 60},
		"too many tiles":  {0, 0, 1, 1, 0, 100, 0, 60},
		"too high":        {0, 0, 1, 0, 0, 100, 0, 60},
		"larger than all": {0, 1, 0, 1, 0, 0, 0, 100, 0, 0, 0, 0},
	} {
		file := Write(grid(data))
		f, p := picture(t, file)
		_, err := f.Places(p.Color, file)
		require.ErrorIs(t, err, ErrMalformed, name)
	}
}

func TestRefused(t *testing.T) {
	change := func(f func(*Draft)) []byte {
		d := sample()
		f(&d)
		return Write(d)
	}
	for name, test := range map[string]struct {
		file []byte
		want error
	}{
		"no bytes":      {nil, ErrMalformed},
		"another start": {[]byte("GIF89a  and so on"), ErrMalformed},
		"a video":       {change(func(d *Draft) { d.Brand, d.All = "isom", nil }), ErrUnsupported},
		"no size":       {change(func(d *Draft) { d.Items[0].Properties = nil }), ErrMalformed},
		"no type":       {change(func(d *Draft) { d.Items[0].Type = "\x00\x00\x00\x00" }), nil},
		"an essential property": {change(func(d *Draft) {
			d.Items[0].Properties = append(d.Items[0].Properties, Property{Type: "what", Essential: true})
		}), ErrUnsupported},
		"alpha of another size": {change(func(d *Draft) { d.Items[1].Properties[1] = NewSize(41, 30) }), ErrUnsupported},
		"a meta box of 4 GiB":   {append([]byte("\x00\x00\x00\x10ftypavif\x00\x00\x00\x00"), "\xff\xff\xff\xffmeta"...), ErrLimit},
		"no meta box":           {[]byte("\x00\x00\x00\x10ftypavif\x00\x00\x00\x00"), ErrUnsupported},
	} {
		f, err := Read(bytes.NewReader(test.file))
		if err == nil {
			_, err = f.Picture()
		}
		if test.want == nil {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorIs(t, err, test.want, name)
	}
}

// Pieces of an item that overlap do not make much of little.
func TestExtentsThatOverlap(t *testing.T) {
	f := &File{}
	file := make([]byte, 1000)
	item := &Item{ID: 1, extents: slices.Repeat([]extent{{0, 600}}, 2)}
	_, err := f.Data(item, file)
	require.ErrorIs(t, err, ErrMalformed)
	item.extents[1].size = 400
	b, err := f.Data(item, file)
	require.NoError(t, err)
	require.Len(t, b, 1000)
}

// What many boxes list counts together: extents may take no bytes at all, and
// an item that is listed again loses what it had.
func TestListsOfManyBoxes(t *testing.T) {
	u16 := binary.BigEndian.AppendUint16
	boxes := func(n int, kind string, body func(id uint16) []byte) []byte {
		meta := make([]byte, 4)
		for id := range n {
			meta = appendBox(meta, kind, body(uint16(id+1)))
		}
		return meta
	}
	extents := func(id uint16) []byte {
		return u16(append(u16([]byte{0, 0, 0, 0, 0, 0, 0, 1}, id), 0, 0), 40_000)
	}
	references := func(id uint16) []byte {
		return appendBox(make([]byte, 4), "dimg", append(u16(u16(nil, id), 40_000), make([]byte, 80_000)...))
	}
	properties := func(id uint16) []byte {
		b := append(u16([]byte{0, 0, 0, 0, 0, 0, 0, 160}, id), 250)
		b = append(b, make([]byte, 250)...)
		for range 159 {
			b = append(append(u16(b, id), 250), make([]byte, 250)...)
		}
		return appendBox(nil, "ipma", b)
	}
	for kind, body := range map[string]func(uint16) []byte{"iloc": extents, "iref": references, "iprp": properties} {
		for n, want := range map[int]error{1: nil, 2: ErrLimit} {
			file := appendBox(appendBox(nil, "ftyp", []byte("avif\x00\x00\x00\x00")), "meta", boxes(n, kind, body))
			_, err := Read(bytes.NewReader(file))
			require.ErrorIs(t, err, want, "%d %s", n, kind)
		}
	}
}

// A tile that stands in 65,000 places, and has as many properties, is looked
// at once.
func TestOneTileInManyPlaces(t *testing.T) {
	tile := &Item{ID: 2, Type: "av01", Properties: slices.Repeat([]Property{{Type: "pixi", Essential: true}}, maxEntries)}
	tile.Properties = append(tile.Properties, NewSize(64, 64))
	g := &Item{ID: 1, Type: "grid", Properties: []Property{NewSize(1<<14, 1<<14)},
		References: map[string][]uint32{"dimg": slices.Repeat([]uint32{2}, maxEntries)}}
	f := &File{Brands: []string{"avif"}, Primary: 1, Items: map[uint32]*Item{1: g, 2: tile}}
	p, err := f.Picture()
	require.NoError(t, err)
	require.Len(t, p.Color.Tiles, maxEntries)
	tile.Properties[7].Type = "what"
	_, err = f.Picture()
	require.ErrorIs(t, err, ErrUnsupported, "and looked at all the same")
}

func FuzzRead(f *testing.F) {
	f.Add(Write(sample()))
	f.Add(Write(grid([]byte{0, 0, 0, 1, 0, 100, 0, 60})))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bytes.NewReader(data)
		file, err := Read(r)
		if err != nil {
			return
		}
		p, err := file.Picture()
		if err != nil {
			return
		}
		e := &Wanted{Item: p.Color.Tiles[0], Max: 1 << 16}
		require.NoError(t, file.Fetch(r, e))
		for _, m := range []*Image{p.Color, p.Alpha} {
			if m == nil {
				continue
			}
			o := m.Orient
			require.True(t, o.Stored.In(image.Rect(0, 0, m.Width, m.Height)))
			require.Equal(t, o.Width*o.Height, o.Stored.Dx()*o.Stored.Dy())
			places, err := file.Places(m, data)
			if err == nil {
				require.Len(t, places, len(m.Tiles))
			}
			for _, item := range m.Tiles {
				if b, err := file.Data(item, data); err == nil && item == e.Item && e.Data != nil {
					require.Equal(t, b, e.Data)
				}
			}
		}
	})
}

func TestFetchReadsNoFurther(t *testing.T) {
	file := Write(sample())
	r := bytes.NewReader(file)
	f, err := Read(r)
	require.NoError(t, err)
	p, err := f.Picture()
	require.NoError(t, err)
	require.NoError(t, f.Fetch(r, &Wanted{Item: p.EXIF, Max: 100}))
	rest, err := io.ReadAll(r)
	require.NoError(t, err)
	require.True(t, bytes.HasPrefix(rest, []byte("<xmp/>")))
}
