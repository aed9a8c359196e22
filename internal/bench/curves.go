package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/immagin/immagin-go/internal/ratedistortion"
)

// curveWidth is how wide photographs are made before they are encoded.
const curveWidth = 1200

// peerEffort is that of sharp's files, and libwebp's default.
const peerEffort = 4

// A photograph is a picture of the curves, as raw pixels that both sides get.
type photograph struct {
	name string
	path string // of the raw pixels
	ratedistortion.Picture
	theirs []ratedistortion.Measurement // by quality
}

// job is what either side does with its pixels.
func (p photograph) job(quality, effort int) rawJob {
	return rawJob{rawPicture{p.name, p.path, raw{p.Width, p.Height, 3}}, encoding{Quality: quality, Effort: effort}}
}

// A comparison is an effort of ours over all photographs.
type comparison struct {
	effort int
	curves []ratedistortion.Curve
	// failure is why there are no curves.
	failure string
}

// compareCurves encodes the photographs of a folder at all qualities and
// efforts. What sharp makes stays in the folder keep, if there is one, and is
// taken from there the next time.
func (b *bench) compareCurves(ctx context.Context, s settings, progress io.Writer) ([]comparison, error) {
	if b.them == nil && s.keep == "" {
		return nil, errors.New("-photographs takes sharp, whose files are what ours are held against")
	}
	us, them, stop, err := b.pair(ctx, 1)
	if err != nil {
		return nil, err
	}
	list, err := b.allCurves(us, them, s, progress)
	return list, errors.Join(err, stop())
}

func (b *bench) allCurves(us, them side, s settings, progress io.Writer) ([]comparison, error) {
	folder := cmp.Or(s.keep, b.dir)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	files, err := os.ReadDir(s.photographs)
	if err != nil {
		return nil, err
	}
	var photographs []*photograph
	for _, f := range files {
		if f.IsDir() || !strings.Contains(f.Name(), s.only) {
			continue
		}
		fmt.Fprintln(progress, "sharp's files of", f.Name())
		p, err := newPhotograph(them, filepath.Join(s.photographs, f.Name()), folder, s.qualities)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
		photographs = append(photographs, p)
	}
	if len(photographs) == 0 {
		return nil, fmt.Errorf("%s has no photographs of such a name", s.photographs)
	}
	var list []comparison
	for _, effort := range s.efforts {
		fmt.Fprintln(progress, "ours at effort", effort)
		c := comparison{effort: effort}
		for _, p := range photographs {
			one := ratedistortion.Curve{Name: p.name, Theirs: p.theirs}
			for _, quality := range s.qualities {
				m, err := measureWebP(us, p, quality, effort, filepath.Join(b.dir, "ours.webp"), false)
				if err != nil {
					c.failure = err.Error()
					break
				}
				one.Ours = append(one.Ours, m)
			}
			if c.failure != "" {
				break
			}
			c.curves = append(c.curves, one)
		}
		list = append(list, c)
	}
	return list, nil
}

// newPhotograph makes raw pixels and sharp's files of a picture, where they
// are not in the folder already.
func newPhotograph(them side, path, folder string, qualities []int) (*photograph, error) {
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	p := &photograph{name: name, path: filepath.Join(folder, name+".rgb")}
	if _, err := os.Stat(p.path); err != nil {
		if them == nil {
			return nil, errors.New("sharp is not there to make it smaller")
		}
		if _, err := them.do(pixels(path, fmt.Sprint(curveWidth), p.path)); err != nil {
			return nil, err
		}
	}
	var err error
	if p.RGB, err = os.ReadFile(p.path); err != nil {
		return nil, err
	}
	p.Width, p.Height = curveWidth, len(p.RGB)/3/curveWidth
	if len(p.RGB) == 0 || len(p.RGB) != 3*p.Width*p.Height {
		return nil, fmt.Errorf("%s has %d bytes, which are no rows of %d pixels", p.path, len(p.RGB), curveWidth)
	}
	for _, quality := range qualities {
		kept := filepath.Join(folder, fmt.Sprintf("%s-q%d-e%d.webp", name, quality, peerEffort))
		m, err := measureWebP(them, p, quality, peerEffort, kept, true)
		if err != nil {
			return nil, err
		}
		p.theirs = append(p.theirs, m)
	}
	return p, nil
}

// measureWebP has a side encode a photograph to path, where no file is kept
// from before, and measures what is there.
func measureWebP(s side, p *photograph, quality, effort int, path string, kept bool) (m ratedistortion.Measurement, err error) {
	if _, failed := os.Stat(path); !kept || failed != nil {
		if s == nil {
			return m, fmt.Errorf("sharp is not there to make %s", path)
		}
		o := p.job(quality, effort).order(1)
		o.Save = path
		if _, err := s.do(o); err != nil {
			return m, err
		}
	}
	file, err := os.ReadFile(path)
	if err != nil {
		return m, err
	}
	return ratedistortion.Measure(file, p.Picture)
}
