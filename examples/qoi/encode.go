package qoi

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Encode pulls src to its end, strip by strip, and writes each as it comes.
func (c Codec) Encode(ctx context.Context, w io.Writer, src pixel.Source, opts codec.Options) error {
	shape := src.Shape()
	if err := c.Check(shape, opts); err != nil {
		return err
	}
	if shape.Deep || shape.Layout != c.Accepts(shape.Layout, opts) {
		return fmt.Errorf("qoi: %w: %v pictures; Accepts tells which", codec.ErrUnsupported, shape)
	}
	out := bufio.NewWriterSize(w, bufferBytes)
	header := binary.BigEndian.AppendUint32([]byte("qoif"), uint32(shape.Width))
	header = binary.BigEndian.AppendUint32(header, uint32(shape.Height))
	out.Write(append(header, byte(shape.Layout.Planes()), 0)) // the last Flush tells of errors
	e := &encoder{out: out, last: rgba{a: 255}}
	rows := 0
	for src := pixel.WithContext(ctx, src); ; {
		t, err := src.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("qoi: %w", err)
		}
		e.strip(t, shape)
		rows += t.Rows
	}
	if rows != shape.Height {
		return fmt.Errorf("qoi: the source ended after %d rows of %d: %w", rows, shape.Height, io.ErrUnexpectedEOF)
	}
	e.endRun()
	out.WriteString("\x00\x00\x00\x00\x00\x00\x00\x01")
	if err := out.Flush(); err != nil {
		return fmt.Errorf("qoi: %w", err)
	}
	return nil
}

// An encoder remembers what the decoder will.
type encoder struct {
	out  *bufio.Writer
	last rgba
	run  int
	seen [64]rgba
}

func (e *encoder) strip(t *pixel.Strip, shape pixel.Shape) {
	for y := range t.Rows {
		r, g, b := t.Planes[0].Row(y), t.Planes[1].Row(y), t.Planes[2].Row(y)
		for x := range shape.Width {
			p := rgba{r[x], g[x], b[x], 255}
			if shape.Layout == pixel.RGBA {
				p.a = t.Planes[3].Row(y)[x]
			}
			e.pixel(p)
		}
	}
}

// pixel writes the shortest chunk that says p.
func (e *encoder) pixel(p rgba) {
	if p == e.last {
		if e.run++; e.run == 62 { // 63 and 64 would be the bytes of RGB and RGBA
			e.endRun()
		}
		return
	}
	e.endRun()
	last := e.last
	e.last = p
	slot := p.slot()
	if e.seen[slot] == p {
		e.out.WriteByte(slot)
		return
	}
	e.seen[slot] = p
	if p.a != last.a {
		e.out.Write([]byte{0xff, p.r, p.g, p.b, p.a})
		return
	}
	// Differences wrap around, so that they are small for bytes as well.
	dr, dg, db := int8(p.r-last.r), int8(p.g-last.g), int8(p.b-last.b)
	rg, bg := dr-dg, db-dg
	switch {
	case dr >= -2 && dr < 2 && dg >= -2 && dg < 2 && db >= -2 && db < 2:
		e.out.WriteByte(1<<6 | uint8(dr+2)<<4 | uint8(dg+2)<<2 | uint8(db+2))
	case dg >= -32 && dg < 32 && rg >= -8 && rg < 8 && bg >= -8 && bg < 8:
		e.out.Write([]byte{2<<6 | uint8(dg+32), uint8(rg+8)<<4 | uint8(bg+8)})
	default:
		e.out.Write([]byte{0xfe, p.r, p.g, p.b})
	}
}

func (e *encoder) endRun() {
	if e.run > 0 {
		e.out.WriteByte(3<<6 | uint8(e.run-1))
		e.run = 0
	}
}
