package jpeg

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// BenchmarkDecode reads the file that IMMAGIN_TEST_PHOTO names, or one of its
// own.
func BenchmarkDecode(b *testing.B) {
	data := photo(b, 2000, 1500)
	if name := os.Getenv("IMMAGIN_TEST_PHOTO"); name != "" {
		var err error
		data, err = os.ReadFile(name)
		require.NoError(b, err)
	}
	pool := pixel.NewPool()
	for _, k := range []struct {
		name string
		req  codec.Request
	}{
		{"whole", codec.Request{}},
		{"half", codec.Request{Scale: codec.Scale{Numerator: 1, Denominator: 2}}},
		{"quarter", codec.Request{Scale: codec.Scale{Numerator: 1, Denominator: 4}}},
		{"eighth", codec.Request{Scale: codec.Scale{Numerator: 1, Denominator: 8}}},
		{"reference quarter", codec.Request{Scale: codec.Scale{Numerator: 1, Denominator: 4}, Reference: true}},
		{"reference eighth", codec.Request{Scale: codec.Scale{Numerator: 1, Denominator: 8}, Reference: true}},
	} {
		for workers, name := range []string{"one worker", "two workers"} {
			b.Run(k.name+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					k.req.Pool = pool
					src, err := Codec{Workers: workers + 1}.Decode(b.Context(), bytes.NewReader(data), k.req)
					require.NoError(b, err)
					_, err = pixel.Drain(src)
					require.NoError(b, err)
					require.NoError(b, src.Close())
				}
			})
		}
	}
}
