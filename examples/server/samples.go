package main

import (
	"bytes"
	"context"
	"errors"
	"image"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/png"
)

// samples are the pictures that a stranger finds in the playground. They are
// drawn at the first start, in the background, and stored among the originals
// of the first tenant; others see them as if they were theirs.
type samples struct {
	first  string // tenant
	list   []*sample
	cancel context.CancelFunc
	done   chan struct{}
}

// A drawing is a picture that is yet to be made.
type drawing struct {
	key, name, title string
	width, height    int
	draw             func(ctx context.Context, width, height int) (*image.NRGBA, error)
}

type sample struct {
	drawing
	settled chan struct{} // closed once it is stored, or cannot be
	err     error         // read after settled
}

func newSamples(tenant string, drawings []drawing) *samples {
	s := &samples{first: tenant, cancel: func() {}, done: make(chan struct{})}
	for _, d := range drawings {
		s.list = append(s.list, &sample{drawing: d, settled: make(chan struct{})})
	}
	return s
}

// start stores what is not there yet, one after the other, until ctx is done:
// who waits for one is then let go. The samples are to be closed.
func (s *samples) start(ctx context.Context, log *slog.Logger, store luna.Origin, create createFunc) {
	ctx, s.cancel = context.WithCancel(ctx)
	go func() {
		defer close(s.done)
		for _, one := range s.list {
			start := time.Now()
			made, err := one.store(ctx, store, create, s.first)
			switch one.err = err; {
			case ctx.Err() != nil:
			case err != nil:
				log.Warn("a sample picture is missing", "key", one.key, "error", err)
			case made:
				log.Info("drew a sample picture", "key", one.key, "took", time.Since(start).Round(time.Millisecond))
			}
			close(one.settled)
		}
	}()
}

// createFunc is [storage.Originals.Create].
type createFunc func(ctx context.Context, tenant, key string, body io.Reader, contentType string, overwrite bool) error

// close ends the drawing that start began, and waits for that.
func (s *samples) close() {
	s.cancel()
	<-s.done
}

// store draws the sample and stores it, unless it is there.
func (s *sample) store(ctx context.Context, store luna.Origin, create createFunc, tenant string) (made bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	if _, _, err = store.Stat(ctx, tenant, s.key); !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	m, err := s.draw(ctx, s.width, s.height)
	if err != nil {
		return false, err
	}
	file, contentType, err := encodeSample(ctx, m)
	if err != nil {
		return false, err
	}
	err = create(ctx, tenant, s.key, bytes.NewReader(file), contentType, false)
	if errors.Is(err, fs.ErrExist) {
		return false, nil // another server on the same store was faster
	}
	return err == nil, err
}

// encodeSample makes a file of a drawing: JPEG as a camera would, or PNG of
// what is transparent.
func encodeSample(ctx context.Context, m *image.NRGBA) (file []byte, contentType string, err error) {
	layout, encoder, opts := pixel.RGB, codec.Encoder(jpeg.Codec{}), codec.Options{Quality: 90}
	if !m.Opaque() {
		layout, encoder, opts = pixel.RGBA, png.Codec{}, codec.Options{}
	}
	size := m.Bounds().Size()
	whole := pixel.NewImage(nil, pixel.Shape{Width: size.X, Height: size.Y, Layout: layout})
	for y := range size.Y {
		for p := range layout.Planes() {
			row := whole.Planes[p].Row(y)
			for x := range row {
				row[x] = m.Pix[y*m.Stride+4*x+p]
			}
		}
	}
	src := whole.Source(0, nil)
	if want := encoder.Accepts(layout, opts); want != layout {
		if src, err = (op.Convert{To: want}).Wrap(src, nil); err != nil {
			return nil, "", err
		}
	}
	defer src.Close()
	var b bytes.Buffer
	if err := encoder.Encode(ctx, &b, src, opts); err != nil {
		return nil, "", err
	}
	return b.Bytes(), encoder.Format().MIME, nil
}

// find returns the sample of that key, or nil.
func (s *samples) find(key string) *sample {
	for _, one := range s.list {
		if one.key == key {
			return one
		}
	}
	return nil
}

// sampleTime is how long a request waits for a sample: they are drawn within
// seconds, but not on a machine that is busy.
const sampleTime = 30 * time.Second

// wait returns when the samples that the request needs are there, or there is
// no point in waiting.
func (s *samples) wait(ctx context.Context, ask *edit.Request) {
	keys := []string{ask.Key}
	for _, e := range ask.Edits {
		if e, ok := e.(edit.Image); ok {
			keys = append(keys, e.Key)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, sampleTime)
	defer cancel()
	for _, key := range keys {
		if one := s.find(key); one != nil {
			select {
			case <-one.settled:
			case <-ctx.Done():
			}
		}
	}
}

// A sampleEntry is a sample as the page is told of it.
type sampleEntry struct {
	Key    string `json:"key"`
	Name   string `json:"name"`
	Title  string `json:"title"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Ready  bool   `json:"ready"`
}

// listSamples answers with the samples, but for those that there will not be.
func (p *page) listSamples(w http.ResponseWriter, r *http.Request) {
	if _, ok := readQuestion(w, r); !ok {
		return
	}
	list := []sampleEntry{}
	for _, one := range p.samples.list {
		entry := sampleEntry{one.key, one.name, one.title, one.width, one.height, false}
		select {
		case <-one.settled:
			if one.err != nil {
				continue
			}
			entry.Ready = true
		default:
		}
		list = append(list, entry)
	}
	answer(w, http.StatusOK, "application/json", list)
}

// withSamples are originals where every tenant has the samples, unless it has
// pictures of its own under their keys.
type withSamples struct {
	luna.Origin
	samples *samples
}

// Stat is [luna.Origin.Stat].
func (o withSamples) Stat(ctx context.Context, tenant, key string) (int64, string, error) {
	size, version, err := o.Origin.Stat(ctx, tenant, key)
	if o.shared(tenant, key, err) {
		return o.Origin.Stat(ctx, o.samples.first, key)
	}
	return size, version, err
}

// Open is [luna.Origin.Open].
func (o withSamples) Open(ctx context.Context, tenant, key string) (io.ReadCloser, int64, string, error) {
	body, size, version, err := o.Origin.Open(ctx, tenant, key)
	if o.shared(tenant, key, err) {
		return o.Origin.Open(ctx, o.samples.first, key)
	}
	return body, size, version, err
}

func (o withSamples) shared(tenant, key string, err error) bool {
	return errors.Is(err, fs.ErrNotExist) && tenant != o.samples.first && o.samples.find(key) != nil
}
