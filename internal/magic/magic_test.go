package magic

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestType(t *testing.T) {
	picture := image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{color.Black, color.White})
	var j, p, g bytes.Buffer
	require.NoError(t, jpeg.Encode(&j, picture, nil))
	require.NoError(t, png.Encode(&p, picture))
	require.NoError(t, gif.Encode(&g, picture, nil))

	ftyp := func(brands ...string) string {
		return "\x00\x00\x00" + string(rune(12+4*len(brands))) + "ftyp" + brands[0] + "\x00\x00\x00\x00" + strings.Join(brands[1:], "") + "\x00\x00\x00\x10meta"
	}
	for name, c := range map[string]struct{ head, want string }{
		"jpeg":            {j.String(), "image/jpeg"},
		"png":             {p.String(), "image/png"},
		"gif":             {g.String(), "image/gif"},
		"gif with script": {"GIF89a/*<script>alert(1)</script>*/", "image/gif"},
		"webp":            {"RIFF\x1a\x00\x00\x00WEBPVP8L", "image/webp"},
		"wave":            {"RIFF\x1a\x00\x00\x00WAVEfmt ", ""},
		"tiff II":         {"II*\x00\x08\x00\x00\x00", "image/tiff"},
		"tiff MM":         {"MM\x00*\x00\x00\x00\x08", "image/tiff"},
		"jp2":             {"\x00\x00\x00\x0cjP  \r\n\x87\n\x00\x00\x00\x14ftypjp2 ", "image/jp2"},
		"j2k":             {"\xff\x4f\xff\x51\x00\x2f", "image/jp2"},
		"avif":            {ftyp("avif", "mif1", "miaf"), "image/avif"},
		"avis":            {ftyp("avis", "msf1"), "image/avif"},
		"avif as mif1":    {ftyp("mif1", "miaf", "avif"), "image/avif"},
		"heic":            {ftyp("heic", "mif1"), "image/heif"},
		"heic as mif1":    {ftyp("mif1", "heic"), "image/heif"},
		"mp4":             {ftyp("isom", "iso2", "mp41"), ""},
		"mp4 with avif":   {ftyp("mp42", "avif"), ""},
		"beyond the box":  {ftyp("mif1") + "avif", "image/heif"},
		"empty box":       {"\x00\x00\x00\x00ftypavif\x00\x00\x00\x00", ""},
		"short box":       {"\x00\x00\x00\x18ftypavi", ""},
		"huge box":        {"\xff\xff\xff\xffftypavif\x00\x00\x00\x00", "image/avif"},
		"text":            {"hello, world", ""},
		"html":            {"<!DOCTYPE html><html>", ""},
		"svg":             {`<svg xmlns="http://www.w3.org/2000/svg"/>`, ""},
		"pdf":             {"%PDF-1.7", ""},
		"zip":             {"PK\x03\x04", ""},
		"bmp":             {"BM\x36\x00\x00\x00\x00\x00", ""},
		"half a magic":    {"\x89PNG\r\n", ""},
		"empty":           {"", ""},
	} {
		require.Equal(t, c.want, Type([]byte(c.head)), name)
	}
}

func TestCanonical(t *testing.T) {
	for in, want := range map[string]string{
		"image/jpeg": "image/jpeg", "IMAGE/JPG": "image/jpeg", "image/png; charset=binary": "image/png", "image/heic": "image/heif",
		"": "", "text/html": "", "image/svg+xml": "", "image/bmp": "", "image/png, text/html": "", "image/*": "", "image/png\x00": "",
	} {
		require.Equal(t, want, Canonical(in), "%q", in)
	}
	for alias, name := range aliases {
		require.Equal(t, name, Canonical(alias))
		require.Equal(t, name, Canonical(name), "the canonical word is its own")
	}
}

func FuzzType(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00avifmiafxxxx"))
	f.Add([]byte("\x00\x00\x00\x09ftypavif"))
	f.Fuzz(func(t *testing.T, head []byte) {
		if got := Type(head); got != "" && Canonical(got) != got {
			t.Fatalf("%q is not a canonical type", got)
		}
	})
}
