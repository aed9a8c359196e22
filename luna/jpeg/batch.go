package jpeg

import (
	"unsafe"

	"github.com/immagin/immagin-go/luna/pixel"
)

// A batch holds the coefficients that are kept of consecutive MCUs, those of
// each row of blocks of a component together, so that a run of them is
// transformed in one go.
type batch struct {
	words []uint16 // as the pool has them
	// rows are those of a component's blocks in an MCU, size x size
	// coefficients for each block.
	rows  [4][4][]int16
	steps []step
}

// A step is one of the blocks of an MCU: where its coefficients go, and what
// decodes them.
type step struct {
	row            []int16 // of rows
	offset, stride int     // of the first MCU's block in it, and from MCU to MCU
	dc, ac         *huffman
	component      int
	n, need        int // coefficients, and the last zigzag index of those
}

// newBatch returns a batch with room for so many MCUs of w.
func newBatch(pool *pixel.Pool, d *decoding, w *walk, mcus int) batch {
	b := batch{words: pool.Get16(mcus * d.coefficients())}
	rest := signed(b.words)
	for _, sc := range w.s.components {
		i := sc.index
		c := &d.p.components[i]
		n := d.size[i] * d.size[i]
		for v := range c.v {
			row := rest[: mcus*c.h*n : mcus*c.h*n]
			rest = rest[len(row):]
			b.rows[i][v] = row
			for h := range c.h {
				b.steps = append(b.steps, step{row: row, offset: h * n, stride: c.h * n, dc: sc.dc, ac: sc.ac, component: i, n: n, need: need(d.size[i])})
			}
		}
	}
	return b
}

func (b *batch) free(pool *pixel.Pool) {
	pool.Put16(b.words)
	*b = batch{}
}

// coefficients reports how many are kept of an MCU.
func (d *decoding) coefficients() int {
	n := 0
	for i := range d.p.components {
		c := &d.p.components[i]
		n += c.h * c.v * d.size[i] * d.size[i]
	}
	return n
}

// signed returns the memory of w as signed numbers.
func signed(w []uint16) []int16 {
	return unsafe.Slice((*int16)(unsafe.Pointer(unsafe.SliceData(w))), len(w))
}

// bitsets returns the memory of w, 4 numbers each, as sets of 64 bits.
func bitsets(w []uint16) []uint64 {
	return unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(w))), len(w)/4)
}

// into decodes the next MCU into b, as its MCU at.
func (q *sequencer) into(b *batch, at int) error {
	for i := range b.steps {
		s := &b.steps[i]
		run := s.row[at*s.stride+s.offset:]
		k := &q.block
		switch s.n {
		case 4:
			k[0], k[1], k[8], k[9] = 0, 0, 0, 0
		case 16:
			clear(k[:4])
			clear(k[8:12])
			clear(k[16:20])
			clear(k[24:28])
		case 64:
			k = (*[64]int16)(run)
			*k = [64]int16{}
		}
		if err := q.bits.block(s.dc, s.ac, k, s.need, &q.pred[s.component&3]); err != nil {
			return err
		}
		switch s.n {
		case 1:
			run[0] = k[0]
		case 4:
			to := (*[4]int16)(run)
			to[0], to[1], to[2], to[3] = k[0], k[1], k[8], k[9]
		case 16:
			low(run, k, 16)
		}
	}
	return nil
}

// low copies the n coefficients of the lowest frequencies of c.
func low(to []int16, c *[64]int16, n int) {
	switch n {
	case 1:
		to[0] = c[0]
	case 4:
		k := (*[4]int16)(to)
		k[0], k[1], k[2], k[3] = c[0], c[1], c[8], c[9]
	case 16:
		k := (*[16]int16)(to)
		copy(k[:4], c[:4])
		copy(k[4:8], c[8:12])
		copy(k[8:12], c[16:20])
		copy(k[12:], c[24:28])
	default:
		copy(to[:64], c[:])
	}
}

// predictions returns the DC values that MCU at of b follows, if it began with
// none.
func (b *batch) predictions(d *decoding, at int) (pred [4]int16) {
	if at == 0 {
		return pred
	}
	for i := range d.p.components {
		c := &d.p.components[i]
		pred[i] = b.rows[i][c.v-1][(at*c.h-1)*d.size[i]*d.size[i]]
	}
	return pred
}

// shift adds delta to the DC values of the MCUs from from up to to.
func (b *batch) shift(d *decoding, from, to int, delta [4]int16) {
	for i := range d.p.components {
		if delta[i] == 0 {
			continue
		}
		c := &d.p.components[i]
		n := d.size[i] * d.size[i]
		for v := range c.v {
			run := b.rows[i][v][from*c.h*n : to*c.h*n]
			for x := 0; x < len(run); x += n {
				run[x] += delta[i]
			}
		}
	}
}
