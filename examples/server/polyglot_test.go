package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/scene"
)

const (
	scripted = `<html><body><script>alert("owned")</script></body></html>`
	compiler = `<?php system($_GET["owned"]); __HALT_COMPILER(); ?>`
)

// TestPolyglots uploads files that are pictures to one program and something
// else to another. What is served is a picture that this server drew, under
// its own type, of which nothing survives but the pixels.
func TestPolyglots(t *testing.T) {
	s := start(t, t.TempDir(), "-store", "mem://", "-cache", "mem://")
	for name, test := range polyglots(t) {
		t.Run(name, func(t *testing.T) {
			s := *s
			s.t = t
			key := "polyglots/" + name + ".jpg"
			if test.is == "" {
				require.Equal(t, 415, s.put415(key, test.body).StatusCode)
				require.Equal(t, 404, s.get(signed(s.secret, s.payload(key, `"metadata":true`))).StatusCode, "nothing is stored")
				return
			}
			if test.is != "jpeg" {
				lie := s.tryUpload(key, "image/jpeg", test.body)
				require.Equal(t, 415, lie.StatusCode, "%s", lie.body)
				require.Equal(t, "content_type_mismatch", lie.code(t))
			}
			require.Equal(t, 201, s.tryUpload(key, "", test.body).StatusCode)
			for _, rest := range []string{`"edits":[]`, `"output":{"format":"jpeg"}`, `"output":{"format":"png"}`, `"output":{"format":"gif"}`, `"metadata":true`} {
				answer := s.get(signed(s.secret, s.payload(key, rest)))
				served := answer.Header.Get("Content-Type")
				require.Equal(t, "nosniff", answer.Header.Get("X-Content-Type-Options"), rest)
				for _, word := range []string{"owned", "<script", "<html", "<?php", "PK\x03\x04", "%PDF"} {
					require.NotContains(t, string(answer.body), word, "%s: %s", rest, served)
				}
				switch {
				case test.broken && answer.StatusCode != 200:
					require.Contains(t, []int{413, 415, 422}, answer.StatusCode, "%s: %s", rest, answer.body)
					require.NotEmpty(t, answer.code(t))
				case rest == `"metadata":true`:
					require.Equal(t, 200, answer.StatusCode, "%s: %s", rest, answer.body)
					require.Equal(t, "application/json", served)
					var metadata struct{ Format string }
					require.NoError(t, json.Unmarshal(answer.body, &metadata))
					require.Equal(t, test.is, metadata.Format, "what it is, whatever its name says")
				default:
					require.Equal(t, 200, answer.StatusCode, "%s: %s", rest, answer.body)
					require.Equal(t, http.DetectContentType(answer.body), served, rest)
					require.Equal(t, "default-src 'none'; sandbox", answer.Header.Get("Content-Security-Policy"), rest)
					require.Regexp(t, `^inline; filename=`, answer.Header.Get("Content-Disposition"), rest)
				}
			}
		})
	}
}

// payload is JSON with the key and the other members.
func (s *running) payload(key, rest string) string {
	text, err := json.Marshal(key)
	require.NoError(s.t, err)
	return `{"key":` + string(text) + `,` + rest + `}`
}

// tryUpload is the answer to an upload.
func (s *running) tryUpload(key, contentType string, body []byte) response {
	s.t.Helper()
	question, err := json.Marshal(map[string]any{"key": key, "contentType": contentType, "size": len(body)})
	require.NoError(s.t, err)
	answer := s.do(request{
		method: "POST", path: "/v1/images/sign-url", body: question,
		header: http.Header{"Authorization": {"Bearer " + s.key}, "Content-Type": {"application/json"}},
	})
	require.Equal(s.t, 200, answer.StatusCode, "%s", answer.body)
	var to struct {
		UploadURL string
		Headers   map[string]string
	}
	require.NoError(s.t, json.Unmarshal(answer.body, &to))
	header := http.Header{}
	for name, value := range to.Headers {
		header.Set(name, value)
	}
	return s.do(request{method: "PUT", path: to.UploadURL, header: header, body: body})
}

// put415 is an upload that must be refused, however it is called.
func (s *running) put415(key string, body []byte) response {
	s.t.Helper()
	for _, contentType := range []string{"image/jpeg", "image/gif", "image/png"} {
		require.Equal(s.t, 415, s.tryUpload(key, contentType, body).StatusCode, contentType)
	}
	return s.tryUpload(key, "", body)
}

type polyglot struct {
	is     string // the picture's format; empty where it is none
	broken bool   // as a picture
	body   []byte
}

func polyglots(t *testing.T) map[string]polyglot {
	picture := scene.Landscape(48, 32)
	var j, p, g, z bytes.Buffer
	require.NoError(t, jpeg.Encode(&j, picture, nil))
	require.NoError(t, png.Encode(&p, picture))
	paletted := image.NewPaletted(picture.Bounds(), color.Palette{color.Black, color.White, color.RGBA{0x24, 0x56, 0xd6, 0xff}, color.RGBA{0xff, 0xd1, 0x66, 0xff}})
	draw.Draw(paletted, paletted.Bounds(), picture, image.Point{}, draw.Src)
	require.NoError(t, gif.Encode(&g, paletted, nil))
	archive := zip.NewWriter(&z)
	f, err := archive.Create("owned.php")
	require.NoError(t, err)
	_, err = f.Write([]byte(compiler))
	require.NoError(t, err)
	require.NoError(t, archive.Close())
	phar := compiler + "\r\n" + strings.Repeat("\x01\x00\x00\x00", 8) + "owned.php" + strings.Repeat("\x00", 20) + "GBMB"

	join := func(parts ...string) []byte { return []byte(strings.Join(parts, "")) }
	jpegWith := func(marker byte, content string) []byte {
		segment := append([]byte{0xff, marker}, binary.BigEndian.AppendUint16(nil, uint16(2+len(content)))...)
		return join("\xff\xd8", string(segment), content, j.String()[2:])
	}
	pngWith := func(kind, content string) []byte {
		const head = 8 + 25 // the signature and IHDR
		return join(p.String()[:head], string(chunk(kind, content)), p.String()[head:])
	}
	// The comment goes before the image, behind the global colour table.
	gifHead := 13 + 3<<(1+g.Bytes()[10]&7)
	gifWith := func(extension string) []byte {
		return join(g.String()[:gifHead], extension, g.String()[gifHead:])
	}
	block := func(text string) string { return string(rune(len(text))) + text + "\x00" }
	return map[string]polyglot{
		"gif with a script in its comment":      {"gif", false, gifWith("\x21\xfe" + block(scripted))},
		"gif with a script in an application":   {"gif", false, gifWith("\x21\xff\x0bowned appli" + block(scripted))},
		"gif with a page behind it":             {"gif", false, join(g.String(), scripted)},
		"gif with an archive behind it":         {"gif", false, join(g.String(), z.String())},
		"gif that is a script":                  {"gif", true, join("GIF89a/*", strings.Repeat(" ", 40), `*/=alert("owned")//`, scripted)},
		"gif that is a phar":                    {"gif", true, join("GIF89a", phar)},
		"jpeg with a page in its comment":       {"jpeg", false, jpegWith(0xfe, scripted)},
		"jpeg with a phar in its comment":       {"jpeg", false, jpegWith(0xfe, phar)},
		"jpeg with a script in its Exif":        {"jpeg", false, jpegWith(0xe1, "Exif\x00\x00"+exif(scripted))},
		"jpeg with a script in its XMP":         {"jpeg", false, jpegWith(0xe1, "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta xmlns:x='adobe:ns:meta/'>"+scripted+"</x:xmpmeta>")},
		"jpeg with a script in its profile":     {"jpeg", false, jpegWith(0xe2, "ICC_PROFILE\x00\x01\x01"+scripted)},
		"jpeg with a page behind it":            {"jpeg", false, join(j.String(), scripted)},
		"jpeg with an archive behind it":        {"jpeg", false, join(j.String(), z.String())},
		"jpeg with a PDF behind it":             {"jpeg", false, join(j.String(), "%PDF-1.4\n1 0 obj<</JS(app.alert('owned'))>>endobj\n%%EOF")},
		"jpeg that is a page":                   {"jpeg", true, join("\xff\xd8\xff\xe0", scripted)},
		"png with a script in its text":         {"png", false, pngWith("tEXt", "Comment\x00"+scripted)},
		"png with a script in its profile":      {"png", false, pngWith("iCCP", scripted+"\x00\x00x")},
		"png with a page in a chunk of its own": {"png", false, pngWith("oWnd", scripted)},
		"png with a page behind it":             {"png", false, join(p.String(), scripted)},
		"png with an archive behind it":         {"png", false, join(p.String(), z.String())},
		"png that is a page":                    {"png", true, join("\x89PNG\r\n\x1a\n", scripted)},
		"webp that is a page":                   {"webp", true, join("RIFF\xff\x00\x00\x00WEBP", scripted)},
		"webp with a page in a chunk":           {"webp", true, join("RIFF\x4e\x00\x00\x00WEBPEXIF\x39\x00\x00\x00", scripted)},
		"tiff that is a page":                   {"tiff", true, join("II*\x00\x08\x00\x00\x00", scripted)},
		"avif that is a page":                   {"heif", true, join("\x00\x00\x00\x14ftypavif\x00\x00\x00\x00mif1", scripted)},

		"page before a jpeg":    {"", true, join(scripted, j.String())},
		"phar before a gif":     {"", true, join(phar, g.String())},
		"archive before a png":  {"", true, join(z.String(), p.String())},
		"page":                  {"", true, join(scripted)},
		"page in UTF-16":        {"", true, join("\xff\xfe<\x00s\x00c\x00r\x00i\x00p\x00t\x00>\x00")},
		"svg":                   {"", true, join(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert("owned")</script></svg>`)},
		"PDF":                   {"", true, join("%PDF-1.4\n", j.String())},
		"bitmap with a script":  {"", true, join("BM/*", strings.Repeat("\x00", 60), "*/", scripted)},
		"wave of the same RIFF": {"", true, join("RIFF\xff\x00\x00\x00WAVE", scripted)},
		"video with its brand":  {"", true, join("\x00\x00\x00\x18ftypisom\x00\x00\x00\x00mp41avif", scripted)},
	}
}

// chunk is a chunk of a PNG.
func chunk(kind, content string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(content)))
	b = append(b, kind+content...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// exif is a TIFF structure whose image description is text.
func exif(text string) string {
	b := []byte("MM\x00*\x00\x00\x00\x08\x00\x01\x01\x0e\x00\x02")
	b = binary.BigEndian.AppendUint32(b, uint32(len(text)+1))
	b = binary.BigEndian.AppendUint32(b, 26)
	return string(b) + "\x00\x00\x00\x00" + text + "\x00"
}
