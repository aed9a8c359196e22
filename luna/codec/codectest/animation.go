package codectest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A film is an animation in memory.
type film struct {
	shape    pixel.Shape
	loops    int
	pictures []*pixel.Image
	delays   []time.Duration
}

// filmed draws n frames in which waves move, and of which the third is the
// second again. Where there is alpha, a hole wanders.
func filmed(s pixel.Shape, n, loops int) *film {
	f := &film{shape: s, loops: loops}
	for i := range n {
		if i == 2 {
			f.pictures = append(f.pictures, f.pictures[1])
		} else {
			m := drawAt(s, float64(i)/3)
			if s.Layout.HasAlpha() {
				alpha := fill(m, alphaPlane(m), 255).Planes[alphaPlane(m)]
				for y := range s.Height / 2 {
					row := alpha.Row(y)
					clear(row[min(i*3, len(row)):min(i*3+s.Width/3, len(row))])
				}
			}
			f.pictures = append(f.pictures, m)
		}
		f.delays = append(f.delays, []time.Duration{100, 250, 70, 1000}[i%4]*time.Millisecond)
	}
	return f
}

// frames yields the film as codec.Frames, and counts what is closed.
type frames struct {
	*film
	next           int
	opened, closed int // sources
	ended          int
	failAt         int // the frame that errBroken comes in place of; 0 is none
	do             func()
	plain          bool // sources allocate nothing
}

func (f *frames) Shape() pixel.Shape { return f.shape }
func (f *frames) Loops() int         { return f.loops }
func (f *frames) Close() error       { f.ended++; return nil }

func (f *frames) Next() (pixel.Source, time.Duration, error) {
	if f.failAt > 0 && f.next == f.failAt {
		return nil, 0, errBroken
	}
	if f.next == len(f.pictures) {
		return nil, 0, io.EOF
	}
	if f.next == 1 && f.do != nil {
		f.do()
	}
	i := f.next
	f.next++
	f.opened++
	src := f.pictures[i].Source(0, nil)
	if !f.plain {
		src = source(f.pictures[i], 16)
	}
	return &countedSource{src, &f.closed, false}, f.delays[i], nil
}

type countedSource struct {
	pixel.Source
	closed *int
	once   bool
}

func (s *countedSource) Close() error {
	if !s.once {
		s.once = true
		*s.closed++
	}
	return s.Source.Close()
}

// play reads all frames.
func play(f codec.Frames) (*film, error) {
	got := &film{shape: f.Shape(), loops: f.Loops()}
	for {
		src, delay, err := f.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return got, err
		}
		if src == nil {
			return got, fmt.Errorf("its Next returns neither a source nor an error")
		}
		if src.Shape() != got.shape {
			src.Close()
			return got, fmt.Errorf("frame %d is %v; all are to be %v", len(got.pictures), src.Shape(), got.shape)
		}
		m, err := collect(src)
		if err != nil {
			return got, err
		}
		got.pictures, got.delays = append(got.pictures, m), append(got.delays, delay)
	}
	if _, _, err := f.Next(); err == nil {
		return got, errors.New("after the last frame there is another")
	}
	if f.Shape() != got.shape || f.Loops() != got.loops {
		return got, errors.New("shape or loops change while frames are read")
	}
	return got, nil
}

// animate reads all frames of a file.
func animate(ctx context.Context, a codec.Animator, r io.Reader, req codec.Request) (*film, error) {
	f, err := a.Animate(ctx, r, req)
	if err != nil {
		return nil, err
	}
	got, err := play(f)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if closing := f.Close(); err == nil && closing != nil {
		err = fmt.Errorf("the second Close says %w", closing)
	}
	if _, _, next := f.Next(); err == nil && next == nil {
		err = errors.New("its Next after Close yields a frame")
	}
	return got, err
}

func (f *film) near(got *film, e Encoding, o Options) error {
	switch {
	case len(got.pictures) != len(f.pictures):
		return fmt.Errorf("there are %d frames; there should be %d", len(got.pictures), len(f.pictures))
	case !slices.Equal(f.delays, got.delays):
		return fmt.Errorf("the delays are %v; they should be %v", got.delays, f.delays)
	case len(f.pictures) > 1 && f.loops != got.loops:
		return fmt.Errorf("it plays %d times; it should %d times", got.loops, f.loops)
	}
	for i := range f.pictures {
		if err := near(f.pictures[i], got.pictures[i], e, o); err != nil {
			return fmt.Errorf("frame %d: %w", i, err)
		}
	}
	return nil
}

func (f *film) same(got *film) error {
	if f.shape != got.shape || f.loops != got.loops || !slices.Equal(f.delays, got.delays) || len(f.pictures) != len(got.pictures) {
		return fmt.Errorf("%d frames of %v for %v, %d times, are not %d of %v for %v, %d times",
			len(got.pictures), got.shape, got.delays, got.loops, len(f.pictures), f.shape, f.delays, f.loops)
	}
	for i := range f.pictures {
		if err := same(f.pictures[i], got.pictures[i]); err != nil {
			return fmt.Errorf("frame %d: %w", i, err)
		}
	}
	return nil
}

func encodeFilm(ctx context.Context, e codec.AnimationEncoder, f *film, opts codec.Options) ([]byte, error) {
	var b bytes.Buffer
	frames := &frames{film: f}
	if err := e.EncodeAnimation(ctx, &b, frames, opts); err != nil {
		return nil, fmt.Errorf("its EncodeAnimation of %d frames of %v: %w", len(f.pictures), f.shape, err)
	}
	if frames.closed != frames.opened || frames.next < len(f.pictures) {
		return nil, fmt.Errorf("its EncodeAnimation of %d frames asks for %d and closes %d", len(f.pictures), frames.opened, frames.closed)
	}
	if frames.ended > 0 {
		return nil, errors.New("its EncodeAnimation closes its frames")
	}
	return b.Bytes(), nil
}

// animations returns small animations: of samples, and of what the codec
// writes.
func animations(ctx context.Context, c codec.Codec, o Options, width, height int) (all []Sample, err error) {
	for _, f := range o.Files {
		if f.Delays != nil {
			all = append(all, f)
		}
	}
	e, ok := c.(codec.AnimationEncoder)
	if !ok {
		if len(all) == 0 {
			return nil, fmt.Errorf("codectest: no file of Options.Files has Delays, but %s cannot encode animations", c.Format().Name)
		}
		return all, nil
	}
	for _, encoding := range o.Encodings {
		for _, l := range []pixel.Layout{pixel.RGB, pixel.RGBA} {
			s := shape(e, width, height, l, encoding.Options)
			data, err := encodeFilm(ctx, e, filmed(s, 4, 3), encoding.Options)
			if err != nil {
				return nil, fmt.Errorf("%v: %w", encoding, err)
			}
			all = append(all, Sample{Name: fmt.Sprintf("animation of %v with %v", s, encoding), Data: data})
		}
	}
	return all, nil
}

// checkAnimation writes animations and reads them back.
func checkAnimation(ctx context.Context, c codec.Codec, o Options) error {
	a, err := as[codec.Animator](c, "it reads no animations")
	if err != nil {
		return err
	}
	e, err := as[codec.AnimationEncoder](c, "it writes no animations")
	if err != nil {
		return err
	}
	for _, encoding := range o.Encodings {
		for i, l := range accepted(e, encoding.Options) {
			for j, size := range [][2]int{{40, 30}, {1, 1}, {17, 3}, {13, 37}, {201, 151}} {
				f := filmed(pixel.Shape{Width: size[0], Height: size[1], Layout: l}, 1+(i+j+3)%5, (i+j)%4)
				opts := encoding.Options
				if j%2 == 1 {
					opts.Metadata = codec.Metadata{EXIF: exif(1, 20), XMP: xmp(100), IPTC: iptc(21)}
				}
				data, err := encodeFilm(ctx, e, f, opts)
				if err != nil {
					return fmt.Errorf("%v: %w", encoding, err)
				}
				err = readBack(ctx, a, data, f, encoding, o)
				if err == nil {
					err = told(a, data, o.kept(opts.Metadata))
				}
				if err != nil {
					return fmt.Errorf("animation of %d frames of %v with %v: %w", len(f.pictures), f.shape, encoding, err)
				}
			}
		}
	}
	return nil
}

// readBack holds Probe and Decode to what Animate says, and that to f.
func readBack(ctx context.Context, a codec.Animator, data []byte, f *film, e Encoding, o Options) error {
	got, err := animate(ctx, a, bytes.NewReader(data), codec.Request{})
	if err != nil {
		return fmt.Errorf("its Animate: %w", err)
	}
	if err := f.near(got, e, o); err != nil {
		return err
	}
	return still(ctx, a, data, got)
}

// told compares what Probe says of metadata.
func told(d codec.Decoder, data []byte, want codec.Metadata) error {
	info, err := d.Probe(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("its Probe: %w", err)
	}
	return sameMetadata(want, info.Metadata)
}

// still holds Probe and Decode to what Animate says.
func still(ctx context.Context, a codec.Animator, data []byte, f *film) error {
	first, info, err := reread(ctx, a, data)
	if err != nil {
		return err
	}
	due := info.Shape
	if s, ok := a.(codec.AnimationShaper); ok {
		due = s.AnimationShape(info)
	}
	if info.Frames != len(f.pictures) || info.Frames > 1 && info.Loops != f.loops || f.shape != due {
		return fmt.Errorf("its Probe says %d frames of %v, %d times; Animate yields %d of %v, %d times",
			info.Frames, due, info.Loops, len(f.pictures), f.shape, f.loops)
	}
	if due.Width != info.Shape.Width || due.Height != info.Shape.Height {
		return fmt.Errorf("pictures of %v are animated as %v", info.Shape, due)
	}
	if due == info.Shape {
		err = same(f.pictures[0], first)
	} else {
		err = near(first, f.pictures[0], Encoding{}, Options{})
	}
	if err != nil {
		return fmt.Errorf("its Decode yields another picture than Animate first: %w", err)
	}
	return nil
}

// checkAnimationFiles reads the animations among the samples.
func checkAnimationFiles(ctx context.Context, c codec.Codec, o Options) error {
	a, err := as[codec.Animator](c, "it reads no animations")
	if err != nil {
		return err
	}
	tried := false
	for _, f := range o.Files {
		if f.Delays == nil {
			continue
		}
		tried = true
		got, err := animate(ctx, a, bytes.NewReader(f.Data), codec.Request{})
		if err == nil {
			err = still(ctx, a, f.Data, got)
		}
		if err == nil && (!slices.Equal(got.delays, f.Delays) || got.loops != f.Loops) {
			err = fmt.Errorf("the delays are %v, and it plays %d times; they should be %v, %d times", got.delays, got.loops, f.Delays, f.Loops)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	if !tried {
		return skip("no file of Options.Files has Delays")
	}
	return nil
}
