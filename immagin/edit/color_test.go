package edit_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/image/colornames"

	"github.com/immagin/immagin-go/immagin/edit"
)

func TestColor(t *testing.T) {
	for _, c := range []struct {
		color edit.Color
		want  [4]uint8
	}{
		{"#1f8", [4]uint8{0x11, 0xff, 0x88, 255}},
		{"#1F8a", [4]uint8{0x11, 0xff, 0x88, 0xaa}},
		{"#123456", [4]uint8{0x12, 0x34, 0x56, 255}},
		{"#ABCDEF01", [4]uint8{0xab, 0xcd, 0xef, 1}},
		{"rgb(255, 0, 128)", [4]uint8{255, 0, 128, 255}},
		{"RGB(255,0,128)", [4]uint8{255, 0, 128, 255}},
		{"rgb( 255 ,0, 128,.5 )", [4]uint8{255, 0, 128, 128}},
		{"rgba(255,0,128,50%)", [4]uint8{255, 0, 128, 128}},
		{"rgba(1,2,3,1)", [4]uint8{1, 2, 3, 255}},
		{"rgba(1,2,3)", [4]uint8{1, 2, 3, 255}},
		{"rgb(255 0 128)", [4]uint8{255, 0, 128, 255}},
		{"rgb(255 0 128 / 0.2)", [4]uint8{255, 0, 128, 51}},
		{"rgb(255 0 128/20%)", [4]uint8{255, 0, 128, 51}},
		{"rgb(100%,0%,50%)", [4]uint8{255, 0, 128, 255}},
		{"rgb(100% 0 50% / 0)", [4]uint8{255, 0, 128, 0}},
		{"rgb(300,-5,1e2)", [4]uint8{255, 0, 100, 255}},
		{"rgb(+1.5,2.4,2.5)", [4]uint8{2, 2, 3, 255}},
		{"rgba(0,0,0,7)", [4]uint8{0, 0, 0, 255}},
		{"rgba(0,0,0,-1)", [4]uint8{0, 0, 0, 0}},
		{"hsl(0,100%,50%)", [4]uint8{255, 0, 0, 255}},
		{"hsl(120, 100%, 25%)", [4]uint8{0, 128, 0, 255}},
		{"hsl(240deg 100% 50%)", [4]uint8{0, 0, 255, 255}},
		{"hsl(-120 100 50)", [4]uint8{0, 0, 255, 255}},
		{"hsl(480,100%,50%)", [4]uint8{0, 255, 0, 255}},
		{"hsl(0.5turn 100% 50%)", [4]uint8{0, 255, 255, 255}},
		{"hsl(200grad 100% 50%)", [4]uint8{0, 255, 255, 255}},
		{"hsl(3.141592653589793RAD 100% 50%)", [4]uint8{0, 255, 255, 255}},
		{"hsl(30,50%,40%)", [4]uint8{153, 102, 51, 255}},
		{"hsla(210, 65%, 20%, .25)", [4]uint8{18, 51, 84, 64}},
		{"hsla(210 65% 20% / 100%)", [4]uint8{18, 51, 84, 255}},
		{"hsl(0,0%,200%)", [4]uint8{255, 255, 255, 255}},
		{"RebeccaPurple", [4]uint8{0x66, 0x33, 0x99, 255}},
		{"transparent", [4]uint8{}},
		{`{"r":1,"g":2,"b":3}`, [4]uint8{1, 2, 3, 255}},
		{`{"r":1,"g":2,"b":3,"alpha":0.5}`, [4]uint8{1, 2, 3, 128}},
		{`{ "alpha" : 0, "b" : 3.0, "g" : 2e0, "r" : 255 }`, [4]uint8{255, 2, 3, 0}},
	} {
		got, err := edit.ParseColor(string(c.color))
		require.NoError(t, err, c.color)
		require.Equal(t, c.color, got)
		r, g, b, a, err := got.RGBA()
		require.NoError(t, err)
		require.Equal(t, c.want, [4]uint8{r, g, b, a}, c.color)
	}
}

func TestColorRefuses(t *testing.T) {
	for _, c := range []string{
		"", " ", "#", "#1", "#12", "#12345", "#1234567", "#123456789", "#ggg", "#+12", "#-12", "#1_2", "# 12", "123", "#12é",
		" red", "red ", "redd", "re", "none", "currentcolor", "inherit",
		"rgb", "rgb()", "rgb(", "rgb(1,2)", "rgb(1,2,3,4,5)", "rgb(1 2)", "rgb(1 2 3 4)", "rgb(1,2,3/4)", "rgb(1,2 3)", "rgb(1 2,3)",
		"rgb(1,2,3", "rgb 1,2,3)", "rgb (1,2,3)", "rgb(1,2,3) ", "rgb(1,2,3))", "rgb((1,2,3)", "rgb(1,2,)", "rgb(,,)", "rgb(1,2,3,)",
		"rgb(1 2 3 /)", "rgb(1 2 3 / 4 / 5)", "rgb(/ 1 2 3)", "rgb(1%,2,3)", "rgb(1,2%,3%)", "rgb(a,b,c)", "rgb(1.,2,3)", "rgb(1.e1,2,3)",
		"rgb(nan,0,0)", "rgb(inf,0,0)", "rgb(infinity 0 0)", "rgb(0x1,0,0)", "rgb(1_0,0,0)", "rgb(1e400,0,0)", "rgb(none 0 0)", "rgb(--1,0,0)",
		"rgb(1px,0,0)", "rgb(1%%,2%,3%)", "rgb(1,2,3,a)", "rgb(1\u00a02\u00a03 / \u00a04)",
		"hsl(0,100,50)", "hsl(0%,100%,50%)", "hsl(deg,100%,50%)", "hsl(1radd,100%,50%)", "hsl(1,1%)", "hsl(1,1%,1%,x)", "hsl(x 1% 1%)", "hsl(1 x 1%)",
		"hwb(0 0% 0%)", "lab(1 2 3)", "color(srgb 1 1 1)", "var(--x)", "(1,2,3)", ")",
		"{", "{}", `{"r":1,"g":2}`, `{"r":1,"g":2,"b":256}`, `{"r":-1,"g":2,"b":3}`, `{"r":1.5,"g":2,"b":3}`, `{"r":1,"g":2,"b":3,"alpha":1.1}`,
		`{"r":1,"g":2,"b":3,"a":1}`, `{"r":1,"r":1,"g":2,"b":3}`, `{"r":"1","g":2,"b":3}`, `{"r":1,"g":2,"b":3}x`, `{"r":1,"g":2,"b":3,"alpha":-0}`,
		"\xff", "#\xff\xff\xff",
	} {
		_, err := edit.ParseColor(c)
		require.Error(t, err, c)
		require.Contains(t, err.Error(), "must be a")
	}
	// A fault in a payload has the path of the component.
	_, err := edit.Parse([]byte(`{"key":"a","edits":[{"flatten":{"background":{"r":1,"g":256,"b":3,"x":0}}},{"flatten":{"background":1}}]}`), nil)
	require.Equal(t, []string{
		"edits[0].flatten.background.g: must be a whole number from 0 to 255, not 256",
		"edits[0].flatten.background.x: is unknown: the members here are r, g, b, alpha",
		"edits[1].flatten.background: must be a CSS colour or {r,g,b,alpha}, not 1",
	}, faults(t, err))
	_, err = edit.Parse([]byte(`{"key":"a","edits":[{"flatten":{"background":"#12"}}]}`), nil)
	require.Equal(t, []string{`edits[0].flatten.background: must be a CSS colour, such as #ff8800, rgb(255, 136, 0), hsl(32, 100%, 50%) or darkorange, not "#12"`}, faults(t, err))
}

// The names are those of SVG 1.1 as golang.org/x/image has them, and
// rebeccapurple.
func TestColorNames(t *testing.T) {
	require.Len(t, colornames.Names, 147)
	for _, name := range colornames.Names {
		want := colornames.Map[name]
		r, g, b, a, err := edit.Color(name).RGBA()
		require.NoError(t, err, name)
		require.Equal(t, [4]uint8{want.R, want.G, want.B, 255}, [4]uint8{r, g, b, a}, name)
	}
}

func TestColorConstructors(t *testing.T) {
	require.Equal(t, edit.Color("#0102ff"), edit.RGB(1, 2, 255))
	require.Equal(t, edit.Color(`{"r":1,"g":2,"b":255,"alpha":0.5}`), edit.RGBA(1, 2, 255, 0.5))
	for alpha := range 256 {
		_, _, _, a, err := edit.RGBA(0, 0, 0, float64(alpha)/255).RGBA()
		require.NoError(t, err)
		require.Equal(t, uint8(alpha), a)
	}
	for _, alpha := range []float64{math.NaN(), math.Inf(1), -0.1, 1.1} {
		_, _, _, _, err := edit.RGBA(0, 0, 0, alpha).RGBA()
		require.Error(t, err)
	}
}
