// Package edittest makes requests of the payload's language at random, and
// writes them down for programs that compare their own JSON with ours.
package edittest

import (
	"encoding/json"
	"math"

	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/immagin/edit"
)

func maybe[T any](t *rapid.T, g *rapid.Generator[T]) *T {
	if !rapid.Bool().Draw(t, "there") {
		return nil
	}
	return new(g.Draw(t, "value"))
}

func orZero[T any](t *rapid.T, g *rapid.Generator[T]) (zero T) {
	if p := maybe(t, g); p != nil {
		return *p
	}
	return zero
}

// strings that JSON and HTML have opinions about, and any others.
func stringsOf(low, high int) *rapid.Generator[string] {
	r := rapid.OneOf(
		rapid.SampledFrom([]rune("\"\\/<>&'\u2028\u2029\u00e9\u0000\b\f\n\r\t\x1f\x7f\u0085\ufeff\uffff😀𝒳e\u0301שa")),
		rapid.Rune().Filter(func(r rune) bool { return r != 0xfffd }),
	)
	return rapid.StringOfN(r, low, high, -1)
}

func keys() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		key := stringsOf(1, 20).Filter(func(s string) bool { return edit.ValidateKey(s) == nil }).Draw(t, "key")
		if rapid.Bool().Draw(t, "folder") {
			return "gallery/" + key
		}
		return key
	})
}

func sides() *rapid.Generator[int] { return rapid.IntRange(1, 16383) }

func numbers(low, high float64) *rapid.Generator[float64] {
	if low >= 0 {
		return rapid.Float64Range(low, high)
	}
	return rapid.OneOf(
		rapid.Float64Range(low, high),
		rapid.Float64Range(-1, 1),
		rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, -1, 0.1, 90}),
	)
}

var huge = numbers(-math.MaxFloat64, math.MaxFloat64)

func colors() *rapid.Generator[edit.Color] {
	return rapid.OneOf(
		rapid.SampledFrom([]edit.Color{"#abc", "#ABCD", "#012345", "#01234567", "Red", "transparent",
			"rgb(1, 2, 3)", "rgb(10% 20% 30% / 0.5)", "hsl(120deg 50% 50%)", `{ "alpha":0.5, "b":3,"g":2e0, "r":1 }`, `{"r":1,"g":2,"b":3}`}),
		rapid.Custom(func(t *rapid.T) edit.Color {
			u := rapid.Uint8()
			return edit.RGBA(u.Draw(t, "r"), u.Draw(t, "g"), u.Draw(t, "b"), rapid.Float64Range(0, 1).Draw(t, "alpha"))
		}),
	)
}

func edits() *rapid.Generator[edit.Edit] {
	flag := rapid.Bool()
	positions := []edit.Position{"top", "right", "bottom", "left", "center", "top-left", "top-right", "bottom-left", "bottom-right", "entropy", "attention"}
	unit := rapid.Float64Range(0, 1)
	return rapid.Custom(func(t *rapid.T) edit.Edit {
		switch rapid.IntRange(0, 21).Draw(t, "edit") {
		case 0:
			return edit.Resize{
				Width:      sides().Draw(t, "width"),
				Height:     orZero(t, sides()),
				Fit:        orZero(t, rapid.SampledFrom([]edit.Fit{"cover", "contain", "fill", "inside", "outside"})),
				Position:   orZero(t, rapid.SampledFrom(positions)),
				Background: orZero(t, colors()),
				Upscale:    maybe(t, flag),
				Downscale:  maybe(t, flag),
			}
		case 1:
			return edit.Rotate{Angle: huge.Draw(t, "angle"), Background: orZero(t, colors())}
		case 2:
			return edit.Flip(flag.Draw(t, "flip"))
		case 3:
			return edit.Flop(flag.Draw(t, "flop"))
		case 4:
			return edit.AutoOrient(flag.Draw(t, "autoOrient"))
		case 5:
			at, side := rapid.IntRange(0, 100_000_000), rapid.IntRange(1, 100_000_000)
			return edit.Crop{Left: at.Draw(t, "left"), Top: at.Draw(t, "top"), Width: side.Draw(t, "width"), Height: side.Draw(t, "height")}
		case 6:
			n := rapid.IntRange(0, 10_000)
			return edit.Extend{Top: maybe(t, n), Bottom: maybe(t, n), Left: maybe(t, n), Right: maybe(t, n), Background: orZero(t, colors())}
		case 7:
			return edit.Trim{Background: orZero(t, colors()), Threshold: maybe(t, numbers(0, math.MaxFloat64))}
		case 8:
			return edit.Blur(numbers(0.3, 1000).Draw(t, "sigma"))
		case 9:
			return edit.Sharpen(numbers(0.000001, 10).Draw(t, "sigma"))
		case 10:
			return edit.Grayscale(flag.Draw(t, "grayscale"))
		case 11:
			return edit.Modulate{
				Brightness: maybe(t, numbers(0, math.MaxFloat64)),
				Saturation: maybe(t, numbers(0, 9)),
				Hue:        maybe(t, rapid.IntRange(math.MinInt32, math.MaxInt32)),
				Lightness:  maybe(t, huge),
			}
		case 12:
			u := rapid.Uint8()
			return edit.Tint{R: u.Draw(t, "r"), G: u.Draw(t, "g"), B: u.Draw(t, "b")}
		case 13:
			return edit.Invert(flag.Draw(t, "invert"))
		case 14:
			return edit.Normalize{Lower: maybe(t, numbers(0, 50)), Upper: maybe(t, numbers(51, 100))}
		case 15:
			return edit.Flatten{Background: orZero(t, colors())}
		case 16:
			return edit.Text{
				Text:       stringsOf(1, 30).Draw(t, "text"),
				FontSize:   maybe(t, numbers(1, 4096)),
				Color:      orZero(t, colors()),
				Opacity:    maybe(t, unit),
				Position:   orZero(t, rapid.SampledFrom(positions[:9])),
				Padding:    maybe(t, rapid.IntRange(0, 16383)),
				Font:       orZero(t, stringsOf(1, 16)),
				MaxWidth:   maybe(t, sides()),
				LineHeight: maybe(t, numbers(0.5, 10)),
				Align:      orZero(t, rapid.SampledFrom([]edit.Align{"left", "center", "right"})),
			}
		case 17:
			return edit.Image{
				Key:      keys().Draw(t, "key"),
				Width:    orZero(t, sides()),
				Opacity:  maybe(t, unit),
				Position: orZero(t, rapid.SampledFrom(positions[:9])),
				Padding:  maybe(t, rapid.IntRange(0, 16383)),
				Tile:     maybe(t, flag),
				Blend:    orZero(t, rapid.SampledFrom([]edit.Blend{"over", "multiply", "screen", "exclusion"})),
			}
		case 18:
			return edit.Contrast(numbers(-100, 100).Draw(t, "contrast"))
		case 19:
			return edit.Gamma(numbers(1e-9, 100).Draw(t, "gamma"))
		case 20:
			return edit.Sigmoid{Midpoint: unit.Draw(t, "midpoint"), Factor: huge.Draw(t, "factor")}
		}
		return edit.Custom{
			Operation:  rapid.StringMatching(`x-[A-Za-z0-9-]{1,20}`).Draw(t, "operation"),
			Parameters: parameters(t, 3),
		}
	})
}

// parameters are any JSON, spelled as Go does.
func parameters(t *rapid.T, depth int) json.RawMessage {
	var tree func(depth int) any
	tree = func(depth int) any {
		most := 5
		if depth == 0 {
			most = 3
		}
		switch rapid.IntRange(0, most).Draw(t, "kind") {
		case 0:
			return nil
		case 1:
			return rapid.Bool().Draw(t, "bool")
		case 2:
			return huge.Draw(t, "number") + 0 // -0 is not JSON that we take
		case 3:
			return stringsOf(0, 8).Draw(t, "string")
		case 4:
			list := make([]any, rapid.IntRange(0, 3).Draw(t, "length"))
			for i := range list {
				list[i] = tree(depth - 1)
			}
			return list
		}
		object := make(map[string]any)
		for range rapid.IntRange(0, 4).Draw(t, "members") {
			name := rapid.OneOf(stringsOf(0, 4), rapid.StringMatching(`0?[0-9]{1,11}`)).Draw(t, "name")
			object[name] = tree(depth - 1)
		}
		return object
	}
	b, err := json.MarshalIndent(tree(depth), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func outputs() *rapid.Generator[edit.Output] {
	return rapid.Custom(func(t *rapid.T) edit.Output {
		o := edit.Output{
			Format:  orZero(t, rapid.SampledFrom([]edit.Format{"webp", "jpeg", "png", "avif", "gif", "jp2", "tiff", "heif", "auto"})),
			Quality: orZero(t, rapid.IntRange(1, 100)),
		}
		switch o.Format {
		case "jpeg", "png":
			o.Progressive = maybe(t, rapid.Bool())
		case "", "webp":
			o.Lossless, o.Effort = maybe(t, rapid.Bool()), maybe(t, rapid.IntRange(0, 6))
		case "avif":
			o.Lossless, o.Effort = maybe(t, rapid.Bool()), maybe(t, rapid.IntRange(0, 9))
		}
		return o
	})
}

// Requests makes any valid request, every member there or not.
func Requests() *rapid.Generator[*edit.Request] {
	return rapid.Custom(func(t *rapid.T) *edit.Request {
		r := &edit.Request{
			Key:     keys().Draw(t, "key"),
			Version: orZero(t, stringsOf(1, 64)),
			Expires: maybe(t, rapid.Int64Range(-1<<53+1, 1<<53-1)),
		}
		if rapid.IntRange(0, 9).Draw(t, "metadata") == 0 {
			r.Metadata = &edit.Metadata{Placeholder: maybe(t, rapid.Bool())}
			return r
		}
		r.Edits = orZero(t, rapid.SliceOfN(edits(), 0, 6))
		r.Output = maybe(t, outputs())
		if rapid.IntRange(0, 4).Draw(t, "ladder") == 0 {
			r.Edits = append(r.Edits, edit.Resize{Width: 800})
			r.Ladder = &edit.Ladder{
				Widths:    rapid.SliceOfN(rapid.IntRange(1, 5000), 1, 16).Draw(t, "widths"),
				Densities: orZero(t, rapid.SliceOfN(rapid.Float64Range(0.5, 3), 1, 16)),
			}
			if r.Output == nil {
				r.Ladder.Formats = orZero(t, rapid.SliceOfN(rapid.SampledFrom([]edit.Format{"webp", "auto", "jp2"}), 1, 16))
			}
		}
		return r
	})
}
