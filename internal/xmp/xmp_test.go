package xmp_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/testmeta"
	"github.com/immagin/immagin-go/internal/xmp"
)

func TestRewrite(t *testing.T) {
	kept := string(xmp.Rewrite([]byte(testmeta.XMP)))
	wellFormed(t, kept)
	for _, s := range []string{"<exif:GPSLatitude>38,26.4912N</exif:GPSLatitude>", "9,12.7W", testmeta.City, "Adobe Bridge", `xml:lang="x-default"`, "Quaresma &amp; Filhos", "<xmpRights:Marked>True<"} {
		require.Contains(t, kept, s)
	}
	for _, s := range []string{"Orientation", "ImageWidth", "THUMBNAIL"} {
		require.NotContains(t, kept, s)
	}
	require.Equal(t, kept, string(xmp.Rewrite([]byte(kept))), "again changes nothing")
}

func TestKeepRights(t *testing.T) {
	kept := string(xmp.KeepRights([]byte(testmeta.XMP)))
	wellFormed(t, kept)
	for _, s := range []string{"GPS", "38,26", testmeta.City, "Bridge", "THUMBNAIL", "Orientation"} {
		require.NotContains(t, kept, s)
	}
	artist, notice := xmp.Rights([]byte(kept))
	require.Equal(t, testmeta.Artist, artist)
	require.Equal(t, testmeta.Copyright, notice)
}

// packet puts properties into the least that is a packet.
func packet(properties string) []byte {
	return []byte(`<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:e="http://ns.adobe.com/exif/1.0/">` +
		properties + `</r:Description></r:RDF>`)
}

func TestRightsHideNothing(t *testing.T) {
	kept := string(xmp.KeepRights(packet(`<dc:rights e:GPSLatitude="1"><e:GPSLongitude>2</e:GPSLongitude>mine</dc:rights>`)))
	require.Contains(t, kept, "<dc:rights>mine</dc:rights>")
	require.NotContains(t, kept, "GPS")
	require.Nil(t, xmp.KeepRights(packet(`<e:GPSLatitude>1</e:GPSLatitude>`)))
}

func TestRefused(t *testing.T) {
	good := packet(`<dc:rights>mine</dc:rights>`)
	require.NotNil(t, xmp.Rewrite(good))
	for name, p := range map[string][]byte{
		"empty":             nil,
		"no XML":            []byte("mine"),
		"no RDF":            []byte("<a/>"),
		"document type":     append([]byte(`<!DOCTYPE x [<!ENTITY a "b">]>`), good...),
		"unknown entity":    packet(`<dc:rights>&a;</dc:rights>`),
		"not closed":        good[:len(good)-1],
		"undeclared prefix": packet(`<zz:rights>mine</zz:rights>`),
		"deep":              packet("<dc:rights>" + strings.Repeat("<r:li>", 99) + strings.Repeat("</r:li>", 99) + "</dc:rights>"),
		"long":              packet("<dc:rights>" + strings.Repeat("x", xmp.MaxSize) + "</dc:rights>"),
		"UTF-16":            []byte("\xfe\xff\x00<\x00a\x00/\x00>"),
	} {
		require.Nil(t, xmp.Rewrite(p), name)
		artist, notice := xmp.Rights(p)
		require.Empty(t, artist+notice, name)
	}
}

func TestTruncated(t *testing.T) {
	for n := range testmeta.XMP {
		if kept := xmp.Rewrite([]byte(testmeta.XMP[:n])); kept != nil {
			wellFormed(t, string(kept))
		}
	}
}

func wellFormed(t testing.TB, s string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(s))
	for {
		_, err := d.Token()
		if err == io.EOF {
			return
		}
		require.NoError(t, err, s)
	}
}

func FuzzRewrite(f *testing.F) {
	f.Add([]byte(testmeta.XMP))
	f.Add(packet(`<dc:rights>mine</dc:rights>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, rewrite := range []func([]byte) []byte{xmp.Rewrite, xmp.KeepRights} {
			if kept := rewrite(b); kept != nil {
				wellFormed(t, string(kept))
				if len(kept) < xmp.MaxSize {
					require.Equal(t, string(kept), string(rewrite(kept)))
				}
			}
		}
		xmp.Rights(b)
	})
}

func ExampleRights() {
	artist, notice := xmp.Rights([]byte(testmeta.XMP))
	fmt.Println(artist, "|", notice)
	// Output: Ines Quaresma | (c) 2026 Quaresma & Filhos
}
