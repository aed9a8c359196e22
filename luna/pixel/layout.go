package pixel

import "fmt"

// A Layout names the planes of an image, in order, and how they are
// subsampled. Alpha is straight (not premultiplied) wherever a package
// boundary is crossed; YCbCr is JPEG's: BT.601 matrix, full range.
type Layout uint8

// The layouts. The zero Layout is none of them and is never valid.
const (
	Gray Layout = iota + 1
	GrayAlpha
	RGB
	RGBA
	YCbCr420
	YCbCr422
	YCbCr444
	CMYK // 0 is no ink

	layouts = iota
)

type layoutInfo struct {
	name   string
	planes int
	sx, sy uint
}

var layoutInfos = [layouts + 1]layoutInfo{
	Gray:      {"gray", 1, 0, 0},
	GrayAlpha: {"gray+alpha", 2, 0, 0},
	RGB:       {"rgb", 3, 0, 0},
	RGBA:      {"rgba", 4, 0, 0},
	YCbCr420:  {"ycbcr 4:2:0", 3, 1, 1},
	YCbCr422:  {"ycbcr 4:2:2", 3, 1, 0},
	YCbCr444:  {"ycbcr 4:4:4", 3, 0, 0},
	CMYK:      {"cmyk", 4, 0, 0},
}

// Valid reports whether l is one of the layouts of this package.
func (l Layout) Valid() bool { return l >= 1 && l <= layouts }

// Planes reports how many planes l has: 1 to 4, or 0 if l is not valid.
func (l Layout) Planes() int { return l.info().planes }

// Subsampling reports by how many powers of two plane p is narrower and
// lower than the image: 1, 1 for the chroma planes of 4:2:0.
func (l Layout) Subsampling(p int) (sx, sy uint) {
	if p == 0 {
		return 0, 0
	}
	i := l.info()
	return i.sx, i.sy
}

// HasAlpha reports whether the last plane of l is alpha.
func (l Layout) HasAlpha() bool { return l == GrayAlpha || l == RGBA }

// IsYCbCr reports whether l is one of the YCbCr layouts.
func (l Layout) IsYCbCr() bool { return l >= YCbCr420 && l <= YCbCr444 }

// Opaque returns l without its alpha plane.
func (l Layout) Opaque() Layout {
	switch l {
	case GrayAlpha:
		return Gray
	case RGBA:
		return RGB
	}
	return l
}

// WithAlpha returns l with an alpha plane; YCbCr and CMYK become RGBA.
func (l Layout) WithAlpha() Layout {
	if l == Gray || l == GrayAlpha {
		return GrayAlpha
	}
	return RGBA
}

// String returns the name that plans are explained with, such as "rgba".
func (l Layout) String() string {
	if !l.Valid() {
		return fmt.Sprintf("layout(%d)", uint8(l))
	}
	return layoutInfos[l].name
}

func (l Layout) info() layoutInfo {
	if !l.Valid() {
		return layoutInfo{}
	}
	return layoutInfos[l]
}

// A Shape is what is known of an image before its pixels are. Shapes are
// compared with ==.
type Shape struct {
	Width, Height int
	Layout        Layout
	// Deep says that samples have 16 bits and stand in Plane.Pix16.
	Deep bool
}

// PlaneSize reports the width and height of plane p.
func (s Shape) PlaneSize(p int) (width, height int) {
	sx, sy := s.Layout.Subsampling(p)
	return (s.Width + 1<<sx - 1) >> sx, (s.Height + 1<<sy - 1) >> sy
}

// RowBytes reports the bytes that one full-resolution row takes on average,
// rounded up, over all planes.
func (s Shape) RowBytes() int64 {
	var n int64
	for p := range s.Layout.Planes() {
		w, _ := s.PlaneSize(p)
		_, sy := s.Layout.Subsampling(p)
		n += (int64(w) + 1<<sy - 1) >> sy
	}
	if s.Deep {
		n *= 2
	}
	return n
}

// Bytes reports the bytes that the whole image takes. It cannot overflow for
// sides below 1<<30.
func (s Shape) Bytes() int64 {
	var n int64
	for p := range s.Layout.Planes() {
		w, h := s.PlaneSize(p)
		n += int64(w) * int64(h)
	}
	if s.Deep {
		n *= 2
	}
	return n
}

// String returns for example "800x600 rgb".
func (s Shape) String() string {
	deep := ""
	if s.Deep {
		deep = " 16-bit"
	}
	return fmt.Sprintf("%dx%d %s%s", s.Width, s.Height, s.Layout, deep)
}
