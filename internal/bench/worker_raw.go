package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"time"

	"github.com/immagin/immagin-go/internal/interleave"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
	lunawebp "github.com/immagin/immagin-go/luna/webp"
)

// encode carries out an order for raw pixels, one picture at a time. They are
// brought into planes once: that is how an engine has them, as packed is how
// sharp has them.
func (w *worker) encode(ctx context.Context, o order) (answer, error) {
	if o.Workers != 1 || len(o.Tasks) != 1 {
		return answer{}, fmt.Errorf("%d tasks for raw pixels, %d at a time, where one is meant", len(o.Tasks), o.Workers)
	}
	path := o.Tasks[0].File
	if w.raws[path] == nil {
		packed, err := os.ReadFile(path)
		if err != nil {
			return answer{}, err
		}
		if w.raws[path], err = planes(packed, *o.Raw); err != nil {
			return answer{}, fmt.Errorf("%s: %w", path, err)
		}
	}
	opts := codec.Options{Quality: o.Encode.Quality, Effort: &o.Encode.Effort, Lossless: o.Encode.Lossless, Workers: o.Encode.Workers, Pool: w.pool}
	var file bytes.Buffer
	wall, cpu := time.Now(), cpuTime()
	for range o.Count {
		file.Reset()
		if err := (lunawebp.Codec{}).Encode(ctx, &file, w.raws[path].Source(0, nil), opts); err != nil {
			return answer{}, err
		}
	}
	a := answer{Wall: time.Since(wall), CPU: cpuTime() - cpu, Bytes: file.Len()}
	if o.Save != "" {
		return a, os.WriteFile(o.Save, file.Bytes(), 0o644)
	}
	return a, nil
}

// planes takes packed samples apart.
func planes(packed []uint8, r raw) (*pixel.Image, error) {
	layout, ok := map[int]pixel.Layout{3: pixel.RGB, 4: pixel.RGBA}[r.Samples]
	if !ok || r.Width < 1 || r.Height < 1 || len(packed) != r.Width*r.Height*r.Samples {
		return nil, fmt.Errorf("%d bytes are not %dx%d pixels of %d samples", len(packed), r.Width, r.Height, r.Samples)
	}
	m := pixel.NewImage(nil, pixel.Shape{Width: r.Width, Height: r.Height, Layout: layout})
	rows := make([][]uint8, r.Samples)
	for y := range r.Height {
		for p := range rows {
			rows[p] = m.Planes[p].Row(y)
		}
		interleave.Split(rows, packed[y*r.Width*r.Samples:], r.Samples)
	}
	return m, nil
}
