//go:build amd64 && !noasm && gc

package inflate

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// drive runs a reader by one of the two loops and returns all it leaves
// behind after each run.
func drive(packed []byte, fast func(*Reader) (bool, error)) (out []byte, at []int, err error) {
	z := NewReader(bytes.NewReader(packed))
	if err := z.header(); err != nil {
		return nil, nil, err
	}
	for err == nil && (z.state != atBlock || !z.final) {
		switch z.state {
		case atBlock:
			err = z.block()
		case inStored:
			err = z.copyStored()
		case inHuffman:
			if z.end-z.pos >= 16 {
				_, err = fast(z)
				if err == nil {
					z.drop()
					at = append(at, z.pos, z.to, int(z.count), int(z.bits))
				}
			} else {
				_, err = z.one()
			}
		}
		if z.to >= windowSize+workSize {
			out = append(out, z.out[windowSize:z.to]...)
			copy(z.out[:windowSize], z.out[z.to-windowSize:z.to])
			z.to = windowSize
		}
	}
	return append(out, z.out[:z.to]...), at, err
}

func compareLoops(t *testing.T, packed []byte) {
	out, at, err := drive(packed, (*Reader).fastGeneric)
	gotOut, gotAt, gotErr := drive(packed, (*Reader).fast)
	require.Equal(t, err, gotErr)
	if err == nil {
		require.True(t, bytes.Equal(out, gotOut))
		require.Equal(t, at, gotAt)
	}
}

func TestLoopsAreEqual(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, data := range samples() {
		for level := -2; level <= 9; level++ {
			packed := deflate(t, data, level)
			compareLoops(t, packed)
			for range 10 {
				bad := bytes.Clone(packed)
				bad[r.IntN(len(bad))] ^= 1 << r.IntN(8)
				compareLoops(t, bad)
			}
		}
	}
}

func FuzzLoops(f *testing.F) {
	for _, data := range samples() {
		f.Add(deflate(f, data[:min(len(data), 2000)], 6))
	}
	f.Fuzz(func(t *testing.T, packed []byte) { compareLoops(t, packed) })
}

func TestAdlerSumsAreEqual(t *testing.T) {
	ff := bytes.Repeat([]byte{255}, adlerRun)
	for _, data := range samples() {
		for n := range 200 {
			for _, p := range [][]byte{data[:min(len(data), n)], ff[:n], ff[n:]} {
				a, b := adlerSums(adlerBase-1, adlerBase-1, p)
				wantA, wantB := adlerGeneric(adlerBase-1, adlerBase-1, p)
				require.Equal(t, [2]uint32{wantA, wantB}, [2]uint32{a, b})
			}
		}
	}
}
