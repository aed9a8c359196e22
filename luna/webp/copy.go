package webp

import (
	"bufio"
	"context"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/webp/internal/mux"
)

// Copy keeps the chunks of pixels and animation as they are, bit by bit, and
// leaves out all others, a profile and unknown chunks within frames among
// them. It looks at the headers of frames, but not at their pixels. It holds
// what it writes in memory, since the file begins with its length.
func (c Codec) Copy(ctx context.Context, w io.Writer, r io.Reader, keep codec.Metadata) error {
	in, out := ctxio.NewReader(ctx, r), ctxio.NewWriter(ctx, w)
	err := copyFile(out, bufio.NewReader(in), keep)
	switch {
	case err == nil:
		return nil
	case in.Err() != nil:
		err = in.Err()
	case out.Err() != nil:
		err = out.Err()
	}
	return fmt.Errorf("webp: %w", err)
}

func copyFile(w io.Writer, r io.Reader, keep codec.Metadata) error {
	c, err := newChunks(r)
	if err != nil {
		return err
	}
	h := &header{}
	if err := c.next(); err != nil {
		return early(err)
	}
	if c.kind == "VP8X" {
		if err := h.vp8x(c); err != nil {
			return err
		}
		if err := c.next(); err != nil {
			return early(err)
		}
	}
	copied := copier{header: h}
	for err = nil; err == nil; err = c.next() {
		if err := copied.chunk(c); err != nil {
			return err
		}
	}
	if err != io.EOF {
		return err
	}
	if copied.pictures == 0 {
		return errNoPixels
	}
	flags := h.flags & (flagAnimation | flagAlpha)
	if !h.extended && h.alpha {
		flags |= flagAlpha
	}
	return mux.WriteExtended(w, flags, h.width, h.height, copied.body, keep)
}

// A copier collects the chunks that are kept.
type copier struct {
	*header
	body     []byte
	pictures int
}

func (k *copier) chunk(c *chunks) (err error) {
	switch c.kind {
	case "ANIM":
		if !k.animated() {
			return nil
		}
		var data []byte
		if data, err = readChunk(c, 6); err == nil {
			k.body = mux.AppendChunk(k.body, "ANIM", data)
		}
	case "ANMF":
		if k.animated() {
			return k.frame(c)
		}
	case "ALPH", "VP8 ", "VP8L":
		if k.animated() || k.pictures > 0 {
			return nil
		}
		if c.kind != "ALPH" {
			k.pictures++
		}
		return k.pixels(c, frame{width: k.width, height: k.height}, !k.extended)
	}
	return err
}

// frame copies an ANMF chunk but for what is unknown in it.
func (k *copier) frame(c *chunks) error {
	f, err := k.readFrame(c)
	if err != nil {
		return err
	}
	pixels := copier{header: k.header}
	in := c.inside()
	for {
		err := in.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if in.kind != "ALPH" && in.kind != "VP8 " && in.kind != "VP8L" || pixels.pictures > 0 {
			continue
		}
		if in.kind != "ALPH" {
			pixels.pictures++
		}
		if err := pixels.pixels(in, f, false); err != nil {
			return err
		}
	}
	if pixels.pictures == 0 {
		return errNoPixels
	}
	k.pictures++
	k.body = mux.AppendChunk(k.body, "ANMF", f.head[:], pixels.body)
	return nil
}

// pixels copies a chunk of pixels of the size that f tells. Where tells is
// set, it is the chunk that tells it.
func (k *copier) pixels(c *chunks, f frame, tells bool) error {
	kind := c.kind
	if kind == "ALPH" {
		data, err := io.ReadAll(c)
		if err != nil {
			return err
		}
		k.body = mux.AppendChunk(k.body, kind, data)
		return nil
	}
	b, err := readBitstream(c)
	if err != nil {
		return err
	}
	if tells {
		k.width, k.height, k.alpha = b.width, b.height, b.alpha
	} else if b.width != f.width || b.height != f.height {
		return fmt.Errorf("%w: %dx%d pixels where %dx%d were announced", codec.ErrFormat, b.width, b.height, f.width, f.height)
	}
	rest, err := io.ReadAll(c)
	if err != nil {
		return err
	}
	k.body = mux.AppendChunk(k.body, kind, b.head, rest)
	return nil
}

// readChunk reads the first n bytes of the current chunk.
func readChunk(c *chunks, n int) ([]byte, error) {
	data := make([]byte, n)
	if _, err := io.ReadFull(c, data); err != nil {
		return nil, early(err)
	}
	return data, nil
}
