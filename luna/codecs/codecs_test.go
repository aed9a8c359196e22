package codecs_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codec/codectest"
	"github.com/immagin/immagin-go/luna/codecs"
)

func ExampleDefault() {
	for _, c := range codecs.Default() {
		fmt.Println(c.Format().Name, c.Format().MIME)
	}
	// Output:
	// jpeg image/jpeg
	// png image/png
	// webp image/webp
	// gif image/gif
}

func TestDefault(t *testing.T) {
	require.NoError(t, codectest.Disjoint(codecs.Default()...))
	for _, c := range codecs.Default() {
		require.Implements(t, (*codec.Decoder)(nil), c)
		require.Implements(t, (*codec.Encoder)(nil), c)
	}
	codecs.Default()[0] = nil
	require.NotNil(t, codecs.Default()[0], "every caller has a slice of its own")
}
