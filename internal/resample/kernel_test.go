//go:build (amd64 || arm64) && !noasm && gc

package resample

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// extreme returns n random bytes, or only the least and the greatest.
func extreme(r *rand.Rand, n int) []uint8 {
	b := make([]uint8, n)
	mode := r.IntN(4)
	for i := range b {
		switch mode {
		case 0:
			b[i] = uint8(r.Uint32())
		case 1:
			b[i] = uint8(-r.IntN(2))
		case 2:
			b[i] = 255
		}
	}
	return b
}

// extremeWords is extreme for signed 16-bit numbers.
func extremeWords(r *rand.Rand, n int) []int16 {
	b := make([]int16, n)
	mode := r.IntN(4)
	for i := range b {
		switch mode {
		case 0:
			b[i] = int16(r.Uint32())
		case 1:
			b[i] = []int16{math.MinInt16, math.MaxInt16}[r.IntN(2)]
		case 2:
			b[i] = math.MinInt16
		}
	}
	return b
}

// guarded hands an output of n samples, off samples away from the start of its
// memory, to either kernel, and requires that they agree in it and around it.
func guarded[T any](t *testing.T, n, off int, name string, assembly, portable func(dst []T)) {
	t.Helper()
	a, b := make([]T, off+n+64), make([]T, off+n+64)
	assembly(a[off : off+n : off+n])
	portable(b[off : off+n : off+n])
	require.Equal(t, b, a, "%s of %d at %d", name, n, off)
}

// compareKernels holds every assembly kernel against its portable twin, on n
// samples that begin off bytes into their memory.
func compareKernels(t *testing.T, r *rand.Rand, n, off int) {
	a, b := extreme(r, n+off)[off:], extreme(r, n+off)[off:]
	guarded(t, n, off, "average2", func(d []uint8) { average2(d, a, b) }, func(d []uint8) { average2Generic(d, a, b) })

	times := r.Uint32()
	guarded(t, n, off, "accumulate", func(d []uint32) {
		accumulate(d, a, 3)
		accumulate(d, b, times)
	}, func(d []uint32) {
		accumulateGeneric(d, a, 3)
		accumulateGeneric(d, b, times)
	})

	sums := make([]uint32, n+off)[off:]
	for i := range sums {
		sums[i] = r.Uint32() >> r.IntN(32)
	}
	left, right := slices.Clone(sums), slices.Clone(sums)
	box := 1 + r.IntN(1<<r.IntN(20))
	guarded(t, n, off, fmt.Sprint("average by ", box), func(d []uint8) { average(d, left, box) }, func(d []uint8) { averageGeneric(d, right, box) })
	require.Equal(t, right, left)

	// The portable kernel holds sums of 26 bits below 0: more than any filter
	// makes, less than 33 of the least weight.
	rows := make([][]uint8, 1+r.IntN(33))
	weights := extremeWords(r, len(rows))
	for k := range rows {
		rows[k] = extreme(r, n+off+k)[off+k:]
		if len(rows) > 7 {
			weights[k] >>= 3
		}
	}
	guarded(t, n&^7, off, fmt.Sprint("reduceRows with ", weights), func(d []uint8) { reduceRows(d, rows, weights) }, func(d []uint8) { reduceRowsGeneric(d, rows, weights) })

	var four [4][]uint16
	for k := range four {
		for _, v := range extremeWords(r, n+off) {
			four[k] = append(four[k], uint16(v))
		}
		four[k] = four[k][off:]
	}
	weights = extremeWords(r, 4)
	guarded(t, n, off, fmt.Sprint("enlargeRows with ", weights), func(d []uint8) { enlargeRows(d, &four, weights) }, func(d []uint8) { enlargeRowsGeneric(d, &four, weights) })

	for _, taps := range []int{1 + r.IntN(64), 4} {
		axis := &Axis{taps: taps}
		for p := range axis.table {
			axis.table[p] = append(extremeWords(r, taps), make([]int16, align(taps)-taps)...)[:taps]
		}
		at := -r.IntN(taps)
		pad := -at
		for range n {
			axis.start = append(axis.start, int32(at))
			axis.phase = append(axis.phase, uint8(r.IntN(phases+1)))
			at += r.IntN(4)
		}
		src := extreme(r, off+pad+at+align(taps))[off:]
		guarded(t, n, off, fmt.Sprintf("reduceRow of %d taps", taps), func(d []uint8) { axis.reduceRow(d, src, pad) }, func(d []uint8) { axis.reduceRowGeneric(d, src, pad) })
		if taps == 4 {
			guarded(t, n, off, "enlargeRow", func(d []uint16) { axis.enlargeRow(d, src, pad) }, func(d []uint16) { axis.enlargeRowGeneric(d, src, pad) })
		}
	}
}

func TestAssemblyIsThePortableCode(t *testing.T) {
	if !accelerated {
		t.Skip("no AVX2 or NEON here")
	}
	r := rand.New(rand.NewPCG(5, 6))
	for n := range 131 {
		for off := range 32 {
			compareKernels(t, r, n, off)
		}
	}
}

func FuzzAssembly(f *testing.F) {
	if !accelerated {
		f.Skip("no AVX2 or NEON here")
	}
	f.Add(uint64(1), uint16(33), uint8(1))
	f.Add(uint64(2), uint16(4000), uint8(31))
	f.Fuzz(func(t *testing.T, seed uint64, n uint16, off uint8) {
		compareKernels(t, rand.New(rand.NewPCG(seed, 7)), int(n)%5000, int(off)%64)
	})
}

// TestStartsAscend: reduceRow and enlargeRow check only the first and the last.
func TestStartsAscend(t *testing.T) {
	for in := 1; in < 300; in += 7 {
		for total := 1; total < 2*in; total += 3 {
			h, v := Span{In: in, Total: total}, Span{In: in, Total: total}
			Tiles(&h, &v)
			for _, s := range []Span{{In: in, Total: total}, h, v, h.Halve(), v.Halve()} {
				require.True(t, slices.IsSorted(NewAxis(s).start), "%+v", s)
			}
		}
	}
}

func benchmarkTwins(b *testing.B, name string, bytes int, assembly, portable func()) {
	for _, c := range []struct {
		name string
		run  func()
	}{{"assembly", assembly}, {"go", portable}} {
		b.Run(name+"/"+c.name, func(b *testing.B) {
			b.SetBytes(int64(bytes))
			for b.Loop() {
				c.run()
			}
		})
	}
}

func BenchmarkKernels(b *testing.B) {
	r := rand.New(rand.NewPCG(8, 9))
	const n = 4000
	var rows [][]uint8
	for range 17 {
		rows = append(rows, noise(r, n))
	}
	dst, words := make([]uint8, n), make([]uint16, n)
	sums := make([]uint32, n)
	benchmarkTwins(b, "average2", n, func() { average2(dst, rows[0], rows[1]) }, func() { average2Generic(dst, rows[0], rows[1]) })
	benchmarkTwins(b, "accumulate", n, func() { accumulate(sums, rows[0], 1) }, func() { accumulateGeneric(sums, rows[0], 1) })
	benchmarkTwins(b, "average", n, func() { average(dst, sums, 5) }, func() { averageGeneric(dst, sums, 5) })
	for _, total := range []int{800, 3200} {
		a := NewAxis(Span{In: n, Total: total})
		a.prepare()
		weights := a.at(0)
		name := fmt.Sprintf(" of %d taps", a.taps)
		benchmarkTwins(b, "reduceRows"+name, n, func() { reduceRows(dst, rows[:a.taps], weights) }, func() { reduceRowsGeneric(dst, rows[:a.taps], weights) })
		src := noise(r, n+100)
		pad, _ := a.pads()
		benchmarkTwins(b, "reduceRow"+name, total, func() { a.reduceRow(dst[:total], src, pad) }, func() { a.reduceRowGeneric(dst[:total], src, pad) })
	}
	a := NewAxis(Span{In: n / 2, Total: n})
	a.prepare()
	src := noise(r, n)
	pad, _ := a.pads()
	benchmarkTwins(b, "enlargeRow", n, func() { a.enlargeRow(words, src, pad) }, func() { a.enlargeRowGeneric(words, src, pad) })
	four := [4][]uint16{words, words, words, words}
	benchmarkTwins(b, "enlargeRows", n, func() { enlargeRows(dst, &four, a.at(1)) }, func() { enlargeRowsGeneric(dst, &four, a.at(1)) })
}
