package edit_test

import (
	"testing"

	"github.com/immagin/immagin-go/immagin/edit"
)

// Examples: the README of unjs/ipx, and Nuxt Image's ipx provider.
var ipxCases = []importCase{
	{
		name: "the original, from the README",
		url:  "/_/static/buffalo.png",
		want: `{"key":"static/buffalo.png","edits":[{"autoOrient":false}],"output":{"format":"png"}}`,
	},
	{
		name: "a format",
		url:  "/f_webp/static/buffalo.png",
		want: `{"key":"static/buffalo.png","edits":[{"autoOrient":false}],"output":{"format":"webp","quality":80}}`,
	},
	{
		name: "a width",
		url:  "/w_200/static/buffalo.png",
		want: `{"key":"static/buffalo.png","edits":[{"autoOrient":false},{"resize":{"width":200}}],"output":{"format":"png"}}`,
	},
	{
		name:   "embed",
		url:    "/embed,f_webp,s_200x200/static/buffalo.png",
		want:   `{"key":"static/buffalo.png","edits":[{"autoOrient":false},{"resize":{"width":200,"height":200}}],"output":{"format":"webp","quality":80}}`,
		faults: []string{"embed", "~s 200x200"},
	},
	{
		name:    "s of large originals",
		url:     "/f_webp,s_200x200/static/buffalo.png",
		options: large,
		want:    `{"key":"static/buffalo.png","edits":[{"autoOrient":false},{"resize":{"width":200,"height":200}}],"output":{"format":"webp","quality":80}}`,
	},
	{
		name: "height",
		url:  "/height_200/buffalo.png",
		want: `{"key":"buffalo.png","edits":[{"autoOrient":false},{"resize":{"width":16383,"height":200,"fit":"inside"}}],"output":{"format":"png"}}`,
	},
	{
		name: "enlarged",
		url:  "/enlarge,s_2000x2000/buffalo.png",
		want: `{"key":"buffalo.png","edits":[{"autoOrient":false},{"resize":{"width":2000,"height":2000,"upscale":true}}],"output":{"format":"png"}}`,
	},
	{
		name:    "outside",
		url:     "/s_200x200,fit_outside/buffalo.png",
		options: large,
		want:    `{"key":"buffalo.png","edits":[{"autoOrient":false},{"resize":{"width":200,"height":200,"fit":"outside"}}],"output":{"format":"png"}}`,
	},
	{
		name:    "position",
		url:     "/s_200x200,pos_top/buffalo.png",
		options: large,
		want:    `{"key":"buffalo.png","edits":[{"autoOrient":false},{"resize":{"width":200,"height":200,"position":"top"}}],"output":{"format":"png"}}`,
	},
	{
		name:    "a position of two words",
		url:     "/s_200x200,position_right-top/buffalo.png",
		options: large,
		want:    `{"key":"buffalo.png","edits":[{"autoOrient":false},{"resize":{"width":200,"height":200,"position":"top-right"}}],"output":{"format":"png"}}`,
	},
	{
		name:    "a strategy by number",
		url:     "/s_200x200,pos_17/buffalo.png",
		options: large,
		want:    `{"key":"buffalo.png","edits":[{"autoOrient":false},{"resize":{"width":200,"height":200,"position":"attention"}}],"output":{"format":"png"}}`,
	},
	{
		name:    "contain",
		url:     "/s_200x100&fit_contain&b_00ff00/buffalo.png",
		options: large,
		want:    `{"key":"buffalo.png","edits":[{"autoOrient":false},{"resize":{"width":200,"height":100,"fit":"contain","background":"#00ff00"}}],"output":{"format":"png"}}`,
	},
	{
		name:    "kernel",
		url:     "/s_200x200,kernel_nearest/buffalo.png",
		options: large,
		want:    `{"key":"buffalo.png","edits":[{"autoOrient":false},{"resize":{"width":200,"height":200}}],"output":{"format":"png"}}`,
		faults:  []string{"~kernel nearest"},
	},
	{
		name:   "two sizes",
		url:    "/w_300&h_200/buffalo.jpg",
		want:   `{"key":"buffalo.jpg","edits":[{"autoOrient":false},{"resize":{"width":300}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
		faults: []string{"~h 200"},
	},
	{
		name: "trim",
		url:  "/trim_100/buffalo.png",
		want: `{"key":"buffalo.png","edits":[{"autoOrient":false},{"trim":{"threshold":100}}],"output":{"format":"png"}}`,
	},
	{
		name: "extend",
		url:  "/extend_10_20_30_40,b_f00/buffalo.png",
		want: `{"key":"buffalo.png","edits":[{"autoOrient":false},{"extend":{"top":10,"bottom":30,"left":40,"right":20,"background":"#f00"}}],"output":{"format":"png"}}`,
	},
	{
		name:   "extend by copies",
		url:    "/extend_1_2_3_4_mirror/buffalo.png",
		want:   `{"key":"buffalo.png","edits":[{"autoOrient":false}],"output":{"format":"png"}}`,
		faults: []string{"extend 1_2_3_4_mirror"},
	},
	{
		name: "extract before resize",
		url:  "/w_50,extract_10_20_100_200/buffalo.png",
		want: `{"key":"buffalo.png","edits":[{"autoOrient":false},{"crop":{"left":10,"top":20,"width":100,"height":200}},{"resize":{"width":50}}],"output":{"format":"png"}}`,
	},
	{
		name:    "rotate comes before s and w",
		url:     "/rotate_90,s_200x100/buffalo.png",
		options: large,
		want:    `{"key":"buffalo.png","edits":[{"autoOrient":false},{"rotate":{"angle":90}},{"resize":{"width":200,"height":100}}],"output":{"format":"png"}}`,
	},
	{
		name:    "rotate comes after resize",
		url:     "/rotate_90,resize_200x100/buffalo.png",
		options: large,
		want:    `{"key":"buffalo.png","edits":[{"autoOrient":false},{"resize":{"width":200,"height":100}},{"rotate":{"angle":90}}],"output":{"format":"png"}}`,
	},
	{
		name: "rotate by the orientation",
		url:  "/rotate,w_100/buffalo.jpg",
		want: `{"key":"buffalo.jpg","edits":[{"resize":{"width":100}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name: "quality",
		url:  "/quality_50/buffalo.jpg",
		want: `{"key":"buffalo.jpg","edits":[{"autoOrient":false}],"output":{"format":"jpeg","quality":50,"progressive":true}}`,
	},
	{
		name:    "Nuxt Image",
		url:     "https://example.com/_ipx/q_80&s_300x200&f_avif/images/hero.jpg",
		options: &edit.ImportOptions{Prefix: "/_ipx", LargeOriginals: true},
		want:    `{"key":"images/hero.jpg","edits":[{"autoOrient":false},{"resize":{"width":300,"height":200}}],"output":{"format":"avif","quality":80}}`,
	},
	{
		name:    "auto",
		url:     "/_ipx/f_auto/images/hero.jpg",
		options: &edit.ImportOptions{Prefix: "/_ipx", LargeOriginals: true},
		want:    `{"key":"images/hero.jpg","edits":[{"autoOrient":false}],"output":{"format":"auto"}}`,
	},
	{
		name:    "a remote source",
		url:     "/w_512/https://picsum.photos/id/1000.jpg",
		options: mirrored,
		want:    `{"key":"id/1000.jpg","edits":[{"autoOrient":false},{"resize":{"width":512}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name:   "a remote source without Source",
		url:    "/w_512/https://picsum.photos/1000",
		faults: []string{"source https://picsum.photos/1000"},
	},
	{
		name: "all that is the same",
		url:  "/flip,flop,sharpen_2,blur_5,normalize,tint_ff8000,grayscale,modulate_1.2_0.8_90_5,flatten,negate,animated/buffalo.jpg",
		want: `{"key":"buffalo.jpg","edits":[{"autoOrient":false},{"flatten":{}},{"grayscale":true},{"flip":true},{"flop":true},{"blur":5},{"modulate":{"brightness":1.2,"saturation":0.8,"hue":90,"lightness":5}},{"sharpen":2},{"normalize":true},{"tint":{"r":255,"g":128,"b":0}},{"invert":true}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name:   "negate with alpha",
		url:    "/negate/buffalo.png",
		want:   `{"key":"buffalo.png","edits":[{"autoOrient":false},{"invert":true}],"output":{"format":"png"}}`,
		faults: []string{"~negate"},
	},
	{
		name:   "not the same",
		url:    "/sharpen,blur,gamma_3,median_10,threshold_10,unflatten,w_100/buffalo.jpg",
		want:   `{"key":"buffalo.jpg","edits":[{"autoOrient":false},{"resize":{"width":100}}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
		faults: []string{"blur", "gamma 3", "median 10", "sharpen", "threshold 10", "unflatten"},
	},
	{
		name:   "sharpen by areas",
		url:    "/sharpen_2_1_3/buffalo.jpg",
		want:   `{"key":"buffalo.jpg","edits":[{"autoOrient":false},{"sharpen":2}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
		faults: []string{"~sharpen 2_1_3"},
	},
	{
		name:   "out of range",
		url:    "/sharpen_30,w_0,q_101,fit_no,pos_no,f_bmp,b_no,trim_x/buffalo.jpg",
		want:   `{"key":"buffalo.jpg","edits":[{"autoOrient":false}],"output":{"format":"jpeg","quality":80,"progressive":true}}`,
		faults: []string{"b no", "fit no", "pos no", "q 101", "f bmp", "sharpen 30", "trim x", "w 0"},
	},
	{
		name: "another spelling",
		url:  "/w=200,f:webp/buffalo.png",
		want: `{"key":"buffalo.png","edits":[{"autoOrient":false},{"resize":{"width":200}}],"output":{"format":"webp","quality":80}}`,
	},
	{
		name:   "no modifiers",
		url:    "//buffalo.png",
		faults: []string{"url /buffalo.png"},
	},
	{
		name:    "not under the prefix",
		url:     "/w_200/buffalo.png",
		options: &edit.ImportOptions{Prefix: "/_ipx", LargeOriginals: true},
		faults:  []string{"url /w_200/buffalo.png"},
	},
}

func TestParseIPX(t *testing.T) { testImport(t, edit.ParseIPX, ipxCases) }

// No URL panics, and what comes of it is as promised.
func FuzzParseIPX(f *testing.F) { fuzzImport(f, edit.ParseIPX, ipxCases) }
