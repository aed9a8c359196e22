package codecs_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/color/palette"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/scene"
	"github.com/immagin/immagin-go/luna"
)

// An input is a file that people upload, and the picture that it was made of.
type input struct {
	name, by string
	data     []byte
	picture  *image.NRGBA
	frames   int
	// floor is the least PSNR that outputs have; 0 means that the input has
	// lost nothing, and is worth whatever the output's is.
	floor float64
	// dithered says that PNG and TIFF can keep it as it is, and nobody else
	// keeps it well.
	dithered bool
}

const width, height = 240, 160

// landscape draws the picture, moved by some columns. It is drawn large, so
// that its grain is averaged: what is measured are files, not noise.
func landscape(shift int) *image.NRGBA {
	const k = 4
	large := scene.Landscape(k*(width+40), k*height)
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			var sum [3]int
			for i := range k * k {
				at := large.PixOffset(k*(x+shift)+i%k, k*y+i/k)
				for p := range sum {
					sum[p] += int(large.Pix[at+p])
				}
			}
			m.SetNRGBA(x, y, color.NRGBA{uint8(sum[0] / k / k), uint8(sum[1] / k / k), uint8(sum[2] / k / k), 255})
		}
	}
	return m
}

// faded makes m ever more transparent away from its middle.
func faded(m *image.NRGBA) *image.NRGBA {
	for y := range height {
		for x := range width {
			d := math.Hypot(float64(x-width/2), float64(y-height/2)) / 80
			m.Pix[m.PixOffset(x, y)+3] = uint8(255 * min(max(1.5-d, 0), 1))
		}
	}
	return m
}

func encoded(t *testing.T, encode func(*bytes.Buffer) error) []byte {
	var b bytes.Buffer
	require.NoError(t, encode(&b))
	return b.Bytes()
}

func pngOf(t *testing.T, m image.Image) []byte {
	return encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, m) })
}

// inputs makes files of 14 kinds, where it can by other encoders than ours.
func inputs(t *testing.T, engine *luna.Engine) []input {
	plain, alpha := landscape(0), faded(landscape(0))
	by := func(data []byte, output edit.Output) []byte {
		return encoded(t, func(b *bytes.Buffer) error {
			_, err := engine.Transform(t.Context(), b, bytes.NewReader(data), nil, &output)
			return err
		})
	}
	file := func(name string) []byte {
		data, err := os.ReadFile("testdata/" + name)
		require.NoError(t, err)
		return data
	}
	animation, first := animatedGIF(t)
	frames := apng(t)
	return []input{
		{name: "JPEG", by: "image/jpeg", data: encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, plain, &jpeg.Options{Quality: 95}) }), picture: plain, floor: 31},
		{name: "progressive JPEG", by: "luna", data: by(pngOf(t, plain), edit.Output{Format: edit.FormatJPEG, Quality: 95, Progressive: new(true)}), picture: plain, floor: 31},
		{name: "CMYK JPEG", by: "sharp", data: file("cmyk.jpg"), picture: plain, floor: 26},
		{name: "PNG with alpha", by: "image/png", data: pngOf(t, alpha), picture: alpha},
		{name: "16-bit PNG", by: "image/png", data: pngOf(t, deep(plain)), picture: plain},
		{name: "APNG with alpha", by: "image/png", data: frames, picture: alpha, frames: 3},
		{name: "animated GIF", by: "image/gif", data: animation, picture: first, frames: 3, dithered: true},
		{name: "WebP with alpha", by: "luna", data: by(pngOf(t, alpha), edit.Output{Format: edit.FormatWebP, Quality: 95}), picture: alpha, floor: 31},
		{name: "animated WebP", by: "luna", data: by(frames, edit.Output{Format: edit.FormatWebP, Lossless: new(true)}), picture: alpha, frames: 3},
		{name: "AVIF with alpha", by: "luna", data: by(pngOf(t, alpha), edit.Output{Format: edit.FormatAVIF}), picture: alpha, floor: 31},
		{name: "HEIC", by: "libheif, x265", data: file("landscape.heic"), picture: plain, floor: 31},
		{name: "JPEG 2000", by: "luna", data: by(pngOf(t, plain), edit.Output{Format: edit.FormatJP2}), picture: plain, floor: 31},
		{name: "TIFF with alpha", by: "x/image/tiff", data: encoded(t, func(b *bytes.Buffer) error { return tiff.Encode(b, alpha, nil) }), picture: alpha},
		{name: "BMP", by: "x/image/bmp", data: encoded(t, func(b *bytes.Buffer) error { return bmp.Encode(b, plain) }), picture: plain},
	}
}

// deep has the colours of m in 16 bits, the lower of which are noise.
func deep(m *image.NRGBA) image.Image {
	d := image.NewRGBA64(m.Rect)
	for y := range height {
		for x := range width {
			c := m.NRGBAAt(x, y)
			v := func(v uint8, seed int) uint16 { return uint16(v)<<8 | uint16(uint8(seed*(x+y*width))) }
			d.SetRGBA64(x, y, color.RGBA64{R: v(c.R, 3), G: v(c.G, 5), B: v(c.B, 7), A: 65535})
		}
	}
	return d
}

// animatedGIF has three frames that move, with a transparent corner, and
// returns the first as it is shown.
func animatedGIF(t *testing.T) ([]byte, *image.NRGBA) {
	colours := append(color.Palette{color.Transparent}, palette.Plan9[:255]...)
	all := &gif.GIF{}
	for i := range 3 {
		m := image.NewPaletted(image.Rect(0, 0, width, height), colours)
		draw.FloydSteinberg.Draw(m, m.Rect, landscape(10*i), image.Point{})
		for y := range 40 {
			clear(m.Pix[y*m.Stride:][:60])
		}
		all.Image, all.Delay, all.Disposal = append(all.Image, m), append(all.Delay, 10), append(all.Disposal, gif.DisposalBackground)
	}
	first := image.NewNRGBA(all.Image[0].Rect)
	draw.Draw(first, first.Rect, all.Image[0], image.Point{}, draw.Src)
	return encoded(t, func(b *bytes.Buffer) error { return gif.EncodeAll(b, all) }), first
}

// apng puts the image data of three PNG files into one.
func apng(t *testing.T) []byte {
	out := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, data []byte) {
		out = binary.BigEndian.AppendUint32(out, uint32(len(data)))
		at := len(out)
		out = append(append(out, kind...), data...)
		out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[at:]))
	}
	number := uint32(0)
	numbered := func(data []byte) []byte {
		number++
		return append(binary.BigEndian.AppendUint32(nil, number-1), data...)
	}
	for i := range 3 {
		file := pngOf(t, faded(landscape(10*i)))
		if i == 0 {
			chunk("IHDR", file[16:29])
			chunk("acTL", []byte{0, 0, 0, 3, 0, 0, 0, 0})
		}
		// Size, offset, 1/10 s, neither disposed of nor blended.
		control := binary.BigEndian.AppendUint32(nil, width)
		control = binary.BigEndian.AppendUint32(control, height)
		chunk("fcTL", numbered(append(control, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 10, 0, 0)))
		for at := 33; at < len(file); {
			n := int(binary.BigEndian.Uint32(file[at:]))
			if data := file[at+8:][:n]; string(file[at+4:at+8]) == "IDAT" {
				if i == 0 {
					chunk("IDAT", data)
				} else {
					chunk("fdAT", numbered(data))
				}
			}
			at += 12 + n
		}
	}
	chunk("IEND", nil)
	return out
}
