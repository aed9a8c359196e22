package magic_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/magic"
)

func TestName(t *testing.T) {
	for head, want := range map[string]string{
		"":  "",
		"a": "",
		"Dear sir or madam, this is not a picture.": "",
		"<html><body>": "",
		"<svg xmlns='http://www.w3.org/2000/svg'/>":                         "SVG",
		"\xef\xbb\xbf \r\n<?xml version='1.0'?><!-- a --><svg>":             "SVG",
		"<!DOCTYPE svg PUBLIC ''>":                                          "SVG",
		"<?xml version='1.0'?><s:svg xmlns:s='http://www.w3.org/2000/svg'>": "SVG",
		"<!--" + strings.Repeat("x", magic.NameSize) + "--><svg>":           "",
		"text that tells of <svg>":                                          "",
		"BM\x00\x00":                                                        "BMP",
		"\x00\x00\x01\x00\x01\x00":                                          "ICO",
		"\xff\x0a\x00":                                                      "JPEG XL",
		"\x00\x00\x00\x0cJXL \r\n\x87\n":                                    "JPEG XL",
		"%PDF-1.7":                                                          "PDF",
		"8BPS\x00\x01":                                                      "PSD",
		"II*\x00\x10\x00\x00\x00CR\x02\x00":                                 "camera raw",
		"\x00\x00\x00\x18ftypcrx \x00\x00\x00\x01crx isom":                  "camera raw",
		"\x00\x00\x00\x18ftypisom\x00\x00\x00\x01isomavc1":                  "MP4",
		"\x00\x00\x00\x18ftypheic\x00\x00\x00\x01heicmif1":                  "HEIF",
		"\x00\x00\x00\x18ftypavif\x00\x00\x00\x01avifmif1":                  "AVIF",
		"II*\x00\x08\x00\x00\x00":                                           "TIFF",
		"\x00\x00\x00\x0cjP  \r\n\x87\n":                                    "JPEG 2000",
		"RIFF\x00\x00\x00\x00WEBPVP8 ":                                      "WebP",
		"GIF89a":                                                            "GIF",
		"\xff\xd8\xff\xe0":                                                  "JPEG",
	} {
		require.Equal(t, want, magic.Name([]byte(head)), "%q", head)
	}
}

func FuzzName(f *testing.F) {
	f.Add([]byte("<svg>"))
	f.Add([]byte("\x00\x00\x00\x18ftypcrx "))
	f.Fuzz(func(t *testing.T, head []byte) {
		name := magic.Name(head)
		require.Equal(t, name, magic.Name(head[:min(len(head), magic.NameSize)]))
		require.LessOrEqual(t, len(name), 16)
	})
}
