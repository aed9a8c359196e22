package heic

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
	"math"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/isobmff"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codec/codectest"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

var shared = sync.OnceValues(func() (*Codec, error) { return New(nil) })

func testCodec(t testing.TB) *Codec {
	t.Helper()
	c, err := shared()
	require.NoError(t, err)
	return c
}

// drawn is what testdata/make.go draws.
func drawn(width, height int, layout pixel.Layout) *pixel.Image {
	m := pixel.NewImage(nil, pixel.Shape{Width: width, Height: height, Layout: layout})
	for c := range layout.Planes() {
		for y := range height {
			for x := range width {
				v := 0.5 + 0.4*math.Sin(float64(x)/float64(19+4*c)+float64(y)/float64(23-3*c))
				m.Planes[c].Row(y)[x] = uint8(math.Round(255 * v))
			}
		}
	}
	return m
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".heic"))
	require.NoError(t, err)
	return b
}

func samples(t testing.TB) []codectest.Sample {
	return []codectest.Sample{
		{Name: "rgb", Data: read(t, "rgb"), Picture: drawn(65, 67, pixel.RGB), Floor: 40},
		{Name: "rgba", Data: read(t, "rgba"), Picture: drawn(65, 67, pixel.RGBA), Floor: 40},
		{Name: "tile", Data: read(t, "tile"), Picture: drawn(64, 64, pixel.RGB), Floor: 40},
		{Name: "dot", Data: read(t, "dot"), Picture: drawn(1, 1, pixel.RGB), Floor: 30},
		{Name: "gray", Data: read(t, "gray"), Picture: drawn(66, 68, pixel.Gray), Floor: 40},
		{Name: "422", Data: read(t, "422"), Picture: drawn(65, 67, pixel.RGB), Floor: 40},
		{Name: "444", Data: read(t, "444"), Picture: drawn(65, 67, pixel.RGB), Floor: 44},
		{Name: "deep", Data: read(t, "deep"), Picture: drawn(65, 67, pixel.RGB), Floor: 40},
		{Name: "deep444", Data: read(t, "deep444"), Picture: drawn(65, 67, pixel.RGB), Floor: 43},
		{Name: "bt709", Data: read(t, "bt709"), Picture: drawn(65, 67, pixel.RGB), Floor: 40},
		{Name: "lossless", Data: read(t, "lossless"), Picture: drawn(65, 67, pixel.RGB), Floor: 50},
	}
}

func TestConformance(t *testing.T) {
	codectest.Run(t, testCodec(t), codectest.Options{Files: samples(t), Lies: []func([]byte, int, int) []byte{lieInSize}, Slow: true})
}

func lieInSize(file []byte, width, height int) []byte {
	i := bytes.Index(file, []byte("ispe"))
	if i < 0 {
		return nil
	}
	binary.BigEndian.PutUint32(file[i+8:], uint32(width))
	binary.BigEndian.PutUint32(file[i+12:], uint32(height))
	return file
}

func FuzzDecode(f *testing.F) {
	codectest.Fuzz(f, testCodec(f), codectest.Options{Files: samples(f)[:3]})
}

// What lies next to a border is interpolated from both sides, so the border
// itself is as good as what lies inside.
func TestBordersAreAsGoodAsTheRest(t *testing.T) {
	for _, name := range []string{"tile", "deep"} {
		want := drawn(65, 67, pixel.RGB)
		got := decode(t, testCodec(t), read(t, name))
		s := got.Shape
		for c := range 3 {
			for y := range s.Height {
				for x := range s.Width {
					if x > 0 && y > 0 && x < s.Width-1 && y < s.Height-1 {
						continue
					}
					require.InDelta(t, want.Planes[c].Row(y)[x], got.Planes[c].Row(y)[x], 9, "%s: plane %d at %d, %d", name, c, x, y)
				}
			}
		}
	}
}

func decode(t testing.TB, c *Codec, data []byte) *pixel.Image {
	t.Helper()
	src, err := c.Decode(context.Background(), bytes.NewReader(data), codec.Request{})
	require.NoError(t, err)
	defer src.Close()
	m, err := pixel.ReadAll(nil, src)
	require.NoError(t, err)
	return m
}

// grid makes a file of the brand mif1 that shows tile.heic twice, cut to 100
// columns, and then turned.
func grid(t testing.TB, turned ...isobmff.Property) []byte {
	tile := read(t, "tile")
	f, err := isobmff.Read(bytes.NewReader(tile))
	require.NoError(t, err)
	item := f.Items[f.Primary]
	data, err := f.Data(item, tile)
	require.NoError(t, err)
	config, _ := item.Property("hvcC")
	coded := isobmff.DraftItem{Type: "hvc1", Data: data, Properties: []isobmff.Property{
		{Type: "hvcC", Data: config, Essential: true}, isobmff.NewSize(64, 64),
	}}
	return isobmff.Write(isobmff.Draft{Brand: "mif1", All: []string{"mif1", "heic"}, Items: []isobmff.DraftItem{
		{Type: "grid", Data: []byte{0, 0, 0, 1, 0, 100, 0, 60}, Why: "dimg", To: []uint16{2, 3},
			Properties: append([]isobmff.Property{isobmff.NewSize(100, 60)}, turned...)},
		coded, coded,
	}})
}

func TestGrid(t *testing.T) {
	c := testCodec(t)
	tile := decode(t, c, read(t, "tile"))
	whole := decode(t, c, grid(t))
	require.Equal(t, pixel.Shape{Width: 100, Height: 60, Layout: pixel.RGB}, whole.Shape)
	for p := range 3 {
		for y := range 60 {
			for x := range 100 {
				require.Equal(t, tile.Planes[p].Row(y)[x%64], whole.Planes[p].Row(y)[x])
			}
		}
	}
	for name, test := range map[string]struct {
		property      isobmff.Property
		width, height int
		at            func(x, y int) (int, int)
	}{
		"a quarter anticlockwise": {isobmff.Property{Type: "irot", Data: []byte{1}}, 60, 100, func(x, y int) (int, int) { return 99 - y, x }},
		"a half":                  {isobmff.Property{Type: "irot", Data: []byte{2}}, 100, 60, func(x, y int) (int, int) { return 99 - x, 59 - y }},
		"a quarter clockwise":     {isobmff.Property{Type: "irot", Data: []byte{3}}, 60, 100, func(x, y int) (int, int) { return y, 59 - x }},
		"top to bottom":           {isobmff.Property{Type: "imir", Data: []byte{0}}, 100, 60, func(x, y int) (int, int) { return x, 59 - y }},
		"left to right":           {isobmff.Property{Type: "imir", Data: []byte{1}}, 100, 60, func(x, y int) (int, int) { return 99 - x, y }},
	} {
		got := decode(t, c, grid(t, test.property))
		require.Equal(t, pixel.Shape{Width: test.width, Height: test.height, Layout: pixel.RGB}, got.Shape, name)
		for y := range test.height {
			for x := range test.width {
				fx, fy := test.at(x, y)
				require.Equal(t, whole.Planes[1].Row(fy)[fx], got.Planes[1].Row(y)[x], "%s at %d, %d", name, x, y)
			}
		}
	}
}

// A call in the middle of the library's work ends when its context does.
func TestInterrupted(t *testing.T) {
	c := testCodec(t)
	ctx := &countdown{Context: context.Background(), left: 40}
	src, err := c.Decode(ctx, bytes.NewReader(read(t, "444")), codec.Request{})
	require.Nil(t, src)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, -1, ctx.left, "it asks once more and no further")
}

// countdown is done when it has been asked so many times.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

func TestLimits(t *testing.T) {
	_, err := New(&Options{MaxMemory: 1})
	require.ErrorContains(t, err, "MaxMemory")
	_, err = New(&Options{MaxPixels: -1})
	require.ErrorContains(t, err, "MaxPixels")
	_, err = New(&Options{MaxDecodes: -1})
	require.ErrorContains(t, err, "MaxDecodes")
	_, err = New(&Options{Module: []byte("no gzip")})
	require.Error(t, err)

	c, err := New(&Options{MaxPixels: 64 * 64})
	require.NoError(t, err)
	_, err = c.Decode(context.Background(), bytes.NewReader(read(t, "tile")), codec.Request{})
	require.NoError(t, err)
	_, err = c.Decode(context.Background(), bytes.NewReader(read(t, "rgb")), codec.Request{})
	require.ErrorIs(t, err, codec.ErrLimit)

	require.NoError(t, c.Close())
	require.NoError(t, c.Close())
	_, err = c.Decode(context.Background(), bytes.NewReader(read(t, "tile")), codec.Request{})
	require.Error(t, err)
}

func TestModuleIsTheOneNamed(t *testing.T) {
	sum := sha256.Sum256(module)
	require.Equal(t, "3634a6447ea3915633667f39e01ff540a60f4e2f837a8391d044d76dfd8a0435", hex.EncodeToString(sum[:]),
		"lib/heif.wasm.gz of github.com/gen2brain/heic@v0.4.5")
	other := &Options{Module: bytes.Clone(module)}
	c, err := New(other)
	require.NoError(t, err)
	defer c.Close()
	require.NotEqual(t, testCodec(t).Revision(), c.Revision())
	require.True(t, testpic.Equal(decode(t, c, read(t, "rgb")), decode(t, testCodec(t), read(t, "rgb"))))
}

func TestProbeReadsNoPixels(t *testing.T) {
	data := read(t, "rgb")
	r := bytes.NewReader(data)
	_, err := testCodec(t).Probe(r)
	require.NoError(t, err)
	require.Equal(t, bytes.Index(data, []byte("mdat"))-4, len(data)-r.Len())
	_, _ = io.Copy(io.Discard, r)
}
