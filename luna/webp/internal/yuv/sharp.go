package yuv

import "context"

// LeastSharp is the smallest side of pictures that libwebp makes sharp; others
// are too small to be worth it.
const LeastSharp = 4

// iterations is how often the sharp conversion corrects itself, at the most.
const iterations = 4

// A Sharp converts pictures so that what decoders make of the samples is near
// to what they were, edges between colours above all: Y is corrected for what
// becomes of chroma that was averaged, and chroma for what cannot be shown
// (libwebp's sharpyuv.c). It holds seven bytes for each pixel. The zero Sharp is
// ready for Begin, and may be used again for other pictures.
type Sharp struct {
	width, height int // of the picture
	w, h, half    int // even, and half of w

	// Samples have 10 bits. Chroma is red, green and blue, less Y, a row of
	// each after another.
	rows       [2][]uint16
	y, targetY []uint16
	c, targetC []int16
	seenY      []uint16
	seenC      []int16
}

// Begin makes room for a picture.
func (s *Sharp) Begin(width, height int) {
	s.width, s.height = width, height
	s.w, s.h = width+width&1, height+height&1
	s.half = s.w / 2
	for i := range s.rows {
		s.rows[i] = resize(s.rows[i], 3*s.w)
	}
	s.y, s.targetY = resize(s.y, s.w*s.h), resize(s.targetY, s.w*s.h)
	s.c, s.targetC = resize(s.c, 3*s.half*s.h/2), resize(s.targetC, 3*s.half*s.h/2)
	s.seenY, s.seenC = resize(s.seenY, 2*s.w), resize(s.seenC, 3*s.half)
}

func resize[T any](b []T, n int) []T {
	if cap(b) < n {
		return make([]T, n)
	}
	return b[:n]
}

// Add takes the rows at y, which is even, and y+1. Where there is no such row,
// they are the same.
func (s *Sharp) Add(y int, rows *Rows) {
	for i := range rows {
		dst := s.rows[i]
		for p := range 3 {
			row := dst[p*s.w:][:s.w]
			for x, v := range rows[i][p][:s.width] {
				row[x] = uint16(v) << 2
			}
			row[s.w-1] = row[s.width-1]
		}
		at := s.y[(y+i)*s.w:][:s.w]
		for x := range at {
			at[x] = uint16(grayOf(int32(dst[x]), int32(dst[s.w+x]), int32(dst[2*s.w+x])))
		}
		s.luma(s.targetY[(y+i)*s.w:][:s.w], dst)
	}
	c := s.targetC[y/2*3*s.half:][:3*s.half]
	s.chroma(c)
	copy(s.c[y/2*3*s.half:], c)
}

// grayOf is in the proportions of BT.709.
func grayOf(r, g, b int32) int32 { return (13933*r + 46871*g + 4732*b + 1<<15) >> 16 }

// luma stores the Y of a row of light.
func (s *Sharp) luma(dst, row []uint16) {
	r, g, b := row[:s.w], row[s.w:][:s.w], row[2*s.w:][:s.w]
	for x := range dst[:s.w] {
		light := (13933*uint64(sharpLinear[r[x]]) + 46871*uint64(sharpLinear[g[x]]) + 4732*uint64(sharpLinear[b[x]]) + 1<<15) >> 16
		dst[x] = uint16(toSharp(uint32(light)))
	}
}

// chroma stores what the two rows have beside Y.
func (s *Sharp) chroma(dst []int16) {
	var c [3]int32
	for i := range s.half {
		for p := range c {
			a, b := s.rows[0][p*s.w+2*i:][:2], s.rows[1][p*s.w+2*i:][:2]
			c[p] = int32(toSharp((sharpLinear[a[0]] + sharpLinear[a[1]] + sharpLinear[b[0]] + sharpLinear[b[1]] + 2) >> 2))
		}
		y := grayOf(c[0], c[1], c[2])
		for p := range c {
			dst[p*s.half+i] = int16(c[p] - y)
		}
	}
}

// Finish stores the planes, whose rows are so far apart.
func (s *Sharp) Finish(ctx context.Context, y, cb, cr []uint8, strideY, strideC int) error {
	threshold := uint64(3 * s.w * s.h)
	before := ^uint64(0)
	for i := range iterations {
		sum, err := s.iterate(ctx)
		if err != nil {
			return err
		}
		if i > 0 && (sum < threshold || sum > before) {
			break
		}
		before = sum
	}
	return s.store(ctx, y, cb, cr, strideY, strideC)
}

// iterate corrects by the difference between what was to be seen and what is,
// and returns how much that is of Y.
func (s *Sharp) iterate(ctx context.Context) (sum uint64, err error) {
	n := 3 * s.half
	prev, this := s.c[:n], s.c[:n]
	for j := 0; j < s.h; j += 2 {
		if j%32 == 0 {
			if err := ctx.Err(); err != nil {
				return 0, err
			}
		}
		next := this
		if j < s.h-2 {
			next = s.c[(j/2+1)*n:][:n]
		}
		y := s.y[j*s.w:][:2*s.w]
		s.show(s.rows[0], y[:s.w], this, prev)
		s.show(s.rows[1], y[s.w:], this, next)
		s.luma(s.seenY[:s.w], s.rows[0])
		s.luma(s.seenY[s.w:], s.rows[1])
		s.chroma(s.seenC)
		target := s.targetY[j*s.w:][:2*s.w]
		for x, seen := range s.seenY {
			d := int32(target[x]) - int32(seen)
			y[x] = uint16(min(max(int32(y[x])+d, 0), 1023))
			sum += uint64(max(d, -d))
		}
		wanted := s.targetC[j/2*n:][:n]
		for x, seen := range s.seenC {
			this[x] += wanted[x] - seen
		}
		// As libwebp has it: the row above is that which is corrected already.
		prev, this = this, next
	}
	return sum, nil
}

// show makes a row of colours of its Y and of the chroma near and farther, as
// decoders do.
func (s *Sharp) show(dst, y []uint16, near, far []int16) {
	limit := func(c int32, y uint16) uint16 { return uint16(min(max(c+int32(y), 0), 1023)) }
	for p := range 3 {
		a, b, out := near[p*s.half:][:s.half], far[p*s.half:][:s.half], dst[p*s.w:][:s.w]
		last := s.half - 1
		out[0] = limit((3*int32(a[0])+int32(b[0])+2)>>2, y[0])
		for i := range last {
			a0, a1, b0, b1 := int32(a[i]), int32(a[i+1]), int32(b[i]), int32(b[i+1])
			out[2*i+1] = limit((9*a0+3*a1+3*b0+b1+8)>>4, y[2*i+1])
			out[2*i+2] = limit((9*a1+3*a0+3*b1+b0+8)>>4, y[2*i+2])
		}
		out[s.w-1] = limit((3*int32(a[last])+int32(b[last])+2)>>2, y[s.w-1])
	}
}

func (s *Sharp) store(ctx context.Context, y, cb, cr []uint8, strideY, strideC int) error {
	const shift = bits + 2
	const luma, chroma = 16<<shift + 1<<(shift-1), 128<<shift + 1<<(shift-1)
	for j := range s.height {
		if j%64 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		c := s.c[j/2*3*s.half:][:3*s.half]
		from, to := s.y[j*s.w:][:s.width], y[j*strideY:][:s.width]
		for x, v := range from {
			r, g, b := int32(c[x/2])+int32(v), int32(c[s.half+x/2])+int32(v), int32(c[2*s.half+x/2])+int32(v)
			to[x] = clip((redY*r + greenY*g + blueY*b + luma) >> shift)
		}
		if j%2 != 0 {
			continue
		}
		u, v := cb[j/2*strideC:][:s.half], cr[j/2*strideC:][:s.half]
		for x := range u {
			r, g, b := int32(c[x]), int32(c[s.half+x]), int32(c[2*s.half+x])
			u[x] = clip((redCb*r + greenCb*g + blueCb*b + chroma) >> shift)
			v[x] = clip((redCr*r + greenCr*g + blueCr*b + chroma) >> shift)
		}
	}
	return nil
}
