package png

import (
	"bytes"
	"context"
	"encoding/binary"
	stdpng "image/png"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/testmeta"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

func TestMetadataComesBack(t *testing.T) {
	encode := func(opts codec.Options) codec.Info {
		m := testpic.Make(pixel.Shape{Width: 33, Height: 17, Layout: pixel.RGBA})
		var b bytes.Buffer
		require.NoError(t, Codec{}.Encode(context.Background(), &b, m.Source(0, nil), opts))
		_, err := stdpng.Decode(bytes.NewReader(b.Bytes()))
		require.NoError(t, err)
		info, err := Codec{}.Probe(bytes.NewReader(b.Bytes()))
		require.NoError(t, err)
		return info
	}
	m := testmeta.Metadata(binary.BigEndian)
	info := encode(codec.Options{Metadata: m, Density: 96})
	require.Equal(t, codec.Metadata{EXIF: m.EXIF, XMP: m.XMP}, info.Metadata, "there is no place for IPTC")
	require.Equal(t, testmeta.Orientation, info.Orientation)
	require.InDelta(t, testmeta.Density, info.Density, 0, "EXIF's counts before pHYs's")

	info = encode(codec.Options{Density: 96})
	require.True(t, info.Metadata.IsZero())
	require.InDelta(t, 96, info.Density, 0.02)

	info = encode(codec.Options{})
	require.Zero(t, info.Density)
}

func TestXMPChunks(t *testing.T) {
	const packet = "<x:xmpmeta/>"
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"plain":                {[]byte(xmpKeyword + "\x00\x00\x00\x00" + packet), packet},
		"in a language":        {[]byte(xmpKeyword + "\x00\x00en\x00key\x00" + packet), packet},
		"compressed":           {append([]byte(xmpKeyword+"\x01\x00\x00\x00"), deflated([]byte(packet))...), packet},
		"compressed, cut off":  {append([]byte(xmpKeyword+"\x01\x00\x00\x00"), deflated([]byte(packet))[:8]...), ""},
		"compressed, too long": {append([]byte(xmpKeyword+"\x01\x00\x00\x00"), deflated(make([]byte, maxEXIF+1))...), ""},
		"by another method":    {[]byte(xmpKeyword + "\x01\x01\x00\x00" + packet), ""},
		"of another flag":      {[]byte(xmpKeyword + "\x02\x00\x00\x00" + packet), ""},
		"of another keyword":   {[]byte("Comment\x00\x00\x00\x00\x00" + packet), ""},
		"without an end":       {[]byte(xmpKeyword + "\x00\x00en"), ""},
		"empty":                {[]byte(xmpKeyword), ""},
	} {
		f := file{depth: 8, colour: typeRGB, width: 2, height: 2, chunks: rawChunk("iTXt", c.content)}
		info, err := Codec{}.Probe(bytes.NewReader(f.bytes()))
		require.NoError(t, err, name)
		require.Equal(t, c.want, string(info.Metadata.XMP), name)
	}
}
