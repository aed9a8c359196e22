// Package luna transforms images and serves them over HTTP. It plans a list of
// edits before a pixel is decoded, and runs the plan strip by strip through the
// codecs that it was given, so that memory is mostly some rows of a picture rather
// than all of it.
//
// An [Engine] is for programs that have a picture in hand:
//
//	engine, err := luna.New(codecs.Default(), nil)
//	if err != nil {
//		return err
//	}
//	result, err := engine.Transform(ctx, w, r, []edit.Edit{
//		edit.Resize{Width: 800, Height: 600},
//	}, &edit.Output{Format: edit.FormatJPEG})
//
// [Engine.Explain] tells what that would do, without doing it; [Engine.Metadata]
// reads headers, and [Engine.Placeholder] makes a tiny stand-in.
//
// A [Handler] delivers pictures by signed URL, makes each once, and keeps it:
//
//	handler, err := luna.NewHandler(engine, originals, keys, &luna.HandlerOptions{
//		Tenant: luna.FixedTenant("acme"),
//		Cache:  derived,
//	})
//	if err != nil {
//		return err
//	}
//	http.Handle("/images/", http.StripPrefix("/images", handler))
//
// Here originals and derived are a storage.Originals and a storage.Derived, and keys
// are sign.Tenants; anything else with the methods of [Origin], [Cache] and
// [Verifier] will do. Sets of codecs are in package luna/codecs, edits in package
// immagin/edit, and a meter joins as an [Admitter].
//
// # Limits
//
// An original is hostile until it is decoded. [Options] bound its bytes, sides,
// pixels and frames, what edits may make of it, and the memory of one transform
// and of all together; nothing is allocated by a size that a file merely claims,
// and transforms wait while others hold the memory.
//
// # Errors
//
// Transforms fail with an [*Error], which names the stage. The sentinels below tell
// by errors.Is whose fault it is: the file's ([ErrFormat], [ErrNotImage],
// [ErrLimit]), the request's ([ErrOption], [ErrImpossible]; an *edit.Error lists
// members) or that of neither. [StatusCode] and [ErrorCode] are how a Handler
// answers an error.
//
// # Concurrency
//
// One Engine and one Handler serve a whole program and all its goroutines. An
// Engine needs no closing; a Handler ends by [Handler.Shutdown], after the server's.
package luna

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/semaphore"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/color"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/text"
)

// engineVersion is raised whenever the same request may give other bytes than
// before for a reason that lies in this package or in package op.
const engineVersion = "2"

// An Engine transforms images. It is safe for concurrent use and needs no
// closing: the goroutines that a transform starts have ended when it returns.
type Engine struct {
	opts     Options
	matte    [3]uint8
	fonts    map[string]*text.Set
	formats  []codec.Format
	decoders map[string]codec.Decoder
	encoders map[string]codec.Encoder
	// longest is the length of the longest magic.
	longest  int
	layers   Layers // nil for none
	revision string
	pool     *pixel.Pool
	room     *semaphore.Weighted
	reserved *atomic.Int64 // of room
	cores    *cores
	profiles *color.Cache
}

// New returns an engine that reads and writes the formats of codecs, and no
// other. It fails if two codecs claim one name or one beginning of files, if
// one neither decodes nor encodes, or if an option is out of its range. Nil
// options are all defaults.
func New(codecs []codec.Codec, opts *Options) (*Engine, error) {
	o, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	matte, err := o.matteColor()
	if err != nil {
		return nil, err
	}
	fonts, err := fontSets(o.Fonts)
	if err != nil {
		return nil, err
	}
	e := &Engine{
		opts:     o,
		matte:    matte,
		fonts:    fonts,
		decoders: map[string]codec.Decoder{},
		encoders: map[string]codec.Encoder{},
		pool:     pixel.NewPool(),
		room:     semaphore.NewWeighted(o.MaxBytes),
		reserved: new(atomic.Int64),
		cores:    &cores{free: o.Cores},
		profiles: color.NewCache(knownProfiles),
	}
	for i, c := range codecs {
		if err := e.add(c); err != nil {
			return nil, fmt.Errorf("luna: codec %d: %w", i, err)
		}
	}
	e.revision = e.hash(codecs)
	return e, nil
}

// add checks c against the codecs before it, and takes it in.
func (e *Engine) add(c codec.Codec) error {
	if c == nil {
		return errors.New("is nil")
	}
	f := c.Format()
	if f.Name == "" || f.MIME == "" {
		return fmt.Errorf("%T: its format has no name or no MIME type", c)
	}
	d, decodes := c.(codec.Decoder)
	n, encodes := c.(codec.Encoder)
	if !decodes && !encodes {
		return fmt.Errorf("%T for %q neither decodes nor encodes", c, f.Name)
	}
	for _, g := range e.formats {
		if g.Name == f.Name {
			return fmt.Errorf("%T: there already is a codec for %q", c, f.Name)
		}
	}
	if decodes {
		if err := e.addDecoder(f, d); err != nil {
			return fmt.Errorf("%T for %q: %w", c, f.Name, err)
		}
	}
	if encodes {
		e.encoders[f.Name] = n
	}
	e.formats = append(e.formats, f)
	return nil
}

func (e *Engine) addDecoder(f codec.Format, d codec.Decoder) error {
	if len(f.Magic) == 0 {
		return errors.New("a decoder's format needs a magic to be known by")
	}
	for _, m := range f.Magic {
		if strings.Trim(m, "?") == "" {
			return fmt.Errorf("the magic %q marks every file", m)
		}
		for _, g := range e.formats {
			if e.decoders[g.Name] == nil {
				continue
			}
			for _, other := range g.Magic {
				if overlap(m, other) {
					return fmt.Errorf("the magic %q can begin the same file as %q of %q", m, other, g.Name)
				}
			}
		}
		e.longest = max(e.longest, len(m))
	}
	e.decoders[f.Name] = d
	return nil
}

// overlap reports whether a file can begin with both magics.
func overlap(a, b string) bool {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] && a[i] != '?' && b[i] != '?' {
			return false
		}
	}
	return true
}

// hash computes the engine's revision. The order of codecs changes no byte,
// and so is not part of it.
func (e *Engine) hash(codecs []codec.Codec) string {
	var parts []string
	for _, c := range codecs {
		parts = append(parts, c.Format().Name+"\x00"+c.Revision())
	}
	slices.Sort(parts)
	// No codec's part is without a zero byte.
	parts = append(parts, adjustRevision(), color.Revision, "operations")
	for _, name := range e.opts.operationNames() {
		parts = append(parts, name, e.opts.Operations[name].Revision)
	}
	parts = append(parts, fontRevisions(e.fonts)...)
	if e.opts.Order != edit.ListOrder {
		parts = append(parts, "order", e.opts.Order.String())
	}
	if e.opts.Metadata != StripMetadata {
		parts = append(parts, "metadata", e.opts.Metadata.String())
	}
	h := sha256.New()
	for _, s := range append([]string{engineVersion, string(e.matte[:])}, parts...) {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(s))))
		h.Write([]byte(s))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Revision is a hash of all that can change an output byte: the version of
// this package, every codec's name and revision, and the options that matter
// (Matte, Metadata, Order, Fonts, Operations). Engines of equal revision make equal bytes,
// on every machine. It is 32 hex digits.
func (e *Engine) Revision() string { return e.revision }

// Formats lists the names of the formats that the engine reads and writes, in
// the order in which their codecs were given to [New].
func (e *Engine) Formats() (decode, encode []string) {
	for _, f := range e.formats {
		if e.decoders[f.Name] != nil {
			decode = append(decode, f.Name)
		}
		if e.encoders[f.Name] != nil {
			encode = append(encode, f.Name)
		}
	}
	return decode, encode
}

// Transform reads an image from r, applies edits, and writes the result to w
// as output says; nil output is all defaults. It waits while other transforms
// hold the engine's memory (Options.MaxBytes).
//
// It reads no more of r than it needs, and closes neither r nor w. What was
// written to w before an error is not an image. Where r has a method
// Len() int or Size() int64, as bytes.Reader and blob.Reader do, the plan
// counts on that length, else on Options.MaxSourceBytes.
//
// An animation stays one where its codec is a [codec.Animator] and that of the
// output a [codec.AnimationEncoder]; otherwise its first picture is taken.
// Edits, text and layers among them, are applied to every picture as it is
// shown. What an edit decides by the pixels (where a trim or a crop by interest
// cuts, how far normalize stretches) the first picture decides for all. Where
// there is nothing to be done and the format stays, a [codec.Copier] copies the
// pictures as they are.
//
// Errors are of type *[Error]. When ctx is done, Transform stops within one
// strip of rows, and its error wraps ctx's; a call of r or w, and of a codec
// that does not run in Go, is waited for.
func (e *Engine) Transform(ctx context.Context, w io.Writer, r io.Reader, edits []edit.Edit, output *edit.Output) (*Result, error) {
	o, p, err := e.prepare(ctx, r, edits, output)
	if err != nil {
		return nil, err
	}
	defer o.close()
	release, err := e.reserve(ctx, p.Bytes)
	if err != nil {
		return nil, err
	}
	defer release()
	return e.render(ctx, o, p, w)
}

// Explain plans what [Engine.Transform] would do with the same arguments. It
// decodes no pixel and reads no more of r than its headers. Errors are of type
// *[Error].
func (e *Engine) Explain(ctx context.Context, r io.Reader, edits []edit.Edit, output *edit.Output) (*Plan, error) {
	o, p, err := e.prepare(ctx, r, edits, output)
	if err != nil {
		return nil, err
	}
	o.close()
	return p, nil
}

// prepare reads headers and plans. The original is to be closed.
func (e *Engine) prepare(ctx context.Context, r io.Reader, edits []edit.Edit, output *edit.Output) (*original, *Plan, error) {
	var out edit.Output
	if output != nil {
		out = *output
	}
	if out.Format == "" {
		out.Format = edit.FormatWebP
	}
	o, err := e.open(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	if err = e.openLayers(ctx, o, edits); err == nil {
		var p *Plan
		if p, err = e.plan(o, edits, out); err == nil {
			return o, p, nil
		}
	}
	o.close()
	return nil, nil, err
}

// reserve waits, in the order of arrival, until bytes of the engine's memory
// are free, and takes them until release is called. More than the engine has
// is ErrLimit at once. Only the first call of release has an effect.
func (e *Engine) reserve(ctx context.Context, bytes int64) (release func(), err error) {
	if bytes > e.opts.MaxBytes {
		return nil, wrap("reserve", fmt.Errorf("the transform takes %s of the engine's %s: %w", byteCount(bytes), byteCount(e.opts.MaxBytes), ErrLimit))
	}
	if err := e.room.Acquire(ctx, bytes); err != nil {
		return nil, wrap("reserve", err)
	}
	e.reserved.Add(bytes)
	return sync.OnceFunc(func() {
		e.reserved.Add(-bytes)
		e.room.Release(bytes)
	}), nil
}

// byteCount writes a number of bytes for people.
func byteCount(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	case n < 1<<30:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
}
