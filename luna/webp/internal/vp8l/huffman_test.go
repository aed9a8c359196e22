package vp8l

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// kraft returns the sum of 2^-length, in 2^-15.
func kraft(lengths []uint8) int {
	sum := 0
	for _, l := range lengths {
		if l > 0 {
			sum += 1 << (maxCodeLength - l)
		}
	}
	return sum
}

func TestCodesAreCompleteAndNotTooLong(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var h huffman
	for round := range 300 {
		counts := make([]uint32, 2+r.IntN(600))
		a, b := uint32(1), uint32(1)
		for i := range counts {
			switch {
			case round%3 == 0 && i < 40: // as deep as can be
				counts[i] = a
				a, b = b, a+b
			case round%3 == 1:
				counts[i] = uint32(r.IntN(1 << r.IntN(16)))
			default:
				counts[i] = uint32(r.IntN(3))
			}
		}
		counts[0], counts[1] = max(counts[0], 1), max(counts[1], 1)
		for _, limit := range []int{maxCodeLength, 11} {
			lengths := make([]uint8, len(counts))
			h.findLengths(lengths, counts, limit)
			require.Equal(t, 1<<maxCodeLength, kraft(lengths))
			require.LessOrEqual(t, int(slices.Max(lengths)), limit)
			for i, c := range counts {
				require.Equal(t, c > 0, lengths[i] > 0)
			}
		}
	}
}

func TestFrequentSymbolsHaveShorterCodes(t *testing.T) {
	var h huffman
	lengths := make([]uint8, 6)
	h.findLengths(lengths, []uint32{45, 13, 12, 16, 9, 5}, maxCodeLength)
	require.Equal(t, []uint8{1, 3, 3, 3, 4, 4}, lengths)
	h.findLengths(lengths, []uint32{0, 0, 7, 0, 0, 0}, maxCodeLength)
	require.Equal(t, []uint8{0, 0, 1, 0, 0, 0}, lengths)
}

func TestLevelledCountsLoseNoSymbol(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		counts := make([]uint32, 1+r.IntN(80))
		for i := range counts {
			counts[i] = uint32(max(r.IntN(9)-2, 0))
		}
		level := slices.Clone(counts)
		levelCounts(level, make([]bool, len(level)))
		for i, c := range counts {
			if c > 0 {
				require.Positive(t, level[i])
			}
		}
	}
}

func TestPrefixesAreUndoneAsTheSpecificationSays(t *testing.T) {
	for v := uint32(1); v <= maxWindow+120; v++ {
		symbol, n, extra := prefix(v)
		got, bits := uint32(symbol)+1, uint(0)
		if symbol >= 4 {
			bits = uint(symbol-2) >> 1
			got = (2+uint32(symbol)&1)<<bits + extra + 1
		}
		if got != v || bits != n || symbol >= distanceCodes {
			t.Fatalf("%d is symbol %d with %d bits %d", v, symbol, n, extra)
		}
	}
}

func TestDistancesNearbyHaveCodesOfTheirOwn(t *testing.T) {
	const width = 100
	require.Equal(t, uint32(1), planeCode(width, width))
	require.Equal(t, uint32(2), planeCode(width, 1))
	require.Equal(t, uint32(3), planeCode(width, width+1))
	require.Equal(t, uint32(4), planeCode(width, width-1))
	require.Equal(t, uint32(120+5000), planeCode(width, 5000))
	seen := map[uint32]bool{}
	for d := 1; d < 20*width; d++ {
		c := planeCode(width, d)
		require.False(t, seen[c])
		seen[c] = true
	}
}
