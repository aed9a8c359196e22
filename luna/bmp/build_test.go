package bmp_test

import (
	"encoding/binary"

	"github.com/immagin/immagin-go/luna/codec/codectest"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A file describes a BMP, to be written by hand.
type file struct {
	header        int // its bytes: 12, 40, 108, 124
	width, height int // negative from the top
	bits          int
	compression   uint32
	masks         []uint32
	palette       [][3]byte
	pixels        []byte
}

func (f file) bytes() []byte {
	h := make([]byte, f.header)
	binary.LittleEndian.PutUint32(h, uint32(f.header))
	entry := 4
	if f.header == 12 {
		entry = 3
		binary.LittleEndian.PutUint16(h[4:], uint16(f.width))
		binary.LittleEndian.PutUint16(h[6:], uint16(f.height))
		binary.LittleEndian.PutUint16(h[8:], 1)
		binary.LittleEndian.PutUint16(h[10:], uint16(f.bits))
	} else {
		binary.LittleEndian.PutUint32(h[4:], uint32(int32(f.width)))
		binary.LittleEndian.PutUint32(h[8:], uint32(int32(f.height)))
		binary.LittleEndian.PutUint16(h[12:], 1)
		binary.LittleEndian.PutUint16(h[14:], uint16(f.bits))
		binary.LittleEndian.PutUint32(h[16:], f.compression)
		binary.LittleEndian.PutUint32(h[24:], 2835) // 72 an inch
		binary.LittleEndian.PutUint32(h[32:], uint32(len(f.palette)))
	}
	for i, m := range f.masks {
		if at := 40 + 4*i; at+4 <= f.header {
			binary.LittleEndian.PutUint32(h[at:], m)
		} else {
			h = binary.LittleEndian.AppendUint32(h, m)
		}
	}
	for _, c := range f.palette {
		h = append(h, c[2], c[1], c[0])
		if entry == 4 {
			h = append(h, 0)
		}
	}
	b := append([]byte("BM"), make([]byte, 12)...)
	binary.LittleEndian.PutUint32(b[2:], uint32(14+len(h)+len(f.pixels)))
	binary.LittleEndian.PutUint32(b[10:], uint32(14+len(h)))
	return append(append(b, h...), f.pixels...)
}

// picture makes what a file should come out as, of bytes from the top left,
// pixel by pixel.
func picture(width, height int, l pixel.Layout, packed ...byte) *pixel.Image {
	m := pixel.NewImage(nil, pixel.Shape{Width: width, Height: height, Layout: l})
	for i, v := range packed {
		m.Planes[i%l.Planes()].Pix[i/l.Planes()] = v
	}
	return m
}

// indexed is the picture of several samples with the palette colours: 3x2.
var (
	colours = [][3]byte{{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {9, 8, 7}}
	indexed = picture(3, 2, pixel.RGB, 255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 8, 7, 0, 255, 0, 255, 0, 0)
)

func samples() []codectest.Sample {
	argb := []uint32{0xff0000, 0xff00, 0xff, 0xff000000}
	translucent := []byte{3, 2, 1, 0, 6, 5, 4, 128}
	cleared := []byte{3, 2, 1, 0, 6, 5, 4, 0}
	return []codectest.Sample{
		{Name: "1 bit", Data: file{header: 40, width: 3, height: 2, bits: 1, palette: [][3]byte{{}, {255, 255, 255}}, pixels: []byte{0xa0, 0, 0, 0, 0x40, 0, 0, 0}}.bytes(),
			Picture: picture(3, 2, pixel.Gray, 0, 255, 0, 255, 0, 255), Density: 2835 * 0.0254},
		{Name: "2 bits, OS/2", Data: file{header: 12, width: 3, height: 2, bits: 2, palette: colours, pixels: []byte{0b11010000, 0, 0, 0, 0b00011000, 0, 0, 0}}.bytes(), Picture: indexed},
		{Name: "4 bits", Data: file{header: 40, width: 3, height: 2, bits: 4, palette: colours, pixels: []byte{0x31, 0, 0, 0, 0x01, 0x20, 0, 0}}.bytes(), Picture: indexed},
		{Name: "8 bits from the top", Data: file{header: 40, width: 3, height: -2, bits: 8, palette: colours, pixels: []byte{0, 1, 2, 0, 3, 1, 0, 0}}.bytes(), Picture: indexed},
		{Name: "an index beyond the palette", Data: file{header: 40, width: 2, height: 1, bits: 8, palette: colours, pixels: []byte{1, 200, 0, 0}}.bytes(), Picture: picture(2, 1, pixel.RGB, 0, 255, 0, 0, 0, 0)},
		{Name: "16 bits", Data: file{header: 40, width: 2, height: 1, bits: 16, pixels: []byte{0x00, 0x7c, 0x1f, 0}}.bytes(), Picture: picture(2, 1, pixel.RGB, 255, 0, 0, 0, 0, 255)},
		{Name: "16 bits with masks", Data: file{header: 40, width: 2, height: 1, bits: 16, compression: 3, masks: []uint32{0xf800, 0x7e0, 0x1f}, pixels: []byte{0x00, 0xf8, 0xe0, 0x07}}.bytes(), Picture: picture(2, 1, pixel.RGB, 255, 0, 0, 0, 255, 0)},
		{Name: "24 bits", Data: file{header: 40, width: 1, height: 2, bits: 24, pixels: []byte{3, 2, 1, 0, 6, 5, 4, 0}}.bytes(), Picture: picture(1, 2, pixel.RGB, 4, 5, 6, 1, 2, 3)},
		{Name: "32 bits, whose fourth says nothing", Data: file{header: 40, width: 2, height: 1, bits: 32, pixels: translucent}.bytes(), Picture: picture(2, 1, pixel.RGB, 1, 2, 3, 4, 5, 6)},
		{Name: "alpha", Data: file{header: 108, width: 2, height: 1, bits: 32, compression: 3, masks: argb, pixels: translucent}.bytes(), Picture: picture(2, 1, pixel.RGBA, 1, 2, 3, 0, 4, 5, 6, 128)},
		{Name: "alpha of a V5 header without masks", Data: file{header: 124, width: 2, height: 1, bits: 32, masks: argb, pixels: translucent}.bytes(), Picture: picture(2, 1, pixel.RGBA, 1, 2, 3, 0, 4, 5, 6, 128)},
		{Name: "alpha masks behind the header", Data: file{header: 40, width: 2, height: 1, bits: 32, compression: 6, masks: argb, pixels: translucent}.bytes(), Picture: picture(2, 1, pixel.RGBA, 1, 2, 3, 0, 4, 5, 6, 128)},
		{Name: "alpha of zeros", Data: file{header: 108, width: 2, height: 1, bits: 32, compression: 3, masks: argb, pixels: cleared}.bytes(), Picture: picture(2, 1, pixel.RGBA, 1, 2, 3, 255, 4, 5, 6, 255)},
		{Name: "runs of 8 bits", Data: file{header: 40, width: 3, height: 2, bits: 8, compression: 1, palette: colours, pixels: []byte{0, 3, 3, 1, 0, 0, 0, 0, 1, 0, 1, 1, 1, 2, 0, 1}}.bytes(), Picture: indexed},
		{Name: "runs of 4 bits and a step", Data: file{header: 40, width: 3, height: 2, bits: 4, compression: 2, palette: colours, pixels: []byte{2, 0x31, 0, 2, 0, 1, 0, 0, 0, 1}}.bytes(),
			Picture: picture(3, 2, pixel.RGB, 255, 0, 0, 255, 0, 0, 255, 0, 0, 9, 8, 7, 0, 255, 0, 255, 0, 0)},
	}
}

func options() codectest.Options {
	put := func(b []byte, at, v int) {
		if b[14] != 12 { // OS/2's has 16 bits
			binary.LittleEndian.PutUint32(b[at:], uint32(v))
		}
	}
	return codectest.Options{
		Files: samples(),
		Tail:  3, // the padding of the last row
		Lies: []func([]byte, int, int) []byte{
			func(b []byte, w, h int) []byte { put(b, 18, w); put(b, 22, h); return b },
			func(b []byte, w, h int) []byte { put(b, 18, w); put(b, 22, -h); return b },
		},
	}
}
