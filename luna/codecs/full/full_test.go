package codecs_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/avif"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codec/codectest"
	codecs "github.com/immagin/immagin-go/luna/codecs/full"
	"github.com/immagin/immagin-go/luna/heif/heic"
)

func ExampleAll() {
	hevc, err := heic.New(nil) // LGPL
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hevc.Close()
	all, err := codecs.All(&codecs.Options{HEVC: hevc})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range all {
		_, writes := c.(codec.Encoder)
		fmt.Println(c.Format().Name, writes)
	}
	// Output:
	// jpeg true
	// png true
	// webp true
	// gif true
	// avif true
	// heif true
	// jp2 true
	// tiff true
	// bmp false
}

func TestAll(t *testing.T) {
	all, err := codecs.All(nil)
	require.NoError(t, err)
	require.NoError(t, codectest.Disjoint(all...))
	closers := 0
	for _, c := range all {
		require.Implements(t, (*codec.Decoder)(nil), c)
		if c, ok := c.(io.Closer); ok {
			closers++
			require.NoError(t, c.Close())
		}
	}
	require.Equal(t, 1, closers)
}

func TestAllPassesSettingsOn(t *testing.T) {
	_, err := codecs.All(&codecs.Options{AVIF: &avif.Options{MaxPixels: -1}})
	require.ErrorContains(t, err, "MaxPixels")
}
