package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/webp"
)

// A format is an encoder of ours and the programs that it is held against, which
// take and make PPM.
type format struct {
	name             string
	ours             codec.Encoder
	encoder, decoder string
	encode           func(quality int, in, out string) []string // arguments
	decode           func(in, out string) []string
}

func formats() []format {
	return []format{
		{
			"jpeg", jpeg.Codec{}, "cjpeg", "djpeg",
			func(q int, in, out string) []string {
				return []string{"-quality", strconv.Itoa(q), "-optimize", "-outfile", out, in}
			},
			func(in, out string) []string { return []string{"-ppm", "-outfile", out, in} },
		},
		{
			"webp", webp.Codec{}, "cwebp", "dwebp",
			func(q int, in, out string) []string {
				return []string{"-quiet", "-q", strconv.Itoa(q), "-m", "4", in, "-o", out}
			},
			func(in, out string) []string { return []string{"-quiet", "-ppm", in, "-o", out} },
		},
	}
}

// A result is what a picture comes to.
type result struct {
	bytes int
	psnr  float64
}

type bench struct{ dir string }

// measure encodes a picture with ours and with theirs.
func (b *bench) measure(ctx context.Context, f format, quality int, p *picture) (us, them result, err error) {
	in := filepath.Join(b.dir, "in.ppm")
	var file bytes.Buffer
	writePPM(&file, p.rgb)
	if err = os.WriteFile(in, file.Bytes(), 0o600); err != nil {
		return us, them, err
	}
	theirs := filepath.Join(b.dir, "theirs."+f.name)
	if err = command(ctx, f.encoder, f.encode(quality, in, theirs)); err != nil {
		return us, them, err
	}
	if them, err = b.result(ctx, f, theirs, p); err != nil {
		return us, them, err
	}
	us, err = b.ours(ctx, f, quality, p)
	return us, them, err
}

func (b *bench) ours(ctx context.Context, f format, quality int, p *picture) (result, error) {
	src, err := op.Wrap(p.source(), p.chain(f.ours, quality), nil)
	if err != nil {
		return result{}, err
	}
	defer src.Close()
	var file bytes.Buffer
	if err := f.ours.Encode(ctx, &file, src, codec.Options{Quality: quality}); err != nil {
		return result{}, err
	}
	name := filepath.Join(b.dir, "ours."+f.name)
	if err := os.WriteFile(name, file.Bytes(), 0o600); err != nil {
		return result{}, err
	}
	return b.result(ctx, f, name, p)
}

func (b *bench) result(ctx context.Context, f format, name string, p *picture) (r result, err error) {
	out := filepath.Join(b.dir, "read.ppm")
	if err := command(ctx, f.decoder, f.decode(name, out)); err != nil {
		return r, err
	}
	info, err := os.Stat(name)
	if err != nil {
		return r, err
	}
	made, err := os.ReadFile(out)
	if err != nil {
		return r, err
	}
	m, err := readPPM(made)
	if err != nil {
		return r, err
	}
	if m.Rect != p.rgb.Rect {
		return r, fmt.Errorf("%s made %v of %v", f.decoder, m.Rect.Max, p.rgb.Rect.Max)
	}
	return result{int(info.Size()), psnr(m, p.rgb)}, nil
}

func command(ctx context.Context, name string, args []string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, bytes.TrimSpace(out))
	}
	return nil
}

// psnr compares red, green and blue.
func psnr(a, b *image.NRGBA) float64 {
	sum := 0.
	for i := range a.Pix {
		d := float64(a.Pix[i]) - float64(b.Pix[i]) // alpha is 255 in both
		sum += d * d
	}
	return 10 * math.Log10(255*255*float64(len(a.Pix))*3/4/sum)
}

func writePPM(w io.Writer, m *image.NRGBA) {
	fmt.Fprintf(w, "P6\n%d %d\n255\n", m.Rect.Dx(), m.Rect.Dy())
	row := make([]byte, 0, 3*m.Rect.Dx())
	for y := range m.Rect.Dy() {
		row = row[:0]
		for x := range m.Rect.Dx() {
			row = append(row, m.Pix[m.PixOffset(x, y):][:3]...)
		}
		_, _ = w.Write(row) // to a buffer
	}
}

func readPPM(file []byte) (*image.NRGBA, error) {
	r := bufio.NewReader(bytes.NewReader(file))
	var w, h, most int
	if _, err := fmt.Fscanf(r, "P6\n%d %d\n%d\n", &w, &h, &most); err != nil {
		return nil, err
	}
	rest, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if most != 255 || w < 1 || h < 1 || len(rest) != 3*w*h {
		return nil, fmt.Errorf("a PPM of %dx%d with %d bytes", w, h, len(rest))
	}
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		copy(m.Pix[4*i:], rest[3*i:3*i+3])
		m.Pix[4*i+3] = 255
	}
	return m, nil
}

// source yields the picture.
func (p *picture) source() pixel.Source {
	m := pixel.NewImage(nil, pixel.Shape{Width: p.rgb.Rect.Dx(), Height: p.rgb.Rect.Dy(), Layout: pixel.RGB})
	for i := range len(p.rgb.Pix) / 4 {
		for c := range 3 {
			m.Planes[c].Pix[i] = p.rgb.Pix[4*i+c]
		}
	}
	return m.Source(0, nil)
}

// chain converts to what an encoder wants.
func (p *picture) chain(e codec.Encoder, quality int) []op.Op {
	if to := e.Accepts(pixel.RGB, codec.Options{Quality: quality}); to != pixel.RGB {
		return []op.Op{op.Convert{To: to}}
	}
	return nil
}
