//go:build amd64 && !noasm && gc

package kernel

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
)

// samples are of one of several kinds: noise, black and white, a slope with some
// noise, almost flat.
func fill(r *rand.Rand, b []uint8, kind int) {
	base := r.IntN(256)
	dx, dy := r.IntN(21)-10, r.IntN(21)-10
	for i := range b {
		switch kind & 3 {
		case 0:
			b[i] = uint8(r.IntN(256))
		case 1:
			b[i] = uint8(-r.IntN(2))
		case 2:
			b[i] = clip(base + i&3*dx + i>>2&3*dy + r.IntN(9) - 4)
		case 3:
			b[i] = clip(base + r.IntN(3) - 1)
		}
	}
}

func matrix(r *rand.Rand, sharpen bool) *Matrix {
	m := new(Matrix)
	i := r.IntN(128)
	if r.IntN(4) == 0 {
		i = r.IntN(8)
	}
	biases := [][2]int{{96, 110}, {96, 108}, {110, 115}, {1 + r.IntN(127), 1 + r.IntN(127)}}[r.IntN(4)]
	m.Set(int(vp8.DCSteps[i]), int(vp8.ACSteps[min(i+r.IntN(4), 127)]), biases[0], biases[1], sharpen)
	return m
}

func costs(r *rand.Rand) *Costs {
	c := new(Costs)
	p := vp8.DefaultProbabilities[r.IntN(vp8.Types)]
	if r.IntN(2) == 0 {
		for i := range p {
			for j := range p[i] {
				for k := range p[i][j] {
					p[i][j][k] = uint8(1 + r.IntN(255))
				}
			}
		}
	}
	c.Set(&p)
	return c
}

func compareCandidates(t *testing.T, seed uint64, kind int) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	var preds [10]Block
	var src Block
	fill(r, src[:], kind)
	for i := range preds {
		fill(r, preds[i][:], kind>>2)
	}
	m, c := matrix(r, kind&16 != 0), costs(r)
	n, context := r.IntN(11), r.IntN(3)
	var got, want [10]Candidate
	encodeCandidates(got[:n], preds[:], &src, m, c, context)
	encodeCandidatesGeneric(want[:n], preds[:], &src, m, c, context)
	require.Equal(t, want, got)
}

func TestCandidatesAreThoseOfPlainCode(t *testing.T) {
	for seed := range uint64(20000) {
		compareCandidates(t, seed, int(seed))
	}
}

func BenchmarkEncodeCandidates(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	var preds [10]Block
	var src Block
	fill(r, src[:], 2)
	for i := range preds {
		fill(r, preds[i][:], 3)
		for j := range preds[i] {
			preds[i][j] = clip(int(src[j]) + int(preds[i][j])%32 - 16)
		}
	}
	m := new(Matrix)
	m.Set(12, 14, BiasLumaDC, BiasLumaAC, true)
	c := costs(r)
	var out [10]Candidate
	for b.Loop() {
		encodeCandidates(out[:], preds[:], &src, m, c, 1)
	}
}
