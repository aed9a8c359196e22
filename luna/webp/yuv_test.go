package webp

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func noise(r *rand.Rand, n int) []uint8 {
	b := make([]uint8, n)
	for i := range b {
		if b[i] = uint8(r.Uint32()); r.IntN(4) == 0 {
			b[i] = uint8(255 * r.IntN(2))
		}
	}
	return b
}

// compareKernels holds what the assembly makes against the portable code.
func compareKernels(t *testing.T, r *rand.Rand, width int) {
	t.Helper()
	half := (width + 1) / 2
	near, far := noise(r, half), noise(r, half)
	got, want := make([]uint8, width), make([]uint8, width)
	upsample(got, near, far)
	upsampleGeneric(want, near, far, 0)
	require.Equal(t, want, got, "upsampled to %d", width)

	y, u, v := noise(r, width), noise(r, width), noise(r, width)
	var a, b [3][]uint8
	for p := range 3 {
		a[p], b[p] = make([]uint8, width), make([]uint8, width)
	}
	rgb(a[0], a[1], a[2], y, u, v)
	rgbGeneric(b[0], b[1], b[2], y, u, v)
	require.Equal(t, b, a, "%d samples of RGB", width)

	stride := width + r.IntN(9)
	src := noise(r, 8*stride)
	for n := 1; n <= 8; n *= 2 {
		for rows := 1; rows <= n; rows++ {
			got := make([]uint8, (width+n-1)/n)
			shrink(got, src, stride, width, rows, n)
			for i := range got {
				sum, count := 0, 0
				for y := range rows {
					for x := i * n; x < min(i*n+n, width); x++ {
						sum += int(src[y*stride+x])
						count++
					}
				}
				require.Equal(t, uint8((2*sum+count)/(2*count)), got[i], "%d of %d at 1/%d, %d rows", i, width, n, rows)
			}
		}
	}
}

func TestAssemblyIsThePortableCode(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for width := 1; width < 300; width++ {
		compareKernels(t, r, width)
	}
}

func FuzzKernels(f *testing.F) {
	f.Add(uint64(1), uint16(33))
	f.Add(uint64(2), uint16(512))
	f.Fuzz(func(t *testing.T, seed uint64, width uint16) {
		compareKernels(t, rand.New(rand.NewPCG(seed, 3)), 1+int(width)%1000)
	})
}

// Every colour that there is, in rows of 256.
func TestEveryColourConverts(t *testing.T) {
	if testing.Short() {
		t.Skip("16 million colours")
	}
	var y, u, v [256]uint8
	for i := range y {
		y[i] = uint8(i)
	}
	var a, b [3][256]uint8
	for cb := range 256 {
		for cr := range 256 {
			for i := range u {
				u[i], v[i] = uint8(cb), uint8(cr)
			}
			rgb(a[0][:], a[1][:], a[2][:], y[:], u[:], v[:])
			rgbGeneric(b[0][:], b[1][:], b[2][:], y[:], u[:], v[:])
			if a != b {
				require.Equal(t, b, a, "chroma %d, %d", cb, cr)
			}
		}
	}
}

func BenchmarkRGB(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	const n = 4000
	y, u, v, near := noise(r, n), noise(r, n), noise(r, n), noise(r, n/2)
	b.SetBytes(n)
	for b.Loop() {
		upsample(u, near, near)
		upsample(v, near, near)
		rgb(y, u, v, y, u, v)
	}
}
