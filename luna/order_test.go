package luna_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/png"
)

func TestSharpOrderIsAnotherEngine(t *testing.T) {
	list, sharp := layerEngine(t, nil), layerEngine(t, &luna.Options{Order: edit.SharpOrder})
	require.NotEqual(t, list.Revision(), sharp.Revision())
	edits := []edit.Edit{edit.Extend{Top: new(10)}, edit.Invert(true), edit.Blur(3), edit.Resize{Width: 20}, edit.Blur(0.3)}
	explain := func(e *luna.Engine) string {
		p, err := e.Explain(t.Context(), bytes.NewReader(plain(40, 40, blue)), edits, &edit.Output{Format: edit.FormatPNG})
		require.NoError(t, err)
		return p.String()
	}
	require.Contains(t, explain(list), "blur 3 | resize 20x25")
	require.Regexp(t, `resize 20x20 .*embed in 20x30 .*lut`, explain(sharp))
	require.NotContains(t, explain(sharp), "blur", "the last blur counts, and does nothing")

	_, err := luna.New([]codec.Codec{png.Codec{}}, &luna.Options{Order: 7})
	require.ErrorContains(t, err, "Order")
	_, err = sharp.Explain(t.Context(), bytes.NewReader(plain(40, 40, blue)), []edit.Edit{edit.Blur(5000), edit.Blur(1)}, &edit.Output{Format: edit.FormatPNG})
	require.Equal(t, 400, luna.StatusCode(err), "what does not count is checked all the same")
}

// Two lists that run alike are one image of the caches.
func TestSharpOrderOverHTTP(t *testing.T) {
	o := new(origin)
	o.put("demo", "base.png", plain(60, 60, blue))
	h, err := luna.NewHandler(layerEngine(t, &luna.Options{Order: edit.SharpOrder}), o, tenants(t), &luna.HandlerOptions{Tenant: luna.TenantFromHost("example.com")})
	require.NoError(t, err)
	defer h.Shutdown(t.Context())
	s := &site{t: t, origin: o, handler: h}
	ask := func(edits string) string {
		r := s.get(signed(`{"key":"base.png","edits":[` + edits + `],"output":{"format":"png"}}`))
		require.Equal(t, 200, r.StatusCode)
		return r.Header.Get("X-Luna-Cache")
	}
	require.Equal(t, "miss", ask(`{"blur":2},{"resize":{"width":30}}`))
	require.Equal(t, "hit", ask(`{"resize":{"width":30}},{"blur":2}`))
	require.Equal(t, "hit", ask(`{"resize":{"width":10}},{"blur":5},{"blur":2},{"resize":{"width":30}}`))
	require.Equal(t, "miss", ask(`{"resize":{"width":30}},{"blur":2},{"blur":0.3}`))
}
