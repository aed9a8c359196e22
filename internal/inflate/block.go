package inflate

import "encoding/binary"

// block reads the header of a block.
func (z *Reader) block() error {
	if err := z.fill(3); err != nil {
		return err
	}
	z.final = z.take(1) != 0
	switch z.take(2) {
	case 0:
		return z.storedHeader()
	case 1:
		z.fixed()
		return nil
	case 2:
		return z.dynamic()
	}
	return ErrDeflate
}

func (z *Reader) storedHeader() error {
	z.take(z.count & 7)
	if err := z.fill(32); err != nil {
		return err
	}
	n := z.take(16)
	if n != z.take(16)^0xffff {
		return ErrDeflate
	}
	z.stored, z.state = int(n), inStored
	return nil
}

// fixed makes the tables of the fixed code, unless they are there: a block can
// be as short as 10 bits, and must not cost more than it can bring.
func (z *Reader) fixed() {
	z.state = inHuffman
	if z.isFixed {
		return
	}
	z.isFixed = true
	lengths := z.lengths[:maxLit]
	for i := range lengths {
		switch {
		case i < 144:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		case i < 280:
			lengths[i] = 7
		default:
			lengths[i] = 8
		}
	}
	first, _ := build(z.litTable[:], lengths, litEntries[:], litBits)
	z.lit.mask = 1<<first - 1
	lengths = z.lengths[:maxDist]
	for i := range lengths {
		lengths[i] = 5
	}
	first, _ = build(z.distTable[:], lengths, distEntries[:], distBits)
	z.dist.mask = 1<<first - 1
}

// order is that of the lengths of the code for lengths.
var order = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

func (z *Reader) dynamic() error {
	if err := z.fill(14); err != nil {
		return err
	}
	lits, dists, lens := int(z.take(5))+257, int(z.take(5))+1, int(z.take(4))+4
	if lits > 286 || dists > 30 {
		return ErrDeflate
	}
	if err := z.codeLengths(z.lengths[:lits+dists], lens); err != nil {
		return err
	}
	z.isFixed = false
	first, ok := build(z.distTable[:], z.lengths[lits:lits+dists], distEntries[:], distBits)
	if !ok {
		return ErrDeflate
	}
	z.dist.mask = 1<<first - 1
	if first, ok = build(z.litTable[:], z.lengths[:lits], litEntries[:], litBits); !ok {
		return ErrDeflate
	}
	z.lit.mask = 1<<first - 1
	pair(z.litTable[:], z.lengths[:256], first)
	z.state = inHuffman
	return nil
}

// codeLengths reads the lengths of both codes, which are coded by a third.
func (z *Reader) codeLengths(to []uint8, lens int) error {
	var lengths [19]uint8
	for _, symbol := range order[:lens] {
		if err := z.fill(3); err != nil {
			return err
		}
		lengths[symbol] = uint8(z.take(3))
	}
	var entries [19]uint32
	for i := range entries {
		entries[i] = isLiteral | uint32(i)<<8
	}
	var t [1 << 7]uint32
	first, ok := build(t[:], lengths[:], entries[:], 7)
	if !ok {
		return ErrDeflate
	}
	for i := 0; i < len(to); {
		symbol, err := z.lengthSymbol(t[:1<<first])
		if err != nil {
			return err
		}
		if symbol < 16 {
			to[i] = symbol
			i++
			continue
		}
		extra, least, value := uint(7), 11, uint8(0)
		switch symbol {
		case 16:
			if i == 0 {
				return ErrDeflate
			}
			extra, least, value = 2, 3, to[i-1]
		case 17:
			extra, least = 3, 3
		}
		if err := z.fill(extra); err != nil {
			return err
		}
		n := least + int(z.take(extra))
		if n > len(to)-i {
			return ErrDeflate
		}
		for range n {
			to[i] = value
			i++
		}
	}
	return nil
}

func (z *Reader) lengthSymbol(t []uint32) (uint8, error) {
	for need := uint(1); ; need = z.count + 1 {
		if err := z.fill(need); err != nil {
			return 0, err
		}
		e := t[z.bits&(1<<z.count-1)&uint64(len(t)-1)]
		if n := uint(e & 63); n <= z.count && e != 0 {
			z.take(n)
			return uint8(e >> 8), nil
		}
		if z.count >= 7 {
			return 0, ErrDeflate
		}
	}
}

// symbols inflates the current block until it ends or the room for output is
// full.
func (z *Reader) symbols() error {
	for z.to < windowSize+workSize {
		if z.end-z.pos >= 16 {
			if done, err := z.fast(); done || err != nil {
				return err
			}
			continue
		}
		// Near the end of the input, one symbol after the other.
		if done, err := z.one(); done || err != nil {
			return err
		}
	}
	return nil
}

// one inflates a literal or a match, and looks at no more input than it takes.
func (z *Reader) one() (done bool, err error) {
	z.drop()
	e, n, err := z.lookUp(z.litTable[:], z.lit.mask, 0)
	if err != nil {
		return false, err
	}
	switch {
	case e == 0:
		return false, ErrDeflate
	case e&isLiteral != 0:
		z.out[z.to] = uint8(e >> 8)
		z.to++
		if e&isPair != 0 {
			z.out[z.to] = uint8(e >> 16)
			z.to++
		}
		z.take(n)
		return false, nil
	case e&isSpecial != 0:
		z.take(n)
		z.state = atBlock
		return true, nil
	}
	length := z.value(e, n)
	d, used, err := z.lookUp(z.distTable[:], z.dist.mask, n)
	if err != nil {
		return false, err
	}
	if d == 0 {
		return false, ErrDeflate
	}
	distance := z.value(d, used)
	if distance > z.to {
		return false, ErrDeflate
	}
	z.take(used)
	z.copyMatch(distance, length)
	return false, nil
}

// lookUp finds the entry of the bits after the first skip ones, and reports
// how many bits there are up to its end.
func (z *Reader) lookUp(t []uint32, mask uint64, skip uint) (e uint32, used uint, err error) {
	for {
		e = t[z.bits>>skip&mask]
		used = skip + uint(e&63)
		if e&isSub != 0 {
			e = t[uint64(e>>16)+z.bits>>used&(1<<(e>>8&15)-1)]
			used += uint(e & 63)
		}
		if e != 0 && used <= z.count {
			return e, used, nil
		}
		if e == 0 && z.count >= skip+maxCodeLen {
			return 0, 0, nil
		}
		if err := z.fill(z.count + 1); err != nil {
			return 0, 0, err
		}
	}
}

// value adds to the base of a length or distance its extra bits, of which the
// last is bit end-1.
func (z *Reader) value(e uint32, end uint) int {
	extra := uint(e&63 - e>>8&15)
	return int(e>>16) + int(z.bits>>(end-extra)&(1<<extra-1))
}

// copyMatch repeats what came distance bytes before.
func (z *Reader) copyMatch(distance, length int) {
	to := z.to
	from := to - distance
	z.to += length
	if distance >= 8 {
		for end := to + length; to < end; to, from = to+8, from+8 {
			binary.LittleEndian.PutUint64(z.out[to:], binary.LittleEndian.Uint64(z.out[from:]))
		}
		return
	}
	for range length {
		z.out[to] = z.out[from]
		to, from = to+1, from+1
	}
}
