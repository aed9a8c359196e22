package main

import "slices"

// A job is one transform, said in the words of either side.
type job struct {
	Name string `json:"name"`
	// Source is the kind of picture it reads.
	Source kind `json:"source"`
	// Request has the edits and the output, as members of a payload.
	Request string `json:"request"`
	// Sharp is what a user of sharp would write, on an image s. Where sharp's
	// fixed order is not the order of the edits, there are several calls, with
	// raw pixels between them.
	Sharp []string `json:"sharp"`
}

// jobs returns the jobs in the order of the table: the first 13 are those
// that the project has set itself as a mark.
func jobs() []job {
	return []job{
		{"200x150 WebP", baseline, `"edits":[{"resize":{"width":200,"height":150}}]`, []string{`s.resize(200, 150).webp({quality: 90})`}},
		{"800x600 WebP", baseline, `"edits":[{"resize":{"width":800,"height":600}}]`, []string{`s.resize(800, 600).webp({quality: 90})`}},
		{"800 wide JPEG q85", baseline, `"edits":[{"resize":{"width":800}}],"output":{"format":"jpeg","quality":85}`, []string{`s.resize(800).jpeg({quality: 85})`}},
		{"20 wide, blur 10, WebP", baseline, `"edits":[{"resize":{"width":20}},{"blur":10}]`, []string{`s.resize(20).blur(10).webp({quality: 90})`}},
		{"256x256 attention, WebP", baseline, `"edits":[{"resize":{"width":256,"height":256,"position":"attention"}}]`, []string{`s.resize(256, 256, {position: 'attention'}).webp({quality: 90})`}},
		{"2000 wide WebP", baseline, `"edits":[{"resize":{"width":2000}}]`, []string{`s.resize(2000).webp({quality: 90})`}},
		{"progressive JPEG to 800x600 WebP", progressive, `"edits":[{"resize":{"width":800,"height":600}}]`, []string{`s.resize(800, 600).webp({quality: 90})`}},
		{"PNG to 800x600 WebP", png, `"edits":[{"resize":{"width":800,"height":600}}]`, []string{`s.resize(800, 600).webp({quality: 90})`}},
		{"WebP to 800x600 WebP", webp, `"edits":[{"resize":{"width":800,"height":600}}]`, []string{`s.resize(800, 600).webp({quality: 90})`}},
		{"800x600 PNG", baseline, `"edits":[{"resize":{"width":800,"height":600}}],"output":{"format":"png"}`, []string{`s.resize(800, 600).png()`}},
		{"800 wide, blur 5, WebP", baseline, `"edits":[{"resize":{"width":800}},{"blur":5}]`, []string{`s.resize(800).blur(5).webp({quality: 90})`}},
		{"product: trim, normalize, 600x600 on white, sharpen, WebP", baseline,
			`"edits":[{"trim":{"threshold":15}},{"normalize":{"lower":1,"upper":99}},{"resize":{"width":600,"height":600,"fit":"contain","background":"#ffffff"}},{"sharpen":1}]`,
			[]string{`s.trim({threshold: 15}).normalise({lower: 1, upper: 99})`, `s.resize(600, 600, {fit: 'contain', background: '#ffffff'}).sharpen({sigma: 1}).webp({quality: 90})`}},
		{"800x600 AVIF q50", baseline, `"edits":[{"resize":{"width":800,"height":600}}],"output":{"format":"avif","quality":50}`, []string{`s.resize(800, 600).avif({quality: 50})`}},

		{"400 wide WebP q75", baseline, `"edits":[{"resize":{"width":400}}],"output":{"quality":75}`, []string{`s.resize(400).webp({quality: 75})`}},
		{"1200x630 cover, JPEG q80", baseline, `"edits":[{"resize":{"width":1200,"height":630}}],"output":{"format":"jpeg","quality":80}`, []string{`s.resize(1200, 630).jpeg({quality: 80})`}},
		{"1600 wide, progressive JPEG q80", baseline, `"edits":[{"resize":{"width":1600}}],"output":{"format":"jpeg","quality":80,"progressive":true}`, []string{`s.resize(1600).jpeg({quality: 80, progressive: true})`}},
		{"whole picture, JPEG q85", baseline, `"output":{"format":"jpeg","quality":85}`, []string{`s.jpeg({quality: 85})`}},
		{"crop 2000x1500, 1000 wide WebP", baseline, `"edits":[{"crop":{"left":1000,"top":750,"width":2000,"height":1500}},{"resize":{"width":1000}}]`, []string{`s.extract({left: 1000, top: 750, width: 2000, height: 1500}).resize(1000).webp({quality: 90})`}},
		{"800 wide, turned by 45, WebP", baseline, `"edits":[{"resize":{"width":800}},{"rotate":{"angle":45}}]`, []string{`s.resize(800)`, `s.rotate(45).webp({quality: 90})`}},
		{"800 wide, grayscale, flop, JPEG q85", baseline, `"edits":[{"resize":{"width":800}},{"grayscale":true},{"flop":true}],"output":{"format":"jpeg","quality":85}`, []string{`s.resize(800).greyscale().flop().jpeg({quality: 85})`}},
		{"300x300, sharpen 1, WebP", baseline, `"edits":[{"resize":{"width":300,"height":300}},{"sharpen":1}]`, []string{`s.resize(300, 300).sharpen({sigma: 1}).webp({quality: 90})`}},
		{"800 wide, modulate, WebP", baseline, `"edits":[{"resize":{"width":800}},{"modulate":{"brightness":1.1,"saturation":1.2,"hue":20}}]`, []string{`s.resize(800).modulate({brightness: 1.1, saturation: 1.2, hue: 20}).webp({quality: 90})`}},
		{"1000x1000 on white, JPEG q85", baseline, `"edits":[{"resize":{"width":1000,"height":1000,"fit":"contain","background":"#ffffff"}}],"output":{"format":"jpeg","quality":85}`, []string{`s.resize(1000, 1000, {fit: 'contain', background: '#ffffff'}).jpeg({quality: 85})`}},
		{"400 wide, lossless WebP", baseline, `"edits":[{"resize":{"width":400}}],"output":{"lossless":true}`, []string{`s.resize(400).webp({lossless: true})`}},
		{"PNG to 1200 wide PNG", png, `"edits":[{"resize":{"width":1200}}],"output":{"format":"png"}`, []string{`s.resize(1200).png()`}},
	}
}

// mix returns what a page asks for at once: the first five jobs.
func mix() []job { return slices.Clone(jobs()[:5]) }
