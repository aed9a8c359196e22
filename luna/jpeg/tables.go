package jpeg

import (
	"encoding/binary"
	"fmt"

	"github.com/immagin/immagin-go/luna/codec"
)

// quantTables reads a DQT segment (T.81, B.2.4.1).
func (r *parser) quantTables(b []byte) error {
	for len(b) > 0 {
		wide, index := int(b[0]>>4), b[0]&15
		n := 64 << min(wide, 1)
		if wide > 1 || index > 3 || len(b) < 1+n {
			return fmt.Errorf("%w: quantisation table %#x", codec.ErrFormat, b[0])
		}
		t := new([64]int32)
		for i := range 64 {
			if wide == 1 {
				t[zigzag[i]] = int32(binary.BigEndian.Uint16(b[1+2*i:]))
			} else {
				t[zigzag[i]] = int32(b[1+i])
			}
		}
		r.quant[index] = t
		b = b[1+n:]
	}
	return nil
}

// huffmanTables reads a DHT segment (T.81, B.2.4.2).
func (r *parser) huffmanTables(b []byte) error {
	for len(b) > 0 {
		if len(b) < 17 {
			return fmt.Errorf("%w: Huffman table of %d bytes", codec.ErrFormat, len(b))
		}
		class, index, n := b[0]>>4, b[0]&15, 0
		for _, count := range b[1:17] {
			n += int(count)
		}
		if class > 1 || index > 3 || n > 256 || len(b) < 17+n {
			return fmt.Errorf("%w: Huffman table %#x with %d values", codec.ErrFormat, b[0], n)
		}
		r.tables[class][index] = &tables{counts: b[1:17], values: b[17 : 17+n]}
		b = b[17+n:]
	}
	return nil
}

// tables is a Huffman table as a DHT segment defines it, and as decoding uses
// it, once it does.
type tables struct {
	counts, values []byte
	made           *huffman
}

func (t *tables) make(kind tableKind) (*huffman, error) {
	if t == nil {
		return nil, fmt.Errorf("%w: a scan names a Huffman table that is not there", codec.ErrFormat)
	}
	if t.made == nil {
		h, err := newHuffman(t.counts, t.values, kind)
		if err != nil {
			return nil, err
		}
		t.made = h
	}
	return t.made, nil
}
