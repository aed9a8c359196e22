package jpeg

import (
	"bytes"
	"context"
	"encoding/binary"
	stdjpeg "image/jpeg"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/testmeta"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

func withMetadata(t *testing.T, opts codec.Options) []byte {
	t.Helper()
	m := testpic.Make(pixel.Shape{Width: 33, Height: 17, Layout: pixel.YCbCr420})
	var b bytes.Buffer
	require.NoError(t, Codec{}.Encode(context.Background(), &b, m.Source(0, nil), opts))
	_, err := stdjpeg.Decode(bytes.NewReader(b.Bytes()))
	require.NoError(t, err)
	return b.Bytes()
}

func TestMetadataComesBack(t *testing.T) {
	for _, progressive := range []bool{false, true} {
		want := testmeta.Metadata(binary.LittleEndian)
		info, err := Codec{}.Probe(bytes.NewReader(withMetadata(t, codec.Options{Metadata: want, Density: 96, Progressive: progressive})))
		require.NoError(t, err)
		require.Equal(t, want, info.Metadata)
		require.Equal(t, testmeta.Orientation, info.Orientation)
		require.InDelta(t, testmeta.Density, info.Density, 0, "EXIF's counts before JFIF's")

		info, err = Codec{}.Probe(bytes.NewReader(withMetadata(t, codec.Options{Density: 96, Progressive: progressive})))
		require.NoError(t, err)
		require.True(t, info.Metadata.IsZero())
		require.InDelta(t, 96, info.Density, 0)
	}
	plain := withMetadata(t, codec.Options{})
	require.Equal(t, 1, bytes.Count(plain, []byte("JFIF")))
	require.NotContains(t, string(plain), "Exif")
}

func TestMetadataThatIsTooLongIsLeftOut(t *testing.T) {
	for _, tag := range []string{exifTag, xmpTag} {
		most := maxSegment - len(tag)
		for n, kept := range map[int]bool{most: true, most + 1: false, 1 << 20: false} {
			long := append([]byte("MM\x00*\x00\x00\x00\x08\x00\x00"), make([]byte, n-10)...)
			m := codec.Metadata{EXIF: long}
			if tag == xmpTag {
				m = codec.Metadata{XMP: long}
			}
			info, err := Codec{}.Probe(bytes.NewReader(withMetadata(t, codec.Options{Metadata: m})))
			require.NoError(t, err)
			if kept {
				require.Equal(t, m, info.Metadata)
			} else {
				require.True(t, info.Metadata.IsZero())
			}
		}
	}
}

func TestPhotoshopResources(t *testing.T) {
	resource := func(number uint16, name, content string) string {
		b := binary.BigEndian.AppendUint16([]byte("8BIM"), number)
		b = append(b, byte(len(name)))
		b = append(b, name...)
		b = append(b, make([]byte, len(b)%2)...)
		b = binary.BigEndian.AppendUint32(b, uint32(len(content)))
		b = append(b, content...)
		return string(append(b, make([]byte, len(content)%2)...))
	}
	for name, c := range map[string]struct{ data, want string }{
		"alone":             {photoshopTag + resource(0x0404, "", "abc"), "abc"},
		"behind others":     {photoshopTag + resource(0x040c, "thumb", "xyz12") + resource(0x0404, "name", "abcd"), "abcd"},
		"without padding":   {photoshopTag + resource(0x0404, "", "abc")[:12+3], "abc"},
		"the first":         {photoshopTag + resource(0x0404, "", "ab") + resource(0x0404, "", "cd"), "ab"},
		"longer than it is": {photoshopTag + "8BIM\x04\x04\x00\x00\xff\xff\xff\xffabc", ""},
		"a name that ends":  {photoshopTag + "8BIM\x04\x04\xff\x00\x00\x00\x00\x03abc", ""},
		"another program's": {"Paint 3.0\x00" + resource(0x0404, "", "abc"), ""},
		"nothing":           {photoshopTag, ""},
	} {
		var h header
		h.app13([]byte(c.data))
		require.Equal(t, c.want, string(h.info.Metadata.IPTC), name)
	}
}
