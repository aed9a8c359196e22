package encoder

import (
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

func heldBy[T any](s []T) int {
	var v T
	return cap(s) * int(unsafe.Sizeof(v))
}

// TestWorkIsBounded encodes noise at quality 100, which takes as much memory as
// anything: an Encoder holds no more than its comment says.
func TestWorkIsBounded(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, size := range []int{16, 200, 700} {
		p := &Picture{Width: size, Height: size, YStride: size, CStride: size}
		for _, plane := range []*[]uint8{&p.Y, &p.Cb, &p.Cr} {
			*plane = make([]uint8, size*size)
			for i := range *plane {
				(*plane)[i] = uint8(r.Uint32())
			}
		}
		for _, effort := range []int{4, 6} {
			e := New()
			_, err := e.Encode(t.Context(), nil, p, Options{Quality: 100, Effort: effort, Workers: 2})
			require.NoError(t, err)
			held := int(unsafe.Sizeof(*e)) + heldBy(e.blocks) + heldBy(e.levels) + heldBy(e.line) + heldBy(e.progress) +
				heldBy(e.modeBits) + heldBy(e.strips) + heldBy(e.header.buf)
			for i := range e.levels {
				held += heldBy(e.levels[i])
			}
			for i := range e.parts {
				held += heldBy(e.parts[i].buf)
			}
			for i := range e.strips {
				s := &e.strips[i]
				held += heldBy(s.y) + heldBy(s.cb) + heldBy(s.cr)
			}
			for _, w := range e.workers {
				held += int(unsafe.Sizeof(*w)) + 2*int(unsafe.Sizeof(coded{})) + heldBy(w.strip.y) + heldBy(w.strip.cb) + heldBy(w.strip.cr)
			}
			pixels := (size + 15) / 16 * ((size + 15) / 16) * 256
			require.LessOrEqual(t, held, 7*pixels+1<<20)
		}
	}
}
