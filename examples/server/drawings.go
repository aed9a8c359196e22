package main

import (
	"github.com/immagin/immagin-go/internal/scene"
)

// drawings are the samples of the playground. The landscape is first: it is
// what the page opens with.
func drawings() []drawing {
	return []drawing{
		{"samples/landscape.jpg", "Landscape", "A lake at dawn, 12 megapixels", 4000, 3000, scene.DrawLandscape},
	}
}
