package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// An encoderRow is one encoding of the same raw pixels on both sides.
type encoderRow struct {
	name string
	// one and two are ours on so many cores, them is sharp's with a
	// concurrency of 1.
	one, two, them series
	failure        string
}

// A rawPicture is a file of raw pixels.
type rawPicture struct {
	name, path string
	raw
}

// A rawJob is a call of both encoders.
type rawJob struct {
	picture  rawPicture
	encoding encoding
}

func (j rawJob) name() string {
	samples, how := map[int]string{3: "RGB", 4: "RGBA"}[j.picture.Samples], fmt.Sprintf("q%d", j.encoding.Quality)
	if j.encoding.Lossless {
		how = "lossless"
	}
	return fmt.Sprintf("%s %s, %s, effort %d", j.picture.name, samples, how, j.encoding.Effort)
}

func (j rawJob) order(workers int) order {
	e := j.encoding
	e.Workers = workers
	calls := fmt.Sprintf("s.webp({quality: %d, effort: %d})", e.Quality, e.Effort)
	if e.Lossless {
		calls = fmt.Sprintf("s.webp({lossless: true, exact: true, quality: 75, effort: %d})", e.Effort)
	}
	return order{Tasks: []task{{job{Sharp: []string{calls}}, j.picture.path}}, Raw: &j.picture.raw, Encode: e, Count: 1, Workers: 1}
}

// rawJobs returns what the table has: the default effort first.
func rawJobs(large, small, transparent rawPicture) []rawJob {
	var list []rawJob
	for _, p := range []rawPicture{large, small} {
		for _, quality := range []int{75, 90} {
			list = append(list, rawJob{p, encoding{Quality: quality, Effort: 4}})
		}
	}
	for _, effort := range []int{0, 2, 6} {
		for _, quality := range []int{75, 90} {
			list = append(list, rawJob{small, encoding{Quality: quality, Effort: effort}})
		}
	}
	return append(list,
		rawJob{transparent, encoding{Quality: 75, Effort: 4}},
		rawJob{transparent, encoding{Quality: 90, Effort: 4}},
		rawJob{small, encoding{Lossless: true, Effort: 4}},
		rawJob{transparent, encoding{Lossless: true, Effort: 4}},
	)
}

// raceEncoders measures WebP encoders on the same raw pixels, made of the
// JPEG.
func (b *bench) raceEncoders(ctx context.Context, s settings, progress io.Writer) (rows []encoderRow, err error) {
	if b.them == nil {
		return nil, errors.New("-raw takes sharp, which makes the pixels and is what is compared with")
	}
	s.cores = 1
	alone, err := findSharp(ctx, s, progress)
	if err != nil {
		return nil, err
	}
	us, them, stop, err := (&bench{us: b.us, them: alone}).pair(ctx, 1)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	large, err := makeRaw(them, b.dir, b.files[baseline], 1200, 0)
	if err != nil {
		return nil, err
	}
	small, err := makeRaw(them, b.dir, b.files[baseline], 800, 600)
	if err != nil {
		return nil, err
	}
	transparent, err := veil(small)
	if err != nil {
		return nil, err
	}
	for _, j := range rawJobs(large, small, transparent) {
		if !strings.Contains(j.name(), s.only) {
			continue
		}
		fmt.Fprintln(progress, j.name())
		r, err := raceRaw(us, them, j, b.runs)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", j.name(), err)
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// raceRaw runs one job, in turns, after one run each that is not measured.
func raceRaw(us, them side, j rawJob, runs int) (encoderRow, error) {
	r := encoderRow{name: j.name()}
	turns := []struct {
		side
		order
		*series
	}{{us, j.order(1), &r.one}, {them, j.order(1), &r.them}, {us, j.order(2), &r.two}}
	for i := range runs + 1 {
		for k := range turns {
			t := turns[(i+k)%len(turns)]
			a, err := t.do(t.order)
			switch {
			case err != nil && t.side == us:
				r.failure = err.Error()
				return r, nil
			case err != nil:
				return r, err
			case i > 0:
				t.add(a)
			}
		}
	}
	if r.one.bytes != r.two.bytes {
		return r, fmt.Errorf("%d bytes on one core and %d on two", r.one.bytes, r.two.bytes)
	}
	return r, nil
}

// makeRaw has sharp decode a source and make it smaller; a height of 0 keeps
// the aspect.
func makeRaw(them side, dir string, from source, width, height int) (rawPicture, error) {
	p := rawPicture{name: fmt.Sprintf("%d wide", width)}
	arguments := fmt.Sprint(width)
	if height > 0 {
		p.name = fmt.Sprintf("%dx%d", width, height)
		arguments += fmt.Sprint(", ", height)
	}
	p.path = filepath.Join(dir, strings.ReplaceAll(p.name, " ", "-")+".rgb")
	a, err := them.do(pixels(from.path, arguments, p.path))
	if err != nil {
		return p, err
	}
	p.raw = raw{width, a.Bytes / 3 / width, 3}
	return p, nil
}

// pixels has sharp resize a picture, and leave its RGB in a file.
func pixels(path, arguments, save string) order {
	j := job{Sharp: []string{"s.resize(" + arguments + ").toColourspace('srgb').removeAlpha().raw()"}}
	return order{Tasks: []task{{j, path}}, Count: 1, Workers: 1, Save: save}
}

// veil writes p with an alpha channel beside it: opaque in the middle,
// transparent at the corners, and a soft edge between.
func veil(p rawPicture) (rawPicture, error) {
	rgb, err := os.ReadFile(p.path)
	if err != nil {
		return p, err
	}
	p.path = strings.TrimSuffix(p.path, ".rgb") + ".rgba"
	p.Samples = 4
	rgba := make([]uint8, 0, 4*p.Width*p.Height)
	for i := range p.Width * p.Height {
		x, y := float64(i%p.Width)/float64(p.Width)-0.5, float64(i/p.Width)/float64(p.Height)-0.5
		alpha := min(max(0, 255*(0.25-x*x-y*y)*12), 255)
		rgba = append(rgba, rgb[3*i], rgb[3*i+1], rgb[3*i+2], uint8(alpha))
	}
	return p, os.WriteFile(p.path, rgba, 0o644)
}
