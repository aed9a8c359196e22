package heic

import (
	"encoding/binary"
	"fmt"

	"github.com/immagin/immagin-go/internal/isobmff"
	"github.com/immagin/immagin-go/luna/codec"
)

// A sequence is what a sequence parameter set says (ITU-T H.265, 7.3.2.2).
type sequence struct {
	chroma        int // chroma_format_idc: 0 for gray, 1 for 4:2:0, 2, 3 for 4:4:4
	width, height int // after cropping
	depth         int // bits of a sample of luma
	colors        isobmff.Colors
}

// findSequence reads the parameter set in an item's "hvcC" property.
func findSequence(item *isobmff.Item) (sequence, error) {
	d, ok := item.Property("hvcC")
	if !ok || len(d) < 23 {
		return sequence{}, fmt.Errorf("%w: no \"hvcC\" property", codec.ErrFormat)
	}
	arrays := int(d[22])
	d = d[23:]
	for range arrays {
		if len(d) < 3 {
			break
		}
		kind, n := d[0]&0x3f, int(binary.BigEndian.Uint16(d[1:]))
		d = d[3:]
		for range n {
			if len(d) < 2 || len(d)-2 < int(binary.BigEndian.Uint16(d)) {
				return sequence{}, fmt.Errorf("%w: the \"hvcC\" property ends early", codec.ErrFormat)
			}
			size := int(binary.BigEndian.Uint16(d))
			if kind == 33 {
				return readSequence(d[2:][:size])
			}
			d = d[2+size:]
		}
	}
	return sequence{}, fmt.Errorf("%w: no HEVC sequence parameter set", codec.ErrFormat)
}

// A reader reads bits from the front of a slice, the high bit first. Beyond
// the end it reads zeros, and remembers that.
type reader struct {
	b     []byte
	at    int // in bits
	short bool
}

func (r *reader) u(n int) (v uint32) {
	for range n {
		v <<= 1
		if r.at >= 8*len(r.b) {
			r.short = true
			continue
		}
		v |= uint32(r.b[r.at/8]>>(7-r.at%8)) & 1
		r.at++
	}
	return v
}

func (r *reader) flag() bool { return r.u(1) != 0 }
func (r *reader) skip(n int) { r.at = min(r.at+n, 8*len(r.b)); r.short = r.short || r.at == 8*len(r.b) }

// ue reads an Exp-Golomb code (9.2).
func (r *reader) ue() uint32 {
	zeros := 0
	for zeros < 32 && !r.short && !r.flag() {
		zeros++
	}
	if zeros == 32 {
		r.short = true
		return 0
	}
	return 1<<zeros - 1 + r.u(zeros)
}

// unescape removes the bytes that keep start codes out (7.3.1.1).
func unescape(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i, c := range b {
		if c == 3 && i >= 2 && b[i-1] == 0 && b[i-2] == 0 {
			continue
		}
		out = append(out, c)
	}
	return out
}

func readSequence(nal []byte) (sequence, error) {
	r := &reader{b: unescape(nal)}
	s := sequence{colors: isobmff.Colors{Primaries: 2, Transfer: 2, Matrix: 2}}
	r.skip(16 + 4)
	layers := int(r.u(3))
	r.skip(1)
	r.levels(layers)
	r.ue()
	s.chroma = int(r.ue())
	if s.chroma == 3 {
		r.skip(1)
	}
	w, h := int64(r.ue()), int64(r.ue())
	if r.flag() {
		dx, dy := int64(1), int64(1)
		if s.chroma == 1 || s.chroma == 2 {
			dx = 2
		}
		if s.chroma == 1 {
			dy = 2
		}
		w -= dx * (int64(r.ue()) + int64(r.ue()))
		h -= dy * (int64(r.ue()) + int64(r.ue()))
	}
	if r.short || s.chroma > 3 || w < 1 || h < 1 || w > 1<<24 || h > 1<<24 {
		return s, fmt.Errorf("%w: HEVC sequence parameters for %dx%d", codec.ErrFormat, w, h)
	}
	s.width, s.height = int(w), int(h)
	luma, chroma := r.ue(), r.ue()
	if r.short || luma > 8 || s.chroma != 0 && luma != chroma {
		return s, fmt.Errorf("%w: HEVC samples of %d and %d bits", codec.ErrUnsupported, 8+luma, 8+chroma)
	}
	s.depth = 8 + int(luma)
	if c, ok := r.colors(layers); ok {
		s.colors = c
	}
	return s, nil
}

// levels passes over profile_tier_level (7.3.3).
func (r *reader) levels(layers int) {
	r.skip(96)
	if layers == 0 {
		return
	}
	present := r.u(16)
	for i := range layers {
		if present>>(15-2*i)&1 != 0 {
			r.skip(88)
		}
		if present>>(14-2*i)&1 != 0 {
			r.skip(8)
		}
	}
}

// colors passes over the rest up to the video usability information, and
// returns what that says.
func (r *reader) colors(layers int) (c isobmff.Colors, ok bool) {
	order := int(r.ue()) + 4
	first := layers
	if r.flag() {
		first = 0
	}
	for range 3 * (layers + 1 - first) {
		r.ue()
	}
	for range 6 {
		r.ue()
	}
	if enabled := r.flag(); enabled && r.flag() {
		r.scaling()
	}
	r.skip(2)
	if r.flag() { // PCM
		r.skip(8)
		r.ue()
		r.ue()
		r.skip(1)
	}
	if !r.pictures() {
		return c, false
	}
	if r.flag() { // long-term pictures
		for range min(r.ue(), 32) {
			r.skip(order + 1)
		}
	}
	r.skip(2)
	if !r.flag() { // no usability information
		return c, false
	}
	if r.flag() && r.u(8) == 255 { // aspect
		r.skip(32)
	}
	if r.flag() { // overscan
		r.skip(1)
	}
	if !r.flag() { // video signal
		return c, false
	}
	r.skip(3)
	c = isobmff.Colors{Primaries: 2, Transfer: 2, Matrix: 2, FullRange: r.flag()}
	if r.flag() {
		c.Primaries, c.Transfer, c.Matrix = uint16(r.u(8)), uint16(r.u(8)), uint16(r.u(8))
	}
	return c, !r.short
}

// scaling passes over scaling_list_data (7.3.4).
func (r *reader) scaling() {
	for size := range 4 {
		step := 1
		if size == 3 {
			step = 3
		}
		for m := 0; m < 6; m += step {
			if !r.flag() {
				r.ue()
				continue
			}
			if size > 1 {
				r.ue()
			}
			for range min(64, 1<<(4+size<<1)) {
				r.ue()
			}
		}
	}
}

// pictures passes over the sets of reference pictures (7.3.7).
func (r *reader) pictures() bool {
	n := int(r.ue())
	if n > 64 {
		return false
	}
	before := 0 // in the last set
	for i := range n {
		if i > 0 && r.flag() {
			r.skip(1)
			r.ue()
			now := 0
			for range before + 1 {
				if used := r.flag(); used || r.flag() {
					now++
				}
			}
			before = now
			continue
		}
		before = int(r.ue()) + int(r.ue())
		if before > 32 {
			return false
		}
		for range before {
			r.ue()
			r.skip(1)
		}
	}
	return !r.short
}
