package tiff

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A made file is written by hand: its fields, and its strips or tiles.
type made struct {
	order  binary.ByteOrder
	shorts map[uint16][]int
	chunks [][]byte
	tiled  bool
}

func (m made) bytes() []byte {
	e := &encoder{order: m.order}
	for tag, values := range m.shorts {
		e.short(tag, values...)
	}
	offsets, counts := uint16(tagStripOffsets), uint16(tagStripCounts)
	if m.tiled {
		offsets, counts = tagTileOffsets, tagTileCounts
	}
	at, sizes := make([]uint32, len(m.chunks)), make([]uint32, len(m.chunks))
	for i, c := range m.chunks {
		sizes[i] = uint32(len(c))
	}
	e.long(counts, sizes...)
	e.long(offsets, at...)
	next := 8 + len(write(m.order, 8, e.entries))
	for i := range at {
		at[i] = uint32(next)
		next += len(m.chunks[i])
	}
	e.entries = e.entries[:len(e.entries)-1]
	e.long(offsets, at...)
	b := append(preamble(m.order), write(m.order, 8, e.entries)...)
	return append(b, bytes.Join(m.chunks, nil)...)
}

// literals is LZW without any string: a code of 9 bits a byte.
func literals(data []byte, old bool) []byte {
	codes := []int{lzwClear}
	for i, b := range data {
		if i > 0 && i%200 == 0 {
			codes = append(codes, lzwClear)
		}
		codes = append(codes, int(b))
	}
	out := make([]byte, (9*(len(codes)+1)+7)/8)
	for i, c := range append(codes, lzwEnd) {
		for bit := range 9 {
			at := 9*i + bit
			if old {
				out[at/8] |= byte(c>>bit&1) << (at % 8)
			} else {
				out[at/8] |= byte(c>>(8-bit)&1) << (7 - at%8)
			}
		}
	}
	return out
}

func TestDecodeOfEveryKind(t *testing.T) {
	base := func(more map[uint16][]int) map[uint16][]int {
		m := map[uint16][]int{tagWidth: {3}, tagHeight: {2}, tagBits: {8}, tagCompression: {1}, tagPhotometric: {1}}
		for tag, v := range more {
			m[tag] = v
		}
		return m
	}
	six := []byte{0, 50, 100, 150, 200, 250}
	rgb := []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19}
	palette := make([]int, 12)
	copy(palette, []int{0, 0xff00, 0x8000, 7, 0, 0x100, 0x8000, 7, 0, 0x200, 0x8000, 7})
	tests := []struct {
		name   string
		fields map[uint16][]int
		chunks [][]byte
		layout pixel.Layout
		want   []int // interleaved
		deep   bool
	}{
		{name: "gray", fields: base(nil), chunks: [][]byte{six}, layout: pixel.Gray, want: []int{0, 50, 100, 150, 200, 250}},
		{name: "in two strips", fields: base(map[uint16][]int{tagRowsPerStrip: {1}}), chunks: [][]byte{six[:3], six[3:]}, layout: pixel.Gray, want: []int{0, 50, 100, 150, 200, 250}},
		{name: "white is zero", fields: base(map[uint16][]int{tagPhotometric: {0}}), chunks: [][]byte{six}, layout: pixel.Gray, want: []int{255, 205, 155, 105, 55, 5}},
		{name: "PackBits", fields: base(map[uint16][]int{tagCompression: {packBits}}), chunks: [][]byte{{254, 9, 0x80, 2, 1, 2, 3}}, layout: pixel.Gray, want: []int{9, 9, 9, 1, 2, 3}},
		{name: "LZW", fields: base(map[uint16][]int{tagCompression: {packLZW}}), chunks: [][]byte{literals(six, false)}, layout: pixel.Gray, want: []int{0, 50, 100, 150, 200, 250}},
		{name: "LZW of old", fields: base(map[uint16][]int{tagCompression: {packLZW}}), chunks: [][]byte{literals(six, true)}, layout: pixel.Gray, want: []int{0, 50, 100, 150, 200, 250}},
		{name: "differences", fields: base(map[uint16][]int{tagCompression: {packLZW}, tagPredictor: {2}}), chunks: [][]byte{literals([]byte{5, 1, 1, 9, 255, 1}, false)}, layout: pixel.Gray, want: []int{5, 6, 7, 9, 8, 9}},
		{name: "1 bit", fields: base(map[uint16][]int{tagBits: {1}}), chunks: [][]byte{{0xa0, 0x40}}, layout: pixel.Gray, want: []int{255, 0, 255, 0, 255, 0}},
		{name: "1 bit, the lowest first", fields: base(map[uint16][]int{tagBits: {1}, tagFillOrder: {2}}), chunks: [][]byte{{0x05, 0x02}}, layout: pixel.Gray, want: []int{255, 0, 255, 0, 255, 0}},
		{name: "4 bits", fields: base(map[uint16][]int{tagBits: {4}}), chunks: [][]byte{{0x0f, 0x10, 0x23, 0x40}}, layout: pixel.Gray, want: []int{0, 255, 17, 34, 51, 68}},
		{name: "12 bits", fields: base(map[uint16][]int{tagBits: {12}, tagWidth: {2}, tagHeight: {1}}), chunks: [][]byte{{0xff, 0xf0, 0x00}}, layout: pixel.Gray, want: []int{65535, 0}, deep: true},
		{name: "palette", fields: base(map[uint16][]int{tagBits: {2}, tagPhotometric: {3}, tagColorMap: palette}), chunks: [][]byte{{0b00011000, 0b01010100}}, layout: pixel.RGB, want: []int{0, 0, 0, 255, 1, 2, 128, 128, 128, 255, 1, 2, 255, 1, 2, 255, 1, 2}},
		{name: "RGB", fields: base(map[uint16][]int{tagBits: {8, 8, 8}, tagSamples: {3}, tagPhotometric: {2}}), chunks: [][]byte{rgb}, layout: pixel.RGB, want: ints(rgb)},
		{name: "planes", fields: base(map[uint16][]int{tagBits: {8, 8, 8}, tagSamples: {3}, tagPhotometric: {2}, tagPlanar: {2}, tagHeight: {1}}), chunks: [][]byte{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}, layout: pixel.RGB, want: []int{1, 4, 7, 2, 5, 8, 3, 6, 9}},
		{name: "CMYK", fields: base(map[uint16][]int{tagBits: {8, 8, 8, 8}, tagSamples: {4}, tagPhotometric: {5}, tagWidth: {1}, tagHeight: {1}}), chunks: [][]byte{{1, 2, 3, 4}}, layout: pixel.CMYK, want: []int{1, 2, 3, 4}},
		{name: "straight alpha", fields: base(map[uint16][]int{tagBits: {8, 8}, tagSamples: {2}, tagExtraSamples: {2}, tagWidth: {1}, tagHeight: {1}}), chunks: [][]byte{{40, 51}}, layout: pixel.GrayAlpha, want: []int{40, 51}},
		{name: "associated alpha", fields: base(map[uint16][]int{tagBits: {8, 8}, tagSamples: {2}, tagExtraSamples: {1}, tagWidth: {2}, tagHeight: {1}}), chunks: [][]byte{{40, 51, 60, 51}}, layout: pixel.GrayAlpha, want: []int{200, 51, 255, 51}},
		{name: "tiles", fields: base(map[uint16][]int{tagTileWidth: {2}, tagTileHeight: {3}}), chunks: [][]byte{{1, 2, 4, 5, 9, 9}, {3, 9, 6, 9, 9, 9}}, layout: pixel.Gray, want: []int{1, 2, 3, 4, 5, 6}},
		{name: "chroma for four", fields: base(map[uint16][]int{tagBits: {8, 8, 8}, tagSamples: {3}, tagPhotometric: {6}, tagWidth: {2}}), chunks: [][]byte{{10, 20, 30, 40, 128, 128}}, layout: pixel.RGB, want: []int{10, 10, 10, 20, 20, 20, 30, 30, 30, 40, 40, 40}},
	}
	for _, test := range tests {
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			t.Run(fmt.Sprint(test.name, " ", order), func(t *testing.T) {
				data := made{order: order, shorts: test.fields, chunks: test.chunks, tiled: test.fields[tagTileWidth] != nil}.bytes()
				info, err := Codec{}.Probe(bytes.NewReader(data))
				require.NoError(t, err)
				require.Equal(t, test.layout, info.Shape.Layout)
				require.Equal(t, test.deep, info.Shape.Deep)
				src, err := Codec{}.Decode(t.Context(), bytes.NewReader(data), codec.Request{})
				require.NoError(t, err)
				m, err := pixel.ReadAll(nil, src)
				require.NoError(t, err)
				require.NoError(t, src.Close())
				n := test.layout.Planes()
				for i, want := range test.want {
					p := m.Planes[i%n]
					if test.deep {
						require.EqualValues(t, want, p.Pix16[i/n], "sample %d", i)
					} else {
						require.EqualValues(t, want, p.Pix[i/n], "sample %d", i)
					}
				}
			})
		}
	}
}

func ints(b []byte) []int {
	v := make([]int, len(b))
	for i := range b {
		v[i] = int(b[i])
	}
	return v
}

// TestHostile has directories that loop, and claims that nothing backs.
func TestHostile(t *testing.T) {
	file := func(more map[uint16][]int) []byte {
		m := map[uint16][]int{tagWidth: {3}, tagHeight: {2}, tagBits: {8}, tagPhotometric: {1}}
		for tag, v := range more {
			m[tag] = v
		}
		return made{order: binary.LittleEndian, shorts: m, chunks: [][]byte{make([]byte, 6)}}.bytes()
	}
	loop := file(nil)
	n := int(binary.LittleEndian.Uint16(loop[8:]))
	binary.LittleEndian.PutUint32(loop[10+12*n:], 8)
	info, err := Codec{}.Probe(bytes.NewReader(loop))
	require.NoError(t, err)
	require.Equal(t, 1, info.Frames)
	binary.LittleEndian.PutUint32(loop[10+12*n:], 1<<30) // a page beyond the end
	info, err = Codec{MaxBytes: math.MaxInt64}.Probe(bytes.NewReader(loop))
	require.NoError(t, err)
	require.Equal(t, 1, info.Frames)

	for name, test := range map[string]struct {
		fields map[uint16][]int
		want   error
	}{
		"no width":       {map[uint16][]int{tagWidth: {0}}, codec.ErrFormat},
		"rows of strips": {map[uint16][]int{tagRowsPerStrip: {1}}, codec.ErrFormat},
		"a large tile":   {map[uint16][]int{tagTileWidth: {60000}, tagTileHeight: {16}}, codec.ErrLimit},
		"float":          {map[uint16][]int{tagSampleFormat: {3}, tagBits: {16}}, codec.ErrUnsupported},
		"32 bits":        {map[uint16][]int{tagBits: {32}}, codec.ErrUnsupported},
		"compression 99": {map[uint16][]int{tagCompression: {99}}, codec.ErrUnsupported},
		"photometric 9":  {map[uint16][]int{tagPhotometric: {9}}, codec.ErrUnsupported},
	} {
		_, err := Codec{}.Probe(bytes.NewReader(file(test.fields)))
		require.ErrorIs(t, err, test.want, name)
	}
	far := preamble(binary.LittleEndian)
	binary.LittleEndian.PutUint32(far[4:], 500)
	_, err = Codec{MaxBytes: 100}.Probe(bytes.NewReader(append(far, make([]byte, 1000)...)))
	require.ErrorIs(t, err, codec.ErrLimit)
}

// TestStripsOnEachOther has strips that are all of the file, each.
func TestStripsOnEachOther(t *testing.T) {
	for _, packing := range []int{packLZW, packJPEG} {
		const strips, size = 4000, 1 << 20
		data := made{order: binary.LittleEndian, shorts: map[uint16][]int{
			tagWidth: {8}, tagHeight: {strips}, tagRowsPerStrip: {1}, tagBits: {8}, tagPhotometric: {1}, tagCompression: {packing},
		}, chunks: slices.Repeat([][]byte{nil}, strips)}.bytes()
		f, err := open(&buffer{r: bytes.NewReader(data), limit: size})
		require.NoError(t, err)
		d, err := f.directory(f.first)
		require.NoError(t, err)
		for i := range strips {
			binary.LittleEndian.PutUint32(data[int(d[tagStripOffsets].offset)+4*i:], uint32(len(data)-2))
			binary.LittleEndian.PutUint32(data[int(d[tagStripCounts].offset)+4*i:], size)
		}
		data = slices.Concat(data, stream(t, pixel.Shape{Width: 8, Height: 1, Layout: pixel.Gray}), make([]byte, size))
		binary.LittleEndian.PutUint32(data[d[tagStripOffsets].offset:], uint32(bytes.Index(data, []byte("\xff\xd8\xff"))))
		h, err := Codec{}.readHeader(bytes.NewReader(data))
		require.NoError(t, err)
		b, err := h.chunk(0, 0, 7)
		require.NoError(t, err)
		require.Len(t, b, 8*8+sharedBytes/strips)
		b, err = h.part(0, 0, 7, 1<<62)
		require.NoError(t, err)
		require.Len(t, b, 8*8+sharedBytes/strips)
	}
}

// stream encodes a picture as JPEG.
func stream(t *testing.T, shape pixel.Shape) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, jpeg.Codec{}.Encode(t.Context(), &b, pixel.NewImage(nil, shape).Source(0, nil), codec.Options{Quality: 90}))
	return b.Bytes()
}

// TestJPEGStreams has strips of JPEG that are not what the others are, and
// planes that are no colours.
func TestJPEGStreams(t *testing.T) {
	gray := stream(t, pixel.Shape{Width: 16, Height: 16, Layout: pixel.Gray})
	colour := stream(t, pixel.Shape{Width: 16, Height: 16, Layout: pixel.YCbCr420})
	// Behind a marker that has no length an APP14 segment says RGB, and APP0 no
	// longer says that it is not.
	rgb := slices.Concat(colour[:2], []byte("\xff\x01\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"), colour[20:])
	base := func(photometric, samples, planar int) map[uint16][]int {
		return map[uint16][]int{
			tagWidth: {16}, tagHeight: {32}, tagRowsPerStrip: {16}, tagBits: {8}, tagCompression: {packJPEG},
			tagPhotometric: {photometric}, tagSamples: {samples}, tagPlanar: {planar},
		}
	}
	repeat := func(b []byte, n int) [][]byte { return slices.Repeat([][]byte{b}, n) }
	for _, test := range []struct {
		name   string
		fields map[uint16][]int
		chunks [][]byte
		layout pixel.Layout
		want   error
	}{
		{"4:2:0", base(photoYCbCr, 3, 1), repeat(colour, 2), pixel.YCbCr420, nil},
		{"RGB behind 4:2:0", base(photoYCbCr, 3, 1), [][]byte{colour, rgb}, pixel.YCbCr420, codec.ErrUnsupported},
		{"gray behind 4:2:0", base(photoYCbCr, 3, 1), [][]byte{colour, gray}, pixel.YCbCr420, codec.ErrUnsupported},
		{"planes of RGB", base(photoRGB, 3, 2), repeat(gray, 6), pixel.RGB, nil},
		{"two planes beyond RGB", base(photoRGB, 5, 2), repeat(gray, 10), pixel.RGB, nil},
		{"two planes beyond gray", base(photoBlackIsZero, 3, 2), repeat(gray, 6), pixel.Gray, nil},
		{"planes of YCbCr and alpha", base(photoYCbCr, 4, 2), repeat(gray, 8), 0, codec.ErrUnsupported},
	} {
		t.Run(test.name, func(t *testing.T) {
			data := made{order: binary.LittleEndian, shorts: test.fields, chunks: test.chunks}.bytes()
			src, err := Codec{}.Decode(t.Context(), bytes.NewReader(data), codec.Request{})
			if err == nil {
				require.Equal(t, test.layout, src.Shape().Layout)
				_, err = pixel.Drain(src)
				require.NoError(t, src.Close())
			}
			if test.want == nil {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, test.want)
			}
		})
	}
}
