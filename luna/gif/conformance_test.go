package gif

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	stdgif "image/gif"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codec/codectest"
	"github.com/immagin/immagin-go/luna/pixel"
)

var promises = codectest.Options{
	Encodings: []codectest.Encoding{
		{Name: "quality 90", Floor: 32},
		{Name: "quality 30", Options: codec.Options{Quality: 30}, Floor: 26},
	},
	BinaryAlpha: true,
	Tail:        1, // the trailer
	XMP:         true,
	Lies:        []func([]byte, int, int) []byte{lieInScreen, lieInDescriptor},
}

func lieInScreen(file []byte, width, height int) []byte {
	if width > maxSide || height > maxSide {
		return nil
	}
	binary.LittleEndian.PutUint16(file[6:], uint16(width))
	binary.LittleEndian.PutUint16(file[8:], uint16(height))
	return file
}

func lieInDescriptor(file []byte, width, height int) []byte {
	i := bytes.Index(file, []byte{kindImage, 0, 0, 0, 0})
	if i < 0 || width > maxSide || height > maxSide {
		return nil
	}
	binary.LittleEndian.PutUint16(file[i+5:], uint16(width))
	binary.LittleEndian.PutUint16(file[i+7:], uint16(height))
	return file
}

func TestConformance(t *testing.T) { codectest.Run(t, Codec{}, promised(t)) }

// promised are the promises, and files of the standard library's encoder.
func promised(t testing.TB) codectest.Options {
	t.Helper()
	o := promises
	colours := color.Palette{color.NRGBA{}, color.NRGBA{R: 200, G: 10, B: 30, A: 255}, color.NRGBA{R: 9, G: 100, B: 60, A: 255}, color.NRGBA{B: 255, A: 255}}
	paint := func(r image.Rectangle, first uint8) *image.Paletted {
		m := image.NewPaletted(r, colours)
		for i := range m.Pix {
			m.Pix[i] = first + uint8(i%(4-int(first)))
		}
		return m
	}
	canvas := image.Rect(0, 0, 12, 10)
	var picture, animation bytes.Buffer
	m := paint(canvas, 0)
	require.NoError(t, stdgif.Encode(&picture, m, nil))
	require.NoError(t, stdgif.EncodeAll(&animation, &stdgif.GIF{
		Image:     []*image.Paletted{paint(canvas, 1), paint(image.Rect(3, 2, 9, 7), 0), paint(image.Rect(1, 1, 4, 9), 1)},
		Delay:     []int{7, 0, 300},
		Disposal:  []byte{stdgif.DisposalNone, stdgif.DisposalBackground, stdgif.DisposalPrevious},
		LoopCount: 4, // repetitions
	}))
	shown := pixel.NewImage(nil, pixel.Shape{Width: 12, Height: 10, Layout: pixel.RGBA})
	for i, number := range m.Pix {
		c := colours[number].(color.NRGBA)
		for p, v := range []uint8{c.R, c.G, c.B, c.A} {
			shown.Planes[p].Pix[i] = v
		}
	}
	o.Files = []codectest.Sample{
		{Name: "still", Data: picture.Bytes(), Picture: shown, Frames: 1},
		{
			Name: "animation", Data: animation.Bytes(), Frames: 3,
			Delays: []time.Duration{70 * time.Millisecond, 0, 3 * time.Second}, Loops: 5,
		},
	}
	return o
}
