package codectest

import (
	"context"
	"fmt"
	"runtime/debug"
	"unsafe"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A pool of marked buffers tells which of them come back. Only buffers of at
// least 32 KiB are marked: smaller ones may lie where one processor alone
// finds them. Garbage is not collected meanwhile, since that empties pools.
type markedPool struct {
	*pixel.Pool
	bytes map[*uint8]int // to their sizes
	words map[*uint16]int
	// sizes are those of the classes.
	byteSizes, wordSizes []int
	restore              int
}

const (
	markedFrom = 32 << 10
	markedTo   = 256 << 10
	marks      = 4 // of each class
)

func newMarkedPool() *markedPool {
	p := &markedPool{Pool: pixel.NewPool(), bytes: map[*uint8]int{}, words: map[*uint16]int{}, restore: debug.SetGCPercent(-1)}
	var bytes [][]uint8
	var words [][]uint16
	for size := markedFrom; size <= markedTo; {
		for range marks {
			b, w := p.Get(size), p.Get16(size)
			p.bytes[unsafe.SliceData(b)], p.words[unsafe.SliceData(w)] = cap(b), cap(w)
			bytes, words = append(bytes, b), append(words, w)
		}
		p.byteSizes, p.wordSizes = append(p.byteSizes, size), append(p.wordSizes, size)
		size = max(cap(bytes[len(bytes)-1]), size) + 1
	}
	for i := range bytes {
		p.Put(bytes[i])
		p.Put16(words[i])
	}
	return p
}

func (p *markedPool) close() { debug.SetGCPercent(p.restore) }

// missing reports buffers that were lent and are not back, or that came back
// twice.
func (p *markedPool) missing() error {
	if err := missing(p.byteSizes, p.bytes, p.Get, p.Put); err != nil {
		return err
	}
	return missing(p.wordSizes, p.words, p.Get16, p.Put16)
}

func missing[T any](classes []int, marked map[*T]int, get func(int) []T, put func([]T)) error {
	seen := map[*T]bool{}
	var all [][]T
	for _, size := range classes {
		// What a codec has added lies above the marks, or among them.
		for found, tries := 0, 0; found < marks && tries < 4*marks; tries++ {
			b := get(size)
			at := unsafe.SliceData(b)
			if seen[at] {
				return fmt.Errorf("a buffer of %d samples is given back to the pool twice", cap(b))
			}
			seen[at] = true
			if _, ok := marked[at]; ok {
				all = append(all, b)
				found++
			}
		}
	}
	for at, size := range marked {
		if !seen[at] {
			return fmt.Errorf("a buffer of %d samples is not given back to the pool", size)
		}
	}
	for _, b := range all {
		put(b)
	}
	return nil
}

// long is a picture whose strips take marked buffers.
const longWidth, longHeight = 2200, 34

func checkDecodePool(ctx context.Context, c codec.Codec, o Options) error {
	d, err := decoder(c)
	if err != nil {
		return err
	}
	all, err := files(ctx, c, o, longWidth, longHeight)
	if err != nil {
		return err
	}
	pool := newMarkedPool()
	defer pool.close()
	for _, f := range all {
		for how := range decodeEnds {
			endDecode(ctx, d, f.Data, how, pool.Pool)
			if err := pool.missing(); err != nil {
				return fmt.Errorf("%s: %s: %w", f.Name, []string{"read to its end", "closed after a strip", "closed unread", "truncated", "cancelled"}[how], err)
			}
		}
	}
	return nil
}

func checkEncodePool(ctx context.Context, c codec.Codec, o Options) error {
	e, err := encoder(c)
	if err != nil {
		return err
	}
	pool := newMarkedPool()
	defer pool.close()
	for _, encoding := range o.Encodings {
		opts := encoding.Options
		opts.Pool = pool.Pool
		for _, l := range accepted(e, opts) {
			m := grain(draw(pixel.Shape{Width: longWidth, Height: longHeight, Layout: l}))
			for how := range encodeEnds {
				endEncode(ctx, e, m, opts, how)
				if err := pool.missing(); err != nil {
					return fmt.Errorf("%v with %v: %s: %w", m.Shape, encoding, []string{"written", "its source fails", "cancelled", "its writer fails"}[how], err)
				}
			}
		}
	}
	return nil
}
