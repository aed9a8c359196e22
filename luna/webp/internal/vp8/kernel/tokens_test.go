package kernel

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
)

// macroblockLevels are random levels as Tokens takes them.
func macroblockLevels(r *rand.Rand, kind int) (levels []int16, blocks [25]uint8, whole bool) {
	whole = kind&1 != 0
	largest := []int{1, 2, 5, 12, 80, 2047}[kind>>1%6]
	for i := range blocks {
		first := 0
		if whole && i > 0 && i < 17 {
			first = 1
		}
		last := 0
		if r.IntN(3) > 0 {
			last = first + 1 + r.IntN(16-first)
		}
		blocks[i] = uint8(last | r.IntN(3)<<5)
		if i == 0 && !whole || last == 0 {
			continue
		}
		for range last - first {
			v := r.IntN(2*largest+1) - largest
			if r.IntN(2) == 0 {
				v = 0
			}
			levels = append(levels, int16(v))
		}
		if levels[len(levels)-1] == 0 {
			levels[len(levels)-1] = int16(largest)
		}
	}
	return levels, blocks, whole
}

func compareTokens(t *testing.T, seed uint64, kind int) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 3))
	var p TokenProbabilities
	all := vp8.DefaultProbabilities
	if r.IntN(2) == 0 {
		for i := range all {
			for j := range all[i] {
				for k := range all[i][j] {
					for n := range all[i][j][k] {
						all[i][j][k][n] = uint8(1 + r.IntN(255))
					}
				}
			}
		}
	}
	p.Set(&all)
	var n1, n2 Counts
	for range 20 {
		var levels Coefficients
		for i := range levels {
			if r.IntN(2) == 0 {
				levels[i] = int16(r.IntN(1<<(1+kind&15%12)) - 1<<(kind&15%12))
			}
		}
		first, last, context := r.IntN(2), r.IntN(17), r.IntN(3)
		count(&n1, &levels, first, last, context)
		countGeneric(&n2, &levels, first, last, context)
		require.Equal(t, n2, n1)
	}

	var got, want [MaxTokens]uint16
	c1, c2 := Coder{Span: 255}, Coder{Span: 255}
	var b1, b2 []uint8
	for range 5 {
		levels, blocks, whole := macroblockLevels(r, kind&15)
		n, used := writeTokens(got[:], levels, &blocks, whole, &p)
		m, all := tokensGeneric(want[:], levels, &blocks, whole, &p)
		require.Equal(t, len(levels), all)
		require.Equal(t, all, used)
		require.Equal(t, want[:m], got[:n])

		b1 = c1.Code(b1, got[:n])
		at := len(b2)
		b2 = append(b2, make([]uint8, m+8)...)
		b2 = b2[:codeGeneric(&c2, b2, at, want[:m])]
		require.Equal(t, c2, c1)
		require.True(t, bytes.Equal(b2, b1))
	}
}

func TestAssemblyTokens(t *testing.T) {
	for seed := range uint64(2000) {
		compareTokens(t, seed, int(seed))
	}
}

func FuzzTokens(f *testing.F) {
	for kind := range 16 {
		f.Add(uint64(kind), kind)
	}
	f.Fuzz(func(t *testing.T, seed uint64, kind int) { compareTokens(t, seed, kind) })
}

func TestAssemblyCode2(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 200 {
		n := r.IntN(3000)
		var tokens [2][]uint16
		for i := range tokens {
			skew := uint8(1 + r.IntN(255))
			for range n {
				bit := uint8(r.IntN(2))
				if r.IntN(3) > 0 {
					bit = skew >> 7
				}
				tokens[i] = append(tokens[i], token(max(skew, uint8(r.IntN(256))), bit))
			}
		}
		var c, d [2]Coder
		var want, got [2][]uint8
		for i := range c {
			c[i].Span, d[i].Span = 255, 255
			want[i] = c[i].Code([]uint8{1, 2}, tokens[i])
		}
		got[0], got[1] = Code2(&d[0], &d[1], []uint8{1, 2}, []uint8{1, 2}, tokens[0], tokens[1])
		require.Equal(t, want, got)
		require.Equal(t, c, d)
	}
}

// A bit of one that is next to impossible carries through all that is written.
func TestCoderCarries(t *testing.T) {
	tokens := make([]uint16, 3000)
	for i := range tokens {
		tokens[i] = token(1, 1) // 255/256
		if i%700 == 699 {
			tokens[i] = token(255, 1)
		}
	}
	a, b := Coder{Span: 255}, Coder{Span: 255}
	got := a.Code(nil, tokens)
	want := make([]uint8, len(tokens)+8)
	require.Equal(t, want[:codeGeneric(&b, want, 0, tokens)], got)
	require.Equal(t, b, a)
}

func BenchmarkTokens(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 3))
	var p TokenProbabilities
	p.Set(&vp8.DefaultProbabilities)
	levels, blocks, whole := macroblockLevels(r, 4)
	var tokens [MaxTokens]uint16
	n, _ := Tokens(tokens[:], levels, &blocks, whole, &p)
	b.Run("Tokens", func(b *testing.B) {
		for b.Loop() {
			Tokens(tokens[:], levels, &blocks, whole, &p)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/token")
	})
	b.Run("Code2", func(b *testing.B) {
		c, d := Coder{Span: 255}, Coder{Span: 255}
		var x, y []uint8
		for b.Loop() {
			x, y = Code2(&c, &d, x[:0], y[:0], tokens[:n], tokens[:n])
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(2*b.N*n), "ns/token")
	})
	b.Run("Code", func(b *testing.B) {
		c := Coder{Span: 255}
		var dst []uint8
		for b.Loop() {
			dst = c.Code(dst[:0], tokens[:n])
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/token")
	})
}
