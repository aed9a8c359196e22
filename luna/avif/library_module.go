//go:build !libavif

package avif

import (
	"context"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/immagin/immagin-go/internal/wasm"
	"github.com/immagin/immagin-go/luna/codec"
)

//go:generate go run extract.go

// module is lib/avif.wasm.gz of github.com/gen2brain/avif; a test compares it
// with that. There it is in a variable that is not exported, of a package that
// loads a shared library when it is initialised.
//
//go:embed libavif/avif.wasm.gz
var module []byte

const libraryRevision = "gen2brain/avif v0.5.3 (libavif 1.4.2, libaom 3.14.1, dav1d 1.5.3) wasm"

// wasmLibrary is the module. Its exported functions are documented by the C
// code that they were compiled from, lib/avif.c in the same place.
type wasmLibrary struct {
	m    *wasm.Module
	opts Options
}

// watched are the functions of the module where a call that is no longer
// wanted ends. They have no names; these were found by counting: of all that
// are called less than once in two hundred calls, they leave the fewest calls
// between theirs. In encoding, one is called for every few thousand others, in
// decoding for every block of pixels.
var watched = []uint32{
	1063, 1962, 3997, // libaom
	320, 821, 914, 922, // dav1d
}

func newLibrary(o Options) (library, error) {
	m, err := wasm.Compile(context.Background(), module, watched...)
	if err != nil {
		return nil, err
	}
	return &wasmLibrary{m, o}, nil
}

func (l *wasmLibrary) close() error { return l.m.Close() }

func (l *wasmLibrary) decode(ctx context.Context, file []byte, use func(width, height int, deep bool, pix []byte) error) error {
	err := l.m.Run(ctx, l.opts.MaxDecodeMemory, func(i *wasm.Instance) error {
		in, err := i.Store(file)
		if err != nil {
			return err
		}
		// Four numbers: width, height, depth and how many frames.
		told, err := i.Alloc(16)
		if err != nil {
			return err
		}
		// Where the C code writes how long the picture is shown, and the only
		// sign of whether it wrote any pixels: it returns 1 either way.
		shown, err := i.Store(binary.LittleEndian.AppendUint64(nil, unwritten))
		if err != nil {
			return err
		}
		decode := func(headersOnly uint64, out uint32) error {
			ok, err := i.Call("decode", uint64(in), uint64(len(file)), headersOnly, 0,
				uint64(told), uint64(told+4), uint64(told+8), uint64(told+12), uint64(shown), uint64(out))
			if err == nil && ok == 0 {
				err = fmt.Errorf("%w: libavif refuses it", codec.ErrFormat)
			}
			return err
		}
		if err := decode(1, 0); err != nil {
			return err
		}
		var v [3]uint32
		for k := range v {
			if v[k], err = i.Uint32(told + uint32(4*k)); err != nil {
				return err
			}
		}
		width, height, deep := int64(v[0]), int64(v[1]), v[2] > 8
		size := 4 * width * height
		if deep {
			size *= 2
		}
		if width > 1<<16 || height > 1<<16 || size == 0 || size > mostMemory {
			return fmt.Errorf("%w: %dx%d pixels", codec.ErrLimit, width, height)
		}
		out, err := i.Alloc(size)
		if err != nil {
			return err
		}
		if err := decode(0, out); err != nil {
			return err
		}
		told64, err := i.Bytes(shown, 8)
		if err != nil {
			return err
		}
		if binary.LittleEndian.Uint64(told64) == unwritten {
			return fmt.Errorf("%w: the AV1 picture is damaged", codec.ErrFormat)
		}
		pix, err := i.Bytes(out, size)
		if err != nil {
			return err
		}
		return use(int(width), int(height), deep, pix)
	})
	return translate(err)
}

// unwritten is a number that is no duration: not a finite one.
var unwritten = math.Float64bits(math.Inf(-1))

func (l *wasmLibrary) encode(ctx context.Context, p parameters, fill func(pix []byte) error) ([]byte, error) {
	var file []byte
	err := l.m.Run(ctx, l.opts.MaxEncodeMemory, func(i *wasm.Instance) error {
		n := 4 * int64(p.width) * int64(p.height)
		in, err := i.Alloc(n)
		if err != nil {
			return err
		}
		pix, err := i.Bytes(in, n)
		if err != nil {
			return err
		}
		if err := fill(pix); err != nil {
			return err
		}
		told, err := i.Store(make([]byte, 8))
		if err != nil {
			return err
		}
		lossless := uint64(0)
		if p.lossless {
			lossless = 1
		}
		out, err := i.Call("encode", uint64(in), uint64(p.width), uint64(p.height), uint64(told),
			uint64(p.quality), uint64(p.quality), uint64(p.speed), uint64(p.chroma), lossless)
		if err != nil {
			return err
		}
		size, err := i.Uint32(told)
		if err != nil {
			return err
		}
		if out == 0 || size == 0 {
			return fmt.Errorf("libavif does not encode %dx%d", p.width, p.height)
		}
		b, err := i.Bytes(uint32(out), int64(size))
		if err != nil {
			return err
		}
		file = append([]byte(nil), b...)
		return nil
	})
	return file, translate(err)
}

// translate says in the words of package codec what package wasm says in its
// own.
func translate(err error) error {
	switch {
	case errors.Is(err, wasm.ErrMemory):
		return fmt.Errorf("%w: %w", codec.ErrLimit, err)
	case errors.Is(err, wasm.ErrExhausted):
		return fmt.Errorf("%w: %w", codec.ErrExhausted, err)
	case errors.Is(err, wasm.ErrTrap):
		return fmt.Errorf("%w: %w", codec.ErrFormat, err)
	}
	return err
}
