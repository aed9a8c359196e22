package codecs_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/testmeta"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codecs"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

// told are the formats that must have a place for EXIF here.
var told = map[string]bool{"jpeg": true, "png": true, "webp": true}

// original returns a file of that format that tells all of testmeta.
func original(t *testing.T, c codec.Encoder, order binary.AppendByteOrder) []byte {
	t.Helper()
	opts := codec.Options{Metadata: testmeta.Metadata(order), Density: testmeta.Density}
	m := testpic.Make(pixel.Shape{Width: 48, Height: 32, Layout: c.Accepts(pixel.RGB, opts)})
	var b bytes.Buffer
	require.NoError(t, c.Encode(context.Background(), &b, m.Source(0, nil), opts))
	return b.Bytes()
}

// rendered calls f with what every encoder of the set makes, under a policy,
// of what every one of them writes that can tell metadata.
func rendered(t *testing.T, policy luna.MetadataPolicy, f func(t *testing.T, format string, file []byte)) {
	set := codecs.Default()
	e, err := luna.New(set, &luna.Options{Metadata: policy})
	require.NoError(t, err)
	_, formats := e.Formats()
	sources := 0
	for _, c := range set {
		encoder, ok := c.(codec.Encoder)
		if _, decodes := c.(codec.Decoder); !ok || !decodes || !told[c.Format().Name] {
			continue
		}
		sources++
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			source := original(t, encoder, order)
			require.True(t, bytes.Contains(source, testmeta.Place()[0]) || bytes.Contains(source, testmeta.Place()[1]), "the place is there")
			for _, format := range formats {
				for _, edits := range [][]edit.Edit{nil, {edit.Resize{Width: 24}}} {
					t.Run(c.Format().Name+" to "+format, func(t *testing.T) {
						var b bytes.Buffer
						_, err := e.Transform(t.Context(), &b, bytes.NewReader(source), edits, &edit.Output{Format: edit.Format(format)})
						require.NoError(t, err)
						f(t, format, b.Bytes())
					})
				}
			}
		}
	}
	require.Equal(t, len(told), sources)
}

func requireNone(t *testing.T, file []byte, lists ...[][]byte) {
	t.Helper()
	for _, list := range lists {
		for _, secret := range list {
			require.False(t, bytes.Contains(file, secret), "%q survives", secret)
		}
	}
}

// info reads what the file tells, through the adapter of its format.
func info(t *testing.T, format string, file []byte) codec.Info {
	t.Helper()
	for _, c := range codecs.Default() {
		if d, ok := c.(codec.Decoder); ok && c.Format().Name == format {
			i, err := d.Probe(bytes.NewReader(file))
			require.NoError(t, err)
			return i
		}
	}
	return codec.Info{Orientation: 1}
}

func TestStripLeavesNothing(t *testing.T) {
	rendered(t, luna.StripMetadata, func(t *testing.T, format string, file []byte) {
		requireNone(t, file, testmeta.Place(), testmeta.Private(), testmeta.Rights(), [][]byte{[]byte("xmpmeta"), []byte("8BIM"), []byte("Exif\x00")})
		i := info(t, format, file)
		require.True(t, i.Metadata.IsZero())
		require.Equal(t, 1, i.Orientation)
		require.Contains(t, []float64{0, 72}, i.Density)
	})
}

func TestKeepCopyrightKeepsNothingElse(t *testing.T) {
	rendered(t, luna.KeepCopyright, func(t *testing.T, format string, file []byte) {
		requireNone(t, file, testmeta.Place(), testmeta.Private())
		i := info(t, format, file)
		require.Equal(t, 1, i.Orientation)
		if told[format] {
			require.True(t, bytes.Contains(i.Metadata.EXIF, []byte(testmeta.Copyright)))
			require.True(t, bytes.Contains(i.Metadata.EXIF, []byte(testmeta.Artist)))
			require.True(t, bytes.Contains(i.Metadata.XMP, []byte("Quaresma &amp; Filhos")))
		}
	})
}

func TestKeepMetadataIsUpright(t *testing.T) {
	rendered(t, luna.KeepMetadata, func(t *testing.T, format string, file []byte) {
		requireNone(t, file, [][]byte{[]byte("THUMBNAIL"), []byte("PrintIM")})
		i := info(t, format, file)
		require.Equal(t, 1, i.Orientation)
		if told[format] {
			require.True(t, bytes.Contains(i.Metadata.EXIF, testmeta.Place()[0]) || bytes.Contains(i.Metadata.EXIF, testmeta.Place()[1]))
			require.True(t, bytes.Contains(i.Metadata.XMP, []byte("GPSLatitude")))
			require.InDelta(t, testmeta.Density, i.Density, 0.01)
		}
	})
}

// TestExifTool has ExifTool read results, where it is installed.
func TestExifTool(t *testing.T) {
	program, err := exec.LookPath("exiftool")
	if err != nil {
		t.Skip("exiftool is not installed")
	}
	read := func(t *testing.T, file []byte) map[string]any {
		name := filepath.Join(t.TempDir(), "picture")
		require.NoError(t, os.WriteFile(name, file, 0o600))
		out, err := exec.Command(program, "-json", "-G1", "-n", "-validate", "-a", "-all", name).Output()
		require.NoError(t, err, "%s", out)
		var lists []map[string]any
		require.NoError(t, json.Unmarshal(out, &lists))
		return lists[0]
	}
	edits := []edit.Edit{edit.Resize{Width: 24}}
	for _, c := range codecs.Default() {
		format := c.Format().Name
		if !told[format] {
			continue
		}
		source := original(t, c.(codec.Encoder), binary.LittleEndian)
		before := read(t, source)
		require.Contains(t, before, "GPS:GPSLatitude", "it reads the fixture as one with a place")
		for _, policy := range []luna.MetadataPolicy{luna.StripMetadata, luna.KeepCopyright, luna.KeepMetadata} {
			t.Run(format+" "+policy.String(), func(t *testing.T) {
				e, err := luna.New(codecs.Default(), &luna.Options{Metadata: policy})
				require.NoError(t, err)
				var b bytes.Buffer
				_, err = e.Transform(t.Context(), &b, bytes.NewReader(source), edits, &edit.Output{Format: edit.Format(format)})
				require.NoError(t, err)
				tags := read(t, b.Bytes())
				require.NotContains(t, tags, "ExifTool:Error", "%v", tags)
				kept := policy != luna.StripMetadata
				_, copyright := tags["IFD0:Copyright"]
				require.Equal(t, kept, copyright)
				_, rights := tags["XMP-dc:Rights"]
				require.Equal(t, kept, rights)
				for _, tag := range []string{"GPS:GPSLatitude", "GPS:GPSLongitude", "XMP-exif:GPSLatitude", "IFD0:Make"} {
					_, there := tags[tag]
					require.Equal(t, policy == luna.KeepMetadata, there, tag)
				}
				require.NotContains(t, tags, "IFD1:ThumbnailOffset")
				if policy == luna.KeepMetadata {
					require.InDelta(t, before["GPS:GPSLatitude"], tags["GPS:GPSLatitude"], 1e-9)
					require.EqualValues(t, 1, tags["IFD0:Orientation"])
					require.EqualValues(t, 24, tags["ExifIFD:ExifImageWidth"])
				}
			})
		}
	}
}
