package jpeg

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

func TestTokensHoldRunsAndValues(t *testing.T) {
	for run := range 16 {
		for v := int32(-1023); v <= 1023; v++ {
			token := uint16(run)<<12 | uint16(v)&0xfff
			require.Equal(t, v, tokenValue(token))
			n, _ := magnitude(v)
			require.Equal(t, uint(run)<<4|n, symbolOf(token))
			require.Equal(t, -smallValue <= v && v < smallValue, isSmall(token))
			if isSmall(token) {
				require.Equal(t, token, smallToken(int(smallIndex(token))))
			}
		}
	}
}

func TestTokenCodesAreThoseOfSymbols(t *testing.T) {
	var f frequencies
	for s := range 256 {
		f[s] = uint32(1 + s*s%97)
	}
	var h huffmanCode
	h.optimal(&f)
	var small tokenCodes
	small.build(&h)
	for i := range 1 << 16 {
		token := uint16(i)
		size, extra := magnitude(tokenValue(token))
		if size > 10 {
			continue // no coefficient has that
		}
		code := h.codes[symbolOf(token)]
		v, n := codeToken(&small, &h.codes, token)
		require.Equal(t, uint64(code>>5)<<size|extra, v)
		require.Equal(t, uint(code&31)+size, n)
		require.LessOrEqual(t, n, uint(maxTokenBits))
	}
}

// bitsOf writes out the bits of a string.
func bitsOf(s bitString) string {
	var b strings.Builder
	for i := range s.n {
		b.WriteByte('0' + s.buf[i/8]>>(7-i%8)&1)
	}
	return b.String()
}

// TestRefinementBitsComeInOrder writes symbols with bits behind them, and runs
// with corrections, and reads what is coded.
func TestRefinementBitsComeInOrder(t *testing.T) {
	var f frequencies
	for i := range 16 {
		f[i<<4|1], f[i<<4] = uint32(100-i), uint32(50-i)
	}
	var h huffmanCode
	h.optimal(&f)
	r := rand.New(rand.NewPCG(1, 2))
	var want strings.Builder
	var words []uint16
	symbol := func(s int) { fmt.Fprintf(&want, "%0*b", h.codes[s]&31, h.codes[s]>>5) }
	for range 3000 {
		run := r.IntN(16)
		if r.IntN(4) > 0 {
			n := r.IntN(65)
			v := r.Uint64() & (1<<n - 1)
			symbol(run<<4 | 1)
			if n > 0 {
				fmt.Fprintf(&want, "%0*b", n, v)
			}
			var w [maxFineTokens]uint16
			words = append(words, w[:putFine(&w, 0, fresh|uint16(run), v, n)]...)
			continue
		}
		s := bandScan{progressiveScan: progressiveScan{first: 1, last: 63, high: 1}, endRun: 1 + r.IntN(1<<15-1)}
		var pending strings.Builder
		for s.corrections.n <= maxCorrections-63 && r.IntN(30) > 0 {
			n := 1 + r.IntN(63)
			v := r.Uint64() & (1<<n - 1)
			s.corrections.add(v, n)
			fmt.Fprintf(&pending, "%0*b", n, v)
		}
		bits := fmt.Sprintf("%b", s.endRun)[1:]
		symbol(len(bits) << 4)
		want.WriteString(bits + pending.String())
		var w [maxFineTokens]uint16
		words = append(words, w[:s.putRun(w[:])]...)
		require.Zero(t, s.corrections.n)
	}
	got := bitsOf(codeFine(words, &h.codes, make([]byte, codedBytes(len(words)))))
	require.Equal(t, want.String(), got)
}

// TestStringsAreJoined and get their zeros wherever they begin.
func TestStringsAreJoined(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		var got, want bytes.Buffer
		joined, bit := newEntropyWriter(&got, nil), newEntropyWriter(&want, nil)
		for range 1 + r.IntN(5) {
			s := bitString{buf: make([]byte, 8*(2+r.IntN(900)))}
			s.n = r.IntN(8*len(s.buf) - 63)
			for i := 0; i < len(s.buf); i += 8 {
				binary.BigEndian.PutUint64(s.buf[i:], r.Uint64()|r.Uint64()|r.Uint64()|r.Uint64())
			}
			for _, b := range bitsOf(s) {
				bit.room()
				bit.put(uint64(b-'0'), 1)
			}
			joined.append(s)
		}
		for _, e := range []*entropyWriter{&joined, &bit} {
			e.align()
			e.flush()
		}
		require.Equal(t, want.Bytes(), got.Bytes())
	}
}

func TestWorkersDoNotMatter(t *testing.T) {
	for _, layout := range []pixel.Layout{pixel.Gray, pixel.YCbCr420, pixel.YCbCr444} {
		m := noise(pixel.Shape{Width: 533, Height: 401, Layout: layout}, 8, false)
		for _, progressive := range []bool{false, true} {
			opts := codec.Options{Quality: 95, Progressive: progressive, Workers: 1}
			want := encode(t, Codec{}, m, 0, opts)
			for _, workers := range []int{2, 3, 9} {
				opts.Workers = workers
				require.Equal(t, want, encode(t, Codec{}, m, 0, opts))
			}
		}
	}
}

// panicking panics after some strips.
type panicking struct {
	pixel.Source
	strips int
}

func (s *panicking) Next() (*pixel.Strip, error) {
	if s.strips--; s.strips < 0 {
		panic("source")
	}
	return s.Source.Next()
}

func TestPanicsReachTheCaller(t *testing.T) {
	m := noise(pixel.Shape{Width: 100, Height: 200, Layout: pixel.Gray}, 9, false)
	for _, workers := range []int{1, 2} {
		opts := codec.Options{Workers: workers}
		require.PanicsWithValue(t, "source", func() {
			_ = Codec{}.Encode(t.Context(), &bytes.Buffer{}, &panicking{m.Source(16, nil), 3}, opts)
		})
	}
	require.PanicsWithValue(t, "second", func() {
		inParallel(3, func(i int) {
			if i == 2 {
				panic("second")
			}
		})
	})
	e := &encoder{n: 1, channels: [3]channel{{v: 1, stride: 1}}}
	require.Panics(t, func() {
		x := e.startTransformer(&bands{})
		x.swap(&bands{filled: [3]int{1}}) // without samples
		x.stop()
	})
}
