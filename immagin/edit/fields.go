package edit

import (
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

// This file holds the table of the edits: for each its members in the order of
// the contract, with their ranges and defaults.

var (
	fits = words[Fit]{FitCover, FitContain, FitFill, FitInside, FitOutside}

	// Those of layers come first.
	positions = words[Position]{
		PositionTop, PositionRight, PositionBottom, PositionLeft, PositionCenter,
		PositionTopLeft, PositionTopRight, PositionBottomLeft, PositionBottomRight,
		PositionEntropy, PositionAttention,
	}
	layerPositions = positions[:9]

	aligns = words[Align]{AlignLeft, AlignCenter, AlignRight}

	blends = words[Blend]{
		BlendOver, BlendMultiply, BlendScreen, BlendOverlay, BlendDarken, BlendLighten,
		BlendColorDodge, BlendColorBurn, BlendHardLight, BlendSoftLight, BlendDifference, BlendExclusion,
	}
)

const (
	black Color = "#000000"
	white Color = "#ffffff"
)

func (e *Resize) fields(f *form) {
	f.whole("width", &e.Width, 1, f.limits.MaxSide)
	f.wholeOrZero("height", &e.Height, 1, f.limits.MaxSide)
	word(f, "fit", &e.Fit, FitCover, fits)
	word(f, "position", &e.Position, PositionCenter, positions)
	f.color("background", &e.Background, black)
	f.flag("upscale", &e.Upscale, false)
	f.flag("downscale", &e.Downscale, true)
}

func (e *Rotate) fields(f *form) {
	f.number("angle", &e.Angle, anyNumber)
	f.color("background", &e.Background, black)
}

func (e *Crop) fields(f *form) {
	f.whole("left", &e.Left, 0, maxCrop)
	f.whole("top", &e.Top, 0, maxCrop)
	f.whole("width", &e.Width, 1, maxCrop)
	f.whole("height", &e.Height, 1, maxCrop)
}

func (e *Extend) fields(f *form) {
	f.wholeOr("top", &e.Top, 0, 0, maxExtend)
	f.wholeOr("bottom", &e.Bottom, 0, 0, maxExtend)
	f.wholeOr("left", &e.Left, 0, 0, maxExtend)
	f.wholeOr("right", &e.Right, 0, 0, maxExtend)
	f.color("background", &e.Background, black)
}

func (e *Trim) fields(f *form) {
	f.color("background", &e.Background, "")
	f.numberOr("threshold", &e.Threshold, 10, fromZero)
}

func (e *Modulate) fields(f *form) {
	f.numberOr("brightness", &e.Brightness, 1, fromZero)
	f.numberOr("saturation", &e.Saturation, 1, fromZero)
	f.wholeOr("hue", &e.Hue, 0, math.MinInt32, math.MaxInt32)
	f.numberOr("lightness", &e.Lightness, 0, anyNumber)
}

func (e *Tint) fields(f *form) {
	for _, c := range []struct {
		name  string
		value *uint8
	}{{"r", &e.R}, {"g", &e.G}, {"b", &e.B}} {
		v := int(*c.value)
		f.whole(c.name, &v, 0, 255)
		*c.value = uint8(v)
	}
}

func (e *Normalize) fields(f *form) {
	before := len(f.faults.list)
	f.numberOr("lower", &e.Lower, 1, span{low: 0, high: 99})
	f.numberOr("upper", &e.Upper, 99, span{low: 1, high: 100})
	if !f.judging() || len(f.faults.list) > before {
		return
	}
	if d := e.WithDefaults(); *d.Lower >= *d.Upper {
		f.fault("lower", "must be below upper, which is %s, not %s", number(*d.Upper), number(*d.Lower))
	}
}

func (e *Flatten) fields(f *form) {
	f.color("background", &e.Background, black)
}

func (e *Text) fields(f *form) {
	f.text("text", &e.Text, true, func(s string) error {
		switch n := utf8.RuneCountInString(s); {
		case n == 0:
			return errors.New("is required: must not be empty")
		case n > f.limits.MaxTextLength:
			return fmt.Errorf("must be at most %d characters, not %d", f.limits.MaxTextLength, n)
		}
		return nil
	})
	f.numberOr("fontSize", &e.FontSize, 24, span{low: 1, high: maxFontSize})
	f.color("color", &e.Color, white)
	f.numberOr("opacity", &e.Opacity, 1, unit)
	word(f, "position", &e.Position, PositionBottomRight, layerPositions)
	f.wholeOr("padding", &e.Padding, 16, 0, f.limits.MaxSide)
	f.text("font", &e.Font, false, func(s string) error {
		if s == "" || len(s) > maxName {
			return fmt.Errorf("must be a name of 1 to %d bytes, not %d", maxName, len(s))
		}
		return nil
	})
	if f.mode < filling {
		f.wholeOr("maxWidth", &e.MaxWidth, 0, 1, f.limits.MaxSide)
	}
	f.numberOr("lineHeight", &e.LineHeight, 1.2, span{low: minLineHeight, high: maxLineHeight})
	word(f, "align", &e.Align, alignAt(e.Position), aligns)
}

// alignAt is the alignment that follows a position.
func alignAt(p Position) Align {
	switch p {
	case PositionLeft, PositionTopLeft, PositionBottomLeft:
		return AlignLeft
	case PositionRight, PositionTopRight, PositionBottomRight:
		return AlignRight
	}
	return AlignCenter
}

func (e *Image) fields(f *form) {
	f.text("key", &e.Key, true, ValidateKey)
	f.wholeOrZero("width", &e.Width, 1, f.limits.MaxSide)
	f.numberOr("opacity", &e.Opacity, 1, unit)
	word(f, "position", &e.Position, PositionBottomRight, layerPositions)
	f.wholeOr("padding", &e.Padding, 16, 0, f.limits.MaxSide)
	f.flag("tile", &e.Tile, false)
	word(f, "blend", &e.Blend, BlendOver, blends)
}

func (e *Sigmoid) fields(f *form) {
	f.number("midpoint", &e.Midpoint, unit)
	f.number("factor", &e.Factor, anyNumber)
}
