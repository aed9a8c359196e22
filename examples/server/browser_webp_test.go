package main

import (
	"bytes"
	"encoding/base64"
	"math/rand/v2"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/webp"
)

// TestBrowserWebP has Chromium open WebP files of all efforts, lossy and
// lossless, with and without alpha, from 1x1 to 257x129. What it shows is what
// we decode, up to its own conversion to RGB.
func TestBrowserWebP(t *testing.T) {
	b := open(t, chromium(t))
	b.do(chromedp.Navigate("about:blank"))
	r := rand.New(rand.NewPCG(1, 79))
	for i := range 56 {
		shape := pixel.Shape{Width: 1 + r.IntN(257), Height: 1 + r.IntN(129), Layout: pixel.RGB}
		switch i {
		case 0:
			shape.Width, shape.Height = 1, 1
		case 1:
			shape.Width, shape.Height = 257, 129
		}
		if i%4 == 3 {
			shape.Layout = pixel.RGBA
		}
		m := pixel.NewImage(nil, shape)
		for p := range shape.Layout.Planes() {
			a, c, noise := r.IntN(5)-2, r.IntN(5)-2, 1+r.IntN(64)
			for y := range shape.Height {
				row := m.Planes[p].Row(y)
				for x := range row[:shape.Width] {
					row[x] = uint8(min(max(128+(a*x+c*y)/2+r.IntN(noise), 0), 255))
				}
			}
		}
		opts := codec.Options{Quality: 1 + (i*37)%100, Effort: new(i % 7), Lossless: i%5 == 4}
		var file bytes.Buffer
		require.NoError(t, webp.Codec{}.Encode(t.Context(), &file, m.Source(0, nil), opts))
		source, err := webp.Codec{}.Decode(t.Context(), bytes.NewReader(file.Bytes()), codec.Request{})
		require.NoError(t, err)
		want, err := pixel.ReadAll(nil, source)
		require.NoError(t, err)
		require.NoError(t, source.Close())

		var got struct {
			Width, Height int
			Pixels        []int
		}
		b.js(&got, `
			const img = new Image();
			img.src = "data:image/webp;base64," + args[0];
			await img.decode();
			const canvas = new OffscreenCanvas(img.naturalWidth, img.naturalHeight);
			const context = canvas.getContext("2d");
			context.drawImage(img, 0, 0);
			const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
			return { width: canvas.width, height: canvas.height, pixels: [...data] };`,
			base64.StdEncoding.EncodeToString(file.Bytes()))
		require.Equal(t, []int{shape.Width, shape.Height}, []int{got.Width, got.Height}, "%v %+v", shape, opts)
		far := 0
		for k := range shape.Width * shape.Height {
			x, y := k%shape.Width, k/shape.Width
			alpha := 255
			if want.Shape.Layout == pixel.RGBA {
				alpha = int(want.Planes[3].Row(y)[x])
			}
			require.Equal(t, alpha, got.Pixels[4*k+3], "%v %+v: alpha at %d, %d", shape, opts, x, y)
			for p := range 3 {
				if d := int(want.Planes[p].Row(y)[x]) - got.Pixels[4*k+p]; alpha == 255 {
					far = max(far, d, -d)
				}
			}
		}
		require.LessOrEqual(t, far, 4, "%v %+v", shape, opts)
	}
}
