package luna_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/png"
)

// A slowAVIF is PNG under the name of AVIF, and as slow as that.
type slowAVIF struct {
	as
	takes time.Duration
	runs  *atomic.Int32
}

func (c slowAVIF) Encode(ctx context.Context, w io.Writer, src pixel.Source, opts codec.Options) error {
	c.runs.Add(1)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(c.takes):
	}
	return c.as.Encode(ctx, w, src, opts)
}

func (c slowAVIF) Check(s pixel.Shape, opts codec.Options) error {
	if opts.Quality == 0 || opts.Quality > 90 {
		return errors.New("no quality of AVIF's")
	}
	return nil
}

// ladderSite returns a site whose AVIF takes that long.
func ladderSite(t *testing.T, takes time.Duration, opts luna.HandlerOptions) (*site, *atomic.Int32) {
	runs := new(atomic.Int32)
	codecs := []codec.Codec{jpeg.Codec{}, png.Codec{}, as{png.Codec{}, "webp"}, slowAVIF{as{png.Codec{}, "avif"}, takes, runs}}
	return newSite(t, codecs, &opts), runs
}

const forever = "public, max-age=31536000, immutable"

func TestAVIFLadder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, runs := ladderSite(t, 3*time.Second, luna.HandlerOptions{VersionAge: time.Hour})
		auto := signed(`{"key":"hero.jpg","output":{"format":"auto"}}`)
		get := func(accept string) (kind, age, cache string, took time.Duration) {
			start := time.Now()
			r := s.get(auto, "Accept", accept)
			require.Equal(t, http.StatusOK, r.StatusCode, "%s", content(t, r))
			require.Equal(t, "Accept", r.Header.Get("Vary"))
			return r.Header.Get("Content-Type"), r.Header.Get("Cache-Control"), r.Header.Get("X-Luna-Cache"), time.Since(start)
		}
		const both = "image/avif,image/webp"
		kind, age, cache, took := get(both)
		require.Equal(t, []any{"image/webp", "public, max-age=60", "miss", 2500 * time.Millisecond}, []any{kind, age, cache, took}, "half of RenderTimeout")
		kind, age, cache, took = get(both)
		require.Equal(t, []any{"image/webp", "public, max-age=60", "hit", time.Duration(0)}, []any{kind, age, cache, took}, "nobody waits again")
		kind, age, cache, _ = get("image/webp")
		require.Equal(t, []any{"image/webp", forever, "hit"}, []any{kind, age, cache}, "this client has the best that it accepts")
		time.Sleep(time.Second)
		kind, age, cache, took = get(both)
		require.Equal(t, []any{"image/avif", forever, "hit", time.Duration(0)}, []any{kind, age, cache, took}, "it was finished meanwhile")
		require.Equal(t, int32(1), runs.Load())
	})
}

func TestLadderWithoutWebP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := ladderSite(t, 3*time.Second, luna.HandlerOptions{AutoTimeout: time.Second, AutoAge: 10 * time.Second})
		r := s.get(signed(`{"key":"hero.jpg","output":{"format":"auto"}}`), "Accept", "image/avif")
		require.Equal(t, "image/jpeg", r.Header.Get("Content-Type"))
		require.Equal(t, "public, max-age=10", r.Header.Get("Cache-Control"))
	})
}

// TestLadderAfterRenderTimeout has AVIF never be made in time.
func TestLadderAfterRenderTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, runs := ladderSite(t, time.Hour, luna.HandlerOptions{AutoTimeout: -1})
		auto := signed(`{"key":"hero.jpg","output":{"format":"auto"}}`)
		for range 3 {
			r := s.get(auto, "Accept", "image/avif,image/webp")
			require.Equal(t, "image/webp", r.Header.Get("Content-Type"))
			require.Equal(t, "public, max-age=60", r.Header.Get("Cache-Control"))
		}
		require.Equal(t, int32(1), runs.Load())
		time.Sleep(time.Minute)
		s.get(auto, "Accept", "image/avif,image/webp")
		require.Equal(t, int32(2), runs.Load(), "it is tried again")

		r := s.get(signed(`{"key":"hero.jpg","output":{"format":"avif","quality":50}}`))
		requireProblem(t, r, http.StatusGatewayTimeout, "timeout")
	})
}

// TestLadderDoesNothingTwice: where AVIF is not to be had, and WebP takes long,
// the step below would start it once more.
func TestLadderDoesNothingTwice(t *testing.T) {
	auto := signed(`{"key":"hero.jpg","output":{"format":"auto"}}`)
	for _, slow := range []time.Duration{3 * time.Second, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			runs := new(atomic.Int32)
			s := newSite(t, []codec.Codec{jpeg.Codec{}, png.Codec{}, slowAVIF{as{png.Codec{}, "webp"}, slow, runs}, refuser{as{png.Codec{}, "avif"}}}, nil)
			start := time.Now()
			r := s.get(auto, "Accept", "image/avif,image/webp")
			require.EqualValues(t, 1, runs.Load())
			if slow == time.Hour {
				requireProblem(t, r, http.StatusGatewayTimeout, "timeout")
				return
			}
			require.Equal(t, slow, time.Since(start))
			require.Equal(t, "image/webp", r.Header.Get("Content-Type"))
			require.Equal(t, forever, r.Header.Get("Cache-Control"), "it is the best that there is")
			require.Equal(t, "miss", r.Header.Get("X-Luna-Cache"))
		})
	}
}

func TestAutoPixels(t *testing.T) {
	s, runs := ladderSite(t, 0, luna.HandlerOptions{AutoPixels: 32 * 24})
	url := func(width string) string {
		return signed(`{"key":"hero.jpg","edits":[{"resize":{"width":` + width + `}}],"output":{"format":"auto"}}`)
	}
	for range 2 {
		r := s.get(url("33"), "Accept", "image/avif,image/webp")
		require.Equal(t, "image/webp", r.Header.Get("Content-Type"))
		require.Equal(t, "public, max-age=60", r.Header.Get("Cache-Control"))
	}
	require.Zero(t, runs.Load())
	_, opens := s.origin.counts()
	require.Equal(t, 2, opens, "it is remembered")
	r := s.get(url("32"), "Accept", "image/avif,image/webp")
	require.Equal(t, "image/avif", r.Header.Get("Content-Type"))
	require.Equal(t, forever, r.Header.Get("Cache-Control"))
}

func TestNegotiationTakesTheNextFormat(t *testing.T) {
	// An encoder that cannot take the result leaves it to the next.
	refusing := refuser{as{png.Codec{}, "avif"}}
	s := newSite(t, []codec.Codec{jpeg.Codec{}, png.Codec{}, as{png.Codec{}, "webp"}, refusing}, nil)
	for accept, want := range map[string]string{"image/avif,image/webp": "image/webp", "image/avif": "image/jpeg", "image/webp": "image/webp"} {
		r := s.get(signed(`{"key":"hero.jpg","output":{"format":"auto"}}`), "Accept", accept)
		require.Equal(t, want, r.Header.Get("Content-Type"), accept)
		require.Equal(t, forever, r.Header.Get("Cache-Control"), "it is the best that there is")
	}
	// What no encoder takes is refused.
	r := s.get(signed(`{"key":"hero.jpg","edits":[{"crop":{"left":60,"top":0,"width":10,"height":10}}],"output":{"format":"auto"}}`), "Accept", "image/avif")
	requireProblem(t, r, http.StatusUnprocessableEntity, "impossible_edit")
}

type refuser struct{ as }

func (refuser) Check(pixel.Shape, codec.Options) error {
	return errors.Join(codec.ErrUnsupported, errors.New("too large for it"))
}

func TestAcceptIsReducedToClasses(t *testing.T) {
	s, runs := ladderSite(t, 0, luna.HandlerOptions{})
	auto := signed(`{"key":"hero.jpg","output":{"format":"auto"}}`)
	for i, accept := range []string{
		"image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
		"image/avif,image/webp,*/*",
		"IMAGE/AVIF;q=0.1 , image/webp;q=1",
		"image/webp;q=0.9,image/avif;q=0.2," + strings.Repeat("image/x,", 50),
	} {
		r := s.get(auto, "Accept", accept)
		require.Equal(t, "image/avif", r.Header.Get("Content-Type"))
		require.Equal(t, i > 0, r.Header.Get("X-Luna-Cache") == "hit", accept)
	}
	require.Equal(t, int32(1), runs.Load())
}
