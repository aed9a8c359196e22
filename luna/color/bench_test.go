package color

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/internal/testicc"
)

// BenchmarkApply converts a megapixel of noise, BenchmarkBake makes the tables.
func BenchmarkApply(b *testing.B) {
	for _, name := range []string{"gray-2.2", "p3", "rgb-lut8", "cmyk-lut16"} {
		p, err := Parse(testicc.Profiles()[name])
		require.NoError(b, err)
		t := New(p)
		n := p.space.channels()
		noise := chart(n)
		b.Run(name, func(b *testing.B) {
			const pixels = 1 << 20
			samples := make([]uint8, 0, n*pixels)
			for len(samples) < n*pixels {
				samples = append(samples, noise...)
			}
			s := planes(samples[:n*pixels], n)
			t.Apply(s)
			b.SetBytes(pixels * int64(n))
			for b.Loop() {
				t.Apply(s)
			}
		})
	}
}

func BenchmarkBake(b *testing.B) {
	for _, name := range []string{"p3", "rgb-lut8", "cmyk-lut16"} {
		profile := testicc.Profiles()[name]
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				p, err := Parse(profile)
				require.NoError(b, err)
				New(p).bake()
			}
		})
	}
}
