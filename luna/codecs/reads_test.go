package codecs_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codecs"
	"github.com/immagin/immagin-go/luna/gif"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/tiff"
)

// most tells for each format how many bytes of a file Metadata may read: its
// first few kilobytes. A file whose headers are longer is read up to their
// end; a GIF tells the number of its pictures only at its end.
var most = map[string]int64{
	"jpeg": 4<<10 + 128, "png": 1 << 10, "webp": 4 << 10, "avif": 8 << 10, "tiff": 33 << 10, "jp2": 4 << 10, "heif": 8 << 10, "bmp": 1 << 10,
}

// A meter counts what is read of a body.
type meter struct {
	io.Reader
	n int64
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	m.n += int64(n)
	return n, err
}

// noise returns a picture that no codec makes small.
func noise(t *testing.T, c codec.Encoder, opts codec.Options) []byte {
	t.Helper()
	const width, height = 320, 240
	shape := pixel.Shape{Width: width, Height: height, Layout: c.Accepts(pixel.RGB, opts)}
	m := pixel.NewImage(nil, shape)
	random := rand.New(rand.NewPCG(1, 2))
	for p := range shape.Layout.Planes() {
		for y := range m.Planes[p].Height {
			for x := range m.Planes[p].Row(y) {
				m.Planes[p].Row(y)[x] = uint8(random.Uint32())
			}
		}
	}
	var b bytes.Buffer
	require.NoError(t, c.Encode(context.Background(), &b, m.Source(0, nil), opts))
	return b.Bytes()
}

// readers are the default set, and of the other formats those that write what
// they read.
func readers() []codec.Codec {
	set := codecs.Default()
	for _, c := range []codec.Codec{gif.Codec{}, tiff.Codec{}} {
		if !slices.ContainsFunc(set, func(d codec.Codec) bool { return d.Format().Name == c.Format().Name }) {
			set = append(set, c)
		}
	}
	return set
}

func TestMetadataReadsHeadersOnly(t *testing.T) {
	set := readers()
	e, err := luna.New(set, nil)
	require.NoError(t, err)
	read := func(file []byte) (*luna.Metadata, int64) {
		body := &meter{Reader: bytes.NewReader(file)}
		m, err := e.Metadata(t.Context(), body)
		require.NoError(t, err)
		return m, body.n
	}
	for _, c := range set {
		encoder, ok := c.(codec.Encoder)
		if _, decodes := c.(codec.Decoder); !ok || !decodes {
			continue
		}
		format := c.Format().Name
		t.Run(format, func(t *testing.T) {
			file := noise(t, encoder, codec.Options{})
			m, n := read(file)
			require.Equal(t, format, m.Format)
			require.Equal(t, []int{320, 240, 320, 240, 1}, []int{m.Width, m.Height, m.OrientedWidth, m.OrientedHeight, m.Orientation})
			require.InDelta(t, 72, m.Density, 0)
			limit, ok := most[format]
			if !ok {
				limit = int64(len(file))
			}
			require.Greater(t, int64(len(file)), int64(20<<10))
			require.LessOrEqual(t, n, limit)
			t.Logf("%d of %d bytes", n, len(file))
		})
	}
}

// TestMetadataReadsLongEXIF has a block as long as a JPEG segment may be.
func TestMetadataReadsLongEXIF(t *testing.T) {
	const comment = 60_000
	order := binary.LittleEndian
	block := order.AppendUint32([]byte("II*\x00"), 8)
	block = order.AppendUint16(block, 2)
	for _, e := range [][4]uint32{{0x010e, 2, comment, 38}, {0x0112, 3, 1, 6}} {
		block = order.AppendUint16(block, uint16(e[0]))
		block = order.AppendUint16(block, uint16(e[1]))
		block = order.AppendUint32(block, e[2])
		block = order.AppendUint32(block, e[3])
	}
	block = append(block, 0, 0, 0, 0)
	block = append(block, bytes.Repeat([]byte("x"), comment)...)
	set := codecs.Default()
	e, err := luna.New(set, nil)
	require.NoError(t, err)
	for _, c := range set {
		format := c.Format().Name
		if !told[format] {
			continue
		}
		t.Run(format, func(t *testing.T) {
			file := noise(t, c.(codec.Encoder), codec.Options{Metadata: codec.Metadata{EXIF: block}})
			body := &meter{Reader: bytes.NewReader(file)}
			m, err := e.Metadata(t.Context(), body)
			require.NoError(t, err)
			require.Equal(t, 6, m.Orientation)
			require.Equal(t, []int{240, 320}, []int{m.OrientedWidth, m.OrientedHeight})
			if format == "webp" { // where EXIF stands behind the pixels
				require.LessOrEqual(t, body.n, int64(len(file)))
			} else {
				require.LessOrEqual(t, body.n, comment+most[format])
			}
			t.Logf("%d of %d bytes", body.n, len(file))
		})
	}
}
