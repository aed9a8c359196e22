package edit_test

import (
	"testing"

	"github.com/immagin/immagin-go/immagin/edit"
)

// Examples: docs.aws.amazon.com/solutions, "Create and use image requests",
// "Use filters" and "Use supported query param edits".
var serverlessCases = []importCase{
	{
		name: "the request of the docs",
		url:  "/eyJidWNrZXQiOiJteUltYWdlQnVja2V0Iiwia2V5IjoibXlJbWFnZS5qcGVnIiwiZWRpdHMiOnsiZ3JheXNjYWxlIjp0cnVlfX0=",
		want: `{"key":"myImage.jpeg","edits":[{"grayscale":true}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name: "resize",
		url:  "https://d111.cloudfront.net/eyJidWNrZXQiOiJiIiwia2V5IjoiYS9iLmpwZyIsImVkaXRzIjp7InJlc2l6ZSI6eyJ3aWR0aCI6MjAwLCJoZWlnaHQiOiIyMDAiLCJmaXQiOiJjb3ZlciJ9fX0=",
		want: `{"key":"a/b.jpg","edits":[{"resize":{"width":200,"height":200,"fit":"cover","upscale":true}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:    "a bucket for Source",
		url:     "/eyJidWNrZXQiOiJiIiwia2V5IjoiYS9iLmpwZyIsImVkaXRzIjp7fX0=",
		options: mirrored,
		want:    `{"key":"a/b.jpg","output":{"format":"jpeg","quality":80}}`,
	},
	{
		name: "options of resize",
		url:  "/eyJrZXkiOiJhLnBuZyIsImVkaXRzIjp7InJlc2l6ZSI6eyJ3aWR0aCI6MjAwLCJoZWlnaHQiOjEwMCwiZml0IjoiY29udGFpbiIsImJhY2tncm91bmQiOnsiciI6MjU1LCJnIjowLCJiIjowLCJhbHBoYSI6MC41fSwicG9zaXRpb24iOiJyaWdodCB0b3AiLCJ3aXRob3V0RW5sYXJnZW1lbnQiOnRydWUsIndpdGhvdXRSZWR1Y3Rpb24iOmZhbHNlfX0sIm91dHB1dEZvcm1hdCI6IndlYnAiLCJlZmZvcnQiOjZ9",
		want: `{"key":"a.png","edits":[{"resize":{"width":200,"height":100,"fit":"contain","position":"top-right","background":{"r":255,"g":0,"b":0,"alpha":0.5}}}],"output":{"format":"webp","quality":80,"effort":6}}`,
	},
	{
		name: "a height alone",
		url:  "/eyJrZXkiOiJhLnBuZyIsImVkaXRzIjp7InJlc2l6ZSI6eyJ3aWR0aCI6bnVsbCwiaGVpZ2h0IjoxMDAsImZpdCI6Imluc2lkZSJ9fX0=",
		want: `{"key":"a.png","edits":[{"resize":{"width":16383,"height":100,"fit":"inside","upscale":true}}],"output":{"format":"png"}}`,
	},
	{
		name:   "ratio",
		url:    "/eyJrZXkiOiJhLnBuZyIsImVkaXRzIjp7InJlc2l6ZSI6eyJyYXRpbyI6MC41fX19",
		want:   `{"key":"a.png","output":{"format":"png"}}`,
		faults: []string{`resize.ratio {"ratio":0.5}`},
	},
	{
		name: "sharp's order",
		url:  "/eyJrZXkiOiJhLmpwZyIsImVkaXRzIjp7InRpbnQiOnsiciI6MjU1LCJnIjoxMjgsImIiOjB9LCJibHVyIjo1LCJyb3RhdGUiOjkwLCJyZXNpemUiOnsid2lkdGgiOjEwMH0sImZsaXAiOnRydWUsImV4dHJhY3QiOnsibGVmdCI6MCwidG9wIjowLCJ3aWR0aCI6NTAsImhlaWdodCI6NDB9LCJub3JtYWxpemUiOnRydWUsIm5lZ2F0ZSI6dHJ1ZSwic2hhcnBlbiI6Mn19",
		want: `{"key":"a.jpg","edits":[{"flip":true},{"rotate":{"angle":90}},{"resize":{"width":100,"upscale":true}},{"crop":{"left":0,"top":0,"width":50,"height":40}},{"blur":5},{"sharpen":2},{"normalize":true},{"tint":{"r":255,"g":128,"b":0}},{"invert":true}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name: "extract, then resize",
		url:  "/eyJrZXkiOiJhLmpwZyIsImVkaXRzIjp7ImV4dHJhY3QiOnsibGVmdCI6MCwidG9wIjowLCJ3aWR0aCI6NTAsImhlaWdodCI6NDB9LCJyZXNpemUiOnsid2lkdGgiOjEwMH19fQ==",
		want: `{"key":"a.jpg","edits":[{"crop":{"left":0,"top":0,"width":50,"height":40}},{"resize":{"width":100,"upscale":true}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name: "qualities by format",
		url:  "/eyJrZXkiOiJhLmpwZyIsImVkaXRzIjp7ImpwZWciOnsicXVhbGl0eSI6NjAsInByb2dyZXNzaXZlIjp0cnVlfSwid2VicCI6eyJxdWFsaXR5Ijo1MCwibG9zc2xlc3MiOmZhbHNlLCJlZmZvcnQiOjR9fSwib3V0cHV0Rm9ybWF0Ijoid2VicCJ9",
		want: `{"key":"a.jpg","output":{"format":"webp","quality":50,"lossless":false,"effort":4}}`,
	},
	{
		name:   "a format by its options",
		url:    "/eyJrZXkiOiJhLmpwZyIsImVkaXRzIjp7InBuZyI6eyJxdWFsaXR5Ijo4MCwiY29tcHJlc3Npb25MZXZlbCI6OX19fQ==",
		want:   `{"key":"a.jpg","output":{"format":"png","quality":80}}`,
		faults: []string{"~png.compressionLevel 9"},
	},
	{
		name: "toFormat",
		url:  "/eyJrZXkiOiJhLmpwZyIsImVkaXRzIjp7InRvRm9ybWF0IjoiYXZpZiJ9fQ==",
		want: `{"key":"a.jpg","output":{"format":"avif","quality":50}}`,
	},
	{
		name: "rotate null",
		url:  "/eyJrZXkiOiJhLmpwZyIsImVkaXRzIjp7InJvdGF0ZSI6bnVsbH19",
		want: `{"key":"a.jpg","output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:    "rotate null turns upright, whatever else is as stored",
		url:     "/eyJrZXkiOiJhLmpwZyIsImVkaXRzIjp7InJvdGF0ZSI6bnVsbH19",
		options: &edit.ImportOptions{AutoOrient: new(false)},
		want:    `{"key":"a.jpg","output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:    "as stored",
		url:     "/eyJrZXkiOiJhLmpwZyIsImVkaXRzIjp7ImZsaXAiOnRydWV9fQ==",
		options: &edit.ImportOptions{AutoOrient: new(false)},
		want:    `{"key":"a.jpg","edits":[{"autoOrient":false},{"flip":true}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:   "objects",
		url:    "/eyJrZXkiOiJhLnBuZyIsImVkaXRzIjp7ImZsYXR0ZW4iOnsiYmFja2dyb3VuZCI6IiNmZmYifSwidHJpbSI6eyJ0aHJlc2hvbGQiOjUsImJhY2tncm91bmQiOiJyZWQifSwiZXh0ZW5kIjp7InRvcCI6MSwibGVmdCI6MiwiYmFja2dyb3VuZCI6IndoaXRlIn0sIm1vZHVsYXRlIjp7ImJyaWdodG5lc3MiOjEuNSwiaHVlIjo5MH0sIm5vcm1hbGlzZSI6eyJsb3dlciI6MiwidXBwZXIiOjk4fSwiYmx1ciI6eyJzaWdtYSI6M30sInNoYXJwZW4iOnsic2lnbWEiOjIsIm0xIjowfSwibmVnYXRlIjp7ImFscGhhIjpmYWxzZX19fQ==",
		want:   `{"key":"a.png","edits":[{"trim":{"background":"red","threshold":5}},{"flatten":{"background":"#fff"}},{"extend":{"top":1,"left":2,"background":"white"}},{"blur":3},{"modulate":{"brightness":1.5,"hue":90}},{"sharpen":2},{"normalize":{"lower":2,"upper":98}},{"invert":true}],"output":{"format":"png"}}`,
		faults: []string{"sharpen.m1 0"},
	},
	{
		name: "overlay",
		url:  "/eyJidWNrZXQiOiJiIiwia2V5IjoiYS5qcGciLCJlZGl0cyI6eyJyZXNpemUiOnsid2lkdGgiOjQwMCwiaGVpZ2h0IjozMDB9LCJvdmVybGF5V2l0aCI6eyJidWNrZXQiOiJiIiwia2V5IjoibG9nby5wbmciLCJhbHBoYSI6IjQwIiwid1JhdGlvIjoiMjUiLCJvcHRpb25zIjp7ImxlZnQiOiItMTAiLCJ0b3AiOiItMTAifX19fQ==",
		want: `{"key":"a.jpg","edits":[{"resize":{"width":400,"height":300,"upscale":true}},{"image":{"key":"logo.png","width":100,"opacity":0.6,"position":"bottom-right","padding":10}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:   "an overlay that is measured before the resize",
		url:    "/eyJrZXkiOiJhLmpwZyIsImVkaXRzIjp7Im92ZXJsYXlXaXRoIjp7ImtleSI6ImxvZ28ucG5nIiwid1JhdGlvIjoiMjUifSwicmVzaXplIjp7IndpZHRoIjo0MDAsImhlaWdodCI6MzAwfX19",
		want:   `{"key":"a.jpg","edits":[{"resize":{"width":400,"height":300,"upscale":true}},{"image":{"key":"logo.png","position":"center","padding":0}}],"output":{"format":"jpeg","quality":80}}`,
		faults: []string{"~overlayWith.wRatio 25"},
	},
	{
		name:   "an overlay that is measured after a turn",
		url:    "/eyJrZXkiOiJhLmpwZyIsImVkaXRzIjp7InJlc2l6ZSI6eyJ3aWR0aCI6NDAwLCJoZWlnaHQiOjMwMH0sInJvdGF0ZSI6OTAsIm92ZXJsYXlXaXRoIjp7ImtleSI6ImxvZ28ucG5nIiwid1JhdGlvIjoiMjUifX19",
		want:   `{"key":"a.jpg","edits":[{"resize":{"width":400,"height":300,"upscale":true}},{"rotate":{"angle":90}},{"image":{"key":"logo.png","position":"center","padding":0}}],"output":{"format":"jpeg","quality":80}}`,
		faults: []string{"~overlayWith.wRatio 25"},
	},
	{
		name: "an overlay that is measured after the resize",
		url:  "/eyJrZXkiOiJhLmpwZyIsImVkaXRzIjp7InJvdGF0ZSI6OTAsInJlc2l6ZSI6eyJ3aWR0aCI6NDAwLCJoZWlnaHQiOjMwMH0sIm92ZXJsYXlXaXRoIjp7ImtleSI6ImxvZ28ucG5nIiwid1JhdGlvIjoiMjUifX19",
		want: `{"key":"a.jpg","edits":[{"rotate":{"angle":90}},{"resize":{"width":400,"height":300,"upscale":true}},{"image":{"key":"logo.png","width":100,"position":"center","padding":0}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:   "overlay in percent",
		url:    "/eyJrZXkiOiJhLmpwZyIsImVkaXRzIjp7Im92ZXJsYXlXaXRoIjp7ImJ1Y2tldCI6ImIiLCJrZXkiOiJsb2dvLnBuZyIsIndSYXRpbyI6IjI1IiwiaFJhdGlvIjoiMjUiLCJvcHRpb25zIjp7ImxlZnQiOiIxMHAiLCJ0b3AiOiI1In19LCJuZWdhdGUiOnRydWV9fQ==",
		want:   `{"key":"a.jpg","edits":[{"image":{"key":"logo.png","position":"center","padding":0}},{"invert":true}],"output":{"format":"jpeg","quality":80}}`,
		faults: []string{`~overlayWith {"bucket":"b","key":"logo.png","wRatio":"25","hRatio":"25","options":{"left":"10p","top":"5"}}`, "~overlayWith.wRatio 25", "~overlayWith.hRatio 25", `~overlayWith.options {"left":"10p","top":"5"}`},
	},
	{
		name:   "Rekognition and others",
		url:    "/eyJrZXkiOiJhLmpwZyIsImVkaXRzIjp7InNtYXJ0Q3JvcCI6eyJmYWNlSW5kZXgiOjB9LCJyb3VuZENyb3AiOnRydWUsImNvbnRlbnRNb2RlcmF0aW9uIjp7ImJsdXIiOjkwfSwiZ2FtbWEiOjIsIm1lZGlhbiI6MywiY29tcG9zaXRlIjpbXSwidG9Gb3JtYXQiOiJyYXciLCJhbmltYXRlZCI6ZmFsc2V9LCJoZWFkZXJzIjp7IkNhY2hlLUNvbnRyb2wiOiJtYXgtYWdlPTEifSwib3RoZXIiOjF9",
		want:   `{"key":"a.jpg","output":{"format":"jpeg","quality":80}}`,
		faults: []string{`headers {"Cache-Control":"max-age=1"}`, "other 1", `smartCrop {"faceIndex":0}`, "roundCrop true", `contentModeration {"blur":90}`, "gamma 2", "median 3", "composite []", `toFormat "raw"`, "animated false"},
	},
	{
		name: "what is off",
		url:  "/eyJrZXkiOiJhLmpwZyIsImVkaXRzIjp7InNtYXJ0Q3JvcCI6ZmFsc2UsInJvdW5kQ3JvcCI6ZmFsc2UsImNvbnRlbnRNb2RlcmF0aW9uIjpmYWxzZSwiZmxpcCI6ZmFsc2UsImdyYXlzY2FsZSI6ZmFsc2UsInRyaW0iOmZhbHNlLCJibHVyIjpmYWxzZX19",
		want: `{"key":"a.jpg","output":{"format":"jpeg","quality":80}}`,
	},
	{
		name: "null is on, as sharp has it",
		url:  "/eyJrZXkiOiJhLmpwZyIsImVkaXRzIjp7ImZsaXAiOm51bGwsImZsb3AiOm51bGwsImdyYXlzY2FsZSI6bnVsbCwibm9ybWFsaXplIjpudWxsLCJuZWdhdGUiOm51bGwsImZsYXR0ZW4iOm51bGwsInRyaW0iOm51bGwsIndlYnAiOm51bGx9fQ==",
		want: `{"key":"a.jpg","edits":[{"trim":{}},{"flatten":{}},{"grayscale":true},{"flip":true},{"flop":true},{"normalize":true},{"invert":true}],"output":{"format":"webp","quality":80}}`,
	},
	{
		name:   "JSON with a member twice",
		url:    "/eyJrZXkiOiJhIiwia2V5IjoiYiJ9",
		faults: []string{"json key"},
	},
	{
		name:   "broken JSON",
		url:    "/eyJrZXkiOg==",
		faults: []string{"json key"},
	},
	{
		name:   "no key",
		url:    "/eyJidWNrZXQiOiJiIn0=",
		faults: []string{"source"},
	},
	{
		name: "a path",
		url:  "/fit-in/300x400/filters:grayscale()/image.jpg",
		want: `{"key":"image.jpg","edits":[{"grayscale":true},{"resize":{"width":300,"height":400,"fit":"inside","upscale":true}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name: "a path of the docs: blur",
		url:  "https://d111.cloudfront.net/filters:blur(7)/image.jpeg",
		want: `{"key":"image.jpeg","edits":[{"blur":3.5}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:   "a path of the docs: convolution",
		url:    "/filters:convolution(1;2;1;2;4;2;1;2;1,3,false)/image.jpeg",
		want:   `{"key":"image.jpeg","output":{"format":"jpeg","quality":80}}`,
		faults: []string{"convolution 1;2;1;2;4;2;1;2;1,3,false"},
	},
	{
		name: "a path of the docs: crop",
		url:  "/10x10:100x100/fit-in/800x1000/image.jpeg",
		want: `{"key":"image.jpeg","edits":[{"crop":{"left":10,"top":10,"width":90,"height":90}},{"resize":{"width":800,"height":1000,"fit":"inside","upscale":true}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name: "a path of the docs: rgb, sharpen, equalize",
		url:  "/filters:rgb(20,-20,40):sharpen(1,2,true):equalize()/image.jpeg",
		want: `{"key":"image.jpeg","edits":[{"sharpen":2},{"normalize":true},{"tint":{"r":51,"g":0,"b":102}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name: "cover by path",
		url:  "/300x400/folder/image.jpg",
		want: `{"key":"folder/image.jpg","edits":[{"resize":{"width":300,"height":400,"upscale":true}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name: "a width by path",
		url:  "/300x0/image.jpg",
		want: `{"key":"image.jpg","edits":[{"resize":{"width":300,"fit":"inside","upscale":true}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name: "fill",
		url:  "/300x400/filters:fill(ffcc00):quality(70):format(webp):no_upscale()/image.jpg",
		want: `{"key":"image.jpg","edits":[{"resize":{"width":300,"height":400,"fit":"contain","background":"#ffcc00"}}],"output":{"format":"webp","quality":70}}`,
	},
	{
		name: "stretch and proportion",
		url:  "/300x400/filters:stretch():proportion(0.5):rotate(90)/image.jpg",
		want: `{"key":"image.jpg","edits":[{"resize":{"width":150,"height":200,"fit":"fill","upscale":true}},{"rotate":{"angle":90}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:   "proportion alone",
		url:    "/filters:proportion(0.5)/image.jpg",
		want:   `{"key":"image.jpg","output":{"format":"jpeg","quality":80}}`,
		faults: []string{`resize.ratio {"ratio":0.5}`},
	},
	{
		name:   "watermark",
		url:    "/fit-in/300x400/filters:watermark(bucket,logo.png,-10,-10,50,25)/image.jpg",
		want:   `{"key":"image.jpg","edits":[{"resize":{"width":300,"height":400,"fit":"inside","upscale":true}},{"image":{"key":"logo.png","opacity":0.5,"position":"bottom-right","padding":10}}],"output":{"format":"jpeg","quality":80}}`,
		faults: []string{"~overlayWith.wRatio 25"},
	},
	{
		name:   "smart_crop",
		url:    "/filters:smart_crop(0,10):background_color(white):strip_exif():autojpg()/image.png",
		want:   `{"key":"image.png","edits":[{"flatten":{"background":"white"}}],"output":{"format":"jpeg","quality":80}}`,
		faults: []string{"smart_crop 0,10"},
	},
	{
		name:   "a folder that is taken for an option",
		url:    "/photos/300x300/image.jpg",
		faults: []string{"source photos/300x300/image.jpg"},
	},
	{
		name: "query edits",
		url:  "/filters:grayscale()/image.jpg?format=webp&width=300&height=0&fit=inside&rotate=90&flip=true&expires=20300101T000000Z&signature=abc",
		want: `{"key":"image.jpg","edits":[{"grayscale":true},{"resize":{"width":300,"fit":"inside","upscale":true}},{"flip":true},{"rotate":{"angle":90}}],"output":{"format":"webp","quality":80},"exp":1893456000}`,
	},
	{
		name: "a path's quality is of the query's format",
		url:  "/filters:quality(70)/image.jpg?format=webp",
		want: `{"key":"image.jpg","output":{"format":"webp","quality":70}}`,
	},
	{
		name: "quality without an extension",
		url:  "/filters:quality(70):format(jpg)/image",
		want: `{"key":"image","output":{"format":"jpeg","quality":70}}`,
	},
	{
		name: "a query's resize replaces the path's",
		url:  "/fit-in/300x400/image.jpg?width=200",
		want: `{"key":"image.jpg","edits":[{"resize":{"width":200,"upscale":true}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name: "what a query calls true and false",
		url:  "/filters:grayscale()/image.jpg?flip=1&flop=0&grayscale=False&rotate=&rotate=90.7",
		want: `{"key":"image.jpg","edits":[{"flip":true},{"rotate":{"angle":90}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:   "other query edits",
		url:    "/image.jpg?foo=1&width=x&rotate=",
		want:   `{"key":"image.jpg","output":{"format":"jpeg","quality":80}}`,
		faults: []string{"foo 1", "width x"},
	},
}

func TestParseServerlessImageHandler(t *testing.T) {
	testImport(t, edit.ParseServerlessImageHandler, serverlessCases)
}

// No URL panics, and what comes of it is as promised.
func FuzzParseServerlessImageHandler(f *testing.F) {
	fuzzImport(f, edit.ParseServerlessImageHandler, serverlessCases)
}
