package edit_test

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
)

// The documented recipes, as hand-made payloads and from Go.
func TestRecipes(t *testing.T) {
	const fill = `"fit":"cover","position":"center","background":"#000000ff","upscale":false,"downscale":true`
	for _, c := range []struct {
		name      string
		json      string
		edits     []edit.Edit
		canonical string
	}{
		{"responsive set", `[{"resize":{"width":400}}]`,
			[]edit.Edit{edit.Resize{Width: 400}},
			`[{"resize":{"width":400,` + fill + `}}]`},
		{"OG image", `[{"resize":{"width":1200,"height":630,"fit":"cover"}},{"text":{"text":"A <title> & more","fontSize":48,"color":"white","position":"bottom-left","padding":40}}]`,
			[]edit.Edit{edit.Resize{Width: 1200, Height: 630, Fit: edit.FitCover}, edit.Text{Text: "A <title> & more", FontSize: new(48.0), Position: edit.PositionBottomLeft, Color: "white", Padding: new(40)}},
			`[{"resize":{"width":1200,"height":630,` + fill + `}},{"text":{"text":"A <title> & more","fontSize":48,"color":"#ffffffff","opacity":1,"position":"bottom-left","padding":40,"lineHeight":1.2,"align":"left"}}]`},
		{"avatar", `[{"resize":{"width":256,"height":256,"fit":"cover","position":"attention"}}]`,
			[]edit.Edit{edit.Resize{Width: 256, Height: 256, Fit: edit.FitCover, Position: edit.PositionAttention}},
			`[{"resize":{"width":256,"height":256,"fit":"cover","position":"attention","background":"#000000ff","upscale":false,"downscale":true}}]`},
		{"gallery", `[{"resize":{"width":300,"height":300}},{"sharpen":1}]`,
			[]edit.Edit{edit.Resize{Width: 300, Height: 300}, edit.Sharpen(1)},
			`[{"resize":{"width":300,"height":300,` + fill + `}},{"sharpen":1}]`},
		{"placeholder", `[{"resize":{"width":20}},{"blur":10}]`,
			[]edit.Edit{edit.Resize{Width: 20}, edit.Blur(10)},
			`[{"resize":{"width":20,` + fill + `}},{"blur":10}]`},
		{"product", `[{"trim":{"threshold":15}},{"normalize":{"lower":1,"upper":99}},{"resize":{"width":600,"height":600,"fit":"contain","background":"#ffffff"}},{"sharpen":1}]`,
			[]edit.Edit{edit.Trim{Threshold: new(15.0)}, edit.Normalize{Lower: new(1.0), Upper: new(99.0)}, edit.Resize{Width: 600, Height: 600, Fit: edit.FitContain, Background: "#ffffff"}, edit.Sharpen(1)},
			`[{"trim":{"threshold":15}},{"normalize":{"lower":1,"upper":99}},{"resize":{"width":600,"height":600,"fit":"contain","position":"center","background":"#ffffffff","upscale":false,"downscale":true}},{"sharpen":1}]`},
		{"watermark", `[{"resize":{"width":1200,"height":630}},{"text":{"text":"© Acme Inc","fontSize":24,"color":"#ffffff","opacity":0.8,"position":"bottom-right"}}]`,
			[]edit.Edit{edit.Resize{Width: 1200, Height: 630}, edit.Text{Text: "© Acme Inc", Position: edit.PositionBottomRight, FontSize: new(24.0), Color: "#ffffff", Opacity: new(0.8)}},
			`[{"resize":{"width":1200,"height":630,` + fill + `}},{"text":{"text":"© Acme Inc","fontSize":24,"color":"#ffffffff","opacity":0.8,"position":"bottom-right","padding":16,"lineHeight":1.2,"align":"right"}}]`},
		{"crop with border", `[{"crop":{"left":100,"top":50,"width":400,"height":300}},{"extend":{"top":20,"bottom":20,"left":20,"right":20,"background":"#ff0000"}}]`,
			[]edit.Edit{edit.Crop{Left: 100, Top: 50, Width: 400, Height: 300}, edit.Extend{Top: new(20), Bottom: new(20), Left: new(20), Right: new(20), Background: "#ff0000"}},
			`[{"crop":{"left":100,"top":50,"width":400,"height":300}},{"extend":{"top":20,"bottom":20,"left":20,"right":20,"background":"#ff0000ff"}}]`},
		{"logo on white", `[{"flatten":{"background":"#ffffff"}},{"tint":{"r":255,"g":200,"b":0}},{"modulate":{"brightness":1.2}}]`,
			[]edit.Edit{edit.Flatten{Background: "#ffffff"}, edit.Tint{R: 255, G: 200, B: 0}, edit.Modulate{Brightness: new(1.2)}},
			`[{"flatten":{"background":"#ffffffff"}},{"tint":{"r":255,"g":200,"b":0}},{"modulate":{"brightness":1.2,"saturation":1,"hue":0,"lightness":0}}]`},
		{"turned", `[{"resize":{"width":800}},{"rotate":{"angle":45,"background":"#000000"}},{"flip":true}]`,
			[]edit.Edit{edit.Resize{Width: 800}, edit.Rotate{Angle: 45, Background: "#000000"}, edit.Flip(true)},
			`[{"resize":{"width":800,` + fill + `}},{"rotate":{"angle":45,"background":"#000000ff"}},{"flip":true}]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			handmade := base64.RawURLEncoding.EncodeToString([]byte(`{"key":"hero.jpg","edits":` + c.json + `}`))
			got, err := edit.Decode(handmade, nil)
			require.NoError(t, err)
			want := &edit.Request{Key: "hero.jpg", Edits: c.edits}
			require.Equal(t, want, got)
			payload, err := want.Payload()
			require.NoError(t, err)
			require.Equal(t, handmade, payload)
			require.Equal(t, `{"key":"hero.jpg","edits":`+c.canonical+`,`+canonicalOutput+`}`, canonical(t, got))
		})
	}
	// The recipes as the table writes their members, in any order.
	_, err := edit.Parse([]byte(`{"key":"hero.jpg","edits":[{"text":{"text":"a","fontSize":48,"position":"bottom-left","color":"white","padding":40}}]}`), nil)
	require.NoError(t, err)
}
