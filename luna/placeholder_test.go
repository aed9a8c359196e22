package luna_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	stdgif "image/gif"
	stdjpeg "image/jpeg"
	stdpng "image/png"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bbrks/go-blurhash"
	"github.com/galdor/go-thumbhash"
	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/gif"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/png"
	"github.com/immagin/immagin-go/luna/webp"
)

// sketched is a PNG of what at says.
func sketched(t testing.TB, width, height int, at func(x, y int) color.Color) []byte {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			m.Set(x, y, at(x, y))
		}
	}
	var b bytes.Buffer
	require.NoError(t, stdpng.Encode(&b, m))
	return b.Bytes()
}

// average is the mean of each channel, alpha the last, not multiplied by it.
func average(m image.Image) (mean [4]float64) {
	b := m.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA)
			for i, v := range []uint8{c.R, c.G, c.B, c.A} {
				mean[i] += float64(v) / float64(b.Dx()*b.Dy())
			}
		}
	}
	return mean
}

// shown decodes a data URL by the engine's codecs, and says what type it has.
func shown(t testing.TB, e *luna.Engine, url string) (mime string, m image.Image) {
	t.Helper()
	require.Less(t, len(url), 1024)
	rest, ok := strings.CutPrefix(url, "data:")
	require.True(t, ok)
	mime, text, ok := strings.Cut(rest, ";base64,")
	require.True(t, ok)
	file, err := base64.StdEncoding.DecodeString(text)
	require.NoError(t, err)
	told, err := e.Metadata(context.Background(), bytes.NewReader(file))
	require.NoError(t, err)
	require.Equal(t, "image/"+told.Format, mime)
	if told.Format == "webp" {
		file = converted(t, file)
	}
	m, _, err = image.Decode(bytes.NewReader(file))
	require.NoError(t, err)
	return mime, m
}

func converted(t testing.TB, file []byte) []byte {
	e, err := luna.New([]codec.Codec{webp.Codec{}, png.Codec{}}, nil)
	require.NoError(t, err)
	var b bytes.Buffer
	_, err = e.Transform(context.Background(), &b, bytes.NewReader(file), nil, &edit.Output{Format: edit.FormatPNG})
	require.NoError(t, err)
	return b.Bytes()
}

func near(t testing.TB, want, got [4]float64, by float64, what string) {
	t.Helper()
	for i := range want {
		require.InDelta(t, want[i], got[i], by, "%s, channel %d of %v, not %v", what, i, got, want)
	}
}

func TestPlaceholder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pictures := map[string][]byte{
		"photo":    photo(400, 300),
		"gradient": picture(300, 400, false),
		"one":      sketched(t, 1, 1, func(int, int) color.Color { return color.NRGBA{200, 100, 50, 255} }),
		"red":      sketched(t, 640, 480, func(int, int) color.Color { return color.NRGBA{255, 0, 0, 255} }),
		"gray":     sketched(t, 90, 90, func(int, int) color.Color { return color.Gray{77} }),
		"tall":     sketched(t, 3, 3000, func(_, y int) color.Color { return color.NRGBA{uint8(y / 12), 50, 90, 255} }),
		"wide":     sketched(t, 3000, 3, func(x, _ int) color.Color { return color.NRGBA{uint8(x / 12), 50, 90, 255} }),
		"noise": sketched(t, 300, 200, func(int, int) color.Color {
			return color.NRGBA{uint8(random.Uint32()), uint8(random.Uint32()), uint8(random.Uint32()), 255}
		}),
		"see through": sketched(t, 200, 200, func(x, y int) color.Color {
			if x < 100 {
				return color.NRGBA{10, 200, 30, 0}
			}
			return color.NRGBA{10, 200, 30, 255}
		}),
		"half": sketched(t, 60, 40, func(int, int) color.Color { return color.NRGBA{240, 180, 60, 128} }),
		"deep": func() []byte {
			m := image.NewNRGBA64(image.Rect(0, 0, 50, 40))
			for i := range m.Pix {
				m.Pix[i] = 0xc0
			}
			var b bytes.Buffer
			require.NoError(t, stdpng.Encode(&b, m))
			return b.Bytes()
		}(),
		"moves": func() []byte {
			frame := func(i uint8) *image.Paletted {
				m := image.NewPaletted(image.Rect(0, 0, 30, 20), color.Palette{color.NRGBA{20, 40, 200, 255}, color.NRGBA{255, 255, 0, 255}})
				for p := range m.Pix {
					m.Pix[p] = i
				}
				return m
			}
			var b bytes.Buffer
			require.NoError(t, stdgif.EncodeAll(&b, &stdgif.GIF{Image: []*image.Paletted{frame(0), frame(1)}, Delay: []int{5, 5}}))
			return b.Bytes()
		}(),
	}
	alpha := map[string]bool{"see through": true, "half": true, "deep": true}
	for _, set := range []struct {
		name           string
		codecs         []codec.Codec
		opaque, sheer  string
		lossyTolerance float64
	}{
		{"all", []codec.Codec{gif.Codec{}, jpeg.Codec{}, png.Codec{}, webp.Codec{}}, "image/webp", "image/webp", 12},
		{"without WebP", []codec.Codec{gif.Codec{}, jpeg.Codec{}, png.Codec{}}, "image/jpeg", "image/png", 12},
		{"PNG only", []codec.Codec{png.Codec{}}, "image/png", "image/png", 8},
	} {
		e, err := luna.New(set.codecs, nil)
		require.NoError(t, err)
		for name, file := range pictures {
			t.Run(set.name+"/"+name, func(t *testing.T) {
				source, format, err := image.Decode(bytes.NewReader(file))
				require.NoError(t, err)
				if decodes, _ := e.Formats(); !strings.Contains(strings.Join(decodes, " "), format) {
					t.Skip("this set reads no " + format)
				}
				want := average(source)
				p, err := e.Placeholder(context.Background(), bytes.NewReader(file))
				require.NoError(t, err)
				again, err := e.Placeholder(context.Background(), bytes.NewReader(file))
				require.NoError(t, err)
				require.Equal(t, p, again)

				mime, small := shown(t, e, p.DataURL)
				require.LessOrEqual(t, small.Bounds().Dx(), 20)
				got := average(small)
				if alpha[name] {
					require.Equal(t, set.sheer, mime)
					require.InDelta(t, want[3], got[3], 12, "alpha")
				} else {
					require.Equal(t, set.opaque, mime)
					near(t, want, got, set.lossyTolerance, "data URL")
				}

				require.LessOrEqual(t, len(p.ThumbHash), 26)
				hash, err := thumbhash.DecodeImage(p.ThumbHash)
				require.NoError(t, err)
				got = average(hash)
				if !alpha[name] {
					near(t, want, got, 12, "ThumbHash")
				} else {
					require.InDelta(t, want[3], got[3], 16, "ThumbHash's alpha")
				}
				if name == "half" { // of one colour, so that its samples do not depend on alpha
					near(t, want, got, 12, "ThumbHash")
				}
				square := hash.Bounds().Dx() == hash.Bounds().Dy()
				b := source.Bounds()
				require.Equal(t, b.Dx() > b.Dy(), hash.Bounds().Dx() > hash.Bounds().Dy() && !square, "landscape stays landscape")

				blur, err := blurhash.Decode(p.BlurHash, 32, 32, 1)
				require.NoError(t, err)
				if !alpha[name] && name != "noise" { // BlurHash averages light, not samples
					near(t, want, average(blur), 25, "BlurHash")
				}
			})
		}
	}
}

// TestPlaceholderIsUpright: all three are of the picture as it is shown.
func TestPlaceholderIsUpright(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 80, 40))
	for y := range 40 {
		for x := range 80 {
			m.Set(x, y, color.RGBA{uint8(3 * x), 0, 0, 255})
		}
	}
	var b bytes.Buffer
	require.NoError(t, stdjpeg.Encode(&b, m, nil))
	exif := "\xff\xe1\x00\x22Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"
	file := append([]byte("\xff\xd8"+exif), b.Bytes()[2:]...)
	e, err := luna.New([]codec.Codec{jpeg.Codec{}}, nil)
	require.NoError(t, err)
	p, err := e.Placeholder(context.Background(), bytes.NewReader(file))
	require.NoError(t, err)
	_, small := shown(t, e, p.DataURL)
	hash, err := thumbhash.DecodeImage(p.ThumbHash)
	require.NoError(t, err)
	for _, m := range []image.Image{small, hash} {
		require.Greater(t, m.Bounds().Dy(), m.Bounds().Dx())
		top, _, _, _ := m.At(1, 1).RGBA()
		bottom, _, _, _ := m.At(1, m.Bounds().Dy()-2).RGBA()
		require.Greater(t, bottom, top)
	}
	x, y, err := blurhash.Components(p.BlurHash)
	require.NoError(t, err)
	require.Equal(t, []int{3, 4}, []int{x, y})
}

func TestPlaceholderRefusals(t *testing.T) {
	ctx := context.Background()
	reader := func(opts *luna.Options, codecs ...codec.Codec) *luna.Engine {
		e, err := luna.New(codecs, opts)
		require.NoError(t, err)
		return e
	}
	e := reader(nil, gif.Codec{})
	var b bytes.Buffer
	require.NoError(t, stdgif.Encode(&b, image.NewGray(image.Rect(0, 0, 9, 9)), nil))
	_, err := e.Placeholder(ctx, bytes.NewReader(b.Bytes()))
	missing, ok := errors.AsType[*luna.MissingCodecError](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, []string{"gif"}, missing.Have)

	e = reader(nil, jpeg.Codec{}, png.Codec{})
	_, err = e.Placeholder(ctx, strings.NewReader("no picture"))
	require.ErrorIs(t, err, luna.ErrNotImage)
	file := photo(300, 200)
	_, err = e.Placeholder(ctx, bytes.NewReader(file[:len(file)/2]))
	require.ErrorIs(t, err, luna.ErrFormat)
	_, err = reader(&luna.Options{MaxPixels: 1000}, jpeg.Codec{}).Placeholder(ctx, bytes.NewReader(file))
	require.ErrorIs(t, err, luna.ErrLimit)
	_, err = reader(&luna.Options{MaxRequestBytes: 1 << 16, MaxBytes: 1 << 16}, jpeg.Codec{}).Placeholder(ctx, bytes.NewReader(file))
	require.ErrorIs(t, err, luna.ErrLimit)
	ended, cancel := context.WithCancel(ctx)
	cancel()
	_, err = e.Placeholder(ended, bytes.NewReader(file))
	require.ErrorIs(t, err, context.Canceled)
}

func TestPlaceholderIsServed(t *testing.T) {
	admitter := new(admitter)
	s := newSite(t, []codec.Codec{jpeg.Codec{}, png.Codec{}, webp.Codec{}}, &luna.HandlerOptions{Admitter: admitter, Cache: new(cache)})
	url := signed(`{"key":"hero.jpg","metadata":{"placeholder":true}}`)
	r := s.get(url)
	require.Equal(t, http.StatusOK, r.StatusCode)
	require.Equal(t, "application/json", r.Header.Get("Content-Type"))
	require.Equal(t, "public, max-age=60", r.Header.Get("Cache-Control"))
	require.Equal(t, "miss", r.Header.Get("X-Luna-Cache"))
	var m luna.Metadata
	text := content(t, r)
	require.NoError(t, json.Unmarshal(text, &m))
	require.Equal(t, []int{64, 48}, []int{m.Width, m.Height})
	require.NotNil(t, m.Placeholder)
	require.NotEmpty(t, m.Placeholder.ThumbHash)
	require.NotEmpty(t, m.Placeholder.BlurHash)
	require.True(t, strings.HasPrefix(m.Placeholder.DataURL, "data:image/webp;base64,"))
	require.Less(t, len(m.Placeholder.DataURL), 1024)

	again := s.get(url, "If-None-Match", r.Header.Get("ETag"))
	require.Equal(t, http.StatusNotModified, again.StatusCode)
	again = s.get(url)
	require.Equal(t, "hit", again.Header.Get("X-Luna-Cache"))
	require.Equal(t, text, content(t, again))
	_, opens := s.origin.counts()
	require.Equal(t, 1, opens)
	require.Empty(t, admitter.calls, "metadata is never metered")

	for _, plain := range []string{`true`, `{"placeholder":false}`, `{}`} {
		r = s.get(signed(`{"key":"hero.jpg","metadata":` + plain + `}`))
		require.Equal(t, http.StatusOK, r.StatusCode)
		require.NotContains(t, string(content(t, r)), "placeholder")
	}
	s.origin.put("demo", "half.jpg", photo(300, 200)[:900])
	requireProblem(t, s.get(signed(`{"key":"half.jpg","metadata":{"placeholder":true}}`)), http.StatusUnprocessableEntity, "original_corrupt")
}

// TestPlaceholderTakesNoLongerThanARender ends a placeholder whose decoder
// hangs.
func TestPlaceholderTakesNoLongerThanARender(t *testing.T) {
	s := newSite(t, []codec.Codec{hanging{jpeg.Codec{}}, png.Codec{}}, &luna.HandlerOptions{RenderTimeout: 20 * time.Millisecond})
	requireProblem(t, s.get(signed(`{"key":"hero.jpg","metadata":{"placeholder":true}}`)), http.StatusGatewayTimeout, "timeout")
}

// A hanging codec decodes nothing until its context is done.
type hanging struct{ jpeg.Codec }

func (hanging) Decode(ctx context.Context, _ io.Reader, _ codec.Request) (pixel.Source, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func ExampleEngine_Placeholder() {
	e, err := luna.New([]codec.Codec{jpeg.Codec{}, webp.Codec{}}, nil)
	if err != nil {
		panic(err)
	}
	p, err := e.Placeholder(context.Background(), bytes.NewReader(photo(400, 300)))
	if err != nil {
		panic(err)
	}
	fmt.Println(len(p.ThumbHash) < 30, len(p.BlurHash), p.DataURL[:23], len(p.DataURL) < 1024)
	// Output: true 28 data:image/webp;base64, true
}
