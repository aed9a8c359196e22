package immagin

import (
	"errors"
	"fmt"
	"math"

	"github.com/immagin/immagin-go/immagin/edit"
)

// A size is that of a picture in pixels, as far as it is known: a side of 0 is
// not.
type size struct{ width, height int }

func (s size) known() bool { return s.width > 0 && s.height > 0 }

var errSize = errors.New("the size of the picture is not known: give Width and Height, or OriginalWidth and OriginalHeight")

// after returns the size that edits leave of an original of size s, which may
// not be known. It does as the server does, whose arithmetic is sharp's.
func (s size) after(edits []edit.Edit) (size, error) {
	for _, e := range edits {
		switch e := e.(type) {
		case edit.Resize:
			s = s.resize(e)
		case edit.Crop:
			s = size{e.Width, e.Height}
		case edit.Rotate:
			switch {
			case math.Mod(e.Angle, 180) == 0:
			case math.Mod(e.Angle, 90) == 0:
				s.width, s.height = s.height, s.width
			default:
				return size{}, fmt.Errorf("rotate by %v: %w", e.Angle, errSize)
			}
		case edit.Extend:
			if s.known() {
				s.width += whole(e.Left) + whole(e.Right)
				s.height += whole(e.Top) + whole(e.Bottom)
			}
		case edit.Trim, edit.Custom:
			return size{}, fmt.Errorf("%s: %w", e.Name(), errSize)
		}
	}
	if !s.known() {
		return size{}, errSize
	}
	return s, nil
}

func whole(p *int) int {
	if p == nil {
		return 0
	}
	return *p
}

// resize is sharp's. Of an original that is not known the box is, where the
// fit fills it: such a picture is smaller only if the original is.
func (s size) resize(e edit.Resize) size {
	box := size{e.Width, e.Height}
	if !s.known() {
		if box.known() && e.Fit != edit.FitInside && e.Fit != edit.FitOutside {
			return box
		}
		return size{}
	}
	x, y := float64(s.width)/float64(e.Width), float64(s.height)/float64(max(e.Height, 1))
	switch {
	case e.Height == 0 && e.Fit == edit.FitFill:
		y = 1
	case e.Height == 0:
		y = x
	case e.Fit == edit.FitFill:
	case e.Fit == edit.FitContain || e.Fit == edit.FitInside:
		x = max(x, y)
		y = x
	default:
		x = min(x, y)
		y = x
	}
	switch {
	case e.Downscale != nil && !*e.Downscale:
		x, y = min(x, 1), min(y, 1)
	case e.Upscale == nil || !*e.Upscale:
		x, y = max(x, 1), max(y, 1)
	}
	scaled := size{side(s.width, x), side(s.height, y)}
	if e.Height == 0 {
		box.height = scaled.height
	}
	switch e.Fit {
	case "", edit.FitCover:
		return size{min(box.width, scaled.width), min(box.height, scaled.height)}
	case edit.FitContain:
		return size{max(box.width, scaled.width), max(box.height, scaled.height)}
	}
	return scaled
}

// side rounds as libvips does, which is told a scale and inverts it.
func side(n int, shrink float64) int {
	shrink = min(shrink, float64(n))
	scale := 1 / shrink
	if shrink < 1 {
		return int(math.Floor(float64(float64(n)*scale) + 0.5))
	}
	return int(math.Floor(float64(n)/(1/scale) + 0.5))
}
