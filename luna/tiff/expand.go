package tiff

import (
	"github.com/immagin/immagin-go/internal/interleave"
	"github.com/immagin/immagin-go/luna/pixel"
)

// expand writes row y of t from the stored rows, of whose unit it is row sub.
func (d *decoder) expand(t *pixel.Strip, y, sub int) {
	n := d.layout.Planes()
	switch {
	case d.subX > 0:
		d.expandSubsampled(t, y, sub)
		return
	case d.photometric == photoPalette:
		d.expandPalette(t, y)
	case d.bits == 8 && !d.planar && d.samples == n && (n == 3 || n == 4):
		var rows [4][]uint8
		for p := range n {
			rows[p] = t.Planes[p].Row(y)
		}
		interleave.Split(rows[:n], d.rows[0], n)
	default:
		for p := range n {
			if d.deep {
				d.scaleDeep(t.Planes[p].Row16(y), d.sample(p))
			} else {
				d.scale(t.Planes[p].Row(y), d.sample(p))
			}
		}
	}
	if d.photometric == photoWhiteIsZero {
		invert(&t.Planes[0], y)
	}
	if d.photometric == photoYCbCr {
		r, g, b := t.Planes[0].Row(y), t.Planes[1].Row(y), t.Planes[2].Row(y)
		for x := range r {
			r[x], g[x], b[x] = d.ycc.rgb(r[x], g[x], b[x])
		}
	}
	if d.associated {
		for p := range n - 1 {
			divide(&t.Planes[p], &t.Planes[n-1], y)
		}
	}
}

func invert(p *pixel.Plane, y int) {
	if p.Pix16 != nil {
		for x, v := range p.Row16(y) {
			p.Row16(y)[x] = ^v
		}
		return
	}
	row := p.Row(y)
	for x, v := range row {
		row[x] = ^v
	}
}

// divide undoes the multiplication of a colour by alpha.
func divide(colour, alpha *pixel.Plane, y int) {
	if colour.Pix16 != nil {
		c, a := colour.Row16(y), alpha.Row16(y)
		for x, v := range c {
			if w := uint32(a[x]); w > 0 && w < 65535 {
				c[x] = uint16(min((uint32(v)*65535+w/2)/w, 65535))
			}
		}
		return
	}
	c, a := colour.Row(y), alpha.Row(y)
	for x, v := range c {
		if w := uint32(a[x]); w > 0 && w < 255 {
			c[x] = uint8(min((uint32(v)*255+w/2)/w, 255))
		}
	}
}

// sample returns the values of sample s of the row.
func (d *decoder) sample(s int) []uint16 {
	row, step := d.rows[0], d.samples
	if d.planar {
		row, step, s = d.rows[s], 1, 0
	}
	out := d.raw
	switch d.bits {
	case 8:
		for x := range out {
			out[x] = uint16(row[x*step+s])
		}
	case 16:
		for x := range out {
			out[x] = d.order.Uint16(row[2*(x*step+s):])
		}
	default:
		for x := range out {
			at := (x*step + s) * d.bits
			var v, have uint32
			for i := at / 8; have < uint32(at%8+d.bits); i++ {
				v = v<<8 | uint32(row[i])
				have += 8
			}
			v >>= have - uint32(at%8+d.bits)
			out[x] = uint16(v & (1<<d.bits - 1))
		}
	}
	return out
}

// scale stretches values of up to 8 bits to 8.
func (d *decoder) scale(dst []uint8, raw []uint16) {
	if d.bits == 8 {
		for x, v := range raw {
			dst[x] = uint8(v)
		}
		return
	}
	top := uint32(1)<<d.bits - 1
	for x, v := range raw {
		dst[x] = uint8((uint32(v)*255 + top/2) / top)
	}
}

// scaleDeep brings values of more than 8 bits to 16.
func (d *decoder) scaleDeep(dst []uint16, raw []uint16) {
	if d.bits == 16 {
		copy(dst, raw)
		return
	}
	top := uint32(1)<<d.bits - 1
	for x, v := range raw {
		dst[x] = uint16((uint32(v)*65535 + top/2) / top)
	}
}

func (d *decoder) expandPalette(t *pixel.Strip, y int) {
	colours := 3
	if d.grayscale {
		colours = 1
	}
	for x, i := range d.sample(0) {
		for p := range colours {
			t.Planes[p].Row(y)[x] = d.palette[i&255][p]
		}
	}
	if d.alpha {
		d.scale(t.Planes[colours].Row(y), d.sample(1))
	}
}

// expandSubsampled takes a row from blocks of luma and two samples of chroma,
// which are repeated, as libtiff has it.
func (d *decoder) expandSubsampled(t *pixel.Strip, y, sub int) {
	r, g, b := t.Planes[0].Row(y), t.Planes[1].Row(y), t.Planes[2].Row(y)
	lumas := d.subX * d.subY
	for x := range r {
		block := d.rows[0][x/d.subX*(lumas+2):][:lumas+2]
		r[x], g[x], b[x] = d.ycc.rgb(block[sub*d.subX+x%d.subX], block[lumas], block[lumas+1])
	}
}
