//go:build (amd64 || arm64) && !noasm && gc

package interleave

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func compareKernels(t *testing.T, r *rand.Rand, stride, n, off int) {
	t.Helper()
	bytes := func(n int) []uint8 {
		b := make([]uint8, n+off)
		for i := range b {
			b[i] = uint8(r.Uint32())
		}
		return b[off:]
	}
	packed, planes := bytes(n*stride), make([][]uint8, stride)
	// Guards behind the rows must stay.
	got, want := make([][]uint8, stride), make([][]uint8, stride)
	gotAll, wantAll := make([][]uint8, stride), make([][]uint8, stride)
	for p := range stride {
		planes[p] = bytes(n)
		gotAll[p], wantAll[p] = make([]uint8, n+64), make([]uint8, n+64)
		got[p], want[p] = gotAll[p][:n], wantAll[p][:n]
	}
	Split(got, packed, stride)
	splitGeneric(want, packed, stride, 0)
	require.Equal(t, wantAll, gotAll, "Split of %d planes, %d pixels", stride, n)

	gotPacked, wantPacked := make([]uint8, n*stride+64), make([]uint8, n*stride+64)
	Join(gotPacked, planes)
	joinGeneric(wantPacked, planes, 0)
	require.Equal(t, wantPacked, gotPacked, "Join of %d planes, %d pixels", stride, n)
}

func TestAssemblyIsThePortableCode(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for stride := 1; stride <= 5; stride++ {
		for n := range 80 {
			compareKernels(t, r, stride, n, n%17)
		}
	}
}

func FuzzAssembly(f *testing.F) {
	f.Add(uint64(1), uint8(3), uint16(100), uint8(1))
	f.Fuzz(func(t *testing.T, seed uint64, stride uint8, n uint16, off uint8) {
		compareKernels(t, rand.New(rand.NewPCG(seed, 1)), 1+int(stride%5), int(n%1000), int(off%64))
	})
}
