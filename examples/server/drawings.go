package main

import "github.com/immagin/immagin-go/internal/scene"

// drawings are the samples of the playground. The landscape is first: it is
// what the page opens with.
func drawings() []drawing {
	return []drawing{
		{"samples/landscape.jpg", "Landscape", "A lake at dawn, 12 megapixels", 4000, 3000, scene.DrawLandscape},
		{"samples/portrait.jpg", "Portrait", "A face off the centre, before the lights of an evening", 1200, 900, scene.DrawPortrait},
		{"samples/product.jpg", "Product", "A mug on a near-white ground", 1200, 900, scene.DrawProduct},
		{"samples/logo.png", "Logo", "A mark on a transparent ground", 800, 800, scene.DrawLogo},
	}
}
