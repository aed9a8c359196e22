package kernel

import (
	"strconv"
	"testing"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
)

// likely are a slope, and predictions of it that err by up to 12.
func likely() (src, pred [256]uint8, m, m2 *Matrix, c *Costs) {
	x := uint32(1)
	for i := range src {
		x = x*1664525 + 1013904223
		src[i] = uint8(100 + 3*(i&3) + 5*(i>>2&3) + int(x>>30))
		pred[i] = uint8(int(src[i]) + int(x>>8)%25 - 12)
	}
	m, m2, c = new(Matrix), new(Matrix), new(Costs)
	m.Set(12, 14, BiasLumaDC, BiasLumaAC, true)
	m2.Set(24, 22, BiasSecondDC, BiasSecondAC, false)
	p := vp8.DefaultProbabilities[vp8.Luma]
	c.Set(&p)
	return
}

func BenchmarkEncode16x16(b *testing.B) {
	src, pred, m, m2, _ := likely()
	var dst [256]uint8
	var levels [16]Coefficients
	var dc Coefficients
	for b.Loop() {
		Encode16x16(&dst, &levels, &dc, &src, &pred, m, m2)
	}
}

func BenchmarkChroma(b *testing.B) {
	src, pred, m, _, _ := likely()
	var dst [256]uint8
	var f, levels [8]Coefficients
	for b.Loop() {
		ForwardTransforms(f[:], src[:], pred[:])
		QuantizeBlocks(levels[:], f[:], m)
		InverseTransforms(dst[:], pred[:], f[:])
	}
}

func BenchmarkResidualCosts16(b *testing.B) {
	src, pred, m, m2, c := likely()
	var dst [256]uint8
	var levels [16]Coefficients
	var dc Coefficients
	var contexts [16]uint8
	Encode16x16(&dst, &levels, &dc, &src, &pred, m, m2)
	for b.Loop() {
		ResidualCosts(levels[:], 1, contexts[:], c)
	}
}

func BenchmarkPredict4x4(b *testing.B) {
	var preds [10]Block
	edge := [16]uint8{1, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130}
	for b.Loop() {
		Predict4x4(&preds, &edge)
	}
}

func BenchmarkMetrics16x16(b *testing.B) {
	src, pred, _, _, _ := likely()
	b.Run("SumSquares", func(b *testing.B) {
		for b.Loop() {
			SumSquares(src[:], pred[:])
		}
	})
	b.Run("SATD", func(b *testing.B) {
		for b.Loop() {
			SATD(src[:], pred[:])
		}
	})
	b.Run("Textures", func(b *testing.B) {
		var out [16]uint32
		for b.Loop() {
			Textures(out[:], src[:])
		}
	})
	b.Run("Spread", func(b *testing.B) {
		for b.Loop() {
			Spread(src[:], pred[:])
		}
	})
}

func BenchmarkPredictWhole(b *testing.B) {
	var preds [4][256]uint8
	edge := [16]uint8{1, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130}
	for b.Loop() {
		PredictWhole(&preds, &edge, &edge, 3, true, true)
	}
}

func BenchmarkPredictChroma(b *testing.B) {
	var preds [4][128]uint8
	edge := [16]uint8{1, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130}
	for b.Loop() {
		PredictChroma(&preds, &edge, &edge, [2]uint8{3, 4}, true, true)
	}
}

func BenchmarkPick4x4(b *testing.B) {
	src, pred, m, _, c := likely()
	var preds [10]Block
	for i := range preds {
		preds[i] = Block(pred[16*i:])
	}
	headers := &vp8.BlockModeCosts[1][2]
	var cs [10]Candidate
	var list [16]uint8
	w := Weights{Rate: 10, Distortion: 256, Texture: 10}
	b.Run("Shortlist", func(b *testing.B) {
		for b.Loop() {
			Shortlist4x4(&list, &preds, (*Block)(src[:]), headers, 20)
		}
	})
	for _, n := range []int{4, 10} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				Pick4x4(&cs, &preds, &list, n, (*Block)(src[:]), m, c, 1, headers, 3000, &w)
			}
		})
	}
}

func BenchmarkEncodeBest4x4(b *testing.B) {
	src, pred, m, _, c := likely()
	var one Candidate
	for b.Loop() {
		EncodeBest4x4(&one, (*[16]uint8)(pred[:]), (*Block)(src[:]), &vp8.BlockModeCosts[1][2], 20, m, c, 1)
	}
}

func BenchmarkTrellis(b *testing.B) {
	src, pred, m, _, c := likely()
	var f, in [16]Coefficients
	var levels Coefficients
	ForwardTransforms(f[:], src[:], pred[:])
	i := 0
	for b.Loop() {
		in[i&15] = f[i&15]
		Trellis(&levels, &in[i&15], 0, 1, m, c, 100)
		i++
	}
}
