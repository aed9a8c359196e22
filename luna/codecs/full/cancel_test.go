package codecs_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/image/font/gofont/goregular"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/scene"
	"github.com/immagin/immagin-go/luna"
	codecs "github.com/immagin/immagin-go/luna/codecs/full"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/text"
)

// A pollContext is done from its nth poll on, and tells each poll.
type pollContext struct {
	context.Context
	mu     sync.Mutex
	polls  int
	last   int // polls before it is done; 0 for never
	polled func()
	done   chan struct{}
}

func newPollContext(last int) *pollContext {
	return &pollContext{Context: context.Background(), last: last, done: make(chan struct{})}
}

func (c *pollContext) Done() <-chan struct{} { return c.done }

func (c *pollContext) Err() error {
	if c.polled != nil {
		c.polled()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.polls++
	if c.last == 0 || c.polls < c.last {
		return nil
	}
	if c.polls == c.last {
		close(c.done)
	}
	return context.Canceled
}

// A longTask is a transform of a large picture of which each part that may
// take long is to look at its context.
type longTask struct {
	name, from string
	payload    string
}

// longTasks are every codec as source and as output, and every operation.
func longTasks() []longTask {
	var tasks []longTask
	for _, from := range []string{"jpeg", "jpeg progressive", "png", "png interlaced", "gif", "webp", "webp lossless", "avif", "tiff", "jp2", "bmp"} {
		tasks = append(tasks, longTask{"decode " + from, from, `"output":{"format":"png"}`})
		if strings.HasPrefix(from, "jpeg") {
			tasks = append(tasks, longTask{"decode " + from + " scaled", from, `"edits":[{"resize":{"width":256}}],"output":{"format":"png"}`})
		}
	}
	for _, to := range []string{
		`"jpeg"`, `"jpeg","progressive":true`, `"png"`, `"png","progressive":true`, `"png","quality":50`, `"gif"`, `"tiff"`, `"tiff","quality":80`,
		`"webp"`, `"webp","lossless":true`, `"avif"`, `"jp2"`, `"heif"`,
	} {
		tasks = append(tasks, longTask{"encode " + to, "bmp", outputOf(to)})
	}
	for _, e := range []string{
		`{"resize":{"width":1000}}`, `{"resize":{"width":6000}}`, `{"resize":{"width":800,"height":800,"position":"entropy"}}`,
		`{"resize":{"width":800,"height":800,"position":"attention"}}`, `{"resize":{"width":800,"height":800,"fit":"contain"}}`,
		`{"crop":{"left":100,"top":30,"width":200,"height":200}}`,
		`{"rotate":{"angle":90}}`, `{"rotate":{"angle":180}}`, `{"rotate":{"angle":33}}`, `{"flip":true}`, `{"flop":true}`,
		`{"extend":{"top":500,"bottom":500,"left":500,"right":500}}`, `{"trim":{}}`, `{"blur":1}`, `{"blur":100}`, `{"sharpen":1}`, `{"sharpen":10}`,
		`{"normalize":{}}`, `{"grayscale":true}`, `{"modulate":{"hue":90,"saturation":2}}`, `{"tint":{"r":255,"g":200,"b":0}}`, `{"invert":true}`,
		`{"flatten":{"background":"#fff"}}`, `{"contrast":1.2}`, `{"gamma":2}`,
		`{"text":{"text":"` + strings.Repeat("Lorem ipsum ", 80) + `","fontSize":200}}`,
	} {
		tasks = append(tasks, longTask{"edit " + e[:min(len(e), 60)], "bmp", `"edits":[` + e + `],"output":{"format":"jpeg"}`})
	}
	return tasks
}

// A longEngine does long tasks, on one core so that there is one order of
// polls.
type longEngine struct {
	*luna.Engine
	sources map[string][]byte
}

func newLongEngine(t *testing.T, width, height int) *longEngine {
	all, err := codecs.All(nil)
	require.NoError(t, err)
	t.Cleanup(func() {
		for _, c := range all {
			if c, ok := c.(io.Closer); ok {
				c.Close()
			}
		}
	})
	font, err := text.Parse(goregular.TTF)
	require.NoError(t, err)
	e, err := luna.New(all, &luna.Options{
		Cores: 1, MaxRequestBytes: 2 << 30, MaxBytes: 2 << 30, MaxSourceBytes: 256 << 20,
		Fonts: map[string][]*text.Font{"sans": {font}},
	})
	require.NoError(t, err)
	l := &longEngine{Engine: e, sources: map[string][]byte{}}
	l.sources["bmp"] = bitmap(scene.Landscape(width, height))
	for name, output := range map[string]string{
		"jpeg": `"jpeg"`, "jpeg progressive": `"jpeg","progressive":true`, "png": `"png"`, "png interlaced": `"png","progressive":true`,
		"gif": `"gif"`, "webp": `"webp"`, "webp lossless": `"webp","lossless":true`, "tiff": `"tiff"`, "jp2": `"jp2"`, "avif": `"avif"`,
	} {
		if name == "avif" && width > 1000 {
			continue // takes minutes
		}
		l.sources[name] = l.make(t, name, output)
	}
	return l
}

func (l *longEngine) make(t *testing.T, name, output string) []byte {
	var b bytes.Buffer
	require.NoError(t, l.run(context.Background(), &b, longTask{from: "bmp", payload: outputOf(output)}), name)
	return b.Bytes()
}

// outputOf is the end of a payload. JPEG 2000 has a limit of its own.
func outputOf(output string) string {
	p := `"output":{"format":` + output + `}`
	if output == `"jp2"` {
		p = `"edits":[{"resize":{"width":2000}}],` + p
	}
	return p
}

func (l *longEngine) has(from string) bool { return l.sources[from] != nil }

func (l *longEngine) run(ctx context.Context, w io.Writer, task longTask) error {
	request, err := edit.Parse([]byte(`{"key":"a",`+task.payload+`}`), nil)
	if err != nil {
		return err
	}
	_, err = l.Transform(ctx, w, bytes.NewReader(l.sources[task.from]), request.Edits, request.Output)
	return err
}

// bitmap makes a BMP of 24 bits.
func bitmap(m *image.RGBA) []byte {
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

// longSide is that of the pictures: small, but of many strips. Figures are to be
// had with IMMAGIN_TEST_SIDE=4000, which is 12 megapixels.
func longSide() int {
	n, err := strconv.Atoi(os.Getenv("IMMAGIN_TEST_SIDE"))
	if err != nil {
		return 320
	}
	return n
}

// TestCancelAnywhere ends the context at many of the moments at which it is
// looked at: whatever is under way then stops, its error is the context's, and
// hardly anybody looks again, which would be to go on with the work.
func TestCancelAnywhere(t *testing.T) {
	if testing.Short() {
		t.Skip("makes hundreds of pictures")
	}
	side := 320
	l := newLongEngine(t, side, side*3/4)
	for _, task := range longTasks() {
		t.Run(task.name, func(t *testing.T) {
			if !l.has(task.from) {
				t.Skip("nothing here writes that")
			}
			whole := newPollContext(0)
			require.NoError(t, l.run(whole, io.Discard, task))
			// A picture of 240 rows has 15 strips, each of which is a moment to
			// stop at, for the decoder and for the encoder.
			require.Greater(t, whole.polls, 2*side*3/4/pixel.StripRows)
			for i := range cancellations {
				ctx := newPollContext(1 + i*(whole.polls-1)/cancellations)
				var out lateWriter
				out.ctx = ctx
				require.ErrorIs(t, l.run(ctx, &out, task), context.Canceled, "at %d of %d", ctx.last, whole.polls)
				require.LessOrEqual(t, ctx.polls-ctx.last, stragglers, "after %d of %d", ctx.last, whole.polls)
				require.Zero(t, out.late, "bytes written after %d of %d", ctx.last, whole.polls)
			}
		})
	}
}

const (
	cancellations = 3
	// stragglers is how often a context may be looked at once it is done: by
	// each of those that are to hear of it.
	stragglers = 8
)

// A lateWriter counts what is written once its context is done.
type lateWriter struct {
	ctx  *pollContext
	late int
}

func (w *lateWriter) Write(p []byte) (int, error) {
	select {
	case <-w.ctx.done:
		w.late += len(p)
	default:
	}
	return len(p), nil
}
