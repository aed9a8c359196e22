// Package heif is the adapter for HEIF (ISO/IEC 23008-12), the container of iPhones'
// photos and of AVIF.
//
//	av1, err := avif.New(nil)
//	if err != nil {
//		return err
//	}
//	defer av1.Close()
//	both, err := heif.New(av1, nil)
//	if err != nil {
//		return err
//	}
//	engine, err := luna.New(append(codecs.Default(), av1, both), nil)
//
// The set of package luna/codecs/full has both.
//
// It reads HEIF of neutral brands (mif1) with AV1 in it. HEVC pictures (HEIC),
// which is what iPhones take, it reads with the decoder that [Options].HEVC names,
// such as one of package luna/heif/heic, which is under another licence than this;
// without one they are refused.
//
// It writes AV1 pictures in an HEIF container, byte for byte what package luna/avif
// writes, since that is what sharp makes of its format "heif" with AV1: the file is
// of the brand avif, and readers of AVIF read it. There is no encoder for HEVC
// without cgo, and none that is free of patents.
package heif

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/avif"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/still"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Options are the settings of a [Codec].
type Options struct {
	// HEVC decodes pictures that are coded as "hvc1"; nil refuses them with
	// codec.ErrUnsupported.
	HEVC codec.Decoder
}

// A Codec reads and writes HEIF. It is made by [New], immutable, and safe for
// concurrent use.
type Codec struct {
	av1  *avif.Codec
	hevc codec.Decoder
}

var (
	_ codec.Decoder         = (*Codec)(nil)
	_ codec.LosslessEncoder = (*Codec)(nil)
)

// New returns a codec that has AV1 coded by av1, whose settings and turns it
// shares. Nil options are all defaults. It needs no closing; who made av1 and
// Options.HEVC closes those.
func New(av1 *avif.Codec, opts *Options) (*Codec, error) {
	if av1 == nil {
		return nil, errors.New("heif: there is no codec for AV1")
	}
	c := &Codec{av1: av1}
	if opts != nil {
		c.hevc = opts.HEVC
	}
	return c, nil
}

// Format tells name, media type and magic. Brands that begin with avi are
// those of package avif.
func (c *Codec) Format() codec.Format {
	return codec.Format{
		Name: "heif", MIME: "image/heif", Extension: "heif",
		// The box begins with its length, which is under 64 KiB: see package avif.
		Magic: []string{"\x00\x00??ftyphei", "\x00\x00??ftyphev", "\x00\x00??ftypmif1", "\x00\x00??ftypmsf1"},
	}
}

// Revision is that of the codecs it is made of.
func (c *Codec) Revision() string {
	if c.hevc == nil {
		return c.av1.Revision()
	}
	return c.av1.Revision() + ", " + c.hevc.Revision()
}

// decoder returns the decoder for what r holds, and a reader of all of it.
func (c *Codec) decoder(r io.Reader) (codec.Decoder, io.Reader, error) {
	var head bytes.Buffer
	h, err := still.Read(io.TeeReader(r, &head))
	if err != nil {
		return nil, nil, fmt.Errorf("heif: %w", err)
	}
	whole := io.MultiReader(&head, r)
	switch coded := h.Picture.Color.Coded; {
	case coded == "av01":
		return c.av1, whole, nil
	case coded == "hvc1" && c.hevc != nil:
		return c.hevc, whole, nil
	case coded == "hvc1":
		return nil, nil, fmt.Errorf("heif: %w: an HEVC picture, for which there is no decoder", codec.ErrUnsupported)
	default:
		return nil, nil, fmt.Errorf("heif: %w: a picture coded as %q", codec.ErrUnsupported, coded)
	}
}

// Probe reads the headers, as package avif and Options.HEVC do.
func (c *Codec) Probe(r io.Reader) (codec.Info, error) {
	d, r, err := c.decoder(r)
	if err != nil {
		return codec.Info{}, err
	}
	return d.Probe(r)
}

// DecodeWork is the largest of what either decoder says, since info does not
// tell which one it will be.
func (c *Codec) DecodeWork(info codec.Info, req codec.Request) int64 {
	work := c.av1.DecodeWork(info, req)
	if c.hevc != nil {
		work = max(work, c.hevc.DecodeWork(info, req))
	}
	return work
}

// Decode decodes the picture, as package avif and Options.HEVC do.
func (c *Codec) Decode(ctx context.Context, r io.Reader, req codec.Request) (pixel.Source, error) {
	d, r, err := c.decoder(r)
	if err != nil {
		return nil, err
	}
	return d.Decode(ctx, r, req)
}

// Check is package avif's, and so are the following.
func (c *Codec) Check(shape pixel.Shape, opts codec.Options) error {
	return c.av1.Check(shape, opts)
}

// Accepts returns the layout that is wanted in place of in.
func (c *Codec) Accepts(in pixel.Layout, opts codec.Options) pixel.Layout {
	return c.av1.Accepts(in, opts)
}

// EncodeWork reports the most bytes that Encode will hold at once.
func (c *Codec) EncodeWork(shape pixel.Shape, opts codec.Options) int64 {
	return c.av1.EncodeWork(shape, opts)
}

// Lossless reports whether every pixel comes back as it was.
func (c *Codec) Lossless(opts codec.Options) bool { return c.av1.Lossless(opts) }

// Encode writes an AV1 picture.
func (c *Codec) Encode(ctx context.Context, w io.Writer, src pixel.Source, opts codec.Options) error {
	return c.av1.Encode(ctx, w, src, opts)
}
