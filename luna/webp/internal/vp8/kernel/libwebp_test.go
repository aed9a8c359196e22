package kernel

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A hash is FNV-1a of 32-bit values.
type hash uint32

func (h *hash) add(v uint32) {
	for i := range 4 {
		*h = (*h ^ hash(v>>(8*i)&255)) * 16777619
	}
}

// The hashes are those of what libwebp 1.4.0's portable functions make of the same
// input: FTransform_C, QuantizeBlock_C, ITransform_C, TTransform and GetSSE,
// Intra4Preds_C, FTransformWHT_C.
func TestAssemblyIsLibwebps(t *testing.T) {
	x := uint32(1)
	random := func() uint8 {
		x = x*1664525 + 1013904223
		return uint8(x >> 24)
	}
	hashes := [6]hash{}
	for i := range hashes {
		hashes[i] = 2166136261
	}
	for n := range 3000 {
		var src, pred, dst Block
		for i := range src {
			v := random()
			if n%3 == 1 {
				v = -(v >> 7)
			}
			src[i] = v
		}
		for i := range pred {
			v := random()
			switch n % 3 {
			case 1:
				v = -(v >> 7)
			case 2:
				v = src[i] + v&15
			}
			pred[i] = v
		}
		var m Matrix
		m.Set(4+n%150, 4+n*7%280, 96, 110, true)
		var c [1]Coefficients
		var levels Coefficients
		ForwardTransforms(c[:], src[:], pred[:])
		for _, v := range c[0] {
			hashes[0].add(uint32(uint16(v)))
		}
		Quantize(&levels, &c[0], &m)
		for i, v := range levels {
			hashes[1].add(uint32(uint16(v)))
			hashes[1].add(uint32(uint16(c[0][i])))
		}
		InverseTransforms(dst[:], pred[:], c[:])
		for _, v := range dst {
			hashes[2].add(uint32(v))
		}
		var texture [1]uint32
		Textures(texture[:], dst[:])
		hashes[3].add(texture[0])
		hashes[3].add(uint32(SumSquares(src[:], dst[:])))

		var edge [16]uint8
		for i := range 13 {
			edge[i] = random()
		}
		var preds [10]Block
		Predict4x4(&preds, &edge)
		for i := range preds {
			for _, v := range preds[i] {
				hashes[4].add(uint32(v))
			}
		}

		var dcs [16]Coefficients
		var second Coefficients
		for i := range dcs {
			dcs[i][0] = int16(random())*16 - 2040
		}
		ForwardWHT(&second, &dcs)
		for _, v := range second {
			hashes[5].add(uint32(uint16(v)))
		}
	}
	require.Equal(t, [6]hash{0xfa97c359, 0xb7025307, 0x863cd2d0, 0x54862635, 0x2ffffaa4, 0x30174ec}, hashes)
}
