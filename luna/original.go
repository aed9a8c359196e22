package luna

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/immagin/immagin-go/internal/magic"
	"github.com/immagin/immagin-go/luna/codec"
)

// An original is an image whose headers were read and are within the limits.
type original struct {
	format  codec.Format
	decoder codec.Decoder
	info    codec.Info
	body    *replay
	// size is that of the file in bytes if known is set, else the most that
	// it can be.
	size  int64
	known bool
	// layers are the pictures that image edits lay on it, by key, and bodies
	// what close closes.
	layers map[string]*original
	bodies []io.Closer
}

// close closes the layers, where the engine has opened them.
func (o *original) close() {
	for _, b := range o.bodies {
		b.Close()
	}
	o.bodies = nil
}

// open tells the format of r by its first bytes, reads its headers and
// compares what they declare with the limits. Nothing is allocated by a
// declared size.
func (e *Engine) open(ctx context.Context, r io.Reader) (o *original, err error) {
	o = &original{body: newReplay(ctx, r, e.opts.MaxSourceBytes), size: e.opts.MaxSourceBytes}
	defer func() {
		if v := recover(); v != nil {
			o, err = nil, wrap("probe", newPanicError(v))
		}
	}()
	if n, ok := length(r); ok {
		if n > e.opts.MaxSourceBytes {
			return nil, wrap("probe", tooLong(e.opts.MaxSourceBytes))
		}
		o.size, o.known = n, true
	}
	if err := e.identify(o); err != nil {
		return nil, o.body.blame("probe", err)
	}
	o.body.rewind()
	info, err := o.decoder.Probe(o.body)
	if err != nil {
		return nil, o.body.blame("probe", fmt.Errorf("%s: %w", o.format.Name, err))
	}
	o.body.rewind()
	if o.info, err = e.admit(info); err != nil {
		return nil, wrap("probe", fmt.Errorf("%s: %w", o.format.Name, err))
	}
	return o, nil
}

// identify finds the one decoder whose magic the body begins with.
func (e *Engine) identify(o *original) error {
	head := make([]byte, e.longest)
	n, err := io.ReadFull(o.body, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	head = head[:n]
	for _, f := range e.formats {
		if d := e.decoders[f.Name]; d != nil {
			for _, m := range f.Magic {
				if len(head) >= len(m) && overlap(m, string(head[:len(m)])) {
					o.format, o.decoder = f, d
					return nil
				}
			}
		}
	}
	readable, _ := e.Formats()
	if n == 0 {
		return fmt.Errorf("the original is empty: %w", ErrNotImage)
	}
	if name := o.name(head); name != "" {
		return &MissingDecoderError{Format: name, Have: readable}
	}
	return fmt.Errorf("%w (%s)", ErrNotImage, strings.Join(readable, ", "))
}

// name says what the body is, which begins with head, if that is known.
func (o *original) name(head []byte) string {
	more := make([]byte, max(magic.NameSize-len(head), 0))
	n, err := io.ReadFull(o.body, more)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return ""
	}
	return magic.Name(append(head, more[:n]...))
}

// admit compares what headers declare with the limits, and fills in what they
// leave out.
func (e *Engine) admit(info codec.Info) (codec.Info, error) {
	w, h := info.Shape.Width, info.Shape.Height
	info.Frames = max(info.Frames, 1)
	if info.Orientation < 1 || info.Orientation > 8 {
		info.Orientation = 1
	}
	switch {
	case w < 1 || h < 1:
		return info, fmt.Errorf("an image of %dx%d pixels: %w", w, h, ErrFormat)
	case w > e.opts.MaxSide || h > e.opts.MaxSide:
		return info, fmt.Errorf("an image of %dx%d pixels has a side over %d: %w", w, h, e.opts.MaxSide, ErrLimit)
	case int64(w)*int64(h) > e.opts.MaxPixels/int64(info.Frames):
		return info, fmt.Errorf("%d pictures of %dx%d pixels are more than %d pixels: %w", info.Frames, w, h, e.opts.MaxPixels, ErrLimit)
	case info.Frames > e.opts.MaxFrames:
		return info, fmt.Errorf("%d pictures are more than %d: %w", info.Frames, e.opts.MaxFrames, ErrLimit)
	case !info.Shape.Layout.Valid():
		return info, fmt.Errorf("the decoder tells no layout: %w", ErrUnsupported)
	}
	return info, nil
}

// length reports how many bytes r will yield, where it can tell.
func length(r io.Reader) (int64, bool) {
	switch r := r.(type) {
	case interface{ Len() int }:
		return int64(r.Len()), true
	case interface{ Size() int64 }:
		return r.Size(), true
	}
	return 0, false
}

// withSize returns a reader of r that tells open its length, for bodies whose
// length is known from elsewhere, such as an object's attributes.
func withSize(r io.Reader, n int64) io.Reader { return &sizedReader{Reader: r, n: n} }

type sizedReader struct {
	io.Reader
	n int64
}

func (r *sizedReader) Size() int64 { return r.n }

func tooLong(limit int64) error {
	return fmt.Errorf("the original is longer than %d bytes: %w", limit, ErrLimit)
}

// A replay reads an original once, but gives its head twice: what Probe read
// is kept, so that Decode starts at the first byte. It counts the bytes, and
// stops when its context is done.
type replay struct {
	ctx   context.Context
	r     io.Reader
	limit int64
	n     int64 // bytes taken from r
	head  []byte
	at    int // position in head; beyond it, reading goes on in r
	keep  bool
	err   error // of r, ctx or the limit, but never io.EOF
	eof   bool
}

func newReplay(ctx context.Context, r io.Reader, limit int64) *replay {
	return &replay{ctx: ctx, r: r, limit: limit, keep: true}
}

// rewind goes back to the first byte. It may be called until resume is.
func (b *replay) rewind() { b.at = 0 }

// resume goes back to the first byte for the last time: what is read from now
// on is not kept. Reading stops when ctx is done.
func (b *replay) resume(ctx context.Context) {
	b.ctx, b.at, b.keep = ctx, 0, false
}

// A measured replay tells decoders how much of it is left, so that they need
// not grow what they read it into.
type measured struct {
	*replay
	size int64
}

func (m measured) Len() int {
	return int(max(m.size-m.n+int64(len(m.head)-m.at), 0))
}

// reader returns the body as decoders read it.
func (o *original) reader() io.Reader {
	if !o.known {
		return o.body
	}
	return measured{o.body, o.size}
}

func (b *replay) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if err := b.ctx.Err(); err != nil {
		b.err = err
		return 0, err
	}
	if len(p) == 0 {
		return 0, nil
	}
	if b.at < len(b.head) {
		n := copy(p, b.head[b.at:])
		b.at += n
		if b.at == len(b.head) && !b.keep {
			b.head, b.at = nil, 0
		}
		return n, nil
	}
	if b.eof {
		return 0, io.EOF
	}
	return b.fetch(p)
}

// fetch reads on in r. It asks for one byte more than the limit allows, since
// only that byte tells a file of the largest size from a longer one.
func (b *replay) fetch(p []byte) (int, error) {
	if most := b.limit - b.n + 1; int64(len(p)) > most {
		p = p[:most]
	}
	n, err := b.r.Read(p)
	if n < 0 || n > len(p) {
		panic("luna: the original's reader returned an impossible count")
	}
	b.n += int64(n)
	if b.n > b.limit {
		b.err = tooLong(b.limit)
		return 0, b.err
	}
	if b.keep {
		b.head = append(b.head, p[:n]...)
		b.at = len(b.head)
	}
	switch {
	case err == io.EOF:
		b.eof = true
	case err != nil:
		b.err = err
	}
	return n, err
}

// blame wraps err as one of the given stage, unless reading the original
// failed before: a decoder may report that as if the file were at fault.
func (b *replay) blame(stage string, err error) error {
	switch {
	case b.err == nil:
		return wrap(stage, err)
	case errors.Is(b.err, ErrLimit):
		return wrap("probe", b.err)
	}
	return wrap("fetch", b.err)
}
