package decoder

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// compareTokens reads macroblocks of random bits in every way there is.
func compareTokens(t *testing.T, r *rand.Rand, macroblocks int) {
	t.Helper()
	h := &header{}
	for i := range h.tokens {
		for j := range h.tokens[i] {
			for k := range h.tokens[i][j] {
				for l := range h.tokens[i][j][k] {
					p := uint8(1 + r.IntN(255))
					if l == 0 && r.IntN(2) == 0 {
						p = 1 // blocks end late
					}
					h.tokens[i][j][k][l] = p
				}
			}
		}
	}
	for i := range h.steps {
		s := &h.steps[i]
		for _, p := range []*[2]int16{&s.luma, &s.second, &s.chroma} {
			*p = [2]int16{int16(4 + r.IntN(400)), int16(4 + r.IntN(400))}
		}
	}
	data := make([]uint8, macroblocks*margin)
	for i := range data {
		data[i] = uint8(r.Uint32())
	}
	data[0] &= 127
	type state struct {
		m           macroblock
		above, left tokenContext
		c           coefficients
		bit         int
		span        uint32
	}
	run := func(parse func(r *reader, s *state)) (states []state) {
		in := newReader(data)
		var s state
		for i := range macroblocks {
			s.m.blocks, s.m.segment = i%3 == 0, uint8(i%4)
			require.False(t, in.ahead(margin))
			parse(&in, &s)
			s.bit, s.span = 8*in.at-in.count, in.span
			states = append(states, s)
		}
		return states
	}
	want := run(func(r *reader, s *state) { h.parse(r, &s.m, &s.above, &s.left, &s.c, (*reader).block) })
	require.Equal(t, want, run(func(r *reader, s *state) {
		h.parse(r, &s.m, &s.above, &s.left, &s.c, (*reader).blockQuickly)
	}), "in Go")
	require.Equal(t, want, run(func(r *reader, s *state) { h.parseMacroblock(r, &s.m, &s.above, &s.left, &s.c) }), "in assembly")
}

func TestTokensAreReadAlike(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		compareTokens(t, r, 10)
	}
}

func FuzzTokens(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { compareTokens(t, rand.New(rand.NewPCG(seed, 1)), 3) })
}

// A macroblock takes no more than margin bytes, whatever it holds.
func TestMargin(t *testing.T) {
	h := &header{}
	for i := range h.tokens {
		for j := range h.tokens[i] {
			for k := range h.tokens[i][j] {
				h.tokens[i][j][k] = [11]uint8{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}
			}
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	most := 0
	for range 2000 {
		data := make([]uint8, 2*margin)
		p := r.IntN(256)
		for i := range data {
			if r.IntN(256) < p {
				data[i] = uint8(r.Uint32())
			}
		}
		in := newReader(data)
		var m macroblock
		var above, left tokenContext
		var c coefficients
		h.parseMacroblock(&in, &m, &above, &left, &c)
		most = max(most, in.at)
	}
	require.Less(t, most, margin-8)
}
