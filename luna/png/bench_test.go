package png

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

// benchmarkFile is the file to decode: the one that the environment names, or
// one drawn here.
func benchmarkFile(b *testing.B) []byte {
	if name := os.Getenv("PNG_BENCHMARK_FILE"); name != "" {
		data, err := os.ReadFile(name)
		require.NoError(b, err)
		return data
	}
	m := testpic.Make(pixel.Shape{Width: 2000, Height: 1500, Layout: pixel.RGB})
	var w bytes.Buffer
	require.NoError(b, Codec{}.Encode(b.Context(), &w, m.Source(0, nil), codec.Options{}))
	return w.Bytes()
}

func BenchmarkDecode(b *testing.B) {
	data := benchmarkFile(b)
	pool := pixel.NewPool()
	info, err := Codec{}.Probe(bytes.NewReader(data))
	require.NoError(b, err)
	b.SetBytes(info.Shape.Bytes())
	for b.Loop() {
		src, err := Codec{}.Decode(b.Context(), bytes.NewReader(data), codec.Request{Pool: pool})
		require.NoError(b, err)
		_, err = pixel.Drain(src)
		require.NoError(b, err)
		src.Close()
	}
}

func BenchmarkEncode(b *testing.B) {
	src, err := Codec{}.Decode(b.Context(), bytes.NewReader(benchmarkFile(b)), codec.Request{})
	require.NoError(b, err)
	m, err := pixel.ReadAll(nil, src)
	require.NoError(b, err)
	pool := pixel.NewPool()
	b.Run(fmt.Sprint(m.Shape.Width, "x", m.Shape.Height), func(b *testing.B) {
		b.SetBytes(m.Shape.Bytes())
		var n byteCounter
		for b.Loop() {
			n = 0
			require.NoError(b, Codec{}.Encode(b.Context(), &n, m.Source(0, nil), codec.Options{Pool: pool}))
		}
		b.ReportMetric(float64(n), "bytes/file")
	})
}
