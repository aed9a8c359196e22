package edit_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	stdpng "image/png"
	"math"
	"strings"
	"testing"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/png"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// sized is the size that the engine plans for a request and an original.
func sized(t *rapid.T, e *luna.Engine, r *edit.Request, width, height int) (int, int) {
	var b bytes.Buffer
	m := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.Black})
	require.NoError(t, stdpng.Encode(&b, m))
	p, err := e.Explain(context.Background(), &b, r.Edits, &edit.Output{Format: edit.FormatPNG})
	require.NoError(t, err, "%s of %dx%d", encodeRapid(t, r), width, height)
	return p.Shape.Width, p.Shape.Height
}

func encodeRapid(t *rapid.T, r *edit.Request) string {
	b, err := r.Encode()
	require.NoError(t, err)
	return string(b)
}

// within allows for some pixels of rounding.
func within(t *rapid.T, pixels int, want, got [2]int, args ...any) {
	for n := range want {
		if d := want[n] - got[n]; d < -pixels || d > pixels {
			t.Fatalf("there %v, here %v: %s", want, got, fmt.Sprint(args...))
		}
	}
}

// imgproxySize is what processing/prepare.go, crop.go, extend.go and padding.go
// of imgproxy 3.30 compute.
func imgproxySize(kind string, srcW, srcH, w, h float64, enlarge, extend bool, dpr float64, padding int) [2]int {
	dstW, dstH := w, h
	if w == 0 {
		dstW = srcW
	}
	if h == 0 {
		dstH = srcH
	}
	ws, hs := srcW/dstW, srcH/dstH
	if ws != 1 || hs != 1 {
		switch {
		case w == 0 && kind != "force":
			ws = hs
		case h == 0 && kind != "force":
			hs = ws
		case kind == "fit":
			ws = max(ws, hs)
			hs = ws
		case kind == "fill", kind == "fill-down":
			ws = min(ws, hs)
			hs = ws
		}
	}
	if !enlarge {
		if m := min(ws, hs); m < 1 {
			ws, hs = ws/m, hs/m
			if !extend {
				dpr /= m
			}
		}
		dpr = min(dpr, ws, hs)
	}
	ws, hs = min(ws/dpr, srcW), min(hs/dpr, srcH)
	round := func(v float64) int { return int(math.Round(v)) }
	result := [2]int{max(1, round(srcW/ws)), max(1, round(srcH/hs))}
	target := [2]int{round(w * dpr), round(h * dpr)}
	if kind == "fill-down" && !enlarge && w > 0 && h > 0 {
		if dw, dh := float64(target[0])/float64(result[0]), float64(target[1])/float64(result[1]); dw > dh && dw > 1 {
			target[1] = round(float64(result[0]) * float64(target[1]) / float64(target[0]))
			target[0] = result[0]
		} else if dh > dw && dh > 1 {
			target[0] = round(float64(result[1]) * float64(target[0]) / float64(target[1]))
			target[1] = result[1]
		}
	}
	for n := range result {
		if target[n] > 0 {
			result[n] = min(result[n], target[n])
		}
		if extend && target[n] > 0 {
			result[n] = max(result[n], target[n])
		}
		result[n] += 2 * round(float64(padding)*dpr)
	}
	return result
}

// Where ParseImgproxy finds nothing to name, results have the sizes that
// imgproxy's have, whatever the original's; where originals are said to be
// large, for originals that are.
func TestImgproxySizes(t *testing.T) {
	e, err := luna.New([]codec.Codec{png.Codec{}}, nil)
	require.NoError(t, err)
	exact := 0
	rapid.Check(t, func(t *rapid.T) {
		side := rapid.IntRange(20, 400)
		kind := rapid.SampledFrom([]string{"fit", "fill", "fill-down", "force"}).Draw(t, "kind")
		// Even, so that no half pixel is rounded here but not there.
		w, h := 2*rapid.IntRange(0, 150).Draw(t, "w"), 2*rapid.IntRange(0, 150).Draw(t, "h")
		enlarge, extend := rapid.Bool().Draw(t, "enlarge"), rapid.Bool().Draw(t, "extend")
		dpr := rapid.SampledFrom([]float64{0.5, 1, 1, 1.5, 2}).Draw(t, "dpr")
		padding := rapid.SampledFrom([]int{0, 0, 7}).Draw(t, "padding")
		srcW, srcH := side.Draw(t, "srcW"), side.Draw(t, "srcH")
		o := &edit.ImportOptions{LargeOriginals: rapid.Bool().Draw(t, "large")}
		if o.LargeOriginals && (float64(srcW) < float64(w)*max(1, dpr) || float64(srcH) < float64(h)*max(1, dpr) || dpr != 1 && w == 0 && h == 0) {
			return
		}
		url := fmt.Sprintf("/_/rs:%s:%d:%d:%t:%t/dpr:%g/pd:%d/plain/a.png", kind, w, h, enlarge, extend, dpr, padding)
		r, err := edit.ParseImgproxy(url, o)
		if err != nil {
			return
		}
		exact++
		gotW, gotH := sized(t, e, r, srcW, srcH)
		within(t, 1, imgproxySize(kind, float64(srcW), float64(srcH), float64(w), float64(h), enlarge, extend, dpr, padding),
			[2]int{gotW, gotH}, url, " of ", srcW, "x", srcH, ": ", encodeRapid(t, r))
	})
	require.Positive(t, exact)
}

// thumborSize is what thumbor/transformer.py computes.
func thumborSize(fit string, srcW, srcH, w, h float64, noUpscale bool) [2]int {
	if noUpscale {
		w, h = min(w, srcW), min(h, srcH)
	}
	tw, th := w, h
	switch {
	case w == 0 && h == 0:
		tw, th = srcW, srcH
	case w == 0:
		tw = max(1, math.Round(srcW*h/srcH))
	case h == 0:
		th = max(1, math.Round(srcH*w/srcW))
	}
	if fit == "" {
		return [2]int{int(tw), int(th)}
	}
	full := fit == "full-fit-in"
	if !full && tw >= srcW && th >= srcH {
		return [2]int{int(srcW), int(srcH)}
	}
	if wide := srcW/tw >= srcH/th; wide != full || srcW/tw == srcH/th {
		return [2]int{int(tw), max(1, int(math.Round(srcH*tw/srcW)))}
	}
	return [2]int{max(1, int(math.Round(srcW*th/srcH))), int(th)}
}

func TestThumborSizes(t *testing.T) {
	e, err := luna.New([]codec.Codec{png.Codec{}}, nil)
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		side := rapid.IntRange(20, 400)
		fit := rapid.SampledFrom([]string{"", "fit-in", "full-fit-in"}).Draw(t, "fit")
		w, h := rapid.IntRange(0, 300).Draw(t, "w"), rapid.IntRange(0, 300).Draw(t, "h")
		srcW, srcH := side.Draw(t, "srcW"), side.Draw(t, "srcH")
		noUpscale := fit == "" && rapid.Bool().Draw(t, "noUpscale")
		filters := ""
		if noUpscale {
			filters = "filters:no_upscale()/"
		}
		url := strings.ReplaceAll(fmt.Sprintf("/unsafe/%s/%dx%d/%sa.png", fit, w, h, filters), "//", "/")
		r, err := edit.ParseThumbor(url, nil)
		require.NoError(t, err)
		gotW, gotH := sized(t, e, r, srcW, srcH)
		pixels := 1
		if fit != "" && (w == 0) != (h == 0) { // thumbor rounds the side that is left out, and then may follow it
			pixels += max(srcW/srcH, srcH/srcW)
		}
		within(t, pixels, thumborSize(fit, float64(srcW), float64(srcH), float64(w), float64(h), noUpscale), [2]int{gotW, gotH},
			url, " of ", srcW, "x", srcH, ": ", encodeRapid(t, r))
	})
}
