package jpeg

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestOptimalCodesDecode sees that codes are free of prefixes, complete but for
// the one of all ones, and not longer than 16 bits, whatever the counts.
func TestOptimalCodesDecode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var f frequencies
		// Powers of two and Fibonacci's numbers make the deepest trees.
		a, b := uint32(1), uint32(1)
		for range rapid.IntRange(1, 256).Draw(t, "symbols") {
			s := rapid.IntRange(0, 255).Draw(t, "symbol")
			if rapid.Bool().Draw(t, "deep") && a < 1<<30 {
				f[s], a, b = a, b, a+b
			} else {
				f[s] = rapid.Uint32Range(1, 1000).Draw(t, "count")
			}
		}
		var h huffmanCode
		h.optimal(&f)
		decoder, err := newHuffman(h.counts[1:], h.symbols, progressiveTable)
		require.NoError(t, err)
		for s := range 256 {
			length := h.codes[s] & 31
			if f[s] == 0 {
				require.Zero(t, length)
				continue
			}
			require.LessOrEqual(t, length, uint32(16))
			code := h.codes[s] >> 5
			require.NotEqual(t, uint32(1)<<length-1, code, "all ones")
			acc := uint64(code) << (64 - length)
			e := decoder.lookup[acc>>(64-lookupBits)]
			if e == 0 {
				e = decoder.long(acc)
			}
			require.Equal(t, uint(length), e.length())
			require.Equal(t, uint8(s), uint8(e>>16))
		}
	})
}

func TestOptimalGivesFrequentSymbolsShortCodes(t *testing.T) {
	var h huffmanCode
	h.optimal(&frequencies{7: 100, 3: 10, 9: 1})
	require.Equal(t, []uint8{7, 3, 9}, h.symbols)
	require.Equal(t, []uint8{1, 1, 1}, h.counts[1:4])
}

func TestEntropyWriterStuffs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b bytes.Buffer
		e := newEntropyWriter(&b, nil)
		var slow bitWriter
		for range rapid.IntRange(0, 400).Draw(t, "symbols") {
			n := rapid.IntRange(0, 16).Draw(t, "bits")
			v := uint32(1)<<n - 1
			if rapid.Bool().Draw(t, "any") {
				v = rapid.Uint32Range(0, v).Draw(t, "value")
			}
			e.put(uint64(v), uint(n))
			slow.put(v, n)
		}
		e.align()
		e.flush()
		slow.put(0x7f, 7)
		require.Equal(t, slow.out, b.Bytes())
	})
}
