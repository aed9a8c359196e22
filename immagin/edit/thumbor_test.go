package edit_test

import (
	"testing"

	"github.com/immagin/immagin-go/immagin/edit"
)

// Grammar and examples: thumbor.readthedocs.io, usage and the pages of the
// filters.
var thumborCases = []importCase{
	{
		name: "the example of the docs",
		url:  "http://my-server/unsafe/-300x-200/left/top/image.jpg",
		want: `{"key":"image.jpg","edits":[{"autoOrient":false},{"resize":{"width":300,"height":200,"position":"top-left","upscale":true}},{"flop":true},{"flip":true}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name:   "its metadata",
		url:    "http://my-server/unsafe/meta/-300x-200/left/top/smart/image.jpg",
		want:   `{"key":"image.jpg","edits":[{"autoOrient":false},{"resize":{"width":300,"height":200,"position":"attention","upscale":true}},{"flop":true},{"flip":true}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
		faults: []string{"meta", "~smart"},
	},
	{
		name:   "a signature",
		url:    "/K97LekICOXT9MbO3X1u8BBkrjbu5/300x200/smart/path/to/image.jpg",
		want:   `{"key":"path/to/image.jpg","edits":[{"autoOrient":false},{"resize":{"width":300,"height":200,"position":"attention","upscale":true}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
		faults: []string{"~smart"},
	},
	{
		name: "cover",
		url:  "/unsafe/300x200/image.jpg",
		want: `{"key":"image.jpg","edits":[{"autoOrient":false},{"resize":{"width":300,"height":200,"upscale":true}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name: "no upscale",
		url:  "/unsafe/300x200/filters:no_upscale()/image.jpg",
		want: `{"key":"image.jpg","edits":[{"autoOrient":false},{"resize":{"width":300,"height":200}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name: "a width",
		url:  "/unsafe/300x/image.jpg",
		want: `{"key":"image.jpg","edits":[{"autoOrient":false},{"resize":{"width":300,"upscale":true}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name: "a height",
		url:  "/unsafe/0x200/image.jpg",
		want: `{"key":"image.jpg","edits":[{"autoOrient":false},{"resize":{"width":16383,"height":200,"fit":"inside","upscale":true}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name: "right middle",
		url:  "/unsafe/300x200/right/middle/image.jpg",
		want: `{"key":"image.jpg","edits":[{"autoOrient":false},{"resize":{"width":300,"height":200,"position":"right","upscale":true}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name:   "orig",
		url:    "/unsafe/300xorig/image.jpg",
		want:   `{"key":"image.jpg","edits":[{"autoOrient":false}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
		faults: []string{"size 300xorig"},
	},
	{
		name: "origxorig",
		url:  "/unsafe/origxorig/image.jpg",
		want: `{"key":"image.jpg","edits":[{"autoOrient":false}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name: "only mirrored",
		url:  "/unsafe/-0x-0/image.jpg",
		want: `{"key":"image.jpg","edits":[{"autoOrient":false},{"flop":true},{"flip":true}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name: "fit-in",
		url:  "/unsafe/fit-in/300x200/image.jpg",
		want: `{"key":"image.jpg","edits":[{"autoOrient":false},{"resize":{"width":300,"height":200,"fit":"inside"}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name: "fit-in, upscaled",
		url:  "/unsafe/fit-in/300x200/filters:upscale()/image.jpg",
		want: `{"key":"image.jpg","edits":[{"autoOrient":false},{"resize":{"width":300,"height":200,"fit":"inside","upscale":true}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name: "full-fit-in",
		url:  "/unsafe/full-fit-in/300x200/image.jpg",
		want: `{"key":"image.jpg","edits":[{"autoOrient":false},{"resize":{"width":300,"height":200,"fit":"outside","upscale":true}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name:   "adaptive-fit-in",
		url:    "/unsafe/adaptive-fit-in/300x200/image.jpg",
		want:   `{"key":"image.jpg","edits":[{"autoOrient":false},{"resize":{"width":300,"height":200,"fit":"inside"}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
		faults: []string{"~adaptive-fit-in 300x200"},
	},
	{
		name: "adaptive of a square",
		url:  "/unsafe/adaptive-fit-in/300x300/image.jpg",
		want: `{"key":"image.jpg","edits":[{"autoOrient":false},{"resize":{"width":300,"height":300,"fit":"inside"}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name:    "fill blue, from the docs",
		url:     "http://localhost:8888/unsafe/fit-in/300x300/filters:fill(blue)/https%3A%2F%2Fgithub.com%2Fthumbor%2Fthumbor%2Fraw%2Fmaster%2Fexample.jpg",
		options: mirrored,
		want:    `{"key":"thumbor/thumbor/raw/master/example.jpg","edits":[{"autoOrient":false},{"resize":{"width":300,"height":300,"fit":"inside"}},{"resize":{"width":300,"height":300,"fit":"contain","background":"blue"}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name:    "fill transparent, from the docs",
		url:     "http://localhost:8888/unsafe/fit-in/300x225/filters:fill(f00,true)/https://github.com/thumbor/thumbor/wiki/dice_transparent_background.png",
		options: mirrored,
		want:    `{"key":"thumbor/thumbor/wiki/dice_transparent_background.png","edits":[{"autoOrient":false},{"resize":{"width":300,"height":225,"fit":"inside"}},{"resize":{"width":300,"height":225,"fit":"contain","background":"#f00"}},{"flatten":{"background":"#f00"}}],"output":{"format":"png"}}`,
	},
	{
		name:   "fill auto",
		url:    "/unsafe/fit-in/300x300/filters:fill(auto)/image.jpg",
		want:   `{"key":"image.jpg","edits":[{"autoOrient":false},{"resize":{"width":300,"height":300,"fit":"inside"}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
		faults: []string{"fill auto"},
	},
	{
		name:   "fill of one side",
		url:    "/unsafe/fit-in/300x/filters:fill(red)/image.jpg",
		want:   `{"key":"image.jpg","edits":[{"autoOrient":false},{"resize":{"width":300}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
		faults: []string{"fill red"},
	},
	{
		name: "stretch",
		url:  "/unsafe/300x200/filters:stretch()/image.jpg",
		want: `{"key":"image.jpg","edits":[{"autoOrient":false},{"resize":{"width":300,"height":200,"fit":"fill","upscale":true}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name: "crop, then resize",
		url:  "/unsafe/10x20:110x220/50x/image.jpg",
		want: `{"key":"image.jpg","edits":[{"autoOrient":false},{"crop":{"left":10,"top":20,"width":100,"height":200}},{"resize":{"width":50,"upscale":true}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name: "an empty crop",
		url:  "/unsafe/110x220:10x20/50x/image.jpg",
		want: `{"key":"image.jpg","edits":[{"autoOrient":false},{"resize":{"width":50,"upscale":true}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name: "trim",
		url:  "/unsafe/trim/300x200/image.png",
		want: `{"key":"image.png","edits":[{"autoOrient":false},{"trim":{"threshold":0}},{"resize":{"width":300,"height":200,"upscale":true}}],"output":{"format":"png"}}`,
	},
	{
		name:   "trim from the bottom right",
		url:    "/unsafe/trim:bottom-right/300x200/image.png",
		want:   `{"key":"image.png","edits":[{"autoOrient":false},{"resize":{"width":300,"height":200,"upscale":true}}],"output":{"format":"png"}}`,
		faults: []string{"trim bottom-right"},
	},
	{
		name:   "trim with tolerance",
		url:    "/unsafe/trim:top-left:50/300x200/image.png",
		want:   `{"key":"image.png","edits":[{"autoOrient":false},{"trim":{"threshold":50}},{"resize":{"width":300,"height":200,"upscale":true}}],"output":{"format":"png"}}`,
		faults: []string{"~trim top-left:50"},
	},
	{
		name:   "trim and crop",
		url:    "/unsafe/trim/10x20:110x220/image.png",
		want:   `{"key":"image.png","edits":[{"autoOrient":false},{"trim":{"threshold":0}}],"output":{"format":"png"}}`,
		faults: []string{"crop 10x20:110x220"},
	},
	{
		name:    "rotate, from the docs",
		url:     "http://localhost:8888/unsafe/filters:rotate(90)/https%3A%2F%2Fgithub.com%2Fthumbor%2Fthumbor%2Fraw%2Fmaster%2Fexample.jpg",
		options: mirrored,
		want:    `{"key":"thumbor/thumbor/raw/master/example.jpg","edits":[{"autoOrient":false},{"rotate":{"angle":270}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name: "contrast",
		url:  "/unsafe/filters:contrast(40)/image.jpg",
		want: `{"key":"image.jpg","edits":[{"autoOrient":false},{"contrast":48.97959183673469}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name: "less contrast",
		url:  "/unsafe/filters:contrast(-50)/image.jpg",
		want: `{"key":"image.jpg","edits":[{"autoOrient":false},{"contrast":-75}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name:   "what is computed otherwise",
		url:    "/unsafe/filters:grayscale():brightness(10):saturation(0.5):blur(4,2)/image.jpg",
		want:   `{"key":"image.jpg","edits":[{"autoOrient":false},{"grayscale":true},{"modulate":{"lightness":10}},{"modulate":{"saturation":0.5}},{"blur":2}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
		faults: []string{"~grayscale", "~brightness 10", "~saturation 0.5", "~blur 4,2"},
	},
	{
		name: "background",
		url:  "/unsafe/filters:background_color(fff)/image.png",
		want: `{"key":"image.png","edits":[{"autoOrient":false},{"flatten":{"background":"#fff"}}],"output":{"format":"png"}}`,
	},
	{
		name: "format and quality",
		url:  "/unsafe/300x200/filters:format(webp):quality(65)/image.png",
		want: `{"key":"image.png","edits":[{"autoOrient":false},{"resize":{"width":300,"height":200,"upscale":true}}],"output":{"format":"webp","quality":65}}`,
	},
	{
		name: "strip",
		url:  "/unsafe/filters:strip_exif():strip_icc()/image.jpg",
		want: `{"key":"image.jpg","edits":[{"autoOrient":false}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name:    "watermark, from the docs",
		url:     "http://thumbor-server/filters:watermark(http://my.site.com/img.png,-10,-10,50)/some/image.jpg",
		options: mirrored,
		want:    `{"key":"some/image.jpg","edits":[{"autoOrient":false},{"image":{"key":"img.png","opacity":0.5,"position":"bottom-right","padding":10}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name:    "watermark in percent, from the docs",
		url:     "http://thumbor-server/filters:watermark(http://my.site.com/img.png,10p,-20p,50)/some/image.jpg",
		options: mirrored,
		want:    `{"key":"some/image.jpg","edits":[{"autoOrient":false}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
		faults:  []string{"watermark http://my.site.com/img.png,10p,-20p,50"},
	},
	{
		name:   "watermarks in the centre and at an edge",
		url:    "/unsafe/filters:watermark(a.png,center,center,0):watermark(b.png,center,20,0):watermark(c.png,10,20,0,20)/some/image.jpg",
		want:   `{"key":"some/image.jpg","edits":[{"autoOrient":false},{"image":{"key":"a.png","position":"center","padding":0}},{"image":{"key":"b.png","position":"top","padding":20}},{"image":{"key":"c.png","position":"top-left","padding":20}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
		faults: []string{"~watermark c.png,10,20,0,20", "~watermark c.png,10,20,0,20"},
	},
	{
		name:   "watermark repeated, under a filter",
		url:    "/unsafe/filters:watermark(a.png,repeat,repeat,50):rotate(90)/some/image.jpg",
		want:   `{"key":"some/image.jpg","edits":[{"autoOrient":false},{"image":{"key":"a.png","opacity":0.5,"padding":0,"tile":true}},{"rotate":{"angle":270}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
		faults: []string{"~watermark a.png,repeat,repeat,50", "~watermark a.png,repeat,repeat,50"},
	},
	{
		name:   "no such edits",
		url:    "/unsafe/filters:round_corner(20,255,255,255):equalize():noise(40):rgb(20,-20,40):max_bytes(7500):sharpen(1,2,true):proportion(0.5)/image.jpg",
		want:   `{"key":"image.jpg","edits":[{"autoOrient":false}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
		faults: []string{"round_corner 20,255,255,255", "equalize", "noise 40", "rgb 20,-20,40", "max_bytes 7500", "sharpen 1,2,true", "proportion 0.5"},
	},
	{
		name: "a key that looks like nothing",
		url:  "/unsafe/smartphones/left.jpg",
		want: `{"key":"smartphones/left.jpg","edits":[{"autoOrient":false}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name:   "a URL without Source",
		url:    "/unsafe/300x200/http%3A%2F%2Fexample.com%2Fa.jpg",
		faults: []string{"source http://example.com/a.jpg"},
	},
	{
		name:    "upright",
		url:     "/unsafe/300x200/image.jpg",
		options: &edit.ImportOptions{AutoOrient: new(true)},
		want:    `{"key":"image.jpg","edits":[{"resize":{"width":300,"height":200,"upscale":true}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name:   "a chain that is not closed",
		url:    "/unsafe/filters:blur(2/image.jpg",
		faults: []string{"filters blur(2/image.jpg"},
	},
	{
		name:   "nothing",
		url:    "/unsafe/",
		faults: []string{"source"},
	},
}

func TestParseThumbor(t *testing.T) { testImport(t, edit.ParseThumbor, thumborCases) }

// No URL panics, and what comes of it is as promised.
func FuzzParseThumbor(f *testing.F) { fuzzImport(f, edit.ParseThumbor, thumborCases) }
