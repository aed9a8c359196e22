package webp

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// drawnForBytes is in part smooth, in part noise, with a soft edge of alpha, in
// whole numbers only.
func drawnForBytes(shape pixel.Shape) *pixel.Image {
	m := pixel.NewImage(nil, shape)
	seed := uint32(1)
	for p := range shape.Layout.Planes() {
		plane := &m.Planes[p]
		for y := range plane.Height {
			row := plane.Row(y)
			for x := range row {
				seed = seed*1664525 + 1013904223
				v := (x*(p+2) + y*(5-p)) >> 1
				if (x/24+y/24)%3 == 0 {
					v += int(seed >> 26)
				}
				if shape.Layout.HasAlpha() && p == shape.Layout.Planes()-1 {
					v = min(max(4*(shape.Width-x-y/2), 0), 255)
				}
				row[x] = uint8(v)
			}
		}
	}
	return m
}

// TestBytesAreTheSameEverywhere, whatever the processor, cgo, or the tag noasm.
// Other bytes want another Revision, and their checksum here.
func TestBytesAreTheSameEverywhere(t *testing.T) {
	hash := sha256.New()
	for _, layout := range []pixel.Layout{pixel.RGB, pixel.RGBA, pixel.YCbCr420, pixel.GrayAlpha} {
		for _, quality := range []int{10, 75, 90} {
			for _, effort := range []int{0, 4, 6} {
				m := drawnForBytes(pixel.Shape{Width: 149, Height: 101, Layout: layout})
				hash.Write(encodeAll(t, m, codec.Options{Quality: quality, Effort: &effort}))
				if layout.Opaque() == pixel.RGB && quality == 90 {
					hash.Write(encodeAll(t, m, codec.Options{Lossless: true, Effort: &effort}))
				}
			}
		}
	}
	var smart writer
	m := drawnForBytes(pixel.Shape{Width: 149, Height: 101, Layout: pixel.RGB})
	require.NoError(t, Codec{SmartSubsample: true}.Encode(t.Context(), &smart, m.Source(0, nil), codec.Options{}))
	hash.Write(smart)
	require.Equal(t, "fd7b75daa7c366557ece79fe5ba369b3a2585727e7d1f6e2e4622e90b297839c", hex.EncodeToString(hash.Sum(nil)), "%s", Codec{}.Revision())
}
