package edit_test

import (
	"testing"

	"github.com/immagin/immagin-go/immagin/edit"
)

// Grammar and example: docs.imgproxy.net, usage/processing.
var imgproxyCases = []importCase{
	{
		name:    "the example of the docs, without its preset",
		url:     "http://imgproxy.example.com/AfrOrF3gWeDA6VOlDG4TzxMv39O7MXnF4CXpKUwGqRM/resize:fill:300:400:0/gravity:sm/plain/http://example.com/images/curiosity.jpg@png",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":300,"height":400,"position":"attention"}}],"output":{"format":"png"}}`,
	},
	{
		name:    "with shortcuts, in base64",
		url:     "/AfrOrF3gWeDA6VOlDG4TzxMv39O7MXnF4CXpKUwGqRM/rs:fill:300:400:0/g:sm/aHR0cDovL2V4YW1w/bGUuY29tL2ltYWdl/cy9jdXJpb3NpdHku/anBn.png",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":300,"height":400,"position":"attention"}}],"output":{"format":"png"}}`,
	},
	{
		name:    "a preset",
		url:     "/AfrOrF3gWeDA6VOlDG4TzxMv39O7MXnF4CXpKUwGqRM/preset:sharp/resize:fill:300:400:0/gravity:sm/plain/http://example.com/images/curiosity.jpg@png",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":300,"height":400,"position":"attention"}}],"output":{"format":"png"}}`,
		faults:  []string{"preset sharp"},
	},
	{
		name:    "fit",
		url:     "/insecure/rs:fit:300:200/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":300,"height":200,"fit":"inside"}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:    "fit is the default",
		url:     "/insecure/s:300:200/plain/http://example.com/images/curiosity.jpg@webp",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":300,"height":200,"fit":"inside"}}],"output":{"format":"webp","quality":79}}`,
	},
	{
		name:    "a width",
		url:     "/insecure/w:300/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":300}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:    "a height",
		url:     "/insecure/h:300/el:1/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":16383,"height":300,"fit":"inside","upscale":true}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:    "a height of 0",
		url:     "/insecure/rs:fill:300:0/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":300}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:    "enlarge",
		url:     "/insecure/rs:fill:300:200:1/g:soea/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":300,"height":200,"position":"bottom-right","upscale":true}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:    "force",
		url:     "/insecure/rs:force:300:200:1/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":300,"height":200,"fit":"fill","upscale":true}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:    "force without enlarge",
		url:     "/insecure/rs:force:300:200/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":300,"height":200,"fit":"fill"}}],"output":{"format":"jpeg","quality":80}}`,
		faults:  []string{"~rs force:300:200"},
	},
	{
		name:    "force of large originals",
		url:     "/insecure/rs:force:300:200/plain/http://example.com/images/curiosity.jpg",
		options: large,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":300,"height":200,"fit":"fill"}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:    "force with a height",
		url:     "/insecure/rs:force:0:200:1/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","output":{"format":"jpeg","quality":80}}`,
		faults:  []string{"rs force:0:200:1"},
	},
	{
		name:    "auto",
		url:     "/insecure/rs:auto:300:200/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","output":{"format":"jpeg","quality":80}}`,
		faults:  []string{"rs auto:300:200"},
	},
	{
		name:    "auto of one side",
		url:     "/insecure/rs:auto:300/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":300}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:    "fill-down",
		url:     "/insecure/rs:fill-down:300:200/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":300,"height":200}}],"output":{"format":"jpeg","quality":80}}`,
		faults:  []string{"~rs fill-down:300:200"},
	},
	{
		name:    "fill-down of large originals",
		url:     "/insecure/rs:fill-down:300:200/plain/http://example.com/images/curiosity.jpg",
		options: large,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":300,"height":200}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:    "fill-down enlarged",
		url:     "/insecure/rs:fill-down:300:200:t/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":300,"height":200,"upscale":true}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:    "dpr",
		url:     "/insecure/rs:fit:300:200/dpr:2/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":600,"height":400,"fit":"inside"}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:    "dpr of a fill",
		url:     "/insecure/rs:fill:300:200/dpr:1.5/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":450,"height":300}}],"output":{"format":"jpeg","quality":80}}`,
		faults:  []string{"~dpr 1.5"},
	},
	{
		name:    "dpr of a fill, enlarged, with padding",
		url:     "/insecure/rs:fill:300:200:1/dpr:2/pd:10:5/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":600,"height":400,"upscale":true}},{"extend":{"top":20,"bottom":20,"left":10,"right":10,"background":"#ffffff"}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:    "dpr alone",
		url:     "/insecure/dpr:2/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:    "dpr alone, enlarging",
		url:     "/insecure/dpr:2/el:1/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","output":{"format":"jpeg","quality":80}}`,
		faults:  []string{"dpr 2"},
	},
	{
		name:    "extend",
		url:     "/insecure/rs:fit:300:200:0:1/bg:ff0000/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":300,"height":200,"fit":"contain","background":"#ff0000"}},{"flatten":{"background":"#ff0000"}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name: "extend of a png",
		url:  "/insecure/rs:fit:300:200:0/ex:1:no/plain/s3://bucket/a/b.png",
		want: `{"key":"a/b.png","edits":[{"resize":{"width":300,"height":200,"fit":"contain","position":"top","background":"transparent"}}],"output":{"format":"png"}}`,
	},
	{
		name:    "extend of a fill",
		url:     "/insecure/rs:fill:300:200:0:1/plain/http://example.com/images/curiosity.jpg@png",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":300,"height":200}},{"resize":{"width":300,"height":200,"fit":"contain","background":"transparent"}}],"output":{"format":"png"}}`,
	},
	{
		name:    "extend of one side",
		url:     "/insecure/w:300/ex:1/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":300}}],"output":{"format":"jpeg","quality":80}}`,
		faults:  []string{"~ex 1"},
	},
	{
		name:    "crop at the top left",
		url:     "/insecure/c:200:100:nowe/rs:fit:50:50/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"crop":{"left":0,"top":0,"width":200,"height":100}},{"resize":{"width":50,"height":50,"fit":"inside"}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:    "crop in the middle",
		url:     "/insecure/c:200:100/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":200,"height":100,"downscale":false}}],"output":{"format":"jpeg","quality":80}}`,
		faults:  []string{"~c 200:100"},
	},
	{
		name:    "crop in the middle of large originals",
		url:     "/insecure/crop:200:100:so/plain/http://example.com/images/curiosity.jpg",
		options: large,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":200,"height":100,"position":"bottom","downscale":false}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:    "crop a part",
		url:     "/insecure/c:0.5:0.5/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","output":{"format":"jpeg","quality":80}}`,
		faults:  []string{"c 0.5:0.5"},
	},
	{
		name:    "offsets",
		url:     "/insecure/rs:fill:300:200/g:no:0:10/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":300,"height":200,"position":"top"}}],"output":{"format":"jpeg","quality":80}}`,
		faults:  []string{"~g no:0:10"},
	},
	{
		name:    "a focus point",
		url:     "/insecure/rs:fill:300:200/g:fp:0.3:0.4/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":300,"height":200}}],"output":{"format":"jpeg","quality":80}}`,
		faults:  []string{"~g fp:0.3:0.4"},
	},
	{
		name:    "a focus point in a corner",
		url:     "/insecure/rs:fill:300:200/g:fp:1:0/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":300,"height":200,"position":"top-right"}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:    "trim, rotation, flip, blur and padding in the pipeline's order",
		url:     "/insecure/pd:1:2:3:4/bl:2/fl:1:1/rot:-90/t:10:ff00ff/w:100/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"trim":{"background":"#ff00ff","threshold":10}},{"rotate":{"angle":-90}},{"flop":true},{"flip":true},{"resize":{"width":100}},{"blur":2},{"extend":{"top":1,"bottom":3,"left":4,"right":2,"background":"#ffffff"}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name: "padding of one number",
		url:  "/insecure/padding:10/bg:255:128:0/plain/a.png",
		want: `{"key":"a.png","edits":[{"extend":{"top":10,"bottom":10,"left":10,"right":10,"background":"#ff8000"}},{"flatten":{"background":"#ff8000"}}],"output":{"format":"png"}}`,
	},
	{
		name:    "trim equally",
		url:     "/insecure/t:10::1/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"trim":{"threshold":10}}],"output":{"format":"jpeg","quality":80}}`,
		faults:  []string{"~t 10::1"},
	},
	{
		name:    "sharpen",
		url:     "/insecure/sh:0.5/w:100/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":100}},{"sharpen":0.5}],"output":{"format":"jpeg","quality":80}}`,
		faults:  []string{"~sh 0.5"},
	},
	{
		name:    "no blur",
		url:     "/insecure/bl:0.2/w:100/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":100}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:    "as stored",
		url:     "/insecure/ar:0/w:100/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"autoOrient":false},{"resize":{"width":100}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:    "quality, format, version, expiry",
		url:     "/insecure/q:65/f:avif/cb:v2/exp:1893456000/sm:1/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","output":{"format":"avif","quality":65},"v":"v2","exp":1893456000}`,
	},
	{
		name:    "the extension wins",
		url:     "/insecure/f:avif/plain/http://example.com/images/curiosity.jpg@webp",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","output":{"format":"webp","quality":79}}`,
	},
	{
		name:    "quality by format",
		url:     "/insecure/fq:webp:61:avif:40/plain/http://example.com/images/curiosity.jpg@webp",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","output":{"format":"webp","quality":61}}`,
	},
	{
		name:    "png has no quality",
		url:     "/insecure/q:65/plain/http://example.com/images/curiosity.jpg@png",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","output":{"format":"png"}}`,
	},
	{
		name: "jpeg from a png is laid on white",
		url:  "/insecure/w:10/plain/local:///photos/a.png@jpg",
		want: `{"key":"photos/a.png","edits":[{"resize":{"width":10}},{"flatten":{"background":"#ffffff"}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:    "progressive",
		url:     "/insecure/jpgo:1/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","output":{"format":"jpeg","quality":80,"progressive":true}}`,
	},
	{
		name:    "all that is not there",
		url:     "/insecure/pix:5/wm:0.5:re/mb:1000/kcr:1/att:1/skp:gif/raw:1/fn:x/min-width:5/z:2/foo:bar/w:10/plain/http://example.com/images/curiosity.jpg@jxl",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","edits":[{"resize":{"width":10}}],"output":{"format":"jpeg","quality":80}}`,
		faults:  []string{"pix 5", "wm 0.5:re", "mb 1000", "kcr 1", "att 1", "skp gif", "raw 1", "fn x", "min-width 5", "z 2", "foo bar", "extension jxl"},
	},
	{
		name:    "what is off",
		url:     "/insecure/pix:1/wm:0/mb:0/kcr:0/att:0/raw:f/mw:0/da:0/eth:0/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:    "bad arguments",
		url:     "/insecure/w:-1/q:101/el:yes/rot:45/dpr:0/t:x/pd:a/bg:zz/bl:-1/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","output":{"format":"jpeg","quality":80}}`,
		faults:  []string{"w -1", "q 101", "el yes", "rot 45", "dpr 0", "t x", "pd a", "bg zz", "bl -1"},
	},
	{
		name:    "too wide",
		url:     "/insecure/w:20000/plain/http://example.com/images/curiosity.jpg",
		options: mirrored,
		want:    `{"key":"images/curiosity.jpg","output":{"format":"jpeg","quality":80}}`,
		faults:  []string{"w 20000"},
	},
	{
		name:    "an escaped query",
		url:     "/insecure/w:10/plain/http://example.com/a%3Fb.jpg%40x@png",
		options: mirrored,
		want:    `{"key":"a","edits":[{"resize":{"width":10}}],"output":{"format":"png"}}`,
	},
	{
		name:    "slashes that a proxy collapsed",
		url:     "/insecure/w:10/plain/http:/example.com/a.jpg",
		options: mirrored,
		want:    `{"key":"a.jpg","edits":[{"resize":{"width":10}}],"output":{"format":"jpeg","quality":80}}`,
	},
	{
		name:   "an absolute URL without Source",
		url:    "/insecure/w:10/plain/http://example.com/images/curiosity.jpg",
		faults: []string{"source http://example.com/images/curiosity.jpg"},
	},
	{
		name:   "an encrypted source",
		url:    "/insecure/w:10/enc/abcdef",
		faults: []string{"enc abcdef"},
	},
	{
		name:   "chained pipelines",
		url:    "/insecure/w:10/-/h:10/plain/a.jpg",
		faults: []string{"-"},
	},
	{
		name:   "the basic format",
		url:    "/insecure/fit/300/400/no/1/aHR0cDovL2V4YW1w/bGUuY29tL2ltYWdl/cy9jdXJpb3NpdHku/anBn",
		faults: []string{"url insecure/fit/300/400/no/1/aHR0cDovL2V4YW1w/bGUuY29tL2ltYWdl/cy9jdXJpb3NpdHku/anBn"},
	},
	{
		name:   "a key that climbs",
		url:    "/insecure/w:10/plain/local:///../etc/passwd",
		faults: []string{"source local:///../etc/passwd"},
	},
	{
		name:   "a version of an S3 object",
		url:    "/insecure/w:10/plain/s3://b/a.jpg%3Fversion",
		faults: []string{"source s3://b/a.jpg?version"},
	},
	{
		name:   "nothing",
		url:    "/",
		faults: []string{"url"},
	},
}

func TestParseImgproxy(t *testing.T) { testImport(t, edit.ParseImgproxy, imgproxyCases) }

// No URL panics, and what comes of it is as promised.
func FuzzParseImgproxy(f *testing.F) { fuzzImport(f, edit.ParseImgproxy, imgproxyCases) }
