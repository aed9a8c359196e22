package edit_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/edittest"
)

const canonicalOutput = `"output":{"format":"webp","quality":90,"lossless":false}`

func canonical(t require.TestingT, r *edit.Request) string {
	c, err := r.Canonical()
	require.NoError(t, err)
	b, err := c.Encode()
	require.NoError(t, err)
	return string(b)
}

func TestCanonicalEdits(t *testing.T) {
	const text = `"fontSize":24,"color":"#ffffffff","opacity":1,`
	for _, c := range []struct{ edits, want string }{
		{`[{"resize":{"width":800}}]`, `{"resize":{"width":800,"fit":"cover","position":"center","background":"#000000ff","upscale":false,"downscale":true}}`},
		{`{"resize":{"downscale":true,"position":"center","width":8e2,"upscale":false,"background":"BLACK","fit":"cover"}}`,
			`{"resize":{"width":800,"fit":"cover","position":"center","background":"#000000ff","upscale":false,"downscale":true}}`},
		{`[{"resize":{"width":8,"height":6,"fit":"contain","background":"#fff8","upscale":true}}]`,
			`{"resize":{"width":8,"height":6,"fit":"contain","position":"center","background":"#ffffff88","upscale":true,"downscale":true}}`},
		{`[{"rotate":{"angle":0}}]`, ``},
		{`[{"rotate":{"angle":-720,"background":"red"}}]`, ``},
		{`[{"rotate":{"angle":-1e-300}}]`, ``},
		{`[{"rotate":{"angle":-90}}]`, `{"rotate":{"angle":270,"background":"#000000ff"}}`},
		{`[{"rotate":{"angle":765.5,"background":{"r":255,"g":0,"b":0,"alpha":0.5}}}]`, `{"rotate":{"angle":45.5,"background":"#ff000080"}}`},
		{`[{"flip":false},{"flop":false},{"grayscale":false},{"invert":false},{"autoOrient":true}]`, ``},
		{`[{"flip":true},{"flop":true},{"grayscale":true},{"invert":true},{"autoOrient":false}]`,
			`{"autoOrient":false},{"flip":true},{"flop":true},{"grayscale":true},{"invert":true}`},
		{`[{"flip":true},{"autoOrient":false},{"autoOrient":true},{"autoOrient":false}]`, `{"autoOrient":false},{"flip":true}`},
		{`[{"flip":true},{"flip":true}]`, `{"flip":true},{"flip":true}`},
		{`[{"crop":{"left":1,"top":2,"width":3,"height":4}}]`, `{"crop":{"left":1,"top":2,"width":3,"height":4}}`},
		{`[{"extend":{}}]`, ``},
		{`[{"extend":{"top":0,"bottom":0,"left":0,"right":0,"background":"red"}}]`, ``},
		{`[{"extend":{"left":1}}]`, `{"extend":{"top":0,"bottom":0,"left":1,"right":0,"background":"#000000ff"}}`},
		{`[{"trim":{}}]`, `{"trim":{"threshold":10}}`},
		{`[{"trim":{"threshold":10.0,"background":"white"}}]`, `{"trim":{"background":"#ffffffff","threshold":10}}`},
		{`[{"blur":0.5579}]`, ``},
		{`[{"blur":0.558}]`, `{"blur":0.558}`},
		{`[{"sharpen":1e-6}]`, `{"sharpen":0.000001}`},
		{`[{"modulate":{}}]`, ``},
		{`[{"modulate":{"brightness":1,"saturation":1.0,"hue":-360,"lightness":0}}]`, ``},
		{`[{"modulate":{"hue":-90}}]`, `{"modulate":{"brightness":1,"saturation":1,"hue":270,"lightness":0}}`},
		{`[{"modulate":{"hue":2147483647}}]`, `{"modulate":{"brightness":1,"saturation":1,"hue":127,"lightness":0}}`},
		{`[{"modulate":{"brightness":1.2}}]`, `{"modulate":{"brightness":1.2,"saturation":1,"hue":0,"lightness":0}}`},
		{`[{"tint":{"r":255,"g":200,"b":0}}]`, `{"tint":{"r":255,"g":200,"b":0}}`},
		{`[{"normalize":true}]`, `{"normalize":{"lower":1,"upper":99}}`},
		{`[{"normalize":{"upper":99}}]`, `{"normalize":{"lower":1,"upper":99}}`},
		{`[{"flatten":{}}]`, `{"flatten":{"background":"#000000ff"}}`},
		{`[{"text":{"text":"a"}},{"blur":1}]`,
			`{"blur":1},{"text":{"text":"a",` + text + `"position":"bottom-right","padding":16,"lineHeight":1.2,"align":"right"}}`},
		{`[{"text":{"text":"a","position":"top","font":"Inter","maxWidth":9,"padding":0}}]`,
			`{"text":{"text":"a",` + text + `"position":"top","padding":0,"font":"Inter","maxWidth":9,"lineHeight":1.2,"align":"center"}}`},
		{`[{"text":{"text":"a","position":"bottom-left","opacity":1}}]`,
			`{"text":{"text":"a",` + text + `"position":"bottom-left","padding":16,"lineHeight":1.2,"align":"left"}}`},
		{`[{"image":{"key":"b"}},{"text":{"text":"a","position":"left"}},{"flip":true}]`,
			`{"flip":true},{"image":{"key":"b","opacity":1,"position":"bottom-right","padding":16,"tile":false,"blend":"over"}},` +
				`{"text":{"text":"a",` + text + `"position":"left","padding":16,"lineHeight":1.2,"align":"left"}}`},
		{`[{"contrast":0},{"gamma":1},{"sigmoid":{"midpoint":0.5,"factor":0}}]`, ``},
		{`[{"contrast":10},{"gamma":2.20},{"sigmoid":{"midpoint":0.5,"factor":3}}]`, `{"contrast":10},{"gamma":2.2},{"sigmoid":{"midpoint":0.5,"factor":3}}`},
		{`[{"x-a":{"b":[{"z":1,"y":2.50}],"a":"\u0041","10":1,"9":2}}]`, `{"x-a":{"9":2,"10":1,"a":"A","b":[{"y":2.5,"z":1}]}}`},
	} {
		r, err := edit.Parse([]byte(`{"key":"a","v":"1","exp":1,"edits":`+c.edits+`}`), nil)
		require.NoError(t, err, c.edits)
		want := `{"key":"a",` + canonicalOutput + `}`
		if c.want != "" {
			want = `{"key":"a","edits":[` + c.want + `],` + canonicalOutput + `}`
		}
		require.Equal(t, want, canonical(t, r))
	}
}

func TestCanonicalOutput(t *testing.T) {
	for _, c := range []struct{ members, want string }{
		{``, canonicalOutput},
		{`,"output":{}`, canonicalOutput},
		{`,"edits":[]`, canonicalOutput},
		{`,"output":{"lossless":false,"quality":90,"format":"webp"}`, canonicalOutput},
		{`,"output":{"lossless":true,"effort":4}`, `"output":{"format":"webp","quality":90,"lossless":true,"effort":4}`},
		{`,"output":{"format":"jpeg"}`, `"output":{"format":"jpeg","quality":90,"progressive":false}`},
		{`,"output":{"format":"jpeg","progressive":true,"quality":1}`, `"output":{"format":"jpeg","quality":1,"progressive":true}`},
		{`,"output":{"format":"png"}`, `"output":{"format":"png","progressive":false}`},
		{`,"output":{"format":"png","quality":90}`, `"output":{"format":"png","quality":90,"progressive":false}`},
		{`,"output":{"format":"avif"}`, `"output":{"format":"avif","quality":90,"lossless":false}`},
		{`,"output":{"format":"gif"}`, `"output":{"format":"gif","quality":90}`},
		{`,"output":{"format":"jp2"}`, `"output":{"format":"jp2","quality":90}`},
		{`,"output":{"format":"tiff"}`, `"output":{"format":"tiff","quality":90}`},
		{`,"output":{"format":"heif"}`, `"output":{"format":"heif","quality":90}`},
		{`,"output":{"format":"auto"}`, `"output":{"format":"auto"}`},
		{`,"output":{"format":"auto","quality":90}`, `"output":{"format":"auto","quality":90}`},
		{`,"metadata":true`, `"metadata":true`},
		{`,"metadata":{"placeholder":false},"edits":[]`, `"metadata":true`},
		{`,"metadata":{"placeholder":true}`, `"metadata":{"placeholder":true}`},
	} {
		r, err := edit.Parse([]byte(`{"key":"a"`+c.members+`}`), nil)
		require.NoError(t, err, c.members)
		require.Equal(t, `{"key":"a",`+c.want+`}`, canonical(t, r))
	}
}

// The canonical form's canonical is itself, and neither it nor defaults touch
// the request.
func TestCanonicalIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := edittest.Requests().Draw(t, "request")
		r.Ladder = nil
		before, err := r.Encode()
		require.NoError(t, err)
		form := canonical(t, r)
		after, err := r.Encode()
		require.NoError(t, err)
		require.Equal(t, string(before), string(after))
		c, err := edit.Parse([]byte(form), roomy)
		require.NoError(t, err)
		require.Equal(t, form, canonical(t, c))
		first, err := r.Canonical()
		require.NoError(t, err)
		second, err := first.Canonical()
		require.NoError(t, err)
		require.Equal(t, first, second)
	})
}

func TestCanonicalRefuses(t *testing.T) {
	_, err := (&edit.Request{Key: "../a", Edits: []edit.Edit{edit.Blur(0)}}).Canonical()
	require.Equal(t, []string{`key: must have no segment ".."`, "edits[0].blur: must be a number from 0.3 to 1000, not 0"}, faults(t, err))
	_, err = (&edit.Request{Key: "a", Edits: []edit.Edit{edit.Resize{Width: 1}}, Ladder: &edit.Ladder{Widths: []int{1}}}).Canonical()
	require.Equal(t, []string{"ladder: must be resolved to one width before there is a canonical form"}, faults(t, err))
}

func TestCanonicalWithoutRequest(t *testing.T) {
	edits, output, err := edit.Canonical([]edit.Edit{edit.Flip(false), edit.Normalize{}}, nil, nil)
	require.NoError(t, err)
	require.Equal(t, []edit.Edit{edit.Normalize{new(1.0), new(99.0)}}, edits)
	require.Equal(t, &edit.Output{Format: edit.FormatWebP, Quality: 90, Lossless: new(false)}, output)
	_, _, err = edit.Canonical([]edit.Edit{edit.Resize{Width: 11}}, &edit.Output{Format: "bmp"}, &edit.Limits{MaxSide: 10})
	require.Len(t, faults(t, err), 2)
}

// Defaults are those of the contract's table.
func TestDefaults(t *testing.T) {
	black := edit.Color("#000000")
	require.Equal(t, edit.Resize{5, 0, edit.FitCover, edit.PositionCenter, black, new(false), new(true)}, edit.Resize{Width: 5}.WithDefaults())
	require.Equal(t, edit.Rotate{7, black}, edit.Rotate{Angle: 7}.WithDefaults())
	require.Equal(t, edit.Extend{new(0), new(0), new(0), new(3), black}, edit.Extend{Right: new(3)}.WithDefaults())
	require.Equal(t, edit.Trim{"", new(10.0)}, edit.Trim{}.WithDefaults())
	require.Equal(t, edit.Modulate{new(1.0), new(1.0), new(0), new(0.0)}, edit.Modulate{}.WithDefaults())
	require.Equal(t, edit.Normalize{new(1.0), new(99.0)}, edit.Normalize{}.WithDefaults())
	require.Equal(t, edit.Flatten{black}, edit.Flatten{}.WithDefaults())
	require.Equal(t, edit.Text{"a", new(24.0), "#ffffff", new(1.0), edit.PositionBottomRight, new(16), "", nil, new(1.2), edit.AlignRight},
		edit.Text{Text: "a"}.WithDefaults())
	require.Equal(t, edit.Image{"a", 0, new(1.0), edit.PositionBottomRight, new(16), new(false), edit.BlendOver}, edit.Image{Key: "a"}.WithDefaults())
	for position, align := range map[edit.Position]edit.Align{
		"top": "center", "right": "right", "bottom": "center", "left": "left", "center": "center",
		"top-left": "left", "top-right": "right", "bottom-left": "left", "bottom-right": "right",
	} {
		require.Equal(t, align, edit.Text{Position: position}.WithDefaults().Align)
	}
	set := edit.Text{"a", new(2.0), "red", new(0.0), edit.PositionTop, new(0), "Inter", new(5), new(1.0), edit.AlignLeft}
	require.Equal(t, set, set.WithDefaults())
}
