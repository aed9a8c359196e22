package jpeg

import (
	"bytes"
	"context"
	"io"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

func readers(r ...io.Reader) io.Reader { return io.MultiReader(r...) }

func decode(t *testing.T, data []byte) *pixel.Image {
	t.Helper()
	src, err := Codec{}.Decode(t.Context(), bytes.NewReader(data), codec.Request{})
	require.NoError(t, err)
	defer src.Close()
	m, err := pixel.ReadAll(nil, src)
	require.NoError(t, err)
	return m
}

func TestDecodeLayouts(t *testing.T) {
	tests := []struct {
		name       string
		components []component
		segments   []byte
		values     []uint8
		layout     pixel.Layout
		want       []uint8
	}{
		{"gray", gray(), nil, []uint8{77}, pixel.Gray, []uint8{77}},
		{"gray with odd factors", []component{{1, 2, 2}}, nil, []uint8{77}, pixel.Gray, []uint8{77}},
		{"4:2:0", ycc(2, 2), nil, []uint8{10, 20, 30}, pixel.YCbCr420, []uint8{10, 20, 30}},
		{"4:2:2", ycc(2, 1), nil, []uint8{10, 20, 30}, pixel.YCbCr422, []uint8{10, 20, 30}},
		{"4:4:4", ycc(1, 1), nil, []uint8{10, 20, 30}, pixel.YCbCr444, []uint8{10, 20, 30}},
		{"4:4:0", ycc(1, 2), nil, []uint8{10, 20, 30}, pixel.YCbCr444, []uint8{10, 20, 30}},
		{"4:1:1", ycc(4, 1), nil, []uint8{10, 20, 30}, pixel.YCbCr444, []uint8{10, 20, 30}},
		{"4:1:0", ycc(4, 2), nil, []uint8{10, 20, 30}, pixel.YCbCr444, []uint8{10, 20, 30}},
		{"RGB", ycc(1, 1), adobe(0), []uint8{10, 20, 30}, pixel.RGB, []uint8{10, 20, 30}},
		// Adobe stores ink inverted.
		{"CMYK", cmyk(), adobe(0), []uint8{10, 20, 30, 40}, pixel.CMYK, []uint8{245, 235, 225, 215}},
		// Neutral YCCK: all three inks are what luma says.
		{"YCCK", cmyk(), adobe(2), []uint8{10, 128, 128, 40}, pixel.CMYK, []uint8{10, 10, 10, 215}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, size := range testpic.Sizes {
				f := file{width: size[0], height: size[1], components: test.components, segments: test.segments, value: flat(test.values...)}
				data := f.bytes()
				m := decode(t, data)
				require.Equal(t, pixel.Shape{Width: size[0], Height: size[1], Layout: test.layout}, m.Shape)
				for p, want := range test.want {
					for y := range m.Planes[p].Height {
						require.Equal(t, bytes.Repeat([]byte{want}, m.Planes[p].Width), m.Planes[p].Row(y), "plane %d row %d of %v", p, y, size)
					}
				}
				info, err := Codec{}.Probe(bytes.NewReader(data))
				require.NoError(t, err)
				require.Equal(t, m.Shape, info.Shape)
			}
		})
	}
}

func TestHeightByDNL(t *testing.T) {
	f := file{width: 40, height: 27, components: ycc(2, 2), value: func(c, x, y int) uint8 { return uint8(20*x + 40*y + c) }}
	data := f.bytes()
	want := decode(t, data)
	frame := bytes.Index(data, []byte{0xff, markerSOF0})
	data[frame+5], data[frame+6] = 0, 0
	_, err := Codec{}.Probe(bytes.NewReader(data))
	require.ErrorIs(t, err, codec.ErrFormat)
	data = append(data[:len(data)-2], append(segment(markerDNL, "\x00\x1b"), 0xff, markerEOI)...)
	info, err := Codec{}.Probe(bytes.NewReader(data))
	require.NoError(t, err)
	require.Equal(t, want.Shape, info.Shape)
	require.True(t, testpic.Equal(want, decode(t, data)))
}

func TestDecodeKeepsBlocksInPlace(t *testing.T) {
	f := file{width: 40, height: 24, components: ycc(2, 2), value: func(c, x, y int) uint8 { return uint8(20*x + 40*y + c) }}
	m := decode(t, f.bytes())
	for p := range 3 {
		for y := range m.Planes[p].Height {
			for x, v := range m.Planes[p].Row(y) {
				require.Equal(t, uint8(20*(x/8)+40*(y/8)+p), v)
			}
		}
	}
}

func decodeAll(ctx context.Context, c Codec, r io.Reader) (*pixel.Image, error) {
	src, err := c.Decode(ctx, r, codec.Request{})
	if err != nil {
		return nil, err
	}
	defer src.Close()
	return pixel.ReadAll(nil, src)
}

func TestAllowTruncated(t *testing.T) {
	for _, sof := range []byte{markerSOF0, markerSOF2} {
		f := file{width: 160, height: 160, components: gray(), sof: sof, value: func(c, x, y int) uint8 { return uint8(7*x + 9*y) }}
		data := f.bytes()
		whole := decode(t, data)
		_, err := decodeAll(t.Context(), Codec{}, bytes.NewReader(data[:len(data)-100]))
		require.ErrorIs(t, err, codec.ErrFormat)
		m, err := decodeAll(t.Context(), Codec{AllowTruncated: true}, bytes.NewReader(data[:len(data)-100]))
		require.NoError(t, err)
		require.Equal(t, whole.Shape, m.Shape)
		require.Equal(t, whole.Planes[0].Row(0), m.Planes[0].Row(0), "what is there is decoded")
		require.Equal(t, uint8(128), m.Planes[0].Row(159)[159], "what is not is gray")
	}
}

func TestScansAreCounted(t *testing.T) {
	f := file{width: 8, height: 8, components: gray(), value: flat(5), scans: 100}
	decode(t, f.bytes())
	f.scans = 101
	_, err := Codec{}.Decode(t.Context(), iotest.OneByteReader(bytes.NewReader(f.bytes())), codec.Request{})
	require.ErrorIs(t, err, codec.ErrLimit)
	require.ErrorContains(t, err, "more than 100 scans")
	f.scans = 3
	_, err = Codec{MaxScans: 2}.Decode(t.Context(), bytes.NewReader(f.bytes()), codec.Request{})
	require.ErrorIs(t, err, codec.ErrLimit)
	// Bytes that look like a scan inside a segment are none.
	f.scans, f.segments = 2, segment(markerAPP1, "\xff\xda\x00\x08\xff\xda\xff\xda")
	_, err = Codec{MaxScans: 2}.Decode(t.Context(), bytes.NewReader(f.bytes()), codec.Request{})
	require.NoError(t, err)
}

func TestColoursThatChangeTheirMind(t *testing.T) {
	// The plan rests on what stands before the first scan: an Adobe marker
	// behind it does not make RGB of what the header called YCbCr.
	f := file{width: 8, height: 8, components: ycc(1, 1), value: flat(1, 2, 3)}
	data := f.bytes()
	data = append(data[:len(data)-2], append(adobe(0), 0xff, markerEOI)...)
	require.Equal(t, pixel.YCbCr444, decode(t, data).Shape.Layout)
}

func TestDecodeWorkCoversAllocations(t *testing.T) {
	tests := map[string]file{
		"gray": {components: gray()}, "4:2:0": {components: ycc(2, 2)}, "4:2:2": {components: ycc(2, 1)},
		"4:4:4": {components: ycc(1, 1)}, "4:4:0": {components: ycc(1, 2)}, "4:1:0": {components: ycc(4, 2)},
		"RGB": {components: ycc(1, 1), segments: adobe(0)}, "CMYK": {components: cmyk(), segments: adobe(0)},
		"YCCK":             {components: cmyk(), segments: adobe(2)},
		"progressive gray": {sof: markerSOF2, components: gray()}, "progressive 4:2:0": {sof: markerSOF2, components: ycc(2, 2)},
		"progressive 4:4:4": {sof: markerSOF2, components: ycc(1, 1)}, "progressive CMYK": {sof: markerSOF2, components: cmyk(), segments: adobe(0)},
	}
	for name, f := range tests {
		t.Run(name, func(t *testing.T) {
			f.width, f.height, f.value = 1001, 777, func(c, x, y int) uint8 { return uint8(x ^ y) }
			data := f.bytes()
			info, err := Codec{}.Probe(bytes.NewReader(data))
			require.NoError(t, err)
			got := testpic.Allocated(func() {
				src, err := Codec{}.Decode(t.Context(), bytes.NewReader(data), codec.Request{})
				require.NoError(t, err)
				_, err = pixel.Drain(src)
				require.NoError(t, err)
				src.Close()
			})
			work := Codec{}.DecodeWork(info, codec.Request{})
			require.LessOrEqual(t, got, work)
			tables := int64(512<<10 + 2<<20) // and parts, whether or not a second worker comes to any
			if info.Progressive {
				tables = 7 << 20 // each of 100 scans may bring its own
			}
			require.Less(t, work, 3*got+tables, "an estimate, not a guess")
		})
	}
}
