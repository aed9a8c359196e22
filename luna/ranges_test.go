package luna_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRangesOverHTTP asks for one below and one above each bound, and for the
// bounds themselves, which are no bad requests.
func TestRangesOverHTTP(t *testing.T) {
	s := newSite(t, nil, nil)
	ask := func(text string) *http.Response {
		return s.get(signed(`{"key":"hero.jpg","edits":[` + text + `],"output":{"format":"png"}}`))
	}
	for _, c := range []struct {
		// edit has a hole where the value goes.
		edit, path string
		// in are the bounds, out what lies beyond them.
		in, out []string
	}{
		{`{"resize":{"width":%s}}`, "resize.width", []string{"1", "16383"}, []string{"0", "16384", "1.5", "-1"}},
		{`{"resize":{"width":9,"height":%s}}`, "resize.height", []string{"1", "16383"}, []string{"0", "16384"}},
		{`{"crop":{"left":%s,"top":0,"width":1,"height":1}}`, "crop.left", []string{"0", "100000000"}, []string{"-1", "100000001"}},
		{`{"crop":{"left":0,"top":%s,"width":1,"height":1}}`, "crop.top", []string{"0", "100000000"}, []string{"-1", "100000001"}},
		{`{"crop":{"left":0,"top":0,"width":%s,"height":1}}`, "crop.width", []string{"1", "100000000"}, []string{"0", "100000001"}},
		{`{"crop":{"left":0,"top":0,"width":1,"height":%s}}`, "crop.height", []string{"1", "100000000"}, []string{"0", "100000001"}},
		{`{"extend":{"top":%s}}`, "extend.top", []string{"0", "10000"}, []string{"-1", "10001"}},
		{`{"extend":{"bottom":%s}}`, "extend.bottom", []string{"0", "10000"}, []string{"-1", "10001"}},
		{`{"extend":{"left":%s}}`, "extend.left", []string{"0", "10000"}, []string{"-1", "10001"}},
		{`{"extend":{"right":%s}}`, "extend.right", []string{"0", "10000"}, []string{"-1", "10001"}},
		{`{"trim":{"threshold":%s}}`, "trim.threshold", []string{"0", "1e9"}, []string{"-0.001"}},
		{`{"blur":%s}`, "blur", []string{"0.3", "1000"}, []string{"0.299", "1000.001"}},
		{`{"sharpen":%s}`, "sharpen", []string{"0.000001", "10"}, []string{"0.0000009", "10.001"}},
		{`{"modulate":{"brightness":%s}}`, "modulate.brightness", []string{"0"}, []string{"-0.001"}},
		{`{"modulate":{"saturation":%s}}`, "modulate.saturation", []string{"0"}, []string{"-0.001"}},
		{`{"modulate":{"hue":%s}}`, "modulate.hue", []string{"-2147483648", "2147483647"}, []string{"-2147483649", "2147483648", "0.5"}},
		{`{"tint":{"r":%s,"g":0,"b":0}}`, "tint.r", []string{"0", "255"}, []string{"-1", "256"}},
		{`{"tint":{"r":0,"g":%s,"b":0}}`, "tint.g", []string{"0", "255"}, []string{"-1", "256"}},
		{`{"tint":{"r":0,"g":0,"b":%s}}`, "tint.b", []string{"0", "255"}, []string{"-1", "256"}},
		{`{"normalize":{"lower":%s,"upper":100}}`, "normalize.lower", []string{"0", "99"}, []string{"-1", "99.5"}},
		{`{"normalize":{"lower":0,"upper":%s}}`, "normalize.upper", []string{"1", "100"}, []string{"0.5", "101"}},
		{`{"normalize":{"lower":%s,"upper":50}}`, "normalize.lower", []string{"49"}, []string{"50", "51"}},
		{`{"text":{"text":"a","fontSize":%s}}`, "text.fontSize", []string{"1", "4096"}, []string{"0.9", "4097"}},
		{`{"text":{"text":"a","opacity":%s}}`, "text.opacity", []string{"0", "1"}, []string{"-0.1", "1.1"}},
		{`{"text":{"text":"a","padding":%s}}`, "text.padding", []string{"0", "16383"}, []string{"-1", "16384"}},
		{`{"text":{"text":"a","maxWidth":%s}}`, "text.maxWidth", []string{"1", "16383"}, []string{"0", "16384"}},
		{`{"text":{"text":"a","lineHeight":%s}}`, "text.lineHeight", []string{"0.5", "10"}, []string{"0.4", "10.1"}},
		{`{"text":{"text":%s}}`, "text.text", []string{`"a"`, `"` + strings.Repeat("a", 1000) + `"`}, []string{`""`, `"` + strings.Repeat("a", 1001) + `"`}},
		{`{"image":{"key":"alpha.png","width":%s}}`, "image.width", []string{"1", "16383"}, []string{"0", "16384"}},
		{`{"image":{"key":"alpha.png","opacity":%s}}`, "image.opacity", []string{"0", "1"}, []string{"-0.1", "1.1"}},
		{`{"image":{"key":"alpha.png","padding":%s}}`, "image.padding", []string{"0", "16383"}, []string{"-1", "16384"}},
		{`{"contrast":%s}`, "contrast", []string{"-100", "100"}, []string{"-100.5", "100.5"}},
		{`{"gamma":%s}`, "gamma", []string{"0.001"}, []string{"0", "-1"}},
		{`{"sigmoid":{"midpoint":%s,"factor":1}}`, "sigmoid.midpoint", []string{"0", "1"}, []string{"-0.1", "1.1"}},
		{`{"rotate":{"angle":%s}}`, "rotate.angle", []string{"-1e300", "1e300"}, nil},
	} {
		t.Run(fmt.Sprintf(c.edit, "…"), func(t *testing.T) {
			for _, v := range c.in {
				code := ask(fmt.Sprintf(c.edit, v)).StatusCode
				require.Contains(t, []int{200, 413, 422}, code, "%.40s is within the range", v)
			}
			// Numbers that are none, or have another spelling, are refused
			// wherever a number stands.
			out := append(c.out, "1e400", "-1e400", "NaN", "Infinity", "-0", "9223372036854775808")
			for _, v := range out {
				if v == "-0" && strings.HasPrefix(c.path, "text.text") {
					continue
				}
				if v == "9223372036854775808" && free[c.path] {
					continue
				}
				p := requireProblem(t, ask(fmt.Sprintf(c.edit, v)), http.StatusBadRequest, "payload_invalid")
				require.NotEmpty(t, p.Faults, v)
				if v != "NaN" && v != "Infinity" { // those are no JSON at all
					require.Equal(t, "edits[0]."+c.path, p.Faults[0].Path, "%.40s", v)
				}
			}
		})
	}
}

// free are the numbers that may be of any size.
var free = map[string]bool{
	"trim.threshold": true, "modulate.brightness": true, "modulate.saturation": true, "gamma": true, "rotate.angle": true,
}

func TestCropOutsideOverHTTP(t *testing.T) {
	s := newSite(t, nil, nil)
	for _, crop := range []string{
		`{"left":0,"top":0,"width":65,"height":1}`,
		`{"left":64,"top":0,"width":1,"height":1}`,
		`{"left":0,"top":1,"width":64,"height":48}`,
		`{"left":100000000,"top":100000000,"width":100000000,"height":100000000}`,
	} {
		p := requireProblem(t, s.get(signed(`{"key":"hero.jpg","edits":[{"crop":`+crop+`}],"output":{"format":"png"}}`)), http.StatusUnprocessableEntity, "impossible_edit")
		require.Contains(t, p.Detail, "64x48")
	}
	require.Equal(t, http.StatusOK, s.get(signed(`{"key":"hero.jpg","edits":[{"crop":{"left":63,"top":47,"width":1,"height":1}}],"output":{"format":"png"}}`)).StatusCode)
}
