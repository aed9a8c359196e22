package png

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"

	"github.com/klauspost/compress/zlib"
)

// A file describes a PNG of any kind, to be written by hand.
type file struct {
	width, height int
	depth, colour int
	interlaced    bool
	// samples gives the bytes of the stored rows, without filters, in turn;
	// zeros if nil.
	samples func(n int) []byte
	// filter gives the filter type of each row; None if nil.
	filter func() byte
	// chunks come before the pixels.
	chunks []byte
	// idat is how many bytes an IDAT chunk has at most; all if 0.
	idat int
	tail []byte
}

func rawChunk(kind string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

func deflated(data []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Bytes()
}

func (f file) header() header {
	return header{width: f.width, height: f.height, depth: f.depth, colour: f.colour}
}

// rows makes the filtered rows of one pass.
func (f file) rows(w, h int) []byte {
	if w <= 0 || h <= 0 {
		return nil
	}
	header := f.header()
	n, step := int(header.rowBytes(w)), max(1, header.bits()/8)
	var out []byte
	above, row := make([]byte, n), make([]byte, n)
	for range h {
		above, row = row, above
		clear(row)
		if f.samples != nil {
			copy(row, f.samples(n))
		}
		t := byte(filterNone)
		if f.filter != nil {
			t = f.filter()
		}
		line := bytes.Clone(row)
		if t != filterNone {
			apply(int(t), line, row, above, step)
		}
		out = append(append(out, t), line...)
	}
	return out
}

func (f file) bytes() []byte {
	ihdr := binary.BigEndian.AppendUint32(nil, uint32(f.width))
	ihdr = binary.BigEndian.AppendUint32(ihdr, uint32(f.height))
	ihdr = append(ihdr, byte(f.depth), byte(f.colour), 0, 0, 0)
	var rows []byte
	if f.interlaced {
		ihdr[12] = 1
		for _, a := range passes {
			rows = append(rows, f.rows((f.width-a.x0+a.dx-1)/a.dx, (f.height-a.y0+a.dy-1)/a.dy)...)
		}
	} else {
		rows = f.rows(f.width, f.height)
	}
	b := append([]byte(signature), rawChunk("IHDR", ihdr)...)
	b = append(b, f.chunks...)
	data := deflated(rows)
	for n := f.idat; n > 0 && len(data) > n; data = data[n:] {
		b = append(b, rawChunk("IDAT", data[:n])...)
	}
	b = append(b, rawChunk("IDAT", data)...)
	b = append(b, rawChunk("IEND", nil)...)
	return append(b, f.tail...)
}

func palette(n int) []byte {
	var b []byte
	for i := range n {
		b = append(b, byte(i*5), byte(255-i), byte(i*i))
	}
	return rawChunk("PLTE", b)
}

func physical(unit byte, perUnit uint32) []byte {
	b := binary.BigEndian.AppendUint32(nil, perUnit)
	b = binary.BigEndian.AppendUint32(b, perUnit)
	return rawChunk("pHYs", append(b, unit))
}

func iccp(method byte, packed []byte) []byte {
	return rawChunk("iCCP", append([]byte("name\x00"+string(method)), packed...))
}

func exifChunk(orientation byte) []byte {
	return rawChunk("eXIf", []byte("MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"+string(orientation)+"\x00\x00"))
}
