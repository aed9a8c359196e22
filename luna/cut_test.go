package luna_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"log/slog"
	"net/http"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/scene"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/bmp"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/gif"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/png"
	"github.com/immagin/immagin-go/luna/tiff"
	"github.com/immagin/immagin-go/luna/webp"
)

// A fault is what becomes of an original after some of its bytes.
type fault struct {
	name string
	rest func(ctx context.Context, rest io.Reader) io.Reader
	// Where the store has told the size, and where not.
	status, blind int
	code, unknown string
	after         time.Duration
}

var faults = []fault{
	{
		"error", func(context.Context, io.Reader) io.Reader { return iotest.ErrReader(errors.New("connection reset")) },
		502, 502, "store_failing", "store_failing", 0,
	},
	{
		"end", func(context.Context, io.Reader) io.Reader { return bytes.NewReader(nil) },
		502, 422, "store_failing", "original_corrupt", 0,
	},
	{
		"silence", func(ctx context.Context, _ io.Reader) io.Reader {
			return readerFunc(func([]byte) (int, error) { <-ctx.Done(); return 0, ctx.Err() })
		},
		504, 504, "store_timeout", "store_timeout", 5 * time.Second,
	},
	{
		"a byte a second", func(ctx context.Context, rest io.Reader) io.Reader {
			return readerFunc(func(p []byte) (int, error) {
				select {
				case <-time.After(time.Second):
					return rest.Read(p[:1])
				case <-ctx.Done():
					return 0, ctx.Err()
				}
			})
		},
		504, 504, "store_timeout", "store_timeout", 5 * time.Second,
	},
}

// TestCutOriginals holds that of an original that does not come whole nothing
// is served, nothing is kept, and that worker, memory and goroutines are given
// back, whatever its format: there is one worker, and room for one render.
func TestCutOriginals(t *testing.T) {
	whole, err := luna.New([]codec.Codec{jpeg.Codec{}, png.Codec{}, gif.Codec{}, webp.Codec{}, tiff.Codec{}, bmp.Codec{}}, nil)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		codec  codec.Codec
		output string
	}{
		"jpeg":             {jpeg.Codec{}, `"jpeg"`},
		"jpeg, lenient":    {jpeg.Codec{AllowTruncated: true}, `"jpeg"`},
		"jpeg progressive": {jpeg.Codec{}, `"jpeg","progressive":true`},
		"both":             {jpeg.Codec{AllowTruncated: true}, `"jpeg","progressive":true`},
		"png":              {png.Codec{}, `"png"`},
		"png interlaced":   {png.Codec{}, `"png","progressive":true`},
		"gif":              {gif.Codec{}, `"gif"`},
		"webp":             {webp.Codec{}, `"webp"`},
		"webp lossless":    {webp.Codec{}, `"webp","lossless":true`},
		"tiff":             {tiff.Codec{}, `"tiff"`},
		"bmp":              {bmp.Codec{}, ""},
	} {
		original := bitmapOf(scene.Landscape(200, 150))
		if c.output != "" {
			original = transformed(t, whole, original, `"output":{"format":`+c.output+`}`)
		}
		codecs := []codec.Codec{c.codec}
		if c.codec.Format().Name != "png" {
			codecs = append(codecs, png.Codec{})
		}
		const payload = `"edits":[{"resize":{"width":50}}],"output":{"format":"png"}`
		for _, known := range []bool{true, false} {
			for _, f := range faults {
				for _, at := range []int{0, 20, len(original) / 4, len(original) * 3 / 4} {
					t.Run(fmt.Sprintf("%s %v %s after %d", name, known, f.name, at), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) {
							e, err := luna.New(codecs, nil)
							require.NoError(t, err)
							want := transformed(t, e, original, payload)
							e = narrow(t, codecs, original, payload, known)
							store := new(cache)
							s := newSite(t, nil, nil)
							s.handler, err = luna.NewHandler(e, s.origin, tenants(t), &luna.HandlerOptions{
								Tenant: luna.TenantFromHost("example.com"), Workers: 1, Queue: -1, Cache: store, NegativeAge: -1,
								Logger: slog.New(slog.DiscardHandler),
							})
							require.NoError(t, err)
							s.origin.put("demo", "a", original)
							if !known {
								s.origin.sizes = func(int64) int64 { return -1 }
							}
							s.origin.wrap = func(ctx context.Context, r io.Reader) io.Reader {
								return io.MultiReader(io.LimitReader(r, int64(at)), f.rest(ctx, r))
							}
							url := signed(`{"key":"a",` + payload + `}`)
							status, code := f.status, f.code
							if !known {
								status, code = f.blind, f.unknown
							}
							if status == 422 && at == 0 {
								status, code = 415, "not_an_image"
							}
							start := time.Now()
							r := s.get(url)
							if lenient, _ := c.codec.(jpeg.Codec); status == 422 && lenient.AllowTruncated && r.StatusCode == http.StatusOK {
								return // as its options want it
							}
							requireProblem(t, r, status, code)
							require.Equal(t, f.after, time.Since(start))
							synctest.Wait()
							require.Zero(t, store.len())

							s.origin.wrap = nil
							r = s.get(url)
							body := content(t, r)
							require.Equal(t, http.StatusOK, r.StatusCode, "%s", body)
							require.Equal(t, "miss", r.Header.Get("X-Luna-Cache"))
							require.Equal(t, want, body)
							require.NoError(t, s.handler.Shutdown(t.Context()))
							require.Equal(t, 1, store.len())
						})
					})
				}
			}
		}
	}
}

// narrow returns an engine that has the memory for one such render.
func narrow(t *testing.T, codecs []codec.Codec, original []byte, payload string, known bool) *luna.Engine {
	e, err := luna.New(codecs, nil)
	require.NoError(t, err)
	request, err := edit.Parse([]byte(`{"key":"a",`+payload+`}`), nil)
	require.NoError(t, err)
	var r io.Reader = bytes.NewReader(original)
	if !known {
		r = io.MultiReader(r)
	}
	plan, err := e.Explain(t.Context(), r, request.Edits, request.Output)
	require.NoError(t, err)
	e, err = luna.New(codecs, &luna.Options{MaxBytes: plan.Bytes, MaxRequestBytes: plan.Bytes})
	require.NoError(t, err)
	return e
}

func transformed(t *testing.T, e *luna.Engine, original []byte, payload string) []byte {
	request, err := edit.Parse([]byte(`{"key":"a",`+payload+`}`), nil)
	require.NoError(t, err)
	var b bytes.Buffer
	_, err = e.Transform(t.Context(), &b, bytes.NewReader(original), request.Edits, request.Output)
	require.NoError(t, err)
	return b.Bytes()
}

// bitmapOf makes a BMP of 24 bits.
func bitmapOf(m *image.RGBA) []byte {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	stride := (3*w + 3) &^ 3
	b := []byte("BM")
	for _, v := range []uint32{uint32(54 + stride*h), 0, 54, 40, uint32(w), uint32(h), 1 | 24<<16, 0, uint32(stride * h), 0, 0, 0, 0} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	row := make([]byte, stride)
	for y := h - 1; y >= 0; y-- {
		for x := range w {
			p := m.Pix[m.PixOffset(x, y):]
			row[3*x], row[3*x+1], row[3*x+2] = p[2], p[1], p[0]
		}
		b = append(b, row...)
	}
	return b
}
