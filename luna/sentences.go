package luna

import (
	"fmt"
	"strings"

	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Sentences explains the plan to people, in the order in which things happen:
// what is decoded and how much of it, each operation, how the result is
// encoded, what memory that takes, and what is left out. The first ones of a
// photograph may be
//
//	The original is a JPEG of 4000×3000 pixels.
//	It is decoded at 1/4 of its size, straight to 1000×750 pixels.
//	Resize to 800×600.
//
// [Plan.String] is the same on one line. The words may change with any
// version: programs read the fields.
func (p *Plan) Sentences() []string {
	t := &teller{plan: p, shape: p.decoded}
	t.source()
	if p.Copied {
		t.say("No edit changes a picture, so the %d frames of the animation are copied as they are, at %s.", p.Frames, pixels(p.Shape.Width, p.Shape.Height))
	} else {
		t.decode()
		for _, o := range p.Ops {
			t.operation(o)
			if after, err := o.Out(t.shape); err == nil {
				t.shape = after
			}
		}
		if p.animated() {
			t.say("All of that is done to each of the %d frames of the animation.", p.Frames)
		}
		t.encode()
	}
	t.say("At most %s of memory are held at once, the original and the result among it.", byteCount(p.Bytes))
	if n := len(p.MissingGlyphs); n > 0 {
		t.say("Left out, since no font here has %s: %s", plural(n, "this character", "these characters"), string(p.MissingGlyphs))
	}
	for _, w := range p.Warnings {
		t.say("Note: %s.", w)
	}
	return t.told
}

// A teller follows the picture through a plan.
type teller struct {
	plan  *Plan
	shape pixel.Shape // of the picture so far
	told  []string
}

func (t *teller) say(format string, args ...any) {
	t.told = append(t.told, fmt.Sprintf(format, args...))
}

func (t *teller) source() {
	info := t.plan.Source
	s := fmt.Sprintf("The original is %s of %s", withArticle(formatTitle(t.plan.from.Name)), pixels(info.Shape.Width, info.Shape.Height))
	if info.Frames > 1 {
		s += fmt.Sprintf(", an animation of %d frames", info.Frames)
	}
	if info.HasAlpha {
		s += ", with transparency"
	}
	if o := op.Orientation(info.Orientation); o > op.Upright && o <= op.TurnLeft {
		s += fmt.Sprintf(", stored with EXIF orientation %d", o)
	}
	t.say("%s.", s)
	if t.plan.Frames == 1 && info.Frames > 1 {
		t.say("The first frame is taken.")
	}
}

func (t *teller) decode() {
	p := t.plan
	scale, region := p.Decode.Scale, p.Decode.Region
	size := pixels(p.decoded.Width, p.decoded.Height)
	switch {
	case scale.Denominator > 1:
		t.say("It is decoded at %d/%d of its size, straight to %s.", scale.Numerator, scale.Denominator, size)
		if !region.Empty() {
			t.say("Only the part that is needed is decoded, %s from the left and %d from the top.", plainPixels(region.Min.X), region.Min.Y)
		}
	case !region.Empty():
		t.say("Only the part that is needed is decoded: %s, %s from the left and %d from the top.", size, plainPixels(region.Min.X), region.Min.Y)
	default:
		t.say("It is decoded in full.")
	}
}

func (t *teller) encode() {
	p := t.plan
	s := "Encode as " + formatTitle(p.Format.Name)
	switch {
	case p.Encode.Lossless:
		s += ", lossless"
	case p.Encode.Quality != 0:
		s += fmt.Sprintf(" at quality %d", p.Encode.Quality)
	}
	if p.Encode.Progressive {
		s += ", progressive"
	}
	if p.Encode.Effort != nil {
		s += fmt.Sprintf(", effort %d", *p.Encode.Effort)
	}
	at := ""
	for _, o := range p.Ops {
		switch o.(type) {
		case op.Trim, *op.Late:
			at = "at most "
		}
	}
	t.say("%s: the result has %s%s.", s, at, pixels(p.Shape.Width, p.Shape.Height))
}

func (t *teller) operation(o op.Op) {
	switch o := o.(type) {
	case op.Resample:
		t.resample(o)
	case op.Crop:
		t.say("Cut out %s, %s from the left and %d from the top.", pixels(o.Rect.Dx(), o.Rect.Dy()), plainPixels(o.Rect.Min.X), o.Rect.Min.Y)
	case op.SmartCrop:
		why := "that draw the most attention: edges, skin, saturated colours"
		if o.Strategy == op.Entropy {
			why = "that carry the most information"
		}
		t.say("Keep the %s %s.", pixels(o.Width, o.Height), why)
	case op.Embed:
		t.say("Place it on a canvas of %s in %s, %s from the left and %d from the top.", pixels(o.Width, o.Height), colorWord(o.Background), plainPixels(o.Left), o.Top)
	case op.Rotate:
		t.say("Turn it by %g° clockwise; the corners become %s.", o.Degrees, colorWord(o.Background))
	case op.Turn:
		t.say("%s.", orientationWord(o.Orientation()))
	case op.Orient:
		t.say("%s.", orientationWord(o.Orientation))
	case op.Flip:
		t.say("%s.", orientationWord(op.Flipped))
	case op.Flop:
		t.say("%s.", orientationWord(op.Flopped))
	case op.Trim:
		of := "like the top-left pixel"
		if o.Given {
			of = "of " + colorWord(o.Background)
		}
		t.say("Cut off the borders %s, with a tolerance of %g. What remains shows only when the pixels are there.", of, o.Threshold)
	case *op.Late:
		t.say("Then, by the size that the trim leaves: %s.", o.Label)
	case op.Premultiply:
		t.say("Multiply the colours by alpha, so that those of transparent pixels do not bleed.")
	case op.Unpremultiply:
		t.say("Divide the colours by alpha again.")
	case op.Flatten:
		t.say("Lay it on %s; nothing stays transparent.", colorWord([4]uint8{o.Background[0], o.Background[1], o.Background[2], 255}))
	case op.Blur:
		t.say("Blur by a Gaussian of sigma %g.", o.Sigma)
	case op.Sharpen:
		t.say("Sharpen with sigma %g.", o.Sigma)
	case op.Grayscale:
		t.say("Remove the colours.")
	case op.Modulate:
		t.say("Change %s.", modulateWords(o))
	case op.Tint:
		t.say("Tint it in one colour.")
	case op.LUT:
		if o == op.NewLUT(func(v uint8) uint8 { return 255 - v }) {
			t.say("Invert the colours.")
			return
		}
		t.say("Map red, green and blue through one table, which does all of contrast, gamma, sigmoid and invert at once.")
	case op.Normalize:
		t.say("Stretch the lightness: the darkest %d %% become black, those above %d %% white.", o.Lower, o.Upper)
	case op.Convert:
		t.say("Convert the pixels from %s to %s.", layoutWord(t.shape.Layout), layoutWord(o.To))
	case op.Narrow:
		t.say("Reduce 16 bits a sample to 8.")
	case op.Profile:
		if from, ok := strings.CutPrefix(o.Label, "srgb from "); ok {
			t.say("Convert the colours from %s to sRGB.", from)
			return
		}
		t.say("Convert the colours: %s.", o.Label)
	case op.Ink:
		w, h := o.Mask.Size()
		t.say("Write the text: %s, %s from the left and %d from the top, in %s.", pixels(w, h), plainPixels(o.Left), o.Top, colorWord(o.Color))
	case *overlay:
		t.overlay(o)
	default:
		t.say("Apply %v.", o)
	}
}

func (t *teller) resample(o op.Resample) {
	s := "Resize to " + pixels(o.Width, o.Height)
	if k := o.Keep; !k.Empty() && (k.Dx() != o.Width || k.Dy() != o.Height) {
		s += fmt.Sprintf(", of which %s are made, %s from the left and %d from the top", plainSize(k.Dx(), k.Dy()), plainPixels(k.Min.X), k.Min.Y)
	}
	t.say("%s.", s)
}

func (t *teller) overlay(o *overlay) {
	size := o.layer.source.info.Shape
	if p, err := o.plan(t.shape); err == nil {
		size = p.Shape
	}
	s := fmt.Sprintf("Lay the picture %q over it, at %s", o.layer.key, pixels(size.Width, size.Height))
	if *o.edit.Tile {
		s += ", repeated over the whole image"
	} else {
		s += fmt.Sprintf(", at %s", strings.ReplaceAll(string(o.edit.Position), "-", " "))
	}
	if v := *o.edit.Opacity; v < 1 {
		s += fmt.Sprintf(", with opacity %g", v)
	}
	if o.edit.Blend != "over" {
		s += fmt.Sprintf(", blended by %s", o.edit.Blend)
	}
	t.say("%s.", s)
}

func modulateWords(o op.Modulate) string {
	var words []string
	if o.Brightness != 1 {
		words = append(words, fmt.Sprintf("brightness ×%g", o.Brightness))
	}
	if o.Saturation != 1 {
		words = append(words, fmt.Sprintf("saturation ×%g", o.Saturation))
	}
	if o.Hue != 0 {
		words = append(words, fmt.Sprintf("hue by %d°", o.Hue))
	}
	if o.Lightness != 0 {
		words = append(words, fmt.Sprintf("lightness by %+g", o.Lightness))
	}
	return strings.Join(words, ", ")
}

func orientationWord(o op.Orientation) string {
	switch o {
	case op.Flopped:
		return "Mirror it left to right"
	case op.HalfTurn:
		return "Turn it by 180°"
	case op.Flipped:
		return "Mirror it top to bottom"
	case op.Transposed:
		return "Mirror it along the diagonal from the top left"
	case op.TurnRight:
		return "Turn it by 90° clockwise"
	case op.Transverse:
		return "Mirror it along the diagonal from the top right"
	case op.TurnLeft:
		return "Turn it by 90° counterclockwise"
	}
	return "Leave it upright"
}

// formatTitle is a format's name as people write it.
func formatTitle(name string) string {
	switch name {
	case "webp":
		return "WebP"
	case "jp2":
		return "JPEG 2000"
	}
	return strings.ToUpper(name)
}

// withArticle puts "a" or "an" before a format's name.
func withArticle(name string) string {
	if name == "AVIF" {
		return "an " + name
	}
	return "a " + name
}

func layoutWord(l pixel.Layout) string {
	switch s := l.String(); {
	case l.IsYCbCr():
		return strings.Replace(s, "ycbcr", "YCbCr", 1)
	case l == pixel.Gray:
		return "gray"
	case l == pixel.GrayAlpha:
		return "gray with alpha"
	default:
		return strings.ToUpper(s)
	}
}

func colorWord(c [4]uint8) string {
	switch c[3] {
	case 0:
		return "transparent"
	case 255:
		return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2])
	}
	return fmt.Sprintf("#%02x%02x%02x%02x", c[0], c[1], c[2], c[3])
}

func pixels(w, h int) string { return plainSize(w, h) + " pixels" }

func plainSize(w, h int) string { return fmt.Sprintf("%d×%d", w, h) }

func plainPixels(n int) string { return fmt.Sprintf("%d %s", n, plural(n, "pixel", "pixels")) }

func plural(n int, one, many string) string {
	if n == 1 || n == -1 {
		return one
	}
	return many
}
