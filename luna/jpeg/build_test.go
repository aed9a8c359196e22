package jpeg

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// A file describes a JPEG of blocks that are flat each: small enough to be
// written by hand, in every sampling and colour space.
type file struct {
	width, height int
	components    []component
	// value is the sample of block x, y of a component.
	value func(c, x, y int) uint8
	// segments come before the frame header.
	segments []byte
	sof      byte // SOF0 if 0
	scans    int  // 1 if 0; the scan is repeated
	tail     []byte
	interval int // MCUs between restart markers, if not 0
}

func segment(marker byte, data string) []byte {
	b := []byte{0xff, marker}
	b = binary.BigEndian.AppendUint16(b, uint16(len(data)+2))
	return append(b, data...)
}

func jfif(units byte, x, y uint16) []byte {
	d := append([]byte("JFIF\x00\x01\x02"), units)
	d = binary.BigEndian.AppendUint16(d, x)
	d = binary.BigEndian.AppendUint16(d, y)
	return segment(markerAPP0, string(d)+"\x00\x00")
}

func adobe(transform byte) []byte {
	return segment(markerAPP14, "Adobe\x00\x64\x00\x00\x00\x00"+string(transform))
}

func icc(number, count byte, data string) []byte {
	return segment(markerAPP2, profileTag+string([]byte{number, count})+data)
}

// exifBlock is a TIFF header and an IFD with orientation and, if it is not 0,
// the resolution.
func exifBlock(orientation uint16, density uint32) []byte {
	b := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x02")
	b = append(b, 0x01, 0x12, 0, 3, 0, 0, 0, 1, byte(orientation>>8), byte(orientation), 0, 0)
	b = append(b, 0x01, 0x1a, 0, 5, 0, 0, 0, 1, 0, 0, 0, 38, 0, 0, 0, 0)
	b = binary.BigEndian.AppendUint32(b, density)
	b = append(b, 0, 0, 0, 1)
	return segment(markerAPP1, string(b))
}

// bytes writes the file. Its tables are: quantisers of 1; DC category c has
// the 4-bit code c; the only AC symbol, end of block, has the code 0.
func (f file) bytes() []byte {
	b := []byte{0xff, markerSOI}
	b = append(b, f.segments...)
	b = append(b, segment(0xdb, "\x00"+string(bytes.Repeat([]byte{1}, 64)))...)
	sof := f.sof
	if sof == 0 {
		sof = markerSOF0
	}
	d := []byte{8}
	d = binary.BigEndian.AppendUint16(d, uint16(f.height))
	d = binary.BigEndian.AppendUint16(d, uint16(f.width))
	d = append(d, byte(len(f.components)))
	scan := []byte{byte(len(f.components))}
	for _, c := range f.components {
		d = append(d, c.id, c.h<<4|c.v, 0)
		scan = append(scan, c.id, 0)
	}
	b = append(b, segment(sof, string(d))...)
	b = append(b, segment(markerDHT, "\x00\x00\x00\x00\x0c"+string(make([]byte, 12))+"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b")...)
	b = append(b, segment(markerDHT, "\x10\x01"+string(make([]byte, 15))+"\x00")...)
	if f.interval > 0 {
		b = append(b, segment(markerDRI, string([]byte{byte(f.interval >> 8), byte(f.interval)}))...)
	}
	for range max(f.scans, 1) {
		last := "\x3f"
		if sof == markerSOF2 { // a scan of DC only
			last = "\x00"
		}
		b = append(b, segment(markerSOS, string(scan)+"\x00"+last+"\x00")...)
		b = append(b, f.entropy()...)
	}
	b = append(b, 0xff, markerEOI)
	return append(b, f.tail...)
}

func (f file) entropy() []byte {
	var w bitWriter
	hmax, vmax := byte(1), byte(1)
	if len(f.components) > 1 {
		for _, c := range f.components {
			hmax, vmax = max(hmax, c.h), max(vmax, c.v)
		}
	}
	last := make([]int, len(f.components))
	mcus := 0
	for my := range (f.height + 8*int(vmax) - 1) / (8 * int(vmax)) {
		for mx := range (f.width + 8*int(hmax) - 1) / (8 * int(hmax)) {
			if f.interval > 0 && mcus > 0 && mcus%f.interval == 0 {
				w.put(0x7f, 7)
				w.out = append(w.out, 0xff, markerRST0+byte(mcus/f.interval-1)%8)
				w.have, w.acc = 0, 0
				clear(last)
			}
			mcus++
			for i, c := range f.components {
				h, v := int(c.h), int(c.v)
				if len(f.components) == 1 {
					h, v = 1, 1
				}
				for by := range v {
					for bx := range h {
						dc := 8 * (int(f.value(i, mx*h+bx, my*v+by)) - 128)
						w.dc(dc - last[i])
						if f.sof != markerSOF2 {
							w.put(0, 1)
						}
						last[i] = dc
					}
				}
			}
		}
	}
	w.put(0x7f, 7)
	return w.out
}

type bitWriter struct {
	out  []byte
	acc  uint32
	have int
}

func (w *bitWriter) put(v uint32, n int) {
	w.acc = w.acc<<n | v
	for w.have += n; w.have >= 8; w.have -= 8 {
		b := byte(w.acc >> (w.have - 8))
		if w.out = append(w.out, b); b == 0xff {
			w.out = append(w.out, 0)
		}
	}
	w.acc &= 1<<w.have - 1
}

func (w *bitWriter) dc(diff int) {
	n := bits.Len(uint(max(diff, -diff)))
	w.put(uint32(n), 4)
	if diff < 0 {
		diff += 1<<n - 1
	}
	w.put(uint32(diff), n)
}

func gray() []component { return []component{{1, 1, 1}} }

func ycc(h, v byte) []component { return []component{{1, h, v}, {2, 1, 1}, {3, 1, 1}} }

func cmyk() []component { return []component{{1, 1, 1}, {2, 1, 1}, {3, 1, 1}, {4, 1, 1}} }

func flat(values ...uint8) func(c, x, y int) uint8 {
	return func(c, _, _ int) uint8 { return values[c] }
}
