package isobmff

import (
	"encoding/binary"
	"image"
)

// Orient cuts a rectangle of the stored samples out, and turns it. The zero
// value is of no use.
type Orient struct {
	// Stored is the rectangle of the stored samples that is shown.
	Stored image.Rectangle
	// Width and Height are those of the picture as it is shown.
	Width, Height int
	// The stored sample of the shown one at x, y is at
	// (X0 + XX*x + XY*y, Y0 + YX*x + YY*y).
	X0, XX, XY, Y0, YX, YY int
}

// Upright reports whether samples are shown in the order in which they are
// stored.
func (o Orient) Upright() bool { return o.XX == 1 && o.YY == 1 }

// orient composes the transforming properties in the order in which the item
// lists them.
func orient(item *Item, width, height int) (Orient, error) {
	o := Orient{Stored: image.Rect(0, 0, width, height), Width: width, Height: height, XX: 1, YY: 1}
	for _, p := range item.Properties {
		switch p.Type {
		case "irot":
			if len(p.Data) < 1 {
				return o, malformed("\"irot\" is empty")
			}
			for range p.Data[0] & 3 { // anticlockwise
				// The sample at x, y was at (width-1-y, x).
				o.X0, o.XX, o.XY = o.X0+o.XX*(o.Width-1), o.XY, -o.XX
				o.Y0, o.YX, o.YY = o.Y0+o.YX*(o.Width-1), o.YY, -o.YX
				o.Width, o.Height = o.Height, o.Width
			}
		case "imir":
			if len(p.Data) < 1 {
				return o, malformed("\"imir\" is empty")
			}
			if p.Data[0]&1 == 0 { // top and bottom are exchanged
				o.X0, o.XY = o.X0+o.XY*(o.Height-1), -o.XY
				o.Y0, o.YY = o.Y0+o.YY*(o.Height-1), -o.YY
			} else {
				o.X0, o.XX = o.X0+o.XX*(o.Width-1), -o.XX
				o.Y0, o.YX = o.Y0+o.YX*(o.Width-1), -o.YX
			}
		case "clap":
			r, err := aperture(p.Data, o.Width, o.Height)
			if err != nil {
				return o, err
			}
			o.X0 += o.XX*r.Min.X + o.XY*r.Min.Y
			o.Y0 += o.YX*r.Min.X + o.YY*r.Min.Y
			o.Width, o.Height = r.Dx(), r.Dy()
		}
	}
	a := image.Pt(o.X0, o.Y0)
	b := a.Add(image.Pt(o.XX*(o.Width-1)+o.XY*(o.Height-1), o.YX*(o.Width-1)+o.YY*(o.Height-1)))
	o.Stored = image.Rect(a.X, a.Y, b.X, b.Y)
	o.Stored.Max = o.Stored.Max.Add(image.Pt(1, 1))
	return o, nil
}

// aperture is the rectangle of "clap" (ISO/IEC 14496-12, 12.1.4), rounded as
// libheif does.
func aperture(d []byte, width, height int) (image.Rectangle, error) {
	if len(d) < 32 {
		return image.Rectangle{}, malformed("\"clap\" of %d bytes", len(d))
	}
	var v [8]int64
	for i := range v {
		v[i] = int64(int32(binary.BigEndian.Uint32(d[4*i:])))
		if i%2 == 1 && v[i] <= 0 {
			return image.Rectangle{}, malformed("\"clap\" divides by %d", v[i])
		}
	}
	// The middle of the aperture lies off the middle of the picture by a
	// fraction n/d: its left side at (n/d + (width-1)/2 - (w-1)/2).
	side := func(size int, wn, wd, on, od int64) (lo, hi int, err error) {
		w := (wn + wd/2) / wd
		if w < 1 || w > int64(size) {
			return 0, 0, malformed("\"clap\" of %d samples, where %d are", w, size)
		}
		// The sum in halves, rounded down.
		twice := int64(size) - w
		at := (2*on + twice*od) / (2 * od)
		if 2*on+twice*od < 0 || at+w > int64(size) {
			return 0, 0, malformed("\"clap\" of %d samples at %d, where %d are", w, at, size)
		}
		return int(at), int(at + w), nil
	}
	var r image.Rectangle
	var err error
	if r.Min.X, r.Max.X, err = side(width, v[0], v[1], v[4], v[5]); err != nil {
		return r, err
	}
	r.Min.Y, r.Max.Y, err = side(height, v[2], v[3], v[6], v[7])
	return r, err
}
