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
	{"avatar, by attention", image.Pt(688, 24), []edit.Edit{
		edit.Resize{Width: 220, Height: 220, Position: edit.PositionAttention},
	}},
	{"crop, then resize", image.Pt(932, 24), []edit.Edit{
		edit.Crop{Left: 2200, Top: 900, Width: 1400, Height: 816}, edit.Resize{Width: 380, Height: 220},
	}},
	{"social card, with text", image.Pt(688, 284), []edit.Edit{
		edit.Resize{Width: 420, Height: 220},
		edit.Text{Text: "Dawn over the lake", FontSize: new(36.0), Position: edit.PositionBottomLeft, Padding: new(20)},
	}},
	{"tint", image.Pt(1132, 284), []edit.Edit{
		edit.Resize{Width: 180, Height: 220}, edit.Tint{R: 255, G: 190, B: 90},
	}},
	{"contain, on white", image.Pt(24, 560), []edit.Edit{
		edit.Resize{Width: 200, Height: 200, Fit: edit.FitContain, Background: "white"},
	}},
	{"rotate", image.Pt(248, 560), []edit.Edit{
		edit.Resize{Width: 160, Height: 160}, edit.Rotate{Angle: 15, Background: "#f2f1ee"},
	}},
	{"placeholder, 20 wide, blurred", image.Pt(472, 560), []edit.Edit{
		edit.Resize{Width: 20}, edit.Blur(1), edit.Resize{Width: 267, Height: 200, Upscale: new(true)},
	}},
	{"grayscale, sharpened", image.Pt(763, 560), []edit.Edit{
		edit.Resize{Width: 267, Height: 200}, edit.Grayscale(true), edit.Sharpen(1),
	}},
	{"more saturation", image.Pt(1054, 560), []edit.Edit{
		edit.Resize{Width: 258, Height: 200}, edit.Modulate{Saturation: new(1.7), Brightness: new(1.05)},
	}},
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
	sheet := image.NewRGBA(image.Rect(0, 0, 1336, 800))
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
