package luna_test

import (
	"bytes"
	"encoding/base64"
	"image"
	stdjpeg "image/jpeg"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/scene"
	"github.com/immagin/immagin-go/luna/codecs"
)

// TestRecipesOverHTTP asks for the documented recipes by hand-made payloads, on
// an original of 1600x1200.
func TestRecipesOverHTTP(t *testing.T) {
	s := newSite(t, codecs.Default(), nil)
	var photo bytes.Buffer
	require.NoError(t, stdjpeg.Encode(&photo, scene.Landscape(1600, 1200), nil))
	s.origin.put("demo", "photo.jpg", photo.Bytes())
	for _, r := range []struct {
		name, edits string
		want        image.Point
	}{
		{name: "responsive 400", edits: `{"resize":{"width":400}}`, want: image.Pt(400, 300)},
		{name: "responsive 800", edits: `{"resize":{"width":800}}`, want: image.Pt(800, 600)},
		{name: "responsive 1200", edits: `{"resize":{"width":1200}}`, want: image.Pt(1200, 900)},
		{name: "responsive 1600", edits: `{"resize":{"width":1600}}`, want: image.Pt(1600, 1200)},
		{name: "OG image", edits: `{"resize":{"width":1200,"height":630,"fit":"cover"}},{"text":{"text":"Mountains over a lake, with a title that takes two lines","fontSize":48,"position":"bottom-left","color":"white","padding":40}}`, want: image.Pt(1200, 630)},
		{name: "avatar", edits: `{"resize":{"width":256,"height":256,"fit":"cover","position":"attention"}}`, want: image.Pt(256, 256)},
		{name: "gallery", edits: `{"resize":{"width":300,"height":300}},{"sharpen":1}`, want: image.Pt(300, 300)},
		{name: "placeholder", edits: `{"resize":{"width":20}},{"blur":10}`, want: image.Pt(20, 15)},
		{name: "placeholder's picture", edits: `{"resize":{"width":1200}}`, want: image.Pt(1200, 900)},
		{name: "product", edits: `{"trim":{"threshold":15}},{"normalize":{"lower":1,"upper":99}},{"resize":{"width":600,"height":600,"fit":"contain","background":"#ffffff"}},{"sharpen":1}`, want: image.Pt(600, 600)},
		{name: "watermark", edits: `{"resize":{"width":1200,"height":630}},{"text":{"text":"© Acme Inc","position":"bottom-right","fontSize":24,"color":"#ffffff","opacity":0.8}}`, want: image.Pt(1200, 630)},
		{name: "crop with border", edits: `{"crop":{"left":100,"top":50,"width":400,"height":300}},{"extend":{"top":20,"bottom":20,"left":20,"right":20,"background":"#ff0000"}}`, want: image.Pt(440, 340)},
		{name: "logo on white", edits: `{"flatten":{"background":"#ffffff"}},{"tint":{"r":255,"g":200,"b":0}},{"modulate":{"brightness":1.2}}`, want: image.Pt(1600, 1200)},
		{name: "turned", edits: `{"resize":{"width":800}},{"rotate":{"angle":45,"background":"#000000"}},{"flip":true}`, want: image.Pt(990, 990)},
		{name: "front page", edits: `{"resize":{"width":200,"height":150}}`, want: image.Pt(200, 150)},
	} {
		t.Run(r.name, func(t *testing.T) {
			answer := s.get(signed(`{"key":"photo.jpg","edits":[` + r.edits + `]}`))
			body := content(t, answer)
			require.Equal(t, http.StatusOK, answer.StatusCode, "%s", body)
			require.Equal(t, "image/webp", answer.Header.Get("Content-Type"))
			format, width, height := size(t, body)
			require.Equal(t, "webp", format)
			require.Equal(t, r.want, image.Pt(width, height))
			if r.name == "placeholder" {
				require.Less(t, len("data:image/webp;base64,")+base64.StdEncoding.EncodedLen(len(body)), 1024)
			}
		})
	}
}
