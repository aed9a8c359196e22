package png

import (
	"io"

	"github.com/immagin/immagin-go/luna/pixel"
)

// draw decodes a frame onto the canvas.
func (f *frames) draw(a control, data io.Reader) error {
	h := *f.header
	h.width, h.height = a.width, a.height
	// One goroutine, since what reads ahead would go beyond the frame's end.
	d := &decoder{header: &h, in: f.in, chunks: f.chunks, data: data, shape: h.info().Shape, pool: f.pool, workers: 1}
	src := d.open()
	defer src.Close()
	row := newOver(d.shape)
	for {
		t, err := src.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		for y := range t.Rows {
			over := row.of(t, y)
			var under [4][]uint8
			for p := range over {
				under[p] = f.canvas.Planes[p].Row(a.y + t.Y + y)[a.x:][:a.width]
			}
			if a.blend == blendOver {
				blend(under[:len(over)], over)
				continue
			}
			for p := range over {
				copy(under[p], over[p])
			}
		}
	}
}

// An over makes rows of 8 bits with alpha of those of a frame.
type over struct {
	shape pixel.Shape
	rows  [][]uint8
	alpha []uint8 // opaque
	low   [4][]uint8
}

func newOver(shape pixel.Shape) *over {
	o := &over{shape: shape, rows: make([][]uint8, shape.Layout.WithAlpha().Planes())}
	if !shape.Layout.HasAlpha() {
		o.alpha = make([]uint8, shape.Width)
		for i := range o.alpha {
			o.alpha[i] = 255
		}
	}
	if shape.Deep {
		for p := range shape.Layout.Planes() {
			o.low[p] = make([]uint8, shape.Width)
		}
	}
	return o
}

// of returns row y of t, until the next call.
func (o *over) of(t *pixel.Strip, y int) [][]uint8 {
	for p := range o.shape.Layout.Planes() {
		if !o.shape.Deep {
			o.rows[p] = t.Planes[p].Row(y)
			continue
		}
		o.rows[p] = o.low[p]
		for x, v := range t.Planes[p].Row16(y) {
			o.low[p][x] = uint8(v >> 8)
		}
	}
	if o.alpha != nil {
		o.rows[len(o.rows)-1] = o.alpha
	}
	return o.rows
}

// blend lays over on under; the last row of each is straight alpha.
func blend(under, over [][]uint8) {
	last := len(over) - 1
	for x, a := range over[last] {
		switch a {
		case 0:
			continue
		case 255:
			for p := range over {
				under[p][x] = over[p][x]
			}
			continue
		}
		top := uint32(a) * 255
		below := (255 - uint32(a)) * uint32(under[last][x])
		sum := top + below
		for p := range last {
			under[p][x] = uint8((uint32(over[p][x])*top + uint32(under[p][x])*below + sum/2) / sum)
		}
		under[last][x] = uint8((sum + 127) / 255)
	}
}

// dispose does to the canvas what the frame before has asked for. The first
// one, which nothing was before, is cleared instead of brought back.
func (f *frames) dispose() {
	switch a := f.last; {
	case a.dispose == disposePrevious && f.saved != nil:
		copyPart(f.canvas, f.saved, a)
	case a.dispose != disposeNone:
		clearPart(f.canvas, a)
	}
}

// save keeps what a is about to cover.
func (f *frames) save(a control) {
	if f.saved == nil {
		f.saved = pixel.NewImage(f.pool, f.shape)
	}
	copyPart(f.saved, f.canvas, a)
}

func copyPart(to, from *pixel.Image, a control) {
	for p := range to.Shape.Layout.Planes() {
		for y := a.y; y < a.y+a.height; y++ {
			copy(to.Planes[p].Row(y)[a.x:][:a.width], from.Planes[p].Row(y)[a.x:])
		}
	}
}

func clearPart(m *pixel.Image, a control) {
	for p := range m.Shape.Layout.Planes() {
		for y := a.y; y < a.y+a.height; y++ {
			clear(m.Planes[p].Row(y)[a.x:][:a.width])
		}
	}
}
