package text_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/image/font/gofont/gomono"

	"github.com/immagin/immagin-go/luna/text"
)

func TestParseRefuses(t *testing.T) {
	ttf := gomono.TTF
	noOutlines := append([]byte(nil), ttf...)
	for i := 12; i < 12+16*int(ttf[5]); i += 16 {
		if string(noOutlines[i:i+4]) == "glyf" {
			copy(noOutlines[i:], "EBDT")
		}
	}
	for name, data := range map[string][]byte{
		"nothing":     nil,
		"no font":     []byte("GIF89a and so on, which is no font"),
		"cut off":     ttf[:200],
		"cut later":   ttf[:len(ttf)/2],
		"woff":        append([]byte("wOFF"), ttf[4:]...),
		"collection":  []byte("ttcf\x00\x01\x00\x00\x00\x00\x00\x01\xff\xff\xff\xff"),
		"no outlines": noOutlines,
		"too large":   make([]byte, 64<<20+1),
	} {
		_, err := text.Parse(data)
		require.ErrorIs(t, err, text.ErrFont, name)
	}
}

func TestRevision(t *testing.T) {
	f, err := text.Parse(gomono.TTF)
	require.NoError(t, err)
	require.Len(t, f.Revision(), 64)
	require.NotEqual(t, f.Revision(), text.Regular().Revision())
	require.Contains(t, text.Revision(), text.Regular().Revision())
}

func FuzzParse(f *testing.F) {
	f.Add(gomono.TTF[:4000])
	f.Add(moduleBytes(f, "golang.org/x/image", "font/testdata/CFFTest.otf"))
	f.Add(moduleBytes(f, "golang.org/x/image", "font/testdata/glyfTest.ttf"))
	f.Fuzz(func(t *testing.T, data []byte) {
		font, err := text.Parse(data)
		if err != nil {
			require.ErrorIs(t, err, text.ErrFont)
			return
		}
		font.Has('a')
		require.Len(t, font.Revision(), 64)
	})
}

func FuzzShape(f *testing.F) {
	for _, s := range []string{"one two", "é ffi", "a 🎉 b", "\u202eabc\u202c 12", "ا ב 3", "a\u0301\u0302\u0303\n\n\u0301", "\u200d\ufe0f", "\xff"} {
		f.Add(s, 20.0, uint16(100), uint16(50))
	}
	set := text.NewSet()
	f.Fuzz(func(t *testing.T, s string, size float64, width, height uint16) {
		shaped, err := set.Shape(s)
		if err != nil {
			require.ErrorIs(t, err, text.ErrTooLong)
			return
		}
		f := text.Frame{Width: int(width), Height: int(height), Size: size, LineHeight: 1.2}
		b, err := shaped.Layout(f)
		if err != nil {
			return
		}
		w, h := b.Size()
		require.LessOrEqual(t, w, int(width))
		require.LessOrEqual(t, h, int(height))
		if w*h < 1<<20 {
			paint(b, 16)
		}
	})
}
