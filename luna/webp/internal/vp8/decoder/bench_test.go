package decoder

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/pixel"
)

// vp8Chunk returns the payload of the first VP8 chunk of a WebP file.
func vp8Chunk(file []byte) []byte {
	for b := file[min(12, len(file)):]; len(b) >= 8; {
		n := int(binary.LittleEndian.Uint32(b[4:]))
		if n > len(b)-8 {
			return nil
		}
		if string(b[:4]) == "VP8 " {
			return b[8 : 8+n]
		}
		b = b[min(8+n+n%2, len(b)):]
	}
	return nil
}

// BenchmarkDecode decodes the WebP file that IMMAGIN_BENCH_WEBP names, or noise.
func BenchmarkDecode(b *testing.B) {
	s := stream{width: 1000, height: 800, partitions: 1, quantizer: 30, level: 10, bytes: 4 << 20}
	data := s.make(rand.New(rand.NewPCG(1, 2)))
	if name := os.Getenv("IMMAGIN_BENCH_WEBP"); name != "" {
		file, err := os.ReadFile(name)
		require.NoError(b, err)
		data = vp8Chunk(file)
	}
	pool := pixel.NewPool()
	for workers := 1; workers <= 2; workers++ {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			for b.Loop() {
				d, err := New(b.Context(), data, Options{Workers: workers, Pool: pool})
				require.NoError(b, err)
				for err == nil {
					_, err = d.Next()
				}
				require.Equal(b, io.EOF, err)
				d.Close()
			}
		})
	}
}
