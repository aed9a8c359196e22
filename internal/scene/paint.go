package scene

import (
	"context"
	"image"
	"runtime"
	"sync"
)

// paint has draw fill the rows of a picture, four bytes a pixel with straight
// alpha, on all processors, until ctx is done.
func paint(ctx context.Context, width, height int, draw func(row []uint8, y int)) (*image.NRGBA, error) {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	var wait sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for worker := range workers {
		wait.Go(func() {
			for y := worker; y < height && ctx.Err() == nil; y += workers {
				draw(m.Pix[y*m.Stride:][:4*width], y)
			}
		})
	}
	wait.Wait()
	return m, ctx.Err()
}
