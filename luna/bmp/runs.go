package bmp

import (
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
)

// unrun decodes runs (Windows' BI_RLE4 and BI_RLE8) to an index for each
// pixel. Pixels that are skipped have index 0. Runs beyond the end of a row
// are cut off there. What ends before its end marker and before its last row
// is refused.
func (d *decoder) unrun() error {
	d.indices = d.pool.Get(d.width * d.height)
	clear(d.indices)
	in := d.pieces[0]
	x, y := 0, d.height-1 // at most width, at least -1
	// room returns where the next n pixels go, without what is outside.
	room := func(n int) []byte {
		if y < 0 {
			return nil
		}
		at := y*d.width + x
		n = min(n, d.width-x)
		x += n
		return d.indices[at:][:n]
	}
	four := d.bits == 4
	for n := 0; len(in) >= 2; n++ {
		if n%1024 == 0 {
			if err := d.ctx.Err(); err != nil {
				return err
			}
		}
		count, value := int(in[0]), in[1]
		in = in[2:]
		if count > 0 {
			dst := room(count)
			for i := range dst {
				dst[i] = value
				if four {
					dst[i] = value >> (4 - i%2*4) & 15
				}
			}
			continue
		}
		switch value {
		case 0: // end of the row
			x, y = 0, max(y-1, -1)
		case 1: // end of the picture
			return nil
		case 2: // a step right and up
			if len(in) < 2 {
				return d.short()
			}
			x, y = min(x+int(in[0]), d.width), max(y-int(in[1]), -1)
			in = in[2:]
		default:
			count := int(value)
			size := count
			if four {
				size = (count + 1) / 2
			}
			size += size % 2
			if len(in) < size {
				return d.short()
			}
			dst := room(count)
			if four {
				for i := range dst {
					dst[i] = in[i/2] >> (4 - i%2*4) & 15
				}
			} else {
				copy(dst, in)
			}
			in = in[size:]
		}
	}
	if y < 0 || y == 0 && x >= d.width {
		return nil
	}
	return d.short()
}

func (d *decoder) short() error {
	return fmt.Errorf("%w: runs end early: %w", codec.ErrFormat, io.ErrUnexpectedEOF)
}
