package webp

import (
	"fmt"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/lazy"
	"github.com/immagin/immagin-go/luna/pixel"
)

// scaled is source at 1/n, for a lossy picture by itself.
func (p *picture) scaled(n int) pixel.Source {
	scale := codec.Scale{Numerator: 1, Denominator: n}
	shape := pixel.Shape{Width: scale.Size(p.width), Height: scale.Size(p.height), Layout: pixel.RGB}
	samples := p.pool.Get(3 * shape.Width)
	luma, u, v := samples[:shape.Width], samples[shape.Width:][:shape.Width], samples[2*shape.Width:]
	fill := func(t *pixel.Strip) error {
		for i := range t.Rows {
			y := (t.Y + i) * n
			for y >= p.band.Y+p.band.Rows {
				if err := p.next(); err != nil {
					return fmt.Errorf("webp: %w", err)
				}
			}
			b := &p.band
			half, at := (p.width+1)/2, y-b.Y
			rows := min(n, b.Rows-at)
			shrink(luma, b.Luma[at*b.LumaStride:], b.LumaStride, p.width, rows, n)
			// A last row of luma that stands alone has chroma of its own.
			rows = (rows + 1) / 2
			shrink(u, b.Cb[at/2*b.CStride:], b.CStride, half, rows, n/2)
			shrink(v, b.Cr[at/2*b.CStride:], b.CStride, half, rows, n/2)
			rgb(t.Planes[0].Row(i), t.Planes[1].Row(i), t.Planes[2].Row(i), luma, u, v)
		}
		return nil
	}
	free := func() {
		p.pool.Put(samples)
		p.close()
	}
	return &lazy.Source{Size: shape, Fill: fill, Pool: p.pool, Free: free}
}

// shrink averages squares of n x n samples, 1, 2, 4 or 8, to a row of dst: those of
// the last column have what is left of width, and where there are fewer rows, all
// have these alone. Averages are rounded.
func shrink(dst, src []uint8, stride, width, rows, n int) {
	done := 0
	if rows == n {
		done = shrinkRows(dst[:width/n], src, stride, n)
	}
	for i := done; i < len(dst); i++ {
		columns := min(n, width-i*n)
		sum, count := 0, columns*rows
		for y := range rows {
			for _, v := range src[y*stride+i*n:][:columns] {
				sum += int(v)
			}
		}
		dst[i] = uint8((sum + count/2) / count)
	}
}
