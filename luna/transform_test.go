package luna_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	stdpng "image/png"
	"io"
	"math"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/scene"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/png"
	"github.com/immagin/immagin-go/luna/webp"
)

func newEngine(t testing.TB, opts *luna.Options) *luna.Engine {
	t.Helper()
	e, err := luna.New([]codec.Codec{jpeg.Codec{}, png.Codec{}, webp.Codec{}}, opts)
	require.NoError(t, err)
	return e
}

func toPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, (&stdpng.Encoder{CompressionLevel: stdpng.BestSpeed}).Encode(&b, m))
	return b.Bytes()
}

func toJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, stdjpeg.Encode(&b, m, &stdjpeg.Options{Quality: 97}))
	return b.Bytes()
}

// transform runs e, and decodes what it made: through e where the standard
// library cannot.
func transform(t testing.TB, e *luna.Engine, original []byte, format edit.Format, edits ...edit.Edit) (*image.NRGBA, *luna.Result) {
	t.Helper()
	var b bytes.Buffer
	res, err := e.Transform(t.Context(), &b, bytes.NewReader(original), edits, &edit.Output{Format: format})
	require.NoError(t, err)
	require.Equal(t, string(format), res.Format)
	require.Equal(t, int64(b.Len()), res.Bytes)
	if format != edit.FormatPNG {
		m, _ := transform(t, e, b.Bytes(), edit.FormatPNG)
		return m, res
	}
	m, err := stdpng.Decode(&b)
	require.NoError(t, err)
	require.Equal(t, image.Pt(res.Width, res.Height), m.Bounds().Size())
	n := image.NewNRGBA(m.Bounds())
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			n.Set(x, y, m.At(x, y))
		}
	}
	return n, res
}

// psnr compares colours, in decibels.
func psnr(t testing.TB, a, b *image.NRGBA) float64 {
	t.Helper()
	require.Equal(t, a.Rect, b.Rect)
	sum := 0.
	for i := range a.Pix {
		d := float64(a.Pix[i]) - float64(b.Pix[i])
		sum += d * d
	}
	return 10 * math.Log10(255*255*float64(len(a.Pix))/sum)
}

// area is the plain mean of what each pixel of a smaller picture covers, for
// whole factors: not what a resize computes, but where it must be.
func area(m *image.RGBA, factor int) *image.NRGBA {
	n := image.NewNRGBA(image.Rect(0, 0, m.Rect.Dx()/factor, m.Rect.Dy()/factor))
	for y := range n.Rect.Dy() {
		for x := range n.Rect.Dx() {
			var sum [4]int
			for dy := range factor {
				for dx := range factor {
					c := m.RGBAAt(x*factor+dx, y*factor+dy)
					sum[0], sum[1], sum[2] = sum[0]+int(c.R), sum[1]+int(c.G), sum[2]+int(c.B)
				}
			}
			k := factor * factor
			n.SetNRGBA(x, y, color.NRGBA{uint8(sum[0] / k), uint8(sum[1] / k), uint8(sum[2] / k), 255})
		}
	}
	return n
}

func TestTransformEveryFormat(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	e := newEngine(t, nil)
	picture := scene.Landscape(641, 480)
	exact := toPNG(t, picture)
	want, _ := transform(t, e, exact, edit.FormatPNG, edit.Resize{Width: 200})
	var lossless bytes.Buffer
	_, err := e.Transform(t.Context(), &lossless, bytes.NewReader(exact), nil, &edit.Output{Format: "webp", Lossless: new(true)})
	require.NoError(t, err)

	for from, original := range map[string][]byte{"png": exact, "jpeg": toJPEG(t, picture), "webp": lossless.Bytes()} {
		for _, to := range []edit.Format{edit.FormatPNG, edit.FormatJPEG, edit.FormatWebP} {
			t.Run(from+" to "+string(to), func(t *testing.T) {
				got, res := transform(t, e, original, to, edit.Resize{Width: 200})
				require.Equal(t, "image/"+string(to), res.MIME)
				require.Equal(t, 200, res.Width)
				require.Equal(t, 150, res.Height)
				require.Equal(t, int64(len(original)), res.SourceBytes)
				quality := psnr(t, want, got)
				require.Greater(t, quality, 30., "encoding at 90 loses a little")
				if to == edit.FormatPNG {
					require.Greater(t, quality, 37., "from any original")
				}
				if from != "jpeg" && to == edit.FormatPNG {
					require.True(t, math.IsInf(quality, 1), "lossless stays so")
				}
			})
		}
	}
}

// TestResizeStaysInPlace: no shift, no cast, whatever the planner does.
func TestResizeStaysInPlace(t *testing.T) {
	e := newEngine(t, nil)
	picture := scene.Landscape(900, 720)
	for name, original := range map[string][]byte{"png": toPNG(t, picture), "jpeg": toJPEG(t, picture)} {
		for _, factor := range []int{2, 3, 6, 12} {
			got, _ := transform(t, e, original, edit.FormatPNG, edit.Resize{Width: 900 / factor})
			want := area(picture, factor)
			here := psnr(t, want, got)
			require.Greater(t, here, 30., "%s by %d", name, factor)
			for _, d := range []image.Point{{1, 0}, {0, 1}, {-1, 0}, {0, -1}} {
				part := image.Rect(1, 1, want.Rect.Dx()-1, want.Rect.Dy()-1)
				require.Greater(t, here, 2+psnr(t, cut(want, part), cut(got, part.Add(d))), "%s by %d", name, factor)
			}
			for c, cast := range casts(want, got) {
				require.Less(t, math.Abs(cast), 1., "channel %d of %s by %d", c, name, factor)
			}
		}
	}
}

func cut(m *image.NRGBA, r image.Rectangle) *image.NRGBA {
	n := image.NewNRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
	for y := range r.Dy() {
		copy(n.Pix[y*n.Stride:][:n.Stride], m.Pix[m.PixOffset(r.Min.X, r.Min.Y+y):])
	}
	return n
}

// casts is by how much each channel of b is brighter in the mean.
func casts(a, b *image.NRGBA) (mean [4]float64) {
	for i := range a.Pix {
		mean[i%4] += float64(b.Pix[i]) - float64(a.Pix[i])
	}
	for c := range mean {
		mean[c] /= float64(len(a.Pix) / 4)
	}
	return mean
}

// TestAlphaDoesNotBleed: the colour of transparent pixels is nowhere.
func TestAlphaDoesNotBleed(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 400, 400))
	for y := range 400 {
		for x := range 400 {
			m.SetNRGBA(x, y, color.NRGBA{0, 255, 0, 0}) // clear green
			if (x-200)*(x-200)+(y-200)*(y-200) < 150*150 {
				m.SetNRGBA(x, y, color.NRGBA{200, 0, 0, 255})
			}
		}
	}
	e := newEngine(t, nil)
	original := toPNG(t, m)
	for _, width := range []int{37, 100, 399} {
		got, _ := transform(t, e, original, edit.FormatPNG, edit.Resize{Width: width})
		soft := 0
		for i := 0; i < len(got.Pix); i += 4 {
			require.Zero(t, got.Pix[i+1])
			if a := got.Pix[i+3]; a > 16 && a < 255 {
				soft++
				require.InDelta(t, 200, int(got.Pix[i]), 40, "the edge is as red as the rest")
			}
		}
		require.NotZero(t, soft)
	}
	onWhite, _ := transform(t, newEngine(t, &luna.Options{Matte: "white"}), original, edit.FormatJPEG, edit.Resize{Width: 100})
	require.Equal(t, color.NRGBA{255, 255, 255, 255}, onWhite.NRGBAAt(1, 1))
	onBlack, _ := transform(t, e, original, edit.FormatJPEG, edit.Resize{Width: 100})
	require.Equal(t, color.NRGBA{0, 0, 0, 255}, onBlack.NRGBAAt(1, 1))
}

// stored is the picture that orientation makes m of.
func stored(m *image.RGBA, orientation int) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	from := map[int]func(x, y int) (int, int){ // of the stored pixel to that of m
		1: func(x, y int) (int, int) { return x, y },
		2: func(x, y int) (int, int) { return w - 1 - x, y },
		3: func(x, y int) (int, int) { return w - 1 - x, h - 1 - y },
		4: func(x, y int) (int, int) { return x, h - 1 - y },
		5: func(x, y int) (int, int) { return y, x },
		6: func(x, y int) (int, int) { return w - 1 - y, x },
		7: func(x, y int) (int, int) { return w - 1 - y, h - 1 - x },
		8: func(x, y int) (int, int) { return y, h - 1 - x },
	}[orientation]
	n := image.NewRGBA(m.Rect)
	if orientation >= 5 {
		n = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range n.Rect.Dy() {
		for x := range n.Rect.Dx() {
			n.SetRGBA(x, y, m.RGBAAt(from(x, y)))
		}
	}
	return n
}

// withExif puts an EXIF orientation into a JPEG file.
func withExif(file []byte, orientation int) []byte {
	tiff := []byte("MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00")
	tiff[19] = byte(orientation)
	body := append([]byte("Exif\x00\x00"), tiff...)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(2+len(body)))
	return append(append(append([]byte{}, file[:2]...), append(segment, body...)...), file[2:]...)
}

func TestOrientations(t *testing.T) {
	e := newEngine(t, nil)
	upright := scene.Landscape(360, 240)
	edits := map[string][]edit.Edit{
		"alone":   nil,
		"resized": {edit.Resize{Width: 120, Height: 120}},
		"cropped": {edit.Crop{Left: 20, Top: 30, Width: 300, Height: 200}, edit.Resize{Width: 100}},
		"turned":  {edit.Resize{Width: 180}, edit.Rotate{Angle: 90}, edit.Flip(true)},
	}
	for name, edits := range edits {
		want, _ := transform(t, e, toJPEG(t, upright), edit.FormatPNG, edits...)
		for o := 1; o <= 8; o++ {
			file := withExif(toJPEG(t, stored(upright, o)), o)
			got, res := transform(t, e, file, edit.FormatPNG, edits...)
			require.Greater(t, psnr(t, want, got), 34., "orientation %d, %s: %v", o, name, res.Plan)

			m, err := e.Metadata(t.Context(), bytes.NewReader(file))
			require.NoError(t, err)
			require.Equal(t, o, m.Orientation)
			require.Equal(t, []int{360, 240}, []int{m.OrientedWidth, m.OrientedHeight})
		}
	}
	file := withExif(toJPEG(t, stored(upright, 6)), 6)
	_, res := transform(t, e, file, edit.FormatPNG, edit.AutoOrient(false))
	require.Equal(t, []int{240, 360}, []int{res.Width, res.Height}, "as stored, if so asked")
}

func TestTransformIsDeterministic(t *testing.T) {
	e := newEngine(t, nil)
	original := toJPEG(t, scene.Landscape(500, 400))
	edits := []edit.Edit{edit.Resize{Width: 123, Height: 123}, edit.Flop(true)}
	for _, format := range []edit.Format{edit.FormatPNG, edit.FormatJPEG, edit.FormatWebP} {
		results := make([][]byte, 8)
		var all sync.WaitGroup
		for i := range results {
			all.Go(func() {
				var b bytes.Buffer
				if _, err := e.Transform(t.Context(), &b, bytes.NewReader(original), edits, &edit.Output{Format: format}); err == nil {
					results[i] = b.Bytes()
				}
			})
		}
		all.Wait()
		require.NotEmpty(t, results[0])
		for _, b := range results[1:] {
			require.Equal(t, results[0], b)
		}
	}
}

// lie returns a PNG file that claims a size and has no pixels.
func lie(width, height uint32) []byte {
	file := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
	file = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(file, width), height)
	file = append(file, 8, 6, 0, 0, 0)
	file = binary.BigEndian.AppendUint32(file, crc32.ChecksumIEEE(file[12:]))
	return append(file, "\x00\x00\x00\x00IDAT\x35\xaf\x06\x1e\x00\x00\x00\x00IEND\xae\x42\x60\x82"...)
}

func TestBadOriginals(t *testing.T) {
	e := newEngine(t, nil)
	photo := toJPEG(t, scene.Landscape(300, 200))
	for name, tt := range map[string]struct {
		file  []byte
		want  error
		stage string
	}{
		"empty":                {nil, luna.ErrNotImage, "probe"},
		"a text":               {[]byte("this is not a JPEG file"), luna.ErrNotImage, "probe"},
		"half of a JPEG":       {photo[:len(photo)/2], luna.ErrFormat, "decode"},
		"a header alone":       {photo[:20], luna.ErrFormat, "probe"},
		"a claim of 50000":     {lie(50_000, 50_000), luna.ErrLimit, "probe"},
		"a claim of 7000":      {lie(7000, 7000), luna.ErrFormat, "decode"},
		"a claim of 4 billion": {lie(1<<31-1, 1<<31-1), luna.ErrLimit, "probe"},
		"a claim of nothing":   {lie(0, 5), luna.ErrFormat, "probe"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := e.Transform(t.Context(), io.Discard, bytes.NewReader(tt.file), []edit.Edit{edit.Resize{Width: 10}}, nil)
			require.ErrorIs(t, err, tt.want)
			var stage *luna.Error
			require.ErrorAs(t, err, &stage)
			require.Equal(t, tt.stage, stage.Stage)
		})
	}
}

func TestExplainReadsHeadersOnly(t *testing.T) {
	e := newEngine(t, nil)
	picture := scene.Landscape(800, 600)
	for name, file := range map[string][]byte{"png": toPNG(t, picture), "jpeg": toJPEG(t, picture)} {
		r := &counter{r: bytes.NewReader(file)}
		p, err := e.Explain(t.Context(), r, []edit.Edit{edit.Resize{Width: 100}}, nil)
		require.NoError(t, err)
		scale := map[string]string{"png": "to 800x600", "jpeg": "1/4 to 200x150"}[name]
		require.Contains(t, p.String(), "decode "+name+" "+scale+" | resize 100x75")
		require.Less(t, r.n, 8<<10, "%s of %d bytes", name, len(file))

		r = &counter{r: bytes.NewReader(file)}
		m, err := e.Metadata(t.Context(), r)
		require.NoError(t, err)
		require.Equal(t, name, m.Format)
		require.Less(t, r.n, 8<<10)
	}
}

// counter counts what is read, and calls each before a read.
type counter struct {
	r    io.Reader
	n    int
	each func(n int)
}

func (c *counter) Read(p []byte) (int, error) {
	if c.each != nil {
		c.each(c.n)
	}
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

func TestTransformStops(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	e := newEngine(t, nil)
	picture := scene.Landscape(900, 700)
	for name, file := range map[string][]byte{"png": toPNG(t, picture), "jpeg": toJPEG(t, picture)} {
		for _, edits := range [][]edit.Edit{nil, {edit.Resize{Width: 100}}, {edit.Rotate{Angle: 90}}} {
			ctx, cancel := context.WithCancel(t.Context())
			r := &counter{r: bytes.NewReader(file)}
			r.each = func(n int) {
				if n > len(file)/4 {
					cancel()
				}
			}
			var b bytes.Buffer
			_, err := e.Transform(ctx, &b, r, edits, &edit.Output{Format: edit.FormatPNG})
			require.ErrorIs(t, err, context.Canceled, name)
			require.Less(t, r.n, len(file)/2, "%s is not read on", name)
			cancel()
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stop := writer(func(p []byte) (int, error) { cancel(); return len(p), nil })
	_, err := e.Transform(ctx, stop, bytes.NewReader(toPNG(t, picture)), nil, &edit.Output{Format: edit.FormatPNG})
	require.ErrorIs(t, err, context.Canceled, "while it writes")
	boom := errors.New("boom")
	full := writer(func(p []byte) (int, error) { return 0, boom })
	_, err = e.Transform(t.Context(), full, bytes.NewReader(toPNG(t, picture)), nil, &edit.Output{Format: edit.FormatPNG})
	require.ErrorIs(t, err, boom)
}

type writer func(p []byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }
