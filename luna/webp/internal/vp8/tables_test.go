package vp8

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func sum(t *testing.T, table any) uint32 {
	t.Helper()
	b, err := binary.Append(nil, binary.LittleEndian, table)
	require.NoError(t, err)
	return crc32.ChecksumIEEE(b)
}

// The sums are those of golang.org/x/image/vp8's tables, put in our order, where
// it has them, else of libwebp's.
func TestTablesAreThoseOfOthers(t *testing.T) {
	require.Equal(t, uint32(0x71a910e9), sum(t, DefaultProbabilities))
	require.Equal(t, uint32(0xc531335a), sum(t, UpdateProbabilities))
	require.Equal(t, uint32(0x55c10377), sum(t, BlockModeProbabilities))
	require.Equal(t, uint32(0x48b5c179), sum(t, DCSteps))
	require.Equal(t, uint32(0xa7d5ed28), sum(t, ACSteps))
	require.Equal(t, uint32(0xcf1bc207), sum(t, BlockModeCosts))
	require.Equal(t, uint32(0x58da15be), sum(t, BitCosts))
	libwebps := FixedLevelCosts
	libwebps[9], libwebps[10] = 640, 640
	require.Equal(t, uint32(0xca0715f0), sum(t, libwebps))
}

func TestSecondACSteps(t *testing.T) {
	for i, s := range SecondACSteps {
		require.Equal(t, max(8, int(ACSteps[i])*155/100), int(s), i)
	}
}

func TestBitCosts(t *testing.T) {
	for p := 8; p < 256; p++ {
		require.InDelta(t, -256*math.Log2((float64(p)+0.5)/256), float64(BitCosts[p]), 24, p)
		require.Equal(t, int(BitCosts[p]), BitCost(0, uint8(p)))
		require.Equal(t, int(BitCosts[255-p]), BitCost(1, uint8(p)))
	}
}

func TestZigzagIsAPermutation(t *testing.T) {
	var seen [16]bool
	for _, z := range Zigzag {
		require.False(t, seen[z])
		seen[z] = true
	}
}

// Each mode is at one leaf of the tree.
func TestBlockModeTree(t *testing.T) {
	seen := map[int8]int{}
	var walk func(i int)
	walk = func(i int) {
		for _, next := range BlockModeTree[i : i+2] {
			if next > 0 {
				walk(int(next))
				continue
			}
			seen[-next]++
		}
	}
	walk(0)
	require.Len(t, seen, BlockModes)
	for m, n := range seen {
		require.Equal(t, 1, n, m)
	}
}

// The modes' costs follow from their probabilities, but for roundings.
func TestModeCosts(t *testing.T) {
	require.InDelta(t, BitCost(1, ProbabilityWhole)+BitCost(0, ProbabilityWholeTMOrH)+BitCost(0, ProbabilityWholeV), int(ModeCosts[DC]), 8)
	require.InDelta(t, BitCost(1, ProbabilityChromaNotDC)+BitCost(1, ProbabilityChromaNotV)+BitCost(1, ProbabilityChromaTM),
		int(ChromaModeCosts[TrueMotion]), 8)
}
