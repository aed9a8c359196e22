//go:build (amd64 || arm64) && !noasm && gc

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

	var headers [10]uint16
	for i := range headers {
		headers[i] = uint16(r.IntN(4000))
	}
	var list1, list2 [16]uint8
	lambda := r.IntN(256)
	shortlist4x4(&list1, &preds, &src, &headers, lambda)
	shortlist4x4Generic(&list2, &preds, &src, &headers, lambda)
	require.Equal(t, list2, list1)

	var edge [16]uint8
	fill(r, edge[:], kind)
	var c1, c2 Candidate
	mode := encodeBest4x4Generic(&c2, &edge, &src, &headers, lambda, m, c, context)
	require.Equal(t, mode, encodeBest4x4(&c1, &edge, &src, &headers, lambda, m, c, context))
	require.Equal(t, c2, c1)

	// As large as at quality 0.
	w := Weights{Rate: int64(r.IntN(300_000)), Distortion: int64(r.IntN(1 << 17)), Texture: int64(r.IntN(500))}
	texture := textureGeneric(&src)
	n = 1 + r.IntN(10)
	at := pick4x4Generic(&want, &preds, &list1, n, &src, m, c, context, &headers, texture, &w)
	require.Equal(t, at, pick4x4(&got, &preds, &list1, n, &src, m, c, context, &headers, texture, &w))
	require.Equal(t, want, got)
}

func TestAssemblyCandidates(t *testing.T) {
	for seed := range uint64(4000) {
		compareCandidates(t, seed, int(seed))
	}
}

// compareAll holds all other kernels against the portable ones.
func compareAll(t *testing.T, seed uint64, kind int) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 2))
	var src, pred, dst1, dst2 [256]uint8
	for i := 0; i < 256; i += 16 {
		fill(r, src[i:i+16], kind)
		fill(r, pred[i:i+16], kind>>2)
	}
	if r.IntN(16) == 0 {
		for i := range src {
			src[i], pred[i] = uint8(-(i >> 4 & 1)), uint8(i>>4&1)-1
		}
	}
	n := r.IntN(17)

	var edge [16]uint8
	fill(r, edge[:], kind)
	var p1, p2 [10]Block
	predict4x4(&p1, &edge)
	predict4x4Generic(&p2, &edge)
	require.Equal(t, p2, p1)

	var top, left [16]uint8
	fill(r, top[:], kind)
	fill(r, left[:], kind>>2)
	corners := [2]uint8{uint8(r.IntN(256)), uint8(r.IntN(256))}
	var w1, w2 [4][256]uint8
	predictWhole(&w1, &top, &left, corners[0], kind&4 != 0, kind&8 != 0)
	predictWholeGeneric(&w2, &top, &left, corners[0], kind&4 != 0, kind&8 != 0)
	require.Equal(t, w2, w1)
	var c1, c2 [4][128]uint8
	predictChroma(&c1, &top, &left, corners, kind&4 != 0, kind&8 != 0)
	predictChromaGeneric(&c2, &top, &left, corners, kind&4 != 0, kind&8 != 0)
	require.Equal(t, c2, c1)

	var s1, s2 [10]uint16
	score4x4(&s1, &p1, (*Block)(src[:]))
	score4x4Generic(&s2, &p1, (*Block)(src[:]))
	require.Equal(t, s2, s1)

	require.Equal(t, satdsGeneric(src[:16*n], pred[:]), satds(src[:16*n], pred[:]))
	require.Equal(t, sumSquaresGeneric(src[:16*n], pred[:]), sumSquares(src[:16*n], pred[:]))

	var t1, t2 [16]uint32
	textures(t1[:n], src[:])
	texturesGeneric(t2[:n], src[:])
	require.Equal(t, t2, t1)

	peak1, last1 := spread(src[:16*n], pred[:])
	peak2, last2 := spreadGeneric(src[:16*n], pred[:])
	require.Equal(t, [2]int{peak2, last2}, [2]int{peak1, last1})

	plane := make([]uint8, 16*40)
	fill(r, plane, kind)
	stride, half := 16+r.IntN(24), 8+r.IntN(24)
	var py1, py2 [256]uint8
	var pc1, pc2 [128]uint8
	pack(&py1, &pc1, plane, plane[9:], plane[17:], stride, half)
	packGeneric(&py2, &pc2, plane, plane[9:], plane[17:], stride, half)
	require.Equal(t, py2, py1)
	require.Equal(t, pc2, pc1)

	var f1, f2 [16]Coefficients
	forwards(f1[:n], src[:], pred[:])
	forwardsGeneric(f2[:n], src[:], pred[:])
	require.Equal(t, f2, f1)
	if r.IntN(4) == 0 {
		for i := range f1 {
			for j := range f1[i] {
				f1[i][j] = int16(r.IntN(65536))
			}
		}
		f2 = f1
	}

	m, m2, c := matrix(r, kind&16 != 0), matrix(r, false), costs(r)
	var l1, l2 [16]Coefficients
	require.Equal(t, quantizeBlocksGeneric(l2[:n], f2[:n], m), quantizeBlocks(l1[:n], f1[:n], m))
	require.Equal(t, l2, l1)
	require.Equal(t, f2, f1)
	var q1, q2 Coefficients
	g1, g2 := f1[0], f1[0]
	require.Equal(t, quantizeGeneric(&q2, &g2, m), quantize(&q1, &g1, m))
	require.Equal(t, q2, q1)
	require.Equal(t, g2, g1)

	first := r.IntN(2)
	var contexts [16]uint8
	for i := range contexts {
		contexts[i] = uint8(r.IntN(3))
		if first == 1 {
			l1[i][0] = 0
		}
	}
	require.Equal(t, residualCostsGeneric(l1[:n], first, contexts[:n], c), residualCosts(l1[:n], first, contexts[:n], c))
	require.Equal(t, residualCostGeneric(&l1[0], first, 1, c), residualCost(&l1[0], first, 1, c))

	inverses(dst1[:16*n], pred[:], f1[:n])
	inversesGeneric(dst2[:16*n], pred[:], f1[:n])
	require.Equal(t, dst2, dst1)

	forwards(f1[:1], src[:], pred[:])
	f2[0] = f1[0]
	lambda := int64(1 + r.IntN(60_000)) // at quality 0
	if r.IntN(4) == 0 {
		lambda = 1
	}
	n1 := trellis(&q1, &f1[0], first, int(contexts[0]), m, c, lambda)
	n2 := trellisGeneric(&q2, &f2[0], first, int(contexts[0]), m, c, lambda)
	require.Equal(t, n2, n1)
	require.Equal(t, q2, q1)
	require.Equal(t, f2[0], f1[0])

	var dc1, dc2 Coefficients
	nonzero1 := encode16x16(&dst1, &l1, &dc1, &src, &pred, m, m2)
	nonzero2 := encode16x16Generic(&dst2, &l2, &dc2, &src, &pred, m, m2)
	require.Equal(t, nonzero2, nonzero1)
	require.Equal(t, dc2, dc1)
	require.Equal(t, l2, l1)
	require.Equal(t, dst2, dst1)
}

func TestAssemblyKernels(t *testing.T) {
	for seed := range uint64(2000) {
		compareAll(t, seed, int(seed))
	}
}

func FuzzKernels(f *testing.F) {
	for kind := range 32 {
		f.Add(uint64(kind), kind)
	}
	f.Fuzz(func(t *testing.T, seed uint64, kind int) {
		compareCandidates(t, seed, kind)
		compareAll(t, seed, kind)
	})
}
