package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"

	"github.com/immagin/immagin-go/internal/scene"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codecs"
)

// A kind is a way in which a source is stored.
type kind string

const (
	baseline    kind = "JPEG"
	progressive kind = "progressive JPEG"
	png         kind = "PNG"
	webp        kind = "WebP"
)

// A source is a picture to start from.
type source struct {
	path          string
	width, height int
	size          int64
	// from says where it comes from.
	from string
}

// conversions make the other kinds of the JPEG.
var conversions = map[kind]job{
	progressive: {Request: `"output":{"format":"jpeg","quality":90,"progressive":true}`, Sharp: []string{`s.jpeg({quality: 90, progressive: true})`}},
	png:         {Request: `"output":{"format":"png"}`, Sharp: []string{`s.png()`}},
	webp:        {Request: `"output":{"format":"webp"}`, Sharp: []string{`s.webp({quality: 90})`}},
}

// prepare returns a source of every kind: the first that is given, and what is
// missing made in dir.
func prepare(ctx context.Context, given []string, dir string, us, them program, progress io.Writer) (map[kind]source, error) {
	files := map[kind]source{}
	for _, path := range given {
		k, s, err := inspect(ctx, path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		s.from = "given"
		if _, ok := files[k]; !ok {
			files[k] = s
		}
	}
	if _, ok := files[baseline]; !ok {
		if len(given) > 0 {
			return nil, fmt.Errorf("-source has no baseline JPEG")
		}
		s, err := drawn(ctx, dir, 4000, 3000, progress)
		if err != nil {
			return nil, err
		}
		files[baseline] = s
	}
	return files, derive(ctx, files, dir, us, them, []kind{progressive, png, webp}, progress)
}

// drawn makes a JPEG of as many bytes a pixel as a photograph has.
func drawn(ctx context.Context, dir string, width, height int, progress io.Writer) (source, error) {
	fmt.Fprintln(progress, "drawing the picture")
	path := filepath.Join(dir, "source.jpg")
	if err := os.WriteFile(path, draw(width, height, width*height/5), 0o644); err != nil {
		return source{}, err
	}
	_, s, err := inspect(ctx, path)
	s.from = "drawn"
	return s, err
}

// derive makes those kinds of the JPEG that are not there, in dir, by sharp if
// there is any.
func derive(ctx context.Context, files map[kind]source, dir string, us, them program, kinds []kind, progress io.Writer) error {
	maker, by := us, "made here"
	if them != nil {
		maker, by = them, "made by sharp"
	}
	for _, k := range kinds {
		if _, ok := files[k]; ok {
			continue
		}
		fmt.Fprintf(progress, "making the %s\n", k)
		path := filepath.Join(dir, "source."+string(k))
		if err := convert(ctx, maker, conversions[k], files[baseline].path, path); err != nil {
			return fmt.Errorf("making the %s: %w", k, err)
		}
		_, s, err := inspect(ctx, path)
		if err != nil {
			return err
		}
		s.from = by
		files[k] = s
	}
	return nil
}

// draw returns a JPEG of about so many bytes.
func draw(width, height, size int) []byte {
	m := scene.Landscape(width, height)
	best := encode(m, 90)
	for low, high := 40, 95; low <= high; {
		q := (low + high) / 2
		file := encode(m, q)
		if abs(len(file)-size) < abs(len(best)-size) {
			best = file
		}
		if len(file) < size {
			low = q + 1
		} else {
			high = q - 1
		}
	}
	return best
}

func abs(n int) int { return max(n, -n) }

func encode(m image.Image, quality int) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}

func convert(ctx context.Context, p program, j job, from, to string) error {
	s, err := p.start(ctx, 1)
	if err != nil {
		return err
	}
	_, err = s.do(order{Tasks: []task{{j, from}}, Count: 1, Workers: 1, Save: to})
	return cmp.Or(err, s.close())
}

// inspect reads what kind of picture a file is.
func inspect(ctx context.Context, path string) (kind, source, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", source{}, err
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return "", source{}, err
	}
	e, err := luna.New(codecs.Default(), &luna.Options{MaxSourceBytes: 1 << 30})
	if err != nil {
		return "", source{}, err
	}
	m, err := e.Metadata(ctx, f)
	if err != nil {
		return "", source{}, err
	}
	kinds := map[string]kind{"jpeg": baseline, "png": png, "webp": webp}
	k := kinds[m.Format]
	if m.Format == "jpeg" && m.IsProgressive {
		k = progressive
	}
	return k, source{path: path, width: m.Width, height: m.Height, size: stat.Size()}, nil
}
