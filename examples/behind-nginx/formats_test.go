package behindnginx

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// accepts are what clients send, and some what nobody should.
var accepts = []string{
	"image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",                                // Chrome
	"image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",                           // Firefox
	"image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8,image/png,*/*;q=.5", // Safari
	"image/webp,image/apng,image/*,*/*;q=0.8",
	"image/webp;q=1.0, image/png",
	"image/png,image/*;q=0.8,*/*;q=0.5",
	"*/*",
	"",
	"image/avif",
	"IMAGE/AVIF;q=0.001",
	"image/avif;q=0, image/webp",
	"image/avif;q=0.000,image/webp;q=0.0",
	"image/avif ; v=b3 ; q=0.9 , text/html",
	"image/avif;q=2,image/webp;q=0.1234",
	"image/avif;q=1.000;x=y,image/webp;q=1.001",
	"image/avif;Q=0,image/webp;q=",
	"image/avifs,ximage/webp,image/webp+xml",
	"text/html;x=\"image/webp\",image/avif-sequence",
	"image/avif;q=0;q=1,image/webp;q=0,image/webp",
	"\timage/webp\t;\tq=0.5",
	"image/avif;q =0",
	"image/avif;;q=0",
	"image/avif;,image/webp;",
	"image/avif;q=0. ,image/webp;q=1. ",
}

// formats asks for a picture under auto with every kind of Accept. Each client
// gets from the cache what luna itself would have given it. reduced says that
// the cache keeps no more pictures than there are classes.
func formats(t *testing.T, f *front, reduced bool) {
	url := f.auto(t, 48)
	fixed := f.thumb(t)
	types := map[string]string{}
	seen := map[string]bool{}
	for _, accept := range accepts {
		want := f.direct(t, url, "Accept", accept)
		require.Equal(t, http.StatusOK, want.status)
		types[accept] = want.header.Get("Content-Type") + want.header.Get("ETag")
		seen[want.header.Get("Content-Type")] = true
	}
	require.Equal(t, map[string]bool{"image/avif": true, "image/webp": true, "image/jpeg": true}, seen)
	for round := range 3 {
		for _, accept := range accepts {
			got := f.get(t, url, "Accept", accept)
			require.Equal(t, http.StatusOK, got.status)
			require.Equal(t, types[accept], got.header.Get("Content-Type")+got.header.Get("ETag"), "Accept: %s", accept)
			require.Equal(t, []string{"Accept"}, got.header.Values("Vary"))
			if round > 0 {
				require.Equal(t, "HIT", got.header.Get("X-Cache"), "Accept: %s", accept)
			}
			require.Equal(t, http.StatusOK, f.get(t, fixed, "Accept", accept).status)
		}
	}
	f.requireCame(t, fixed, 1) // of one format there is one copy
	if !reduced {
		require.LessOrEqual(t, len(f.came(url)), len(accepts))
		return
	}
	// avif and webp, avif, webp, neither.
	sent := map[string]int{}
	for _, v := range f.requireCame(t, url, 4) {
		sent[v.accept]++
	}
	require.Equal(t, map[string]int{"image/avif,image/webp": 1, "image/avif": 1, "image/webp": 1, "*/*": 1}, sent)
}

func stampedeOfFormats(t *testing.T, f *front) {
	f.slowly(t)
	url := f.auto(t, 40)
	clients := []string{accepts[0], accepts[3], "*/*"}
	types := []string{"image/avif", "image/webp", "image/jpeg"}
	for i, got := range f.together(t, 60, func(i int) (string, []string) { return url, []string{"Accept", clients[i%3]} }) {
		require.NoError(t, got.err)
		require.Equal(t, http.StatusOK, got.status)
		require.Equal(t, types[i%3], got.header.Get("Content-Type"))
	}
	f.requireCame(t, url, 3)
}
