package still

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/immagin/immagin-go/internal/isobmff"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A Tile is a decoded item.
type Tile struct {
	Width, Height int
	// Step is how many samples a pixel has, of which each plane takes one.
	Step int
	// Deep says that samples have 16 bits, the low byte first.
	Deep bool
	// Row returns row y. What it returned before is no longer used.
	Row func(y int) []byte
}

// Decode decodes an item and calls use with the tile, which is of no use
// afterwards.
type Decode func(m *isobmff.Image, data []byte, item *isobmff.Item, use func(Tile) error) error

// Assemble decodes all items of a picture, color for color and alpha for
// opacity, and puts them together in an image with memory from pool, which is
// the caller's to free.
func (h *Header) Assemble(ctx context.Context, file []byte, shape pixel.Shape, pool *pixel.Pool, color, alpha Decode) (*pixel.Image, error) {
	m := pixel.NewImage(pool, shape)
	n := shape.Layout.Planes()
	err := h.fill(ctx, file, m, 0, shape.Layout.Opaque().Planes(), h.Picture.Color, color)
	if a := h.Picture.Alpha; err == nil && a != nil && shape.Layout.HasAlpha() {
		// It is turned as the colours are, whatever its own properties say.
		turned := *a
		turned.Orient = h.Picture.Color.Orient
		if err = h.fill(ctx, file, m, n-1, 1, &turned, alpha); err == nil && h.Picture.Premultiplied {
			unmultiply(m)
		}
	}
	if err != nil {
		m.Free(pool)
		return nil, translate(err)
	}
	return m, nil
}

// fill decodes an image into planes of dst.
func (h *Header) fill(ctx context.Context, file []byte, dst *pixel.Image, first, planes int, m *isobmff.Image, decode Decode) error {
	places, err := h.File.Places(m, file)
	if err != nil {
		return err
	}
	for i, item := range m.Tiles {
		if err := ctx.Err(); err != nil {
			return err
		}
		data, err := h.File.Data(item, file)
		if err != nil {
			return err
		}
		err = decode(m, data, item, func(t Tile) error {
			if t.Width != m.TileWidth || t.Height != m.TileHeight {
				return fmt.Errorf("%w: item %d of %dx%d samples is %dx%d",
					codec.ErrFormat, item.ID, m.TileWidth, m.TileHeight, t.Width, t.Height)
			}
			for y := range t.Height {
				row := t.Row(y)
				for c := range planes {
					scatter(&dst.Planes[first+c], row, c, t, places[i].X, places[i].Y+y, m.Orient)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// scatter writes channel c of a stored row, that begins at x, y, where it is
// shown.
func scatter(dst *pixel.Plane, row []byte, c int, t Tile, x, y int, o isobmff.Orient) {
	lo, hi := max(x, o.Stored.Min.X), min(x+t.Width, o.Stored.Max.X)
	if lo >= hi || y < o.Stored.Min.Y || y >= o.Stored.Max.Y {
		return
	}
	// The inverse of a turn is its transpose.
	at := (o.XX*(lo-o.X0) + o.YX*(y-o.Y0)) + (o.XY*(lo-o.X0)+o.YY*(y-o.Y0))*dst.Stride
	step := o.XX + o.XY*dst.Stride
	from := (lo-x)*t.Step + c
	// Alpha may have fewer or more bits than the colours.
	for range hi - lo {
		switch {
		case t.Deep && dst.Pix16 != nil:
			dst.Pix16[at] = binary.LittleEndian.Uint16(row[2*from:])
		case t.Deep:
			dst.Pix[at] = row[2*from+1]
		case dst.Pix16 != nil:
			dst.Pix16[at] = uint16(row[from]) * 0x101
		default:
			dst.Pix[at] = row[from]
		}
		at += step
		from += t.Step
	}
}

// unmultiply divides colours by alpha.
func unmultiply(m *pixel.Image) {
	n := m.Shape.Layout.Planes() - 1
	for y := range m.Shape.Height {
		for c := range n {
			if m.Shape.Deep {
				alpha, row := m.Planes[n].Row16(y), m.Planes[c].Row16(y)
				for x, a := range alpha {
					if a != 0 && a != 0xffff {
						row[x] = uint16(min((uint32(row[x])*0xffff+uint32(a)/2)/uint32(a), 0xffff))
					}
				}
				continue
			}
			alpha, row := m.Planes[n].Row(y), m.Planes[c].Row(y)
			for x, a := range alpha {
				if a != 0 && a != 0xff {
					row[x] = uint8(min((uint32(row[x])*0xff+uint32(a)/2)/uint32(a), 0xff))
				}
			}
		}
	}
}
