package edit

import (
	"math"
	"strconv"
	"strings"
)

// filter adds what a filter does, after what stands before it.
func (t *thumbor) filter(f filter, after []filter) {
	number := func(n int) (float64, bool) {
		v, ok := decimal(f.arg(n))
		if !ok {
			t.refuse(f.name, f.value, "must have a number")
		}
		return v, ok
	}
	switch f.name {
	case "format", "quality", "no_upscale", "upscale", "stretch":
	case "strip_exif", "strip_icc": // always
	case "grayscale":
		t.near(f.name, f.value, "the weights are those of Rec. 601 on coded values; here they are Rec. 709's in linear light")
		t.add(f.name, f.value, Grayscale(true))
	case "brightness":
		if v, ok := number(0); ok && v != 0 {
			t.near(f.name, f.value, "adds to each channel; here to the lightness L*")
			t.add(f.name, f.value, Modulate{Lightness: &v})
		}
	case "contrast":
		if v, ok := number(0); ok {
			t.contrast(f, v)
		}
	case "saturation":
		if v, ok := number(0); ok && v != 1 {
			t.near(f.name, f.value, "mixes with a gray copy; here chroma is multiplied")
			t.add(f.name, f.value, Modulate{Saturation: &v})
		}
	case "blur":
		radius, ok := number(0)
		sigma := radius
		if v, given := decimal(f.arg(1)); given && v != 0 {
			sigma = v
		}
		if ok && radius > 0 {
			t.near(f.name, f.value, "the Gaussian ends at the radius; here at 1.8 times sigma, as sharp's does")
			t.add(f.name, f.value, Blur(sigma))
		}
	case "rotate":
		v, ok := number(0)
		v = math.Mod(v, 360)
		switch {
		case !ok || v == 0:
		case math.Mod(v, 90) != 0:
			t.refuse(f.name, f.value, "turns by multiples of 90 only, and leaves the picture as it is otherwise")
		default:
			t.turned = t.turned != (math.Mod(v, 180) != 0)
			t.add(f.name, f.value, Rotate{Angle: math.Mod(360-v, 360)}) // counter-clockwise there
		}
	case "background_color":
		c, ok := hexColor(f.value)
		if !ok {
			t.refuse(f.name, f.value, "must be a colour")
			return
		}
		t.add(f.name, f.value, Flatten{Background: c})
	case "fill":
		t.fill(f)
	case "watermark":
		t.watermark(f, after)
	default:
		t.refuse(f.name, f.value, "has no counterpart")
	}
}

// contrast is a slope of (1+v/100)² around the middle, in whole percents.
func (t *thumbor) contrast(f filter, v float64) {
	if v != math.Trunc(v) || v < -100 || v > 100 {
		t.refuse(f.name, f.value, "must be a whole number from -100 to 100")
		return
	}
	slope := math.Trunc((v + 100) * (v + 100) / 100)
	percent := slope - 100
	if slope > 100 { // a contrast of p percent has the slope 1/(1-p/100)
		percent = 100 - 10_000/slope
	}
	if percent != 0 {
		t.add(f.name, f.value, Contrast(percent))
	}
}

func (t *thumbor) fill(f filter) {
	switch f.arg(0) {
	case "auto", "blur":
		t.refuse(f.name, f.value, "takes the colour from the original")
		return
	}
	c, ok := hexColor(f.arg(0))
	if !ok {
		t.refuse(f.name, f.value, "must be a colour")
		return
	}
	transparent := f.arg(1) == "1" || strings.EqualFold(f.arg(1), "true")
	if t.fit != "" {
		switch {
		case t.orig || t.turned || (t.width == 0) != (t.height == 0):
			t.refuse(f.name, f.value, "its size depends on the original's")
			return
		case t.width > 0:
			t.add(f.name, f.value, Resize{Width: t.width, Height: t.height, Fit: FitContain, Background: c})
		}
	}
	if transparent {
		t.add(f.name, f.value, Flatten{Background: c})
	}
}

// watermark places a picture of the same store.
func (t *thumbor) watermark(f filter, after []filter) {
	for _, g := range after {
		switch g.name {
		case "format", "quality", "no_upscale", "upscale", "stretch", "strip_exif", "strip_icc", "watermark":
		default:
			t.near(f.name, f.value, "lies over the picture before %s; here layers come last", g.name)
		}
	}
	if len(f.args) < 4 {
		t.refuse(f.name, f.value, "must have an image, x, y and alpha")
		return
	}
	key, err := t.key(slashes(f.args[0]))
	if err != nil {
		t.faults = append(t.faults, ImportFault{Option: f.name, Value: f.value, Reason: err.Error(), Err: sourceCause(err)})
		return
	}
	e := Image{Key: key, Padding: new(0)}
	alpha, ok := decimal(f.args[3])
	if !ok || alpha < 0 || alpha > 100 {
		t.refuse(f.name, f.value, "must have an alpha from 0 to 100")
		return
	}
	if alpha > 0 {
		e.Opacity = new((100 - alpha) / 100)
	}
	x, y := f.args[1], f.args[2]
	if x == "repeat" && y == "repeat" {
		e.Tile = new(true)
		t.near(f.name, f.value, "repeats with space between, so that none is cut; here tiles touch, from the top left")
	} else if !t.place(f, &e, x, y) {
		return
	}
	for _, ratio := range f.args[4:] {
		if ratio != "none" && ratio != "" && ratio != "0" {
			t.near(f.name, f.value, "is scaled to a part of the picture; here it has its own size, or a width in pixels")
			break
		}
	}
	t.add(f.name, f.value, e)
}

// place finds the position and the padding that stand for x and y.
func (t *thumbor) place(f filter, e *Image, x, y string) bool {
	at, distance, ok := placed(x, y)
	if !ok {
		t.refuse(f.name, f.value, "must have whole numbers of pixels, center or repeat for x and y")
		return false
	}
	if distance[0] != distance[1] && at != PositionCenter {
		t.near(f.name, f.value, "padding is the same on both sides here")
	}
	e.Position = at
	*e.Padding = max(distance[0], distance[1])
	return true
}

// placed is the position that two offsets stand for, of which negative ones
// count from the right and the bottom, and the distance of each from its edge;
// that of one in the centre is the other's.
func placed(x, y string) (Position, [2]int, bool) {
	var distance [2]int
	var words [2]string
	for n, s := range []string{x, y} {
		sides := [2][2]string{{"left", "right"}, {"top", "bottom"}}[n]
		if s == "center" {
			continue
		}
		v, err := strconv.Atoi(s)
		if err != nil || v > math.MaxInt32 || v < -math.MaxInt32 {
			return "", distance, false
		}
		words[n] = sides[0]
		if strings.HasPrefix(s, "-") {
			words[n], v = sides[1], -v
		}
		distance[n] = v
	}
	switch {
	case words[0] == "":
		distance[0] = distance[1]
	case words[1] == "":
		distance[1] = distance[0]
	}
	at, ok := compass(strings.TrimSpace(words[0] + " " + words[1]))
	if !ok {
		at = PositionCenter
	}
	return at, distance, true
}
