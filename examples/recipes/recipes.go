package main

import "github.com/immagin/immagin-go/immagin/edit"

// A recipe is a list of edits that many sites need.
type recipe struct {
	name     string
	original string // the name of one of the originals
	edits    []edit.Edit
	output   edit.Output
}

const title = "Before the day begins, the lake keeps the night: Озеро на рассвете, in eleven pictures 🏔"

var webp = edit.Output{Format: edit.FormatWebP}

// recipes are in the order of the documentation's list.
var recipes = []recipe{
	{"responsive-400", "landscape", []edit.Edit{edit.Resize{Width: 400}}, webp},
	{"responsive-800", "landscape", []edit.Edit{edit.Resize{Width: 800}}, webp},
	{"responsive-1200", "landscape", []edit.Edit{edit.Resize{Width: 1200}}, webp},
	{"responsive-1600", "landscape", []edit.Edit{edit.Resize{Width: 1600}}, webp},
	{"og-image", "landscape", []edit.Edit{
		edit.Resize{Width: 1200, Height: 630, Fit: edit.FitCover},
		edit.Text{Text: title, FontSize: new(48.0), Position: edit.PositionBottomLeft, Color: "white", Padding: new(40)},
	}, edit.Output{Format: edit.FormatJPEG}},
	{"avatar", "portrait", []edit.Edit{
		edit.Resize{Width: 256, Height: 256, Fit: edit.FitCover, Position: edit.PositionAttention},
	}, webp},
	{"gallery", "landscape", []edit.Edit{edit.Resize{Width: 300, Height: 300}, edit.Sharpen(1)}, webp},
	{"placeholder", "landscape", []edit.Edit{edit.Resize{Width: 20}, edit.Blur(10)}, webp},
	{"product", "product", []edit.Edit{
		edit.Trim{Threshold: new(15.0)},
		edit.Normalize{Lower: new(1.0), Upper: new(99.0)},
		edit.Resize{Width: 600, Height: 600, Fit: edit.FitContain, Background: "#ffffff"},
		edit.Sharpen(1),
	}, webp},
	{"watermark", "landscape", []edit.Edit{
		edit.Resize{Width: 1200, Height: 630},
		edit.Text{Text: "© Acme Inc", Position: edit.PositionBottomRight, FontSize: new(24.0), Color: "#ffffff", Opacity: new(0.8)},
	}, edit.Output{Format: edit.FormatJPEG}},
	{"logo-watermark", "landscape", []edit.Edit{
		edit.Resize{Width: 1200, Height: 630},
		edit.Image{Key: "logo", Width: 160, Opacity: new(0.8), Position: edit.PositionTopRight, Padding: new(24)},
	}, edit.Output{Format: edit.FormatJPEG}},
	{"tiled-watermark", "landscape", []edit.Edit{
		edit.Resize{Width: 800},
		edit.Image{Key: "logo", Width: 100, Opacity: new(0.25), Tile: new(true), Blend: edit.BlendScreen},
	}, webp},
	{"crop-with-border", "landscape", []edit.Edit{
		edit.Crop{Left: 100, Top: 50, Width: 400, Height: 300},
		edit.Extend{Top: new(20), Bottom: new(20), Left: new(20), Right: new(20), Background: "#ff0000"},
	}, webp},
	{"logo-on-white", "logo", []edit.Edit{
		edit.Flatten{Background: "#ffffff"}, edit.Tint{R: 255, G: 200, B: 0}, edit.Modulate{Brightness: new(1.2)},
	}, edit.Output{Format: edit.FormatPNG}},
	{"turned", "landscape", []edit.Edit{
		edit.Resize{Width: 800}, edit.Rotate{Angle: 45, Background: "#000000"}, edit.Flip(true),
	}, webp},
}
