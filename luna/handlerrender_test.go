package luna_test

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
)

func unsigned(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func TestHandlerRender(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		codecs, renders := hook(nil)
		store, a := &cache{}, &admitter{}
		s := newSite(t, codecs, &luna.HandlerOptions{Cache: store, Admitter: a})
		stored := false
		store.put = func(context.Context) error {
			time.Sleep(5 * time.Second)
			a.note("put")
			stored = true
			return nil
		}
		require.NoError(t, s.handler.Render(t.Context(), "demo", unsigned(thumb), ""))
		require.True(t, stored, "it returns when the image is stored")
		require.Equal(t, 1, store.len())
		require.Equal(t, []string{"admit demo hero.jpg", "settle true", "put"}, a.calls)
		require.NoError(t, s.handler.Render(t.Context(), "demo", unsigned(thumb), ""))
		require.EqualValues(t, 1, renders.Load())
		require.Len(t, a.calls, 3)
		require.Equal(t, "hit", s.get(signed(thumb)).Header.Get("X-Luna-Cache"))

		for code, payload := range map[string]string{
			"not_found":       unsigned(`{"key":"none.jpg"}`),
			"payload_invalid": "eyJ",
			"url_expired":     unsigned(`{"key":"hero.jpg","exp":1}`),
		} {
			require.Equal(t, code, luna.ErrorCode(s.handler.Render(t.Context(), "demo", payload, "")))
		}
		err := s.handler.Render(t.Context(), "demo", unsigned(`{"key":"hero.jpg","metadata":true}`), "")
		require.ErrorAs(t, err, new(*edit.Error))
		require.ErrorContains(t, err, "metadata")

		store.put = func(context.Context) error { return errors.New("disk full") }
		err = s.handler.Render(t.Context(), "demo", unsigned(`{"key":"hero.jpg","output":{"format":"png"}}`), "")
		require.ErrorContains(t, err, "disk full")
		require.Equal(t, http.StatusBadGateway, luna.StatusCode(err))
	})
}

func TestHandlerRenderNeedsACache(t *testing.T) {
	codecs, renders := hook(nil)
	s := newSite(t, codecs, nil)
	require.ErrorContains(t, s.handler.Render(t.Context(), "demo", unsigned(thumb), ""), "HandlerOptions.Cache")
	require.Zero(t, renders.Load())
}
