package magic

import (
	"bytes"
	"strings"
)

// NameSize is how many bytes of a file [Name] looks at, at the most.
const NameSize = 1024

// Name returns the customary name of the format of the file that begins with
// head, such as "SVG" or "JPEG XL", also of formats that nobody here reads; ""
// where it is none that people upload as pictures. It is for messages: what a
// file is called decides nothing.
func Name(head []byte) string {
	head = head[:min(len(head), NameSize)]
	for _, f := range []struct{ magic, name string }{
		{"BM", "BMP"},
		{"\x00\x00\x01\x00", "ICO"},
		{"8BPS", "PSD"},
		{"\xff\x0a", "JPEG XL"},
		{"\x00\x00\x00\x0cJXL \r\n\x87\n", "JPEG XL"},
		{"%PDF-", "PDF"},
		{"%!PS", "PostScript"},
		{"\xc5\xd0\xd3\xc6", "EPS"},
		{"gimp xcf", "XCF"},
		{"DDS ", "DDS"},
		{"qoif", "QOI"},
		{"v/1\x01", "OpenEXR"},
		{"#?RADIANCE", "Radiance HDR"},
		{"FUJIFILMCCD-RAW", "camera raw"},
		{"IIRO", "camera raw"},
		{"IIU\x00", "camera raw"},
		{"FORM", "IFF"},
		{"\x1f\x8b", "gzip"},
	} {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return f.name
		}
	}
	if len(head) >= 10 && string(head[:4]) == "II*\x00" && string(head[8:10]) == "CR" {
		return "camera raw"
	}
	if isSVG(head) {
		return "SVG"
	}
	if len(head) >= 12 && string(head[4:8]) == "ftyp" && fileType(head) == "" {
		if strings.HasPrefix(string(head[8:12]), "crx") {
			return "camera raw"
		}
		return "MP4"
	}
	kind, _ := strings.CutPrefix(Type(head), "image/")
	switch kind {
	case "webp":
		return "WebP"
	case "jp2":
		return "JPEG 2000"
	}
	return strings.ToUpper(kind)
}

// isSVG looks for the root element behind whatever XML may stand before it.
func isSVG(head []byte) bool {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	head = bytes.TrimLeft(head, " \t\r\n")
	if len(head) == 0 || head[0] != '<' {
		return false
	}
	return bytes.Contains(head, []byte("<svg")) || bytes.Contains(head, []byte(":svg ")) || bytes.Contains(head, []byte("<!DOCTYPE svg"))
}
