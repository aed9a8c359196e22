package gif

import "io"

// A packer writes the indices of one frame after another. Errors are left to
// w, which is asked for as much as a sub-block at a time.
type packer struct {
	w     io.Writer
	err   error
	block [256]byte // a sub-block, its length first

	bits    uint32
	count   uint
	literal uint
	width   uint
	next    int
	last    int // the code of what was read and not written, or -1
	defined [1 << hashBits]uint32
	written int64 // bytes
}

// Of a defined code the table holds what it consists of, the code before and
// an index, above the code itself; 0 is free, as no defined code is 0.
const hashBits = 14

// start begins with the pixels of a frame whose indices have so many bits.
func (p *packer) start(bits int) {
	p.literal = uint(max(bits, 2))
	p.put([]byte{byte(p.literal)})
	p.bits, p.count, p.block[0], p.last = 0, 0, 0, -1
	p.width = p.literal + 1
	p.reset()
}

// reset writes the code that forgets all others, and does so.
func (p *packer) reset() {
	p.emit(1 << p.literal)
	clear(p.defined[:])
	p.next, p.width = 1<<p.literal+2, p.literal+1
}

func (p *packer) put(b []byte) {
	p.written += int64(len(b))
	if p.err == nil {
		_, p.err = p.w.Write(b)
	}
}

// emit writes a code.
func (p *packer) emit(code int) {
	p.bits |= uint32(code) << p.count
	for p.count += p.width; p.count >= 8; p.count -= 8 {
		p.byte(byte(p.bits))
		p.bits >>= 8
	}
}

func (p *packer) byte(b byte) {
	p.block[0]++
	p.block[p.block[0]] = b
	if p.block[0] == 255 {
		p.put(p.block[:])
		p.block[0] = 0
	}
}

// write adds indices.
func (p *packer) write(indices []uint8) {
	last := p.last
	for _, i := range indices {
		if last < 0 {
			last = int(i)
			continue
		}
		key := uint32(last)<<8 | uint32(i)
		h := key * 0x9e3779b1 >> (32 - hashBits)
		for {
			e := p.defined[h]
			if e == 0 {
				break
			}
			if e>>maxCodeBits == key {
				last = int(e & (codes - 1))
				break
			}
			h = (h + 1) & (1<<hashBits - 1)
		}
		if e := p.defined[h]; e != 0 {
			continue
		}
		p.emit(last)
		p.define(h, key)
		last = int(i)
	}
	p.last = last
}

// define gives the next code its meaning, at place h of the table.
func (p *packer) define(h, key uint32) {
	if p.next == codes-1 { // the last one confuses some decoders
		p.reset()
		return
	}
	p.defined[h] = key<<maxCodeBits | uint32(p.next)
	// The decoder is one code behind.
	if p.next == 1<<p.width {
		p.width++
	}
	p.next++
}

// end writes what is left, and the terminator.
func (p *packer) end() error {
	if p.last >= 0 {
		p.emit(p.last)
		// The decoder now defines a code as well.
		if p.next == 1<<p.width && p.width < maxCodeBits {
			p.width++
		}
	}
	p.emit(1<<p.literal + 1)
	if p.count > 0 {
		p.byte(byte(p.bits))
	}
	n := int(p.block[0])
	if n > 0 {
		n++
	}
	p.put(p.block[:n])
	p.put([]byte{0})
	return p.err
}
