package jp2

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
)

// checkParts walks over the tile-parts of data, a codestream with s as its
// main header, and refuses what is incomplete or has a coding style of its
// own. It returns the codestream as the library is to have it: a part that
// goes on to the end says how long it is, and tiles of nothing but empty
// packets, on which the library fails, are left out, because it takes missing
// ones for what they are, the middle gray.
func (s *stream) checkParts(data []byte) ([]byte, error) {
	tiles := s.across * s.down
	seen := make([]uint8, tiles)
	filled := make([]bool, tiles)
	type part struct {
		tile int64
		data []byte
	}
	var parts []part
	found := int64(0)
	at := s.length
	for {
		if at+2 > len(data) || binary.BigEndian.Uint16(data[at:]) == markerEOC {
			break
		}
		if at+12 > len(data) || binary.BigEndian.Uint16(data[at:]) != markerSOT || binary.BigEndian.Uint16(data[at+2:]) != 10 {
			return nil, fmt.Errorf("%w: no tile-part at %d", codec.ErrFormat, at)
		}
		index, size := int64(binary.BigEndian.Uint16(data[at+4:])), int(binary.BigEndian.Uint32(data[at+6:]))
		if index >= tiles {
			return nil, fmt.Errorf("%w: tile %d of %d", codec.ErrFormat, index, tiles)
		}
		if size == 0 {
			size = len(data) - at
			if n := len(data); binary.BigEndian.Uint16(data[n-2:]) == markerEOC {
				size -= 2
			}
			binary.BigEndian.PutUint32(data[at+6:], uint32(size))
		}
		if size < 14 || size > len(data)-at {
			return nil, fmt.Errorf("%w: a tile-part of %d bytes, where %d are left: %w", codec.ErrFormat, size, len(data)-at, io.ErrUnexpectedEOF)
		}
		if number, of := data[at+10], data[at+11]; number != seen[index] || of > 0 && number >= of {
			return nil, fmt.Errorf("%w: part %d of %d of tile %d, where part %d is due", codec.ErrFormat, number, of, index, seen[index])
		} else if number == 0 {
			found++
		} else if number == 255 {
			return nil, fmt.Errorf("%w: a tile in 256 parts", codec.ErrUnsupported)
		}
		seen[index]++
		body, err := partBody(data[at+12 : at+size])
		if err != nil {
			return nil, err
		}
		parts = append(parts, part{index, data[at : at+size]})
		for _, b := range body {
			filled[index] = filled[index] || b != 0
		}
		at += size
	}
	if found < tiles {
		return nil, fmt.Errorf("%w: %d of %d tiles: %w", codec.ErrFormat, found, tiles, io.ErrUnexpectedEOF)
	}
	out := append(make([]byte, 0, len(data)), data[:s.length]...)
	for _, p := range parts {
		if filled[p.tile] {
			out = append(out, p.data...)
		}
	}
	return binary.BigEndian.AppendUint16(out, markerEOC), nil
}

// partBody walks over the markers between SOT and SOD, and returns what
// follows.
func partBody(b []byte) ([]byte, error) {
	for len(b) >= 2 {
		marker := binary.BigEndian.Uint16(b)
		if marker == markerSOD {
			return b[2:], nil
		}
		switch marker {
		case markerPLT, markerCOM:
		default:
			return nil, fmt.Errorf("%w: marker %#x in a tile-part", codec.ErrUnsupported, marker)
		}
		if len(b) < 4 {
			break
		}
		n := 2 + int(binary.BigEndian.Uint16(b[2:]))
		if n < 4 || n > len(b) {
			break
		}
		b = b[n:]
	}
	return nil, fmt.Errorf("%w: a tile-part without SOD", codec.ErrFormat)
}
