package codec_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/png"
)

// pgm reads gray pictures of the Netpbm format PGM. What it does not
// implement (an encoder, animation, decoding at a smaller scale) an engine
// does not ask for.
type pgm struct{}

var _ codec.Decoder = pgm{}

func (pgm) Format() codec.Format {
	return codec.Format{Name: "pgm", MIME: "image/x-portable-graymap", Extension: "pgm", Magic: []string{"P5"}}
}

// Revision is part of every cache key: change it with the pixels.
func (pgm) Revision() string { return "pgm 1" }

// header reads "P5 width height 255" and one space.
func header(r io.Reader) (shape pixel.Shape, err error) {
	read := &failures{r: r}
	var most int
	_, err = fmt.Fscanf(read, "P5 %d %d %d\n", &shape.Width, &shape.Height, &most)
	if read.err != nil {
		return shape, read.err
	}
	if err != nil || shape.Width < 1 || shape.Height < 1 {
		return shape, fmt.Errorf("pgm: %w: no header", codec.ErrFormat)
	}
	if most != 255 {
		return shape, fmt.Errorf("pgm: %w: %d shades", codec.ErrUnsupported, most)
	}
	shape.Layout = pixel.Gray
	return shape, nil
}

// failures keeps the errors of a reader, other than its end, apart from those of
// the file: the network may have failed rather than the picture.
type failures struct {
	r   io.Reader
	err error
}

func (f *failures) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if err != nil && err != io.EOF {
		f.err = err
	}
	return n, err
}

func (pgm) Probe(r io.Reader) (codec.Info, error) {
	shape, err := header(r)
	return codec.Info{Shape: shape, Orientation: 1, Frames: 1, Space: "b-w", Channels: 1}, err
}

func (pgm) DecodeWork(info codec.Info, _ codec.Request) int64 {
	return pixel.StripRows*int64(info.Shape.Width) + 4096
}

func (pgm) Decode(ctx context.Context, r io.Reader, req codec.Request) (pixel.Source, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	b := bufio.NewReader(r)
	shape, err := header(b)
	if err != nil {
		return nil, err
	}
	src := &rows{r: b, shape: shape, pool: req.Pool, strip: pixel.NewStrip(req.Pool, shape, pixel.StripRows)}
	return pixel.WithContext(ctx, src), nil
}

// rows reads strip by strip, when it is asked to: memory is some rows, not the
// picture.
type rows struct {
	r     io.Reader
	shape pixel.Shape
	pool  *pixel.Pool
	strip *pixel.Strip
	y     int
}

func (s *rows) Shape() pixel.Shape { return s.shape }

func (s *rows) Next() (*pixel.Strip, error) {
	if s.y == s.shape.Height || s.strip == nil {
		return nil, io.EOF
	}
	strip := *s.strip
	strip.Y, strip.Rows = s.y, min(pixel.StripRows, s.shape.Height-s.y)
	strip.Planes[0] = s.strip.Planes[0].Rows(0, strip.Rows)
	for y := range strip.Rows {
		switch _, err := io.ReadFull(s.r, strip.Planes[0].Row(y)); {
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			return nil, fmt.Errorf("pgm: %w: ends in row %d", codec.ErrFormat, s.y+y)
		case err != nil:
			return nil, err
		}
	}
	s.y += strip.Rows
	return &strip, nil
}

func (s *rows) Close() error {
	if s.strip != nil {
		s.strip.Free(s.pool)
		s.strip = nil
	}
	return nil
}

// An adapter for a format is a value with a few methods, which is handed to
// luna.New beside the others. Run package codectest's suite in its test.
func Example() {
	engine, err := luna.New([]codec.Codec{pgm{}, png.Codec{}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	scan := append([]byte("P5 400 300 255\n"), make([]byte, 400*300)...)
	var out bytes.Buffer
	result, err := engine.Transform(context.Background(), &out, bytes.NewReader(scan),
		[]edit.Edit{edit.Resize{Width: 100}}, &edit.Output{Format: edit.FormatPNG})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.MIME, result.Width, result.Height)
	// Output: image/png 100 75
}

// An encoder says beforehand what it cannot do.
func ExampleOptions() {
	var encoder codec.Encoder = png.Codec{}
	photo := pixel.Shape{Width: 800, Height: 600, Layout: pixel.RGB}
	fmt.Println(encoder.Check(photo, codec.Options{Quality: 80, Progressive: true}))
	fmt.Println(encoder.Accepts(pixel.YCbCr420, codec.Options{}))
	// Output:
	// <nil>
	// rgb
}

func ExampleScale_Size() {
	quarter := codec.Scale{Numerator: 1, Denominator: 4}
	fmt.Println(quarter.Size(4000), quarter.Size(3001))
	// Output: 1000 751
}
