package quantize_test

import (
	"context"
	"fmt"

	"github.com/immagin/immagin-go/internal/quantize"
)

func Example() {
	red, green, blue := []uint8{255, 255, 0}, []uint8{0, 0, 0}, []uint8{0, 0, 255}
	var h quantize.Histogram
	h.Add(red, green, blue, nil)
	palette, err := h.Palette(context.Background(), 256, 100)
	if err != nil {
		panic(err)
	}
	row := make([]uint8, 3)
	quantize.NewDitherer(quantize.NewMapper(palette), 3, 1).Row(row, red, green, blue, nil)
	fmt.Println(palette, row)
	// Output: [[0 0 255 255] [255 0 0 255]] [1 1 0]
}
