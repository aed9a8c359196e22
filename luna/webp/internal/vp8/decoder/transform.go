package decoder

// The inverse transforms of RFC 6386, 14.3 and 14.4. The second is in 16-bit
// arithmetic that wraps around, as vector instructions have it. Of streams that
// an encoder makes nothing overflows.

// inverseWHT stores the DCs of the luma blocks.
func inverseWHT(c *coefficients, dc *[16]int16) {
	var t [16]int32
	for i := range 4 {
		d0, d1, d2, d3 := int32(dc[i]), int32(dc[4+i]), int32(dc[8+i]), int32(dc[12+i])
		a0, a1, a2, a3 := d0+d3, d1+d2, d1-d2, d0-d3
		t[i], t[8+i], t[4+i], t[12+i] = a0+a1, a0-a1, a3+a2, a3-a2
	}
	for i := 0; i < 16; i += 4 {
		d := t[i] + 3
		a0, a1 := d+t[i+3], t[i+1]+t[i+2]
		a2, a3 := t[i+1]-t[i+2], d-t[i+3]
		c[i][0], c[i+1][0] = int16((a0+a1)>>3), int16((a3+a2)>>3)
		c[i+2][0], c[i+3][0] = int16((a0-a1)>>3), int16((a3-a2)>>3)
	}
}

// mul1 multiplies by sqrt(2) cos(pi/8), and mul2 by sqrt(2) sin(pi/8).
func mul1(v int16) int16 { return int16(int32(v)*20091>>16) + v }
func mul2(v int16) int16 { return int16(int32(v) * 35468 >> 16) }

func addInverseGeneric(dst *[3*stride + 4]uint8, c *[16]int16) {
	var t [16]int16
	for i := range 4 {
		a, b := c[i]+c[8+i], c[i]-c[8+i]
		u := mul2(c[4+i]) - mul1(c[12+i])
		v := mul1(c[4+i]) + mul2(c[12+i])
		t[4*i], t[4*i+1], t[4*i+2], t[4*i+3] = a+v, b+u, b-u, a-v
	}
	for i := range 4 {
		d := t[i] + 4
		a, b := d+t[8+i], d-t[8+i]
		u := mul2(t[4+i]) - mul1(t[12+i])
		v := mul1(t[4+i]) + mul2(t[12+i])
		to := (*[4]uint8)(dst[i*stride:])
		to[0] = clip(int(to[0]) + int((a+v)>>3))
		to[1] = clip(int(to[1]) + int((b+u)>>3))
		to[2] = clip(int(to[2]) + int((b-u)>>3))
		to[3] = clip(int(to[3]) + int((a-v)>>3))
	}
}

// addDC is addInverse where there is nothing but DC.
func addDC(dst *[3*stride + 4]uint8, dc int16) {
	d := int((dc + 4) >> 3)
	for i := range 4 {
		to := (*[4]uint8)(dst[i*stride:])
		for x := range to {
			to[x] = clip(int(to[x]) + d)
		}
	}
}

// addLumaGeneric adds the residue of all of the luma.
func (a *area) addLumaGeneric(c *coefficients, extents uint32) {
	for i := 0; extents != 0; i, extents = i+1, extents<<2 {
		a.add(blockAt[i], extents>>30, &c[i])
	}
}

// addChromaGeneric adds the residue of all of the chroma.
func (a *area) addChromaGeneric(c *coefficients, extents uint32) {
	if extents == 0 {
		return
	}
	for i := range 4 {
		at := i>>1*4*stride + i&1*4
		a.add(cbAt+at, extents>>(2*i)&3, &c[16+i])
		a.add(crAt+at, extents>>(8+2*i)&3, &c[20+i])
	}
}

// add adds the residue of a block whose extent is known.
func (a *area) add(at int, extent uint32, k *[16]int16) {
	to := (*[3*stride + 4]uint8)(a[at:])
	switch extent {
	case 0:
	case 1:
		addDC(to, k[0])
	default:
		addInverse(to, k)
	}
}

func clip(v int) uint8 { return uint8(min(max(v, 0), 255)) }
