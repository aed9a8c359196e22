package luna

import (
	"bytes"
	"context"
	"encoding/base64"
	"image"
	"io"

	"github.com/bbrks/go-blurhash"
	"github.com/galdor/go-thumbhash"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A Placeholder stands in for a picture while it loads.
type Placeholder struct {
	// ThumbHash of the picture, upright, with its alpha
	// (https://evanw.github.io/thumbhash/). JSON has it in base64.
	ThumbHash []byte `json:"thumbHash"`
	// BlurHash of the picture on the engine's matte, of 4 by 3 components, or
	// 3 by 4 where it is upright (https://blurha.sh).
	BlurHash string `json:"blurHash"`
	// DataURL is a picture of at most 20 pixels' width, a little blurred, as a
	// URL of less than 1 KB: WebP where the engine writes that, else PNG where
	// there is alpha, and JPEG where not.
	DataURL string `json:"dataUrl"`
}

const (
	// ThumbHash takes pictures of at most 100 by 100 pixels.
	thumbSide = 100
	// BlurHash has few components: they are the same from fewer pixels.
	blurHashSide = 32
	// A data URL is shorter than this, in bytes.
	dataURLEnd = 1 << 10
	// What is made of the small picture, when the original's memory is free
	// again, takes less than this, in bytes: encoders have tables.
	placeholderWork = 6 << 20
)

// Placeholder makes the placeholder of the image in r, of an animation that of
// its first picture. It costs what a transform to a small picture does, and is
// subject to the same limits; ctx ends it as it ends [Engine.Transform]. An
// engine that writes none of WebP, PNG and JPEG makes none, which is a
// [*MissingCodecError]. Errors are of type *[Error].
func (e *Engine) Placeholder(ctx context.Context, r io.Reader) (*Placeholder, error) {
	o, err := e.open(ctx, r)
	if err != nil {
		return nil, err
	}
	s, err := e.sketch(o)
	if err != nil {
		return nil, err
	}
	release, err := e.reserve(ctx, s.bytes())
	if err != nil {
		return nil, err
	}
	defer release()
	return s.placeholder(ctx)
}

// placeholder makes the placeholder of a job's original, with room and time as
// for a render.
func (h *Handler) placeholder(ctx context.Context, o *original) (*Placeholder, error) {
	s, err := h.engine.sketch(o)
	if err != nil {
		return nil, err
	}
	release, err := h.engine.reserve(ctx, s.bytes())
	if err != nil {
		return nil, err
	}
	defer release()
	ctx, cancel := context.WithTimeoutCause(ctx, h.opts.RenderTimeout, errRenderTimeout)
	defer cancel()
	p, err := s.placeholder(ctx)
	if err != nil && ctx.Err() != nil {
		return nil, context.Cause(ctx) // whatever a codec makes of it
	}
	return p, err
}

// A sketch is the plan of the small picture that a placeholder is made of.
type sketch struct {
	e    *Engine
	o    *original
	plan *Plan
	into *canvas
}

func (e *Engine) sketch(o *original) (*sketch, error) {
	s := &sketch{e: e, o: o}
	var err error
	s.plan, s.into, err = e.small(o, thumbSide)
	return s, err
}

func (s *sketch) bytes() int64 { return max(s.plan.Bytes, placeholderWork) }

// small plans o as pixels within a square of that side.
func (e *Engine) small(o *original, side int) (plan *Plan, into *canvas, err error) {
	defer func() {
		if v := recover(); v != nil {
			plan, into, err = nil, nil, wrap("plan", newPanicError(v))
		}
	}()
	side = min(side, e.opts.MaxOutputSide)
	edits, _, err := e.canonical([]edit.Edit{edit.Resize{Width: side, Height: side, Fit: edit.FitInside}}, nil)
	if err != nil {
		return nil, nil, wrap("plan", err)
	}
	into = new(canvas)
	p := e.newPlanner(o)
	p.Format, p.encoder = canvasFormat, into
	if err := p.run(edits); err != nil {
		return nil, nil, wrap("plan", err)
	}
	return p.Plan, into, nil
}

// placeholder reads the original and makes its placeholder.
func (s *sketch) placeholder(ctx context.Context) (*Placeholder, error) {
	defer func() { s.into.picture.Free(s.e.pool) }()
	if _, err := s.e.render(ctx, s.o, s.plan, io.Discard); err != nil {
		return nil, err
	}
	thumb := withoutNeedlessAlpha(*s.into.picture)
	p := &Placeholder{}
	var err error
	if p.DataURL, err = s.e.dataURL(ctx, thumb); err != nil {
		return nil, err
	}
	if p.BlurHash, err = s.e.blurHash(ctx, thumb); err != nil {
		return nil, err
	}
	err = protect(func() error {
		p.ThumbHash = thumbhash.EncodeImage(enlarged(straight(thumb)))
		return nil
	})
	return p, wrap("encode", err)
}

func (e *Engine) blurHash(ctx context.Context, m *pixel.Image) (hash string, err error) {
	o := e.inMemory(ctx, m)
	p, into, err := e.small(o, blurHashSide)
	if err != nil {
		return "", err
	}
	defer func() { into.picture.Free(e.pool) }()
	if _, err := e.render(ctx, o, p, io.Discard); err != nil {
		return "", err
	}
	x, y := 4, 3
	if m.Shape.Height > m.Shape.Width {
		x, y = 3, 4
	}
	err = protect(func() error {
		hash, err = blurhash.Encode(x, y, enlarged(flat(into.picture, e.matte)))
		return err
	})
	return hash, wrap("encode", err)
}

// withoutNeedlessAlpha returns m as RGB if all of it is opaque. It shares m's
// samples.
func withoutNeedlessAlpha(m pixel.Image) *pixel.Image {
	for y := range m.Shape.Height {
		for _, a := range m.Planes[3].Row(y) {
			if a != 255 {
				return &m
			}
		}
	}
	m.Shape.Layout, m.Planes[3] = pixel.RGB, pixel.Plane{}
	return &m
}

// dataURL writes a picture so small that its URL is. What is too long is made
// worse first, and then smaller.
func (e *Engine) dataURL(ctx context.Context, m *pixel.Image) (string, error) {
	formats := []edit.Format{edit.FormatWebP, edit.FormatJPEG, edit.FormatPNG}
	if m.Shape.Layout.HasAlpha() {
		formats = []edit.Format{edit.FormatWebP, edit.FormatPNG, edit.FormatJPEG}
	}
	var failed error
	for _, format := range formats {
		if e.encoders[string(format)] == nil {
			continue
		}
		for _, width := range []int{20, 14, 10, 6, 3, 1} {
			for _, quality := range []int{70, 40, 15} {
				output := edit.Output{Format: format, Quality: quality}
				if format == edit.FormatPNG {
					output.Quality = 0 // which would be that of a palette
				}
				url, err := e.writeDataURL(ctx, m, width, output)
				switch {
				case ctx.Err() != nil:
					return "", err
				case err != nil:
					failed = err
				case len(url) < dataURLEnd:
					return url, nil
				}
				if err != nil || output.Quality == 0 {
					break
				}
			}
		}
	}
	if failed == nil {
		_, have := e.Formats()
		failed = wrap("encode", &MissingCodecError{Format: string(formats[0]), Have: have})
	}
	return "", failed
}

func (e *Engine) writeDataURL(ctx context.Context, m *pixel.Image, width int, output edit.Output) (string, error) {
	edits := []edit.Edit{
		edit.Resize{Width: width, Height: 2 * width, Fit: edit.FitInside},
		edit.Blur(1), // so that no block of the format is to be seen
	}
	o := e.inMemory(ctx, m)
	p, err := e.plan(o, edits, output)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if _, err := e.render(ctx, o, p, &b); err != nil {
		return "", err
	}
	return "data:" + p.Format.MIME + ";base64," + base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

// inMemory returns a picture as an original that reads nothing.
func (e *Engine) inMemory(ctx context.Context, m *pixel.Image) *original {
	d := decoded{m}
	o := &original{format: d.Format(), decoder: d, body: newReplay(ctx, bytes.NewReader(nil), 0), known: true}
	o.info, _ = d.Probe(nil)
	return o
}

// straight returns an image whose samples are not multiplied by alpha, though
// its type says that they are: the library reads the bytes as they stand, and
// ThumbHash is defined on those that are not.
func straight(m *pixel.Image) *image.RGBA {
	s := m.Shape
	to := image.NewRGBA(image.Rect(0, 0, s.Width, s.Height))
	for y := range s.Height {
		row := to.Pix[y*to.Stride:]
		for x := range s.Width {
			for c := range 3 {
				row[4*x+c] = m.Planes[c].Row(y)[x]
			}
			row[4*x+3] = 255
			if s.Layout.HasAlpha() {
				row[4*x+3] = m.Planes[3].Row(y)[x]
			}
		}
	}
	return to
}

// flat returns m on a matte, since BlurHash has no alpha.
func flat(m *pixel.Image, matte [3]uint8) *image.RGBA {
	to := straight(m)
	for i := 0; i < len(to.Pix); i += 4 {
		p := to.Pix[i : i+4]
		a := int(p[3])
		for c := range 3 {
			p[c] = uint8((int(p[c])*a + int(matte[c])*(255-a) + 127) / 255)
		}
		p[3] = 255
	}
	return to
}

// enlarged repeats the pixels of a picture that has fewer than the hashes have
// waves, which would see in it what is not there: a long side gets 32 pixels at
// least, a short one 5, which is still no larger a share than ThumbHash can tell.
func enlarged(m *image.RGBA) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	times := (31 + max(w, h)) / max(w, h)
	to := image.NewRGBA(image.Rect(0, 0, max(w*times, 5), max(h*times, 5)))
	if to.Rect == m.Rect {
		return m
	}
	for y := range to.Rect.Dy() {
		for x := range to.Rect.Dx() {
			to.SetRGBA(x, y, m.RGBAAt(x*w/to.Rect.Dx(), y*h/to.Rect.Dy()))
		}
	}
	return to
}

// A decoded is a decoder of a picture that is in memory already.
type decoded struct{ picture *pixel.Image }

func (decoded) Format() codec.Format { return canvasFormat }
func (decoded) Revision() string     { return "" }

func (d decoded) Probe(io.Reader) (codec.Info, error) {
	s := d.picture.Shape
	return codec.Info{
		Shape:       s,
		Orientation: 1,
		Frames:      1,
		Space:       "srgb",
		Channels:    s.Layout.Planes(),
		HasAlpha:    s.Layout.HasAlpha(),
		Converted:   true,
		Lossy:       true,
	}, nil
}

func (decoded) DecodeWork(codec.Info, codec.Request) int64 { return 0 }

// Decode lends copies of the rows, since operations may write to them.
func (d decoded) Decode(_ context.Context, _ io.Reader, req codec.Request) (pixel.Source, error) {
	m, err := pixel.ReadAll(req.Pool, d.picture.Source(0, nil))
	if err != nil {
		return nil, err
	}
	return m.Source(0, func() { m.Free(req.Pool) }), nil
}
