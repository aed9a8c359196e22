package edit_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
)

// faults of an error, as "path: message".
func faults(t *testing.T, err error) []string {
	t.Helper()
	var e *edit.Error
	require.ErrorAs(t, err, &e)
	require.NotEmpty(t, e.Faults)
	var list []string
	for _, f := range e.Faults {
		list = append(list, f.String())
	}
	return list
}

// One below and one above each limit, as JSON and, where Go can say it, as a
// value: the same fault at the same path.
func TestRanges(t *testing.T) {
	side := "must be a whole number from 1 to 16383, not "
	whole := "must be a whole number from "
	inf := math.Inf(1)
	for _, c := range []struct {
		json  string
		path  string
		fault string
		value edit.Edit
	}{
		{`{"resize":{}}`, "resize.width", "is required: must be a whole number from 1 to 16383", nil},
		{`{"resize":{"width":0}}`, "resize.width", side + "0", edit.Resize{}},
		{`{"resize":{"width":16384}}`, "resize.width", side + "16384", edit.Resize{Width: 16384}},
		{`{"resize":{"width":-1}}`, "resize.width", side + "-1", edit.Resize{Width: -1}},
		{`{"resize":{"width":1.5}}`, "resize.width", side + "1.5", nil},
		{`{"resize":{"width":9223372036854775808}}`, "resize.width", side + "9223372036854775808", nil},
		{`{"resize":{"width":"1"}}`, "resize.width", side + `"1"`, nil},
		{`{"resize":{"width":null}}`, "resize.width", side + "null", nil},
		{`{"resize":{"width":1,"height":0}}`, "resize.height", side + "0", nil},
		{`{"resize":{"width":1,"height":-1}}`, "resize.height", side + "-1", edit.Resize{Width: 1, Height: -1}},
		{`{"resize":{"width":1,"height":16384}}`, "resize.height", side + "16384", edit.Resize{Width: 1, Height: 16384}},
		{`{"resize":{"width":1,"fit":"Cover"}}`, "resize.fit", `must be one of cover, contain, fill, inside, outside, not "Cover"`, edit.Resize{Width: 1, Fit: "Cover"}},
		{`{"resize":{"width":1,"fit":""}}`, "resize.fit", `must be one of cover, contain, fill, inside, outside, not ""`, nil},
		{`{"resize":{"width":1,"fit":true}}`, "resize.fit", `must be one of cover, contain, fill, inside, outside, not true`, nil},
		{`{"resize":{"width":1,"position":"centre"}}`, "resize.position",
			`must be one of top, right, bottom, left, center, top-left, top-right, bottom-left, bottom-right, entropy, attention, not "centre"`, edit.Resize{Width: 1, Position: "centre"}},
		{`{"resize":{"width":1,"upscale":1}}`, "resize.upscale", "must be true or false, not 1", nil},
		{`{"resize":{"width":1,"downscale":"true"}}`, "resize.downscale", `must be true or false, not "true"`, nil},
		{`{"resize":800}`, "resize", "must be an object, not 800", nil},
		{`{"rotate":{}}`, "rotate.angle", "is required: must be a finite number", nil},
		{`{"rotate":90}`, "rotate", "must be an object, not 90", nil},
		{``, "rotate.angle", "must be a finite number, not NaN", edit.Rotate{Angle: math.NaN()}},
		{``, "rotate.angle", "must be a finite number, not +Inf", edit.Rotate{Angle: inf}},
		{`{"flip":1}`, "flip", "must be true or false, not 1", nil},
		{`{"flop":null}`, "flop", "must be true or false, not null", nil},
		{`{"autoOrient":"no"}`, "autoOrient", `must be true or false, not "no"`, nil},
		{`{"grayscale":{}}`, "grayscale", "must be true or false, not an object", nil},
		{`{"invert":[]}`, "invert", "must be true or false, not a list", nil},
		{`{"crop":{"left":-1,"top":0,"width":1,"height":1}}`, "crop.left", whole + "0 to 100000000, not -1", edit.Crop{-1, 0, 1, 1}},
		{`{"crop":{"left":100000001,"top":0,"width":1,"height":1}}`, "crop.left", whole + "0 to 100000000, not 100000001", edit.Crop{100_000_001, 0, 1, 1}},
		{`{"crop":{"left":0,"top":-1,"width":1,"height":1}}`, "crop.top", whole + "0 to 100000000, not -1", edit.Crop{0, -1, 1, 1}},
		{`{"crop":{"left":0,"top":100000001,"width":1,"height":1}}`, "crop.top", whole + "0 to 100000000, not 100000001", edit.Crop{0, 100_000_001, 1, 1}},
		{`{"crop":{"left":0,"top":0,"width":0,"height":1}}`, "crop.width", whole + "1 to 100000000, not 0", edit.Crop{0, 0, 0, 1}},
		{`{"crop":{"left":0,"top":0,"width":100000001,"height":1}}`, "crop.width", whole + "1 to 100000000, not 100000001", edit.Crop{0, 0, 100_000_001, 1}},
		{`{"crop":{"left":0,"top":0,"width":1,"height":0}}`, "crop.height", whole + "1 to 100000000, not 0", edit.Crop{0, 0, 1, 0}},
		{`{"crop":{"left":0,"top":0,"width":1,"height":100000001}}`, "crop.height", whole + "1 to 100000000, not 100000001", edit.Crop{0, 0, 1, 100_000_001}},
		{`{"crop":{"top":0,"width":1,"height":1}}`, "crop.left", "is required: " + whole + "0 to 100000000", nil},
		{`{"extend":{"top":-1}}`, "extend.top", whole + "0 to 10000, not -1", edit.Extend{Top: new(-1)}},
		{`{"extend":{"top":10001}}`, "extend.top", whole + "0 to 10000, not 10001", edit.Extend{Top: new(10001)}},
		{`{"extend":{"bottom":-1}}`, "extend.bottom", whole + "0 to 10000, not -1", edit.Extend{Bottom: new(-1)}},
		{`{"extend":{"bottom":10001}}`, "extend.bottom", whole + "0 to 10000, not 10001", edit.Extend{Bottom: new(10001)}},
		{`{"extend":{"left":-1}}`, "extend.left", whole + "0 to 10000, not -1", edit.Extend{Left: new(-1)}},
		{`{"extend":{"left":10001}}`, "extend.left", whole + "0 to 10000, not 10001", edit.Extend{Left: new(10001)}},
		{`{"extend":{"right":-1}}`, "extend.right", whole + "0 to 10000, not -1", edit.Extend{Right: new(-1)}},
		{`{"extend":{"right":10001}}`, "extend.right", whole + "0 to 10000, not 10001", edit.Extend{Right: new(10001)}},
		{`{"trim":{"threshold":-1}}`, "trim.threshold", "must be a number of 0 or more, not -1", edit.Trim{Threshold: new(-1.0)}},
		{`{"trim":true}`, "trim", "must be an object, not true", nil},
		{`{"blur":0.29}`, "blur", "must be a number from 0.3 to 1000, not 0.29", edit.Blur(0.29)},
		{`{"blur":1000.5}`, "blur", "must be a number from 0.3 to 1000, not 1000.5", edit.Blur(1000.5)},
		{`{"blur":true}`, "blur", "must be a number from 0.3 to 1000, not true", nil},
		{``, "blur", "must be a number from 0.3 to 1000, not NaN", edit.Blur(math.NaN())},
		{`{"sharpen":9e-7}`, "sharpen", "must be a number from 0.000001 to 10, not 9e-7", edit.Sharpen(9e-7)},
		{`{"sharpen":10.1}`, "sharpen", "must be a number from 0.000001 to 10, not 10.1", edit.Sharpen(10.1)},
		{`{"modulate":{"brightness":-0.1}}`, "modulate.brightness", "must be a number of 0 or more, not -0.1", edit.Modulate{Brightness: new(-0.1)}},
		{`{"modulate":{"saturation":-0.1}}`, "modulate.saturation", "must be a number of 0 or more, not -0.1", edit.Modulate{Saturation: new(-0.1)}},
		{``, "modulate.saturation", "must be a number of 0 or more, not +Inf", edit.Modulate{Saturation: &inf}},
		{`{"modulate":{"hue":0.5}}`, "modulate.hue", whole + "-2147483648 to 2147483647, not 0.5", nil},
		{`{"modulate":{"hue":2147483648}}`, "modulate.hue", whole + "-2147483648 to 2147483647, not 2147483648", nil},
		{`{"modulate":{"hue":-2147483649}}`, "modulate.hue", whole + "-2147483648 to 2147483647, not -2147483649", nil},
		{`{"modulate":{"lightness":"1"}}`, "modulate.lightness", `must be a finite number, not "1"`, nil},
		{``, "modulate.lightness", "must be a finite number, not +Inf", edit.Modulate{Lightness: &inf}},
		{`{"tint":{"r":-1,"g":0,"b":0}}`, "tint.r", whole + "0 to 255, not -1", nil},
		{`{"tint":{"r":256,"g":0,"b":0}}`, "tint.r", whole + "0 to 255, not 256", nil},
		{`{"tint":{"r":0,"g":256,"b":0}}`, "tint.g", whole + "0 to 255, not 256", nil},
		{`{"tint":{"r":0,"g":0,"b":256}}`, "tint.b", whole + "0 to 255, not 256", nil},
		{`{"tint":{"r":0,"g":0}}`, "tint.b", "is required: " + whole + "0 to 255", nil},
		{`{"tint":"red"}`, "tint", `must be an object, not "red"`, nil},
		{`{"normalize":false}`, "normalize", "must be true or an object, not false", nil},
		{`{"normalize":{"lower":-1}}`, "normalize.lower", "must be a number from 0 to 99, not -1", edit.Normalize{Lower: new(-1.0)}},
		{`{"normalize":{"lower":99.5}}`, "normalize.lower", "must be a number from 0 to 99, not 99.5", edit.Normalize{Lower: new(99.5)}},
		{`{"normalize":{"upper":0}}`, "normalize.upper", "must be a number from 1 to 100, not 0", edit.Normalize{Upper: new(0.0)}},
		{`{"normalize":{"upper":101}}`, "normalize.upper", "must be a number from 1 to 100, not 101", edit.Normalize{Upper: new(101.0)}},
		{`{"normalize":{"lower":50,"upper":50}}`, "normalize.lower", "must be below upper, which is 50, not 50", edit.Normalize{new(50.0), new(50.0)}},
		{`{"normalize":{"upper":1}}`, "normalize.lower", "must be below upper, which is 1, not 1", edit.Normalize{Upper: new(1.0)}},
		{`{"text":{}}`, "text.text", "is required: must be a string", nil},
		{`{"text":{"text":""}}`, "text.text", "is required: must not be empty", edit.Text{}},
		{`{"text":{"text":"` + strings.Repeat("é", 1001) + `"}}`, "text.text", "must be at most 1000 characters, not 1001", edit.Text{Text: strings.Repeat("é", 1001)}},
		{``, "text.text", "must be valid UTF-8", edit.Text{Text: "\xff"}},
		{`{"text":{"text":"a","fontSize":0.9}}`, "text.fontSize", "must be a number from 1 to 4096, not 0.9", edit.Text{Text: "a", FontSize: new(0.9)}},
		{`{"text":{"text":"a","fontSize":4097}}`, "text.fontSize", "must be a number from 1 to 4096, not 4097", edit.Text{Text: "a", FontSize: new(4097.0)}},
		{`{"text":{"text":"a","opacity":-0.1}}`, "text.opacity", "must be a number from 0 to 1, not -0.1", edit.Text{Text: "a", Opacity: new(-0.1)}},
		{`{"text":{"text":"a","opacity":1.1}}`, "text.opacity", "must be a number from 0 to 1, not 1.1", edit.Text{Text: "a", Opacity: new(1.1)}},
		{`{"text":{"text":"a","position":"attention"}}`, "text.position",
			`must be one of top, right, bottom, left, center, top-left, top-right, bottom-left, bottom-right, not "attention"`, edit.Text{Text: "a", Position: "attention"}},
		{`{"text":{"text":"a","padding":-1}}`, "text.padding", whole + "0 to 16383, not -1", edit.Text{Text: "a", Padding: new(-1)}},
		{`{"text":{"text":"a","padding":16384}}`, "text.padding", whole + "0 to 16383, not 16384", edit.Text{Text: "a", Padding: new(16384)}},
		{`{"text":{"text":"a","font":""}}`, "text.font", "must be a name of 1 to 64 bytes, not 0", nil},
		{`{"text":{"text":"a","font":"` + strings.Repeat("x", 65) + `"}}`, "text.font", "must be a name of 1 to 64 bytes, not 65", edit.Text{Text: "a", Font: strings.Repeat("x", 65)}},
		{`{"text":{"text":"a","maxWidth":0}}`, "text.maxWidth", side + "0", edit.Text{Text: "a", MaxWidth: new(0)}},
		{`{"text":{"text":"a","maxWidth":16384}}`, "text.maxWidth", side + "16384", edit.Text{Text: "a", MaxWidth: new(16384)}},
		{`{"text":{"text":"a","lineHeight":0.4}}`, "text.lineHeight", "must be a number from 0.5 to 10, not 0.4", edit.Text{Text: "a", LineHeight: new(0.4)}},
		{`{"text":{"text":"a","lineHeight":10.1}}`, "text.lineHeight", "must be a number from 0.5 to 10, not 10.1", edit.Text{Text: "a", LineHeight: new(10.1)}},
		{`{"text":{"text":"a","align":"justify"}}`, "text.align", `must be one of left, center, right, not "justify"`, edit.Text{Text: "a", Align: "justify"}},
		{`{"text":"a"}`, "text", `must be an object, not "a"`, nil},
		{`{"image":{"width":1}}`, "image.key", "is required: must be a string", nil},
		{`{"image":{"key":"a/../b"}}`, "image.key", `must have no segment ".."`, edit.Image{Key: "a/../b"}},
		{`{"image":{"key":""}}`, "image.key", "must not be empty", edit.Image{}},
		{`{"image":{"key":"a","width":0}}`, "image.width", side + "0", nil},
		{`{"image":{"key":"a","width":-1}}`, "image.width", side + "-1", edit.Image{Key: "a", Width: -1}},
		{`{"image":{"key":"a","width":16384}}`, "image.width", side + "16384", edit.Image{Key: "a", Width: 16384}},
		{`{"image":{"key":"a","opacity":-0.1}}`, "image.opacity", "must be a number from 0 to 1, not -0.1", edit.Image{Key: "a", Opacity: new(-0.1)}},
		{`{"image":{"key":"a","opacity":1.1}}`, "image.opacity", "must be a number from 0 to 1, not 1.1", edit.Image{Key: "a", Opacity: new(1.1)}},
		{`{"image":{"key":"a","padding":-1}}`, "image.padding", whole + "0 to 16383, not -1", edit.Image{Key: "a", Padding: new(-1)}},
		{`{"image":{"key":"a","padding":16384}}`, "image.padding", whole + "0 to 16383, not 16384", edit.Image{Key: "a", Padding: new(16384)}},
		{`{"image":{"key":"a","tile":0}}`, "image.tile", "must be true or false, not 0", nil},
		{`{"image":{"key":"a","blend":"dissolve"}}`, "image.blend",
			`must be one of over, multiply, screen, overlay, darken, lighten, color-dodge, color-burn, hard-light, soft-light, difference, exclusion, not "dissolve"`, edit.Image{Key: "a", Blend: "dissolve"}},
		{`{"contrast":-101}`, "contrast", "must be a number from -100 to 100, not -101", edit.Contrast(-101)},
		{`{"contrast":101}`, "contrast", "must be a number from -100 to 100, not 101", edit.Contrast(101)},
		{`{"gamma":0}`, "gamma", "must be a number above 0, not 0", edit.Gamma(0)},
		{`{"gamma":-1}`, "gamma", "must be a number above 0, not -1", edit.Gamma(-1)},
		{``, "gamma", "must be a number above 0, not +Inf", edit.Gamma(math.Inf(1))},
		{`{"sigmoid":{"midpoint":-0.1,"factor":1}}`, "sigmoid.midpoint", "must be a number from 0 to 1, not -0.1", edit.Sigmoid{-0.1, 1}},
		{`{"sigmoid":{"midpoint":1.1,"factor":1}}`, "sigmoid.midpoint", "must be a number from 0 to 1, not 1.1", edit.Sigmoid{1.1, 1}},
		{`{"sigmoid":{"midpoint":1}}`, "sigmoid.factor", "is required: must be a finite number", nil},
		{``, "sigmoid.factor", "must be a finite number, not NaN", edit.Sigmoid{0, math.NaN()}},
		{`{"x-":1}`, "x-", "must be x- and 1 to 62 letters, digits and hyphens", edit.Custom{Operation: "x-"}},
		{`{"x-a_b":1}`, "x-a_b", "must be x- and 1 to 62 letters, digits and hyphens", edit.Custom{Operation: "x-a_b"}},
		{``, "blur", "must be x- and 1 to 62 letters, digits and hyphens", edit.Custom{Operation: "blur"}},
		{``, "x-a", "must have digits in its number, but byte 1 is 'x'", edit.Custom{"x-a", json.RawMessage("-x")}},
	} {
		if c.json != "" {
			_, err := edit.Parse([]byte(`{"key":"a","edits":[{"blur":10},`+c.json+`]}`), nil)
			require.Error(t, err, c.json)
			require.Equal(t, []string{"edits[1]." + c.path + ": " + c.fault}, faults(t, err))
		}
		if c.value != nil {
			r := &edit.Request{Key: "a", Edits: []edit.Edit{edit.Blur(10), c.value}}
			require.Equal(t, []string{"edits[1]." + c.path + ": " + c.fault}, faults(t, r.Validate(nil)), "%#v", c.value)
		}
	}
}

func TestRequestRanges(t *testing.T) {
	long := strings.Repeat("é", 65)
	words := "must be one of webp, jpeg, png, avif, gif, jp2, tiff, heif, auto, not "
	for _, c := range []struct {
		members string // beside the key
		fault   string
		value   *edit.Request
	}{
		{`"output":{"format":"jpg"}`, `output.format: ` + words + `"jpg"`, &edit.Request{Output: &edit.Output{Format: "jpg"}}},
		{`"output":{"quality":0}`, "output.quality: must be a whole number from 1 to 100, not 0", nil},
		{`"output":{"quality":101}`, "output.quality: must be a whole number from 1 to 100, not 101", &edit.Request{Output: &edit.Output{Quality: 101}}},
		{`"output":{"quality":-1}`, "output.quality: must be a whole number from 1 to 100, not -1", &edit.Request{Output: &edit.Output{Quality: -1}}},
		{`"output":{"effort":-1}`, "output.effort: must be a whole number from 0 to 9, not -1", &edit.Request{Output: &edit.Output{Effort: new(-1)}}},
		{`"output":{"effort":7}`, "output.effort: must be a whole number from 0 to 6 for webp, not 7", &edit.Request{Output: &edit.Output{Effort: new(7)}}},
		{`"output":{"format":"avif","effort":10}`, "output.effort: must be a whole number from 0 to 9, not 10", &edit.Request{Output: &edit.Output{Format: "avif", Effort: new(10)}}},
		{`"output":{"format":"jpeg","effort":0}`, "output.effort: must be left out: it is for webp and avif, and the format is jpeg", &edit.Request{Output: &edit.Output{Format: "jpeg", Effort: new(0)}}},
		{`"output":{"progressive":false}`, "output.progressive: must be left out: it is for jpeg and png, and the format is webp", &edit.Request{Output: &edit.Output{Progressive: new(false)}}},
		{`"output":{"format":"png","lossless":true}`, "output.lossless: must be left out: it is for webp and avif, and the format is png", &edit.Request{Output: &edit.Output{Format: "png", Lossless: new(true)}}},
		{`"output":{"format":"auto","lossless":true}`, "output.lossless: must be left out: it is for webp and avif, and the format is auto", nil},
		{`"output":{"format":"auto","effort":1}`, "output.effort: must be left out: it is for webp and avif, and the format is auto", nil},
		{`"output":{"format":"auto","progressive":true}`, "output.progressive: must be left out: it is for jpeg and png, and the format is auto", nil},
		{`"output":"webp"`, `output: must be an object, not "webp"`, nil},
		{`"v":"` + long + `"`, "v: must be at most 64 characters, not 65", &edit.Request{Version: long}},
		{`"v":2`, "v: must be a string, not 2", nil},
		{`"exp":9007199254740992`, "exp: must be a whole number from -9007199254740991 to 9007199254740991, not 9007199254740992", &edit.Request{Expires: new(int64(1 << 53))}},
		{`"exp":9223372036854775808`, "exp: must be a whole number from -9007199254740991 to 9007199254740991, not 9223372036854775808", nil},
		{`"exp":"1"`, `exp: must be a whole number from -9007199254740991 to 9007199254740991, not "1"`, nil},
		{`"exp":1.5`, "exp: must be a whole number from -9007199254740991 to 9007199254740991, not 1.5", nil},
		{`"metadata":false`, "metadata: must be true or an object, not false", nil},
		{`"metadata":{"placeholder":1}`, "metadata.placeholder: must be true or false, not 1", nil},
		{`"metadata":{"placeholders":true}`, "metadata.placeholders: is unknown: the members here are placeholder", nil},
		{`"metadata":true,"edits":[{"blur":1}]`, "metadata: must stand without edits, output and ladder: it answers with JSON, not with an image", &edit.Request{Metadata: &edit.Metadata{}, Edits: []edit.Edit{edit.Blur(1)}}},
		{`"metadata":true,"output":{}`, "metadata: must stand without edits, output and ladder: it answers with JSON, not with an image", &edit.Request{Metadata: &edit.Metadata{}, Output: &edit.Output{}}},
		{`"edits":null`, "edits: must be a list of edits, not null", nil},
		{`"edits":"blur"`, `edits: must be a list of edits, not "blur"`, nil},
		{`"edits":["blur"]`, `edits[0]: must be an object with one edit, such as {"blur":10}, not "blur"`, nil},
		{`"edits":[[{"blur":1}]]`, `edits[0]: must be an object with one edit, such as {"blur":10}, not a list`, nil},
		{`"edits":[{}]`, "edits[0]: must have exactly one edit, since members have no order, not 0: []", nil},
		{`"edits":{}`, "edits: must have exactly one edit, since members have no order, not 0: []", nil},
		{`"edits":{"blur":0}`, "edits.blur: must be a number from 0.3 to 1000, not 0", nil},
		{`"edits":[{"blur":1,"flip":true}]`, `edits[0]: must have exactly one edit, since members have no order, not 2: ["blur", "flip"]`, nil},
		{`"edits":[` + strings.Repeat(`{"flip":true},`, 32) + `{"flip":true}]`, "edits: must have at most 32 edits, not 33", &edit.Request{Edits: make([]edit.Edit, 33)}},
		{``, "edits[0]: must be a value of this package's edits, such as edit.Blur(10), not <nil>", &edit.Request{Edits: []edit.Edit{nil}}},
		{``, "edits[0]: must be a value of this package's edits, such as edit.Blur(10), not *edit.Resize", &edit.Request{Edits: []edit.Edit{&edit.Resize{Width: 1}}}},
		{`"sig":""`, "sig: is unknown: the members here are key, edits, output, metadata, v, ladder, exp", nil},
		{`"Edits":[]`, "Edits: is unknown: the members here are key, edits, output, metadata, v, ladder, exp", nil},
		{`"":[]`, `[""]: is unknown: the members here are key, edits, output, metadata, v, ladder, exp`, nil},
	} {
		if c.members != "" {
			_, err := edit.Parse([]byte(`{"key":"a",`+c.members+`}`), nil)
			require.Error(t, err, c.members)
			require.Equal(t, []string{c.fault}, faults(t, err))
		}
		if c.value != nil {
			c.value.Key = "a"
			require.Equal(t, []string{c.fault}, faults(t, c.value.Validate(nil)))
		}
	}
}

// What lies exactly on a limit is allowed.
func TestLimitsHold(t *testing.T) {
	for _, e := range []string{
		`{"resize":{"width":1,"height":16383}}`, `{"resize":{"width":16383,"height":1}}`,
		`{"crop":{"left":100000000,"top":0,"width":100000000,"height":1}}`,
		`{"extend":{"top":0,"bottom":10000}}`, `{"trim":{"threshold":0}}`, `{"blur":0.3}`, `{"blur":1000}`,
		`{"sharpen":0.000001}`, `{"sharpen":10}`, `{"modulate":{"brightness":0,"hue":-2147483648}}`,
		`{"modulate":{"hue":2147483647}}`, `{"tint":{"r":0,"g":255,"b":0}}`, `{"normalize":{"lower":0,"upper":1}}`,
		`{"normalize":{"lower":99,"upper":100}}`, `{"text":{"text":"` + strings.Repeat("é", 1000) + `"}}`,
		`{"text":{"text":"a","fontSize":1,"opacity":0,"padding":0,"maxWidth":1,"lineHeight":0.5}}`,
		`{"text":{"text":"a","fontSize":4096,"opacity":1,"padding":16383,"maxWidth":16383,"lineHeight":10,"font":"` + strings.Repeat("x", 64) + `"}}`,
		`{"image":{"key":"a","width":16383,"opacity":1,"padding":16383}}`, `{"contrast":-100}`, `{"contrast":100}`,
		`{"gamma":0.0001}`, `{"sigmoid":{"midpoint":1,"factor":0}}`, `{"rotate":{"angle":1e300}}`,
		`{"x-` + strings.Repeat("a", 62) + `":null}`,
	} {
		r, err := edit.Parse([]byte(`{"key":"a","edits":[`+e+`]}`), nil)
		require.NoError(t, err, e)
		require.NoError(t, r.Validate(nil), e)
	}
	for _, o := range []string{
		`{"quality":1}`, `{"quality":100,"effort":6}`, `{"format":"avif","effort":9,"lossless":true}`,
		`{"format":"png","progressive":true,"quality":50}`, `{"format":"heif","quality":50}`, `{"format":"auto","quality":50}`,
	} {
		_, err := edit.Parse([]byte(`{"key":"a","output":`+o+`}`), nil)
		require.NoError(t, err, o)
	}
}

func TestLimits(t *testing.T) {
	limits := &edit.Limits{MaxSide: 100, MaxEdits: 1, MaxPayload: 100, MaxTextLength: 2}
	r := &edit.Request{Key: "a", Edits: []edit.Edit{edit.Resize{Width: 101}}}
	require.Equal(t, []string{"edits[0].resize.width: must be a whole number from 1 to 100, not 101"}, faults(t, r.Validate(limits)))
	r.Edits = []edit.Edit{edit.Text{Text: "abc"}}
	require.Equal(t, []string{"edits[0].text.text: must be at most 2 characters, not 3"}, faults(t, r.Validate(limits)))
	r.Edits = []edit.Edit{edit.Flip(true), edit.Flip(true)}
	require.Equal(t, []string{"edits: must have at most 1 edits, not 2"}, faults(t, r.Validate(limits)))
	r = &edit.Request{Key: strings.Repeat("k", 65)} // 75 bytes of JSON
	require.NoError(t, r.Validate(limits))
	r.Key += "k" // 76, which base64 makes 102
	require.Equal(t, []string{"payload: must be at most 100 bytes in base64url, not 102"}, faults(t, r.Validate(limits)))
	b, err := r.Encode() // an engine with wider limits takes it
	require.NoError(t, err)
	_, err = edit.Parse(b, limits)
	require.Equal(t, []string{"payload: must be at most 100 bytes in base64url, not 102"}, faults(t, err))
	path, err := r.Payload()
	require.NoError(t, err)
	_, err = edit.Decode(path, limits)
	require.Equal(t, []string{"payload: must be at most 100 bytes, not 102"}, faults(t, err))
	_, err = edit.Decode(path, &edit.Limits{MaxPayload: 102, MaxSide: -1})
	require.NoError(t, err)

	wide := &edit.Request{Key: "a", Edits: []edit.Edit{edit.Resize{Width: 50_000}}}
	require.Error(t, wide.Validate(nil))
	_, err = wide.Encode()
	require.NoError(t, err)
}

// All faults of a payload at once, those of the JSON text first.
func TestAllFaultsAtOnce(t *testing.T) {
	_, err := edit.Parse([]byte(`{"Key":"a","key":"/a","v":"\ud800","edits":[{"resize":{"width":0,"widht":1,"width":2}},`+
		`{"blurr":1},{"blur":-0,"flip":3}],"output":{"format":"png","quality":1e999,"x y":0}}`), nil)
	require.Equal(t, []string{
		"v: must be valid Unicode, but has an escaped surrogate without its pair",
		"edits[0].resize.width: must stand only once in its object",
		"edits[2].blur: must be spelled 0, not -0",
		"output.quality: must be a finite number, not 1e999",
		"key: must not begin with /",
		"edits[0].resize.width: must be a whole number from 1 to 16383, not 0",
		"edits[0].resize.widht: is unknown: the members here are width, height, fit, position, background, upscale, downscale",
		"edits[1].blurr: is unknown: the edits are resize, rotate, flip, flop, autoOrient, crop, extend, trim, blur, sharpen, grayscale, " +
			"modulate, tint, invert, normalize, flatten, text, image, contrast, gamma, sigmoid, and x-… for those plugged in",
		`edits[2]: must have exactly one edit, since members have no order, not 2: ["blur", "flip"]`,
		"edits[2].flip: must be true or false, not 3",
		`output["x y"]: is unknown: the members here are format, quality, progressive, lossless, effort`,
		"Key: is unknown: the members here are key, edits, output, metadata, v, ladder, exp",
	}, faults(t, err))
	require.True(t, strings.HasPrefix(err.Error(), "invalid request: v: must be valid"))
	require.Contains(t, err.Error(), "; key: must not begin with /; ")
	var e *edit.Error
	require.True(t, errors.As(err, &e))
	require.Equal(t, "edits[0].resize.width", e.Faults[1].Path)
}

// Names and values that a payload makes up are cut in messages.
func TestLongNames(t *testing.T) {
	long := strings.Repeat("é", 1000)
	_, err := edit.Parse([]byte(`{"key":"a","`+long+`":1,"v":`+strings.Repeat("1", 300)+`,"output":{"format":"`+long+`"}}`), nil)
	for _, f := range faults(t, err) {
		require.Less(t, len(f), 300)
	}
}
