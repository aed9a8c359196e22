//go:build ignore

// Command make makes the two inputs of the matrix that nothing in Go writes,
// from the picture that its test draws: a HEIC, by libheif and x265 (heif-enc
// of libheif-examples), and a CMYK JPEG without a profile, by sharp (NODE_PATH
// names the folder that holds it).
//
//	go run luna/codecs/full/testdata/make.go luna/codecs/full/testdata
package main

import (
	"image"
	"image/color"
	"image/png"
	"log"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/immagin/immagin-go/internal/scene"
)

const toCMYK = `require("sharp")(process.argv[1]).toColourspace("cmyk").jpeg({quality: 95, chromaSubsampling: "4:4:4"}).toFile(process.argv[2])`

// draw makes what the test draws.
func draw() image.Image {
	const width, height, k = 240, 160, 4
	large := scene.Landscape(k*(width+40), k*height)
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			var sum [3]int
			for i := range k * k {
				at := large.PixOffset(k*x+i%k, k*y+i/k)
				for p := range sum {
					sum[p] += int(large.Pix[at+p])
				}
			}
			m.SetNRGBA(x, y, color.NRGBA{uint8(sum[0] / k / k), uint8(sum[1] / k / k), uint8(sum[2] / k / k), 255})
		}
	}
	return m
}

func main() {
	folder := os.Args[1]
	source := filepath.Join(folder, "source.png")
	f, err := os.Create(source)
	if err != nil {
		log.Fatal(err)
	}
	defer os.Remove(source)
	if err := png.Encode(f, draw()); err != nil {
		log.Fatal(err)
	}
	if err := f.Close(); err != nil {
		log.Fatal(err)
	}
	for _, args := range [][]string{
		{"heif-enc", "-q", "90", "-o", filepath.Join(folder, "landscape.heic"), source},
		{"node", "-e", toCMYK, source, filepath.Join(folder, "cmyk.jpg")},
	} {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			log.Fatal(args[0], ": ", err)
		}
	}
}
