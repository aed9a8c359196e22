package jp2

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
)

// The markers (ISO/IEC 15444-1, table A.2).
const (
	markerSOC = 0xff4f
	markerCAP = 0xff50
	markerSIZ = 0xff51
	markerCOD = 0xff52
	markerCOC = 0xff53
	markerTLM = 0xff55
	markerPLM = 0xff57
	markerPLT = 0xff58
	markerQCD = 0xff5c
	markerQCC = 0xff5d
	markerRGN = 0xff5e
	markerPOC = 0xff5f
	markerPPM = 0xff60
	markerPPT = 0xff61
	markerCRG = 0xff63
	markerCOM = 0xff64
	markerSOT = 0xff90
	markerSOD = 0xff93
	markerEOC = 0xffd9
)

const maxSide = 1 << 26

// A stream is what the main header of a codestream says.
type stream struct {
	x0, y0, x1, y1        int64 // of the picture on the reference grid
	tileX, tileY          int64 // of the first tile
	tileWidth, tileHeight int64
	across, down          int64 // tiles
	components            []component
	layers                int64
	transform             bool // of the first three components
	transformAt           int  // where in the header that is said
	styles                []style
	quantized, reversible bool
	length                int // of the main header
}

type component struct {
	depth  int
	signed bool
	dx, dy int64
}

// A style is how a component is coded.
type style struct {
	levels         int
	blockX, blockY uint
	precincts      []byte // for each resolution, or none
}

// readStream reads the main header from r, and returns its bytes, with the
// SOT marker that ends it.
func readStream(r io.Reader) (*stream, []byte, error) {
	s := new(stream)
	raw := make([]byte, 2, 256)
	if _, err := io.ReadFull(r, raw); err != nil {
		return nil, nil, early(err)
	}
	if binary.BigEndian.Uint16(raw) != markerSOC {
		return nil, nil, fmt.Errorf("%w: no SOC marker", codec.ErrFormat)
	}
	for {
		var head [4]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return nil, nil, early(err)
		}
		marker, n := binary.BigEndian.Uint16(head[:]), int(binary.BigEndian.Uint16(head[2:]))
		at := len(raw)
		raw = append(raw, head[:]...)
		if marker == markerSOT {
			s.length = at
			break
		}
		if n < 2 || len(raw)+n > 1<<20 {
			return nil, nil, fmt.Errorf("%w: segment of %d bytes in a main header of %d", codec.ErrFormat, n, len(raw))
		}
		raw = append(raw, make([]byte, n-2)...)
		if _, err := io.ReadFull(r, raw[at+4:]); err != nil {
			return nil, nil, early(err)
		}
		if len(s.components) == 0 && marker != markerSIZ {
			return nil, nil, fmt.Errorf("%w: marker %#x where SIZ is due", codec.ErrFormat, marker)
		}
		if err := s.segment(marker, raw[at+4:], at+4); err != nil {
			return nil, nil, err
		}
	}
	if len(s.components) == 0 || s.styles == nil || !s.quantized {
		return nil, nil, fmt.Errorf("%w: a main header without SIZ, COD and QCD", codec.ErrFormat)
	}
	return s, raw, nil
}

func (s *stream) segment(marker uint16, b []byte, at int) error {
	switch marker {
	case markerSIZ:
		return s.siz(b)
	case markerCOD:
		if len(b) < 10 || s.styles != nil {
			return fmt.Errorf("%w: COD of %d bytes", codec.ErrFormat, len(b))
		}
		s.layers, s.transform, s.transformAt = int64(binary.BigEndian.Uint16(b[2:])), b[4] == 1, at+4
		if b[1] > 4 || b[4] > 1 || s.layers == 0 {
			return fmt.Errorf("%w: progression %d, %d layers, component transform %d", codec.ErrFormat, b[1], s.layers, b[4])
		}
		if s.transform && len(s.components) < 3 {
			return fmt.Errorf("%w: a component transform of %d components", codec.ErrFormat, len(s.components))
		}
		st, err := s.style(b[5:], b[0]&1 != 0)
		if err != nil {
			return err
		}
		for range s.components {
			s.styles = append(s.styles, st)
		}
		s.reversible = b[9] == 1
	case markerCOC:
		if len(b) < 7 || int(b[0]) >= len(s.styles) {
			return fmt.Errorf("%w: COC of %d bytes", codec.ErrFormat, len(b))
		}
		st, err := s.style(b[2:], b[1]&1 != 0)
		if err != nil {
			return err
		}
		s.styles[b[0]] = st
	case markerQCD:
		s.quantized = true
		return quantization(b)
	case markerQCC:
		if len(b) < 2 || int(b[0]) >= len(s.components) {
			return fmt.Errorf("%w: QCC of %d bytes", codec.ErrFormat, len(b))
		}
		return quantization(b[1:])
	case markerRGN, markerTLM, markerPLM, markerCRG, markerCOM:
	case markerPOC, markerPPM, markerCAP:
		return fmt.Errorf("%w: marker %#x", codec.ErrUnsupported, marker)
	default:
		return fmt.Errorf("%w: marker %#x in the main header", codec.ErrUnsupported, marker)
	}
	return nil
}

func quantization(b []byte) error {
	if len(b) < 2 || b[0]&31 > 2 || b[0]&31 > 0 && len(b) < 3 {
		return fmt.Errorf("%w: quantization of %d bytes", codec.ErrFormat, len(b))
	}
	return nil
}

func (s *stream) siz(b []byte) error {
	if len(b) < 36 || len(s.components) > 0 {
		return fmt.Errorf("%w: SIZ of %d bytes", codec.ErrFormat, len(b))
	}
	if binary.BigEndian.Uint16(b)&0x4000 != 0 {
		return fmt.Errorf("%w: high-throughput JPEG 2000", codec.ErrUnsupported)
	}
	for i, to := range []*int64{&s.x1, &s.y1, &s.x0, &s.y0, &s.tileWidth, &s.tileHeight, &s.tileX, &s.tileY} {
		*to = int64(binary.BigEndian.Uint32(b[2+4*i:]))
	}
	if s.x1 <= s.x0 || s.y1 <= s.y0 || s.x1 > maxSide || s.y1 > maxSide {
		return fmt.Errorf("%w: a picture from %d,%d to %d,%d", codec.ErrFormat, s.x0, s.y0, s.x1, s.y1)
	}
	if s.tileWidth == 0 || s.tileHeight == 0 || s.tileX > s.x0 || s.tileY > s.y0 || s.tileX+s.tileWidth <= s.x0 || s.tileY+s.tileHeight <= s.y0 {
		return fmt.Errorf("%w: tiles of %dx%d from %d,%d", codec.ErrFormat, s.tileWidth, s.tileHeight, s.tileX, s.tileY)
	}
	s.across = (s.x1 - s.tileX + s.tileWidth - 1) / s.tileWidth
	s.down = (s.y1 - s.tileY + s.tileHeight - 1) / s.tileHeight
	if s.across*s.down > 65535 {
		return fmt.Errorf("%w: %dx%d tiles, where 65535 are possible", codec.ErrFormat, s.across, s.down)
	}
	n := int(binary.BigEndian.Uint16(b[34:]))
	if n < 1 || len(b) != 36+3*n {
		return fmt.Errorf("%w: SIZ of %d bytes for %d components", codec.ErrFormat, len(b), n)
	}
	if n > 4 {
		return fmt.Errorf("%w: %d components, where 1 to 4 are read", codec.ErrUnsupported, n)
	}
	for i := range n {
		v := b[36+3*i:]
		c := component{depth: int(v[0]&127) + 1, signed: v[0]&128 != 0, dx: int64(v[1]), dy: int64(v[2])}
		if c.dx == 0 || c.dy == 0 || c.depth > 38 {
			return fmt.Errorf("%w: component %d has %d bits and is subsampled %dx%d", codec.ErrFormat, i, c.depth, c.dx, c.dy)
		}
		s.components = append(s.components, c)
	}
	return s.checkComponents()
}

// checkComponents refuses what would not come out right.
func (s *stream) checkComponents() error {
	first := s.components[0]
	for i, c := range s.components {
		switch {
		case c.depth > 16:
			return fmt.Errorf("%w: %d bits a sample, where 1 to 16 are read", codec.ErrUnsupported, c.depth)
		case c.depth != first.depth || c.signed != first.signed:
			return fmt.Errorf("%w: components of different depths", codec.ErrUnsupported)
		case c.dx > 2 || c.dy > 2, (i == 0 || i == 3 || len(s.components) < 3) && (c.dx > 1 || c.dy > 1):
			return fmt.Errorf("%w: component %d subsampled %dx%d", codec.ErrUnsupported, i, c.dx, c.dy)
		}
	}
	return nil
}

func (s *stream) style(b []byte, precincts bool) (style, error) {
	st := style{levels: int(b[0]), blockX: uint(b[1]) + 2, blockY: uint(b[2]) + 2}
	if st.levels > 32 || st.blockX > 10 || st.blockY > 10 || st.blockX+st.blockY > 12 || b[3]&^0x3f != 0 || b[4] > 1 {
		return st, fmt.Errorf("%w: %d levels, blocks of 1<<%d x 1<<%d, style %#x, wavelet %d", codec.ErrFormat, st.levels, st.blockX, st.blockY, b[3], b[4])
	}
	if precincts {
		if len(b) < 5+st.levels+1 {
			return st, fmt.Errorf("%w: %d precinct sizes for %d resolutions", codec.ErrFormat, len(b)-5, st.levels+1)
		}
		st.precincts = b[5 : 5+st.levels+1]
		for i, p := range st.precincts {
			if i > 0 && (p&15 == 0 || p>>4 == 0) {
				return st, fmt.Errorf("%w: precincts of one sample", codec.ErrFormat)
			}
		}
	}
	return st, nil
}

func ceil(a, b int64) int64 { return (a + b - 1) / b }

// work counts, over all tiles, the packets that there are to read, each of
// which takes at least a byte, and the code blocks that there may be.
func (s *stream) work() (packets, blocks int64) {
	for ty := range s.down {
		for tx := range s.across {
			x0, x1 := max(s.tileX+tx*s.tileWidth, s.x0), min(s.tileX+(tx+1)*s.tileWidth, s.x1)
			y0, y1 := max(s.tileY+ty*s.tileHeight, s.y0), min(s.tileY+(ty+1)*s.tileHeight, s.y1)
			for i, c := range s.components {
				p, b := s.styles[i].work(ceil(x0, c.dx), ceil(y0, c.dy), ceil(x1, c.dx), ceil(y1, c.dy))
				packets, blocks = packets+p*s.layers, blocks+b
			}
		}
	}
	return packets, blocks
}

// work counts the precincts of a tile's component, and its code blocks.
func (st style) work(x0, y0, x1, y1 int64) (precincts, blocks int64) {
	for r := range st.levels + 1 {
		shift := uint(st.levels - r)
		rx0, ry0, rx1, ry1 := ceil(x0, 1<<shift), ceil(y0, 1<<shift), ceil(x1, 1<<shift), ceil(y1, 1<<shift)
		if rx1 <= rx0 || ry1 <= ry0 {
			continue
		}
		px, py := uint(15), uint(15)
		if st.precincts != nil {
			px, py = uint(st.precincts[r]&15), uint(st.precincts[r]>>4)
		}
		across := ceil(rx1, 1<<px) - rx0>>px
		down := ceil(ry1, 1<<py) - ry0>>py
		precincts += across * down
		// Blocks do not reach beyond precincts, which are half as large in
		// the subbands of all resolutions but the first.
		bx, by, bands := min(st.blockX, px), min(st.blockY, py), int64(1)
		if r > 0 {
			bx, by, bands = min(st.blockX, px-1), min(st.blockY, py-1), 3
			rx0, ry0, rx1, ry1 = rx0/2, ry0/2, rx1/2+1, ry1/2+1
		}
		blocks += bands * (ceil(rx1, 1<<bx) - rx0>>bx) * (ceil(ry1, 1<<by) - ry0>>by)
	}
	return precincts, blocks
}
