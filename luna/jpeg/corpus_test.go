package jpeg

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

// corpusVariable names a folder of pictures, good and bad, of which tests take
// every JPEG that they find in it and below, whatever it is called. Without it
// they are skipped.
const corpusVariable = "IMMAGIN_TEST_CORPUS"

// corpusPixels is the size from which a file is a bomb here, which an engine's
// limits keep from the decoder.
const corpusPixels = 50_000_000

// corpus returns the JPEGs of the folder by path.
func corpus(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	folder := os.Getenv(corpusVariable)
	if folder == "" {
		return files
	}
	require.NoError(t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err == nil && bytes.HasPrefix(data, []byte("\xff\xd8\xff")) {
			name, _ := filepath.Rel(folder, path)
			files[name] = data
		}
		return err
	}))
	return files
}

// TestCorpus decodes all of a corpus: what the standard library decodes must be
// decoded, to the same samples but for another rounding; what it refuses must
// be decoded or refused with a typed error, in bounded time and memory.
func TestCorpus(t *testing.T) {
	files := corpus(t)
	if len(files) == 0 {
		t.Skip(corpusVariable + " names no folder with JPEGs")
	}
	for name, data := range files {
		t.Run(name, func(t *testing.T) {
			want := standard(t, data)
			info, err := Codec{}.Probe(bytes.NewReader(data))
			if err == nil && int64(info.Shape.Width)*int64(info.Shape.Height) > corpusPixels {
				t.Skipf("%v is over the limit", info.Shape)
			}
			var m *pixel.Image
			if err == nil {
				m, err = bounded(t, Codec{}, info, data, codec.Request{})
			}
			switch {
			case err == nil:
				require.Equal(t, info.Shape, m.Shape)
				if want != nil && sound(info, data) {
					compareStandard(t, want, m)
				}
				for _, scale := range (Codec{}).Scales(info) {
					for _, reference := range []bool{false, true} {
						_, err := bounded(t, Codec{}, info, data, codec.Request{Scale: scale, Reference: reference})
						require.NoError(t, err, "%v, reference %v", scale, reference)
					}
				}
			case !typed(err):
				t.Fatal(err)
			case want != nil && !forgives(err):
				t.Errorf("the standard library decodes it: %v", err)
			case info.Shape.Width > 0:
				// It is damaged behind its headers.
				_, lenient := bounded(t, Codec{AllowTruncated: true}, info, data, codec.Request{})
				t.Logf("refused: %v; allowing for truncation: %v", err, lenient)
				require.True(t, lenient == nil || typed(lenient), lenient)
			default:
				t.Logf("refused by its headers: %v", err)
			}
		})
	}
}

// forgives reports whether err is of the kinds that the standard library does
// not mind: it takes a quantisation table that is not there for one of zeros,
// and ends a block whose coefficients are too many without reading the last
// one's bits, so that it misses what comes of it.
func forgives(err error) bool {
	return strings.Contains(err.Error(), "has no quantisation table") || errors.Is(err, errCode)
}

// sound reports whether the first scan header of a sequential picture is as the
// standard has it. All decoders ignore what it says; in a corpus it is a sign
// of damage behind it, of which each decoder makes something else.
func sound(info codec.Info, data []byte) bool {
	return info.Progressive || bytes.Contains(data, []byte{0, 63, 0})
}

// bounded decodes data, and looks at how long that takes and what it allocates.
func bounded(t *testing.T, c Codec, info codec.Info, data []byte, req codec.Request) (m *pixel.Image, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	allocated := testpic.Allocated(func() {
		var src pixel.Source
		if src, err = c.Decode(ctx, bytes.NewReader(data), req); err != nil {
			return
		}
		defer src.Close()
		m, err = pixel.ReadAll(nil, src)
	})
	require.False(t, errors.Is(err, context.DeadlineExceeded), "it hangs")
	picture := info.Shape
	if m != nil {
		picture = m.Shape
	}
	require.LessOrEqual(t, allocated, c.DecodeWork(info, req)+picture.Bytes()+3*int64(len(data))+64<<10)
	return m, err
}

// standard decodes with image/jpeg. It returns nil for what that cannot do.
func standard(t *testing.T, data []byte) image.Image {
	t.Helper()
	c, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil || int64(c.Width)*int64(c.Height) > corpusPixels {
		return nil
	}
	m, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil || m.Bounds().Empty() {
		return nil
	}
	return m
}

// A difference sums up how far two pictures are apart.
type difference struct{ n, sum, most int }

func (d *difference) add(a, b uint8) {
	v := max(int(a)-int(b), int(b)-int(a))
	d.n++
	d.sum += v
	d.most = max(d.most, v)
}

func (d *difference) mean() float64 { return float64(d.sum) / float64(max(d.n, 1)) }

// compareStandard compares the planes with those of image/jpeg, whose
// transform rounds in other places.
func compareStandard(t *testing.T, want image.Image, m *pixel.Image) {
	t.Helper()
	var d difference
	require.Equal(t, image.Pt(m.Shape.Width, m.Shape.Height), want.Bounds().Size())
	for y := range m.Shape.Height {
		for x := range m.Shape.Width {
			switch p := want.(type) {
			case *image.Gray:
				d.add(p.Pix[p.PixOffset(x, y)], m.Planes[0].Row(y)[x])
			case *image.YCbCr:
				d.add(p.Y[p.YOffset(x, y)], m.Planes[0].Row(y)[x])
				sx, sy := m.Shape.Layout.Subsampling(1)
				if x&(1<<sx-1) != 0 || y&(1<<sy-1) != 0 {
					continue
				}
				d.add(p.Cb[p.COffset(x, y)], m.Planes[1].Row(y >> sy)[x>>sx])
				d.add(p.Cr[p.COffset(x, y)], m.Planes[2].Row(y >> sy)[x>>sx])
			case *image.RGBA:
				for c := range 3 {
					d.add(p.Pix[p.PixOffset(x, y)+c], m.Planes[c].Row(y)[x])
				}
			case *image.CMYK:
				for c := range 4 {
					d.add(p.Pix[p.PixOffset(x, y)+c], m.Planes[c].Row(y)[x])
				}
			default:
				t.Fatalf("a picture of %T", want)
			}
		}
	}
	t.Logf("%T: mean %.4f, at most %d", want, d.mean(), d.most)
	require.Less(t, d.mean(), .05)
}
