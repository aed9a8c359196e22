package luna_test

import (
	"bytes"
	"context"
	"io"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/scene"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/png"
	"github.com/immagin/immagin-go/luna/webp"
)

// A meter keeps the most memory that was in use at any of the moments at
// which it was asked. Decoder and encoder may ask from goroutines of their own.
type meter struct {
	mu         sync.Mutex
	base, most int64
	calls      int
}

// begin forgets all but what there is now.
func (m *meter) begin(base int64) { m.base, m.most, m.calls = base, 0, 0 }

// look collects garbage first, so that only what is held counts.
func (m *meter) look() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lookNow()
}

func (m *meter) lookNow() {
	var s runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&s)
	m.most = max(m.most, int64(s.HeapAlloc)-m.base)
}

// sometimes looks at every nth call.
func (m *meter) sometimes(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.calls++; m.calls%n == 1 {
		m.lookNow()
	}
}

// watched is a codec whose pixels are metered on their way out of the decoder
// and into the encoder: when all of the chain between is alive.
type watched struct {
	codec.Decoder
	codec.Encoder
	m *meter
}

func (w watched) Format() codec.Format { return w.Decoder.Format() }
func (w watched) Revision() string     { return w.Decoder.Revision() }

func (w watched) Decode(ctx context.Context, r io.Reader, req codec.Request) (pixel.Source, error) {
	src, err := w.Decoder.Decode(ctx, r, req)
	if err != nil {
		return nil, err
	}
	w.m.look()
	return watchedSource{src, w.m}, nil
}

func (w watched) Encode(ctx context.Context, out io.Writer, src pixel.Source, opts codec.Options) error {
	return w.Encoder.Encode(ctx, out, watchedSource{src, w.m}, opts)
}

type watchedSource struct {
	pixel.Source
	m *meter
}

func (s watchedSource) Next() (*pixel.Strip, error) {
	t, err := s.Source.Next()
	s.m.sometimes(20)
	if err != nil {
		s.m.look()
	}
	return t, err
}

// TestMemoryIsWhatThePlanSays, as far as it is Go's: buffers that a codec
// takes and drops between two looks are not seen, and nor is libwebp's own.
func TestMemoryIsWhatThePlanSays(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // only look collects
	var m meter
	j, p, w := jpeg.Codec{}, png.Codec{}, webp.Codec{}
	codecs := []codec.Codec{watched{j, j, &m}, watched{p, p, &m}, watched{w, w, &m}}

	picture := scene.Landscape(800, 600)
	still := newEngine(t, nil)
	var lossy, lossless bytes.Buffer
	for b, output := range map[*bytes.Buffer]*edit.Output{&lossy: nil, &lossless: {Lossless: new(true)}} {
		_, err := still.Transform(t.Context(), b, bytes.NewReader(toPNG(t, picture)), nil, output)
		require.NoError(t, err)
	}
	originals := map[string][]byte{
		"png": toPNG(t, picture), "jpeg": toJPEG(t, picture), "webp": lossy.Bytes(), "lossless webp": lossless.Bytes(),
	}
	chains := map[string][]edit.Edit{
		"as it is": nil,
		"resize":   {edit.Resize{Width: 400, Height: 400}},
		"enlarge":  {edit.Resize{Width: 1000, Upscale: new(true)}},
		"turn":     {edit.Rotate{Angle: 90}},
		"rotate":   {edit.Rotate{Angle: 20, Background: "#fff8"}, edit.Resize{Width: 300, Height: 400, Position: edit.PositionEntropy}},
		"trim":     {edit.Trim{}, edit.Resize{Width: 300, Height: 400, Position: edit.PositionAttention}},
		"contain":  {edit.Crop{Left: 11, Top: 13, Width: 600, Height: 500}, edit.Resize{Width: 400, Height: 400, Fit: edit.FitContain, Background: "#fff8"}},
	}
	for from, original := range originals {
		for name, edits := range chains {
			for _, to := range []edit.Format{edit.FormatPNG, edit.FormatJPEG, edit.FormatWebP} {
				t.Run(from+" "+name+" "+string(to), func(t *testing.T) {
					e, err := luna.New(codecs, nil)
					require.NoError(t, err)
					m.begin(0)
					for range 3 { // pools let go at the second
						m.most = 0
						m.look()
					}
					m.begin(m.most)
					var out bytes.Buffer
					res, err := e.Transform(t.Context(), &out, bytes.NewReader(original), edits, &edit.Output{Format: to})
					require.NoError(t, err)
					require.Positive(t, m.most)
					require.LessOrEqual(t, m.most, res.Plan.Bytes, "%v", res.Plan)
				})
			}
		}
	}
}
