// Command variants shows one original and what a handful of edits make of it,
// on one sheet:
//
//	go run ./examples/variants sheet.jpg
//
// It made the picture in README.md.
package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"log"
	"os"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/scene"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codecs"
)

// A variant is one picture of the sheet: its place there, and its edits.
type variant struct {
	name  string
	at    image.Point
	edits []edit.Edit
}

var variants = []variant{
	{"original, 4000x3000", image.Pt(24, 24), []edit.Edit{edit.Resize{Width: 640, Height: 480}}},
	{"resize 300x300", image.Pt(688, 24), []edit.Edit{edit.Resize{Width: 300, Height: 300}}},
	{"contain, on white", image.Pt(1012, 24), []edit.Edit{edit.Resize{Width: 300, Height: 300, Fit: edit.FitContain, Background: "white"}}},
	{"crop, then resize", image.Pt(688, 364), []edit.Edit{
		edit.Crop{Left: 2200, Top: 900, Width: 1400, Height: 650}, edit.Resize{Width: 300},
	}},
	{"flop", image.Pt(1012, 364), []edit.Edit{edit.Resize{Width: 300, Height: 140, Position: edit.PositionBottom}, edit.Flop(true)}},
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: variants sheet.jpg")
	}
	sheet, err := drawSheet(context.Background(), 4000, 3000)
	if err != nil {
		log.Fatal(err)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, sheet, &jpeg.Options{Quality: 88}); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(os.Args[1], out.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}

// drawSheet transforms an original of that size into all variants.
func drawSheet(ctx context.Context, width, height int) (*image.RGBA, error) {
	engine, err := luna.New(codecs.Default(), nil)
	if err != nil {
		return nil, err
	}
	var original bytes.Buffer
	if err := jpeg.Encode(&original, scene.Landscape(width, height), &jpeg.Options{Quality: 92}); err != nil {
		return nil, err
	}
	sheet := image.NewRGBA(image.Rect(0, 0, 1336, 560))
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(color.RGBA{0xf2, 0xf1, 0xee, 0xff}), image.Point{}, draw.Src)
	labels, err := newFace()
	if err != nil {
		return nil, err
	}
	defer labels.Close()
	for _, v := range variants {
		m, err := transform(ctx, engine, original.Bytes(), v.edits)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", v.name, err)
		}
		draw.Draw(sheet, m.Bounds().Add(v.at), m, image.Point{}, draw.Over)
		pen := font.Drawer{Dst: sheet, Src: image.NewUniform(color.Gray{0x44}), Face: labels}
		pen.Dot = fixed.P(v.at.X, v.at.Y+m.Bounds().Dy()+22)
		pen.DrawString(v.name)
	}
	return sheet, nil
}

func transform(ctx context.Context, engine *luna.Engine, original []byte, edits []edit.Edit) (image.Image, error) {
	var result bytes.Buffer
	if _, err := engine.Transform(ctx, &result, bytes.NewReader(original), edits, &edit.Output{Format: edit.FormatPNG}); err != nil {
		return nil, err
	}
	return png.Decode(&result)
}

func newFace() (font.Face, error) {
	parsed, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return nil, err
	}
	return opentype.NewFace(parsed, &opentype.FaceOptions{Size: 15, DPI: 72})
}
