//go:build ignore

// This program draws pictures and has heif-enc, of libheif, encode them. Run it
// in this folder.
package main

import (
	"image"
	"image/color"
	"image/png"
	"log"
	"math"
	"os"
	"os/exec"
	"path/filepath"
)

// The test draws the same.
func wave(x, y, c int) float64 {
	return 0.5 + 0.4*math.Sin(float64(x)/float64(19+4*c)+float64(y)/float64(23-3*c))
}

func draw(width, height int, gray, alpha, deep bool) image.Image {
	type canvas interface {
		image.Image
		Set(x, y int, c color.Color)
	}
	var m canvas
	switch r := image.Rect(0, 0, width, height); {
	case gray:
		m = image.NewGray16(r)
	case deep:
		m = image.NewNRGBA64(r)
	default:
		m = image.NewNRGBA(r)
	}
	for y := range height {
		for x := range width {
			v := func(c int) float64 { return wave(x, y, c) }
			a := 1.0
			if alpha {
				a = v(3)
			}
			deep := func(v float64) uint16 { return uint16(math.Round(65535 * v)) }
			byte := func(v float64) uint8 { return uint8(math.Round(255 * v)) }
			switch m := m.(type) {
			case *image.Gray16:
				m.SetGray16(x, y, color.Gray16{Y: deep(v(0))})
			case *image.NRGBA64:
				m.SetNRGBA64(x, y, color.NRGBA64{R: deep(v(0)), G: deep(v(1)), B: deep(v(2)), A: deep(a)})
			case *image.NRGBA:
				m.SetNRGBA(x, y, color.NRGBA{R: byte(v(0)), G: byte(v(1)), B: byte(v(2)), A: byte(a)})
			}
		}
	}
	return m
}

func main() {
	log.SetFlags(0)
	dir, err := os.MkdirTemp("", "heic")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	for name, f := range map[string]struct {
		width, height int
		gray, alpha   bool
		args          []string
	}{
		"rgb":      {65, 67, false, false, []string{"-b", "8"}},
		"rgba":     {65, 67, false, true, []string{"-b", "8"}},
		"tile":     {64, 64, false, false, []string{"-b", "8"}},
		"dot":      {1, 1, false, false, []string{"-b", "8"}},
		"gray":     {66, 68, true, false, []string{"-b", "10"}},
		"422":      {65, 67, false, false, []string{"-b", "8", "-p", "chroma=422"}},
		"444":      {65, 67, false, false, []string{"-b", "8", "-p", "chroma=444"}},
		"deep":     {65, 67, false, false, []string{"-b", "10"}},
		"deep444":  {65, 67, false, false, []string{"-b", "12", "-p", "chroma=444"}},
		"bt709":    {65, 67, false, false, []string{"-b", "8", "--full_range_flag", "0", "--matrix_coefficients", "1"}},
		"lossless": {65, 67, false, false, []string{"-b", "8", "-L", "-p", "chroma=444", "--matrix_coefficients", "0"}},
	} {
		from := filepath.Join(dir, name+".png")
		w, err := os.Create(from)
		if err != nil {
			log.Fatal(err)
		}
		if err := png.Encode(w, draw(f.width, f.height, f.gray, f.alpha, f.args[1] != "8")); err != nil {
			log.Fatal(err)
		}
		if err := w.Close(); err != nil {
			log.Fatal(err)
		}
		args := append([]string{"-q", "90"}, f.args...)
		out, err := exec.Command("heif-enc", append(args, from, "-o", name+".heic")...).CombinedOutput()
		if err != nil {
			log.Fatalf("%s: %v: %s", name, err, out)
		}
	}
}
