// Package vp8l encodes pictures without loss: the bitstream of RFC 9649, section
// 3, which a VP8L chunk holds. The transforms, the parsing in literals and copies
// and the clustering of prefix codes go the ways of libwebp's encoder, whose
// licence lies beside, in LICENSE.libwebp.
package vp8l

import (
	"context"
	"errors"
	"fmt"
)

// MaxSize is the most pixels a picture has in a row or column.
const MaxSize = 1 << 14

// Options say how to encode.
type Options struct {
	// Effort is 0, the fastest, to 6, the smallest.
	Effort int
	// Workers is how many goroutines work at a time, 0 meaning one. The bytes
	// do not depend on it.
	Workers int
}

// MaxEffort is the highest effort.
const MaxEffort = 6

// ErrSize is what pictures get that are empty, too large for the format, or of
// another size than said.
var ErrSize = errors.New("vp8l: size")

// An Encoder encodes pictures one after the other, and keeps its memory between
// them. The zero value is ready. It is not safe for concurrent use.
type Encoder struct {
	pixels        []uint32 // the picture
	residuals     []uint32
	tileData      []uint32 // a transform's pixels, or the groups of codes
	palette       palette
	searches      []predictorSearch // one for each worker
	crossSearches []crossSearch

	matches    []match
	chain      []int32
	heads      []int32
	candidates [2]candidate
	tracer     tracer
	groups     []token // of the picture of groups

	clusters     clustering
	counts       []uint32
	huffman      huffman
	codes        []code
	w            bitWriter
	trial        []byte // the best of several plans
	plans        [5]plan
	job          job
	settings     settings
	tileSettings settings // of the pictures of tiles
}

// New returns an encoder.
func New() *Encoder { return new(Encoder) }

// Encode appends the payload of a VP8L chunk: the picture of interleaved
// samples, 3 of red, green and blue or 4 with alpha, which is not premultiplied.
// Colours of transparent pixels are kept. On an error dst is returned as it
// was.
func (e *Encoder) Encode(ctx context.Context, dst []byte, pixels []uint8, width, height, samples int, o Options) ([]byte, error) {
	if width < 1 || height < 1 || width > MaxSize || height > MaxSize {
		return dst, fmt.Errorf("%w: %dx%d pixels; a side is 1 to %d", ErrSize, width, height, MaxSize)
	}
	if samples != 3 && samples != 4 {
		return dst, fmt.Errorf("%w: %d samples in a pixel; it is 3 or 4", ErrSize, samples)
	}
	if len(pixels) != width*height*samples {
		return dst, fmt.Errorf("%w: %d bytes for %dx%d pixels of %d samples", ErrSize, len(pixels), width, height, samples)
	}
	s, err := settingsOf(o)
	if err != nil {
		return dst, err
	}
	transparent := e.load(ctx, pixels, width*height, samples)
	e.w = bitWriter{buf: append(dst, 0x2f)}
	e.w.put(uint32(width-1), 14)
	e.w.put(uint32(height-1), 14)
	if transparent {
		e.w.put(1, 1)
	} else {
		e.w.put(0, 1)
	}
	e.w.put(0, 3)
	return e.finish(ctx, dst, width, height, s)
}

// EncodePlane appends a picture without the header that says its size, whose
// green samples are a plane: what an ALPH chunk holds behind its first byte.
func (e *Encoder) EncodePlane(ctx context.Context, dst []byte, plane []uint8, width, height int, o Options) ([]byte, error) {
	if width < 1 || height < 1 || width > MaxSize || height > MaxSize || len(plane) != width*height {
		return dst, fmt.Errorf("%w: %d bytes for %dx%d samples; a side is 1 to %d", ErrSize, len(plane), width, height, MaxSize)
	}
	s, err := settingsOf(o)
	if err != nil {
		return dst, err
	}
	s.quality = 8 * o.Effort
	s.tries = 8 + s.quality*s.quality/128
	s.candidates = min(s.candidates, 2+o.Effort/6*8)
	s.plane = true
	e.pixels = grow(e.pixels, len(plane))
	for i, v := range plane {
		if i&0xffff == 0 && ctx.Err() != nil {
			break
		}
		e.pixels[i] = uint32(v) << 8
	}
	e.w = bitWriter{buf: dst}
	return e.finish(ctx, dst, width, height, s)
}

// finish encodes e.pixels behind what is in e.w.
func (e *Encoder) finish(ctx context.Context, dst []byte, width, height int, s settings) ([]byte, error) {
	e.settings = s
	e.job = job{ctx: ctx, width: width, height: height, s: &e.settings}
	err := e.encode()
	e.job = job{}
	e.w.flush()
	out := e.w.buf
	e.w.buf = nil
	if err != nil {
		return dst, err
	}
	return out, nil
}

// load takes in the samples, and reports whether any pixel is transparent.
func (e *Encoder) load(ctx context.Context, samples []uint8, n, size int) bool {
	e.pixels = grow(e.pixels, n)
	all := uint32(black)
	if size == 3 {
		for i := range n {
			if i&0xffff == 0 && ctx.Err() != nil {
				break // who looks next returns it
			}
			s := samples[3*i : 3*i+3 : 3*i+3]
			e.pixels[i] = black | uint32(s[0])<<16 | uint32(s[1])<<8 | uint32(s[2])
		}
	} else {
		for i := range n {
			if i&0xffff == 0 && ctx.Err() != nil {
				break // who looks next returns it
			}
			s := samples[4*i : 4*i+4 : 4*i+4]
			p := uint32(s[3])<<24 | uint32(s[0])<<16 | uint32(s[1])<<8 | uint32(s[2])
			all &= p
			e.pixels[i] = p
		}
	}
	return all>>24 != 0xff
}

// Encode is Encoder.Encode of an encoder of its own.
func Encode(ctx context.Context, dst []byte, pixels []uint8, width, height, samples int, o Options) ([]byte, error) {
	return New().Encode(ctx, dst, pixels, width, height, samples, o)
}

// tilesOf returns how many tiles of 1<<bits pixels a row or column has.
func tilesOf(n, bits int) int { return (n + 1<<bits - 1) >> bits }
