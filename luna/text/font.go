// Package text lays out and draws text: it shapes Unicode text with fonts that are
// values, breaks it into lines, and tells how much of each pixel the glyphs cover.
// The edit "text" of payloads is drawn by it. A program uses the package to read
// the fonts that it hands to luna.Options:
//
//	bold, err := text.Parse(gobold.TTF)
//	if err != nil {
//		return err
//	}
//	engine, err := luna.New(codecs.Default(), &luna.Options{
//		Fonts: map[string][]*text.Font{"bold": {bold}},
//	})
//
// or to draw text on its own, in three steps: a [Set] of fonts shapes a text, the
// [Text] is laid out in a [Frame], and the [Block] that results is a mask, which
// op.Ink of package luna/op paints in a colour.
//
// Right-to-left scripts, ligatures and combining marks are shaped, by a port of
// HarfBuzz.
// A character that no font has is left out and named, never drawn as a box.
//
// Nothing is read from the system: what is drawn depends on the text, the fonts and
// the layout alone, and comes out to the same bits on every machine. The geometry
// is integer: 1/64 pixel for sizes and positions, 1/256 for outlines.
//
// All types are safe for concurrent use once they are made. Texts may be hostile:
// [MaxLength] bounds them. Fonts are the integrator's, and are trusted.
package text

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"golang.org/x/image/font/gofont/goregular"
)

// maxFontBytes bounds what Parse takes. The largest fonts for Chinese are
// about 20 MiB.
const maxFontBytes = 64 << 20

// ErrFont is wrapped by the errors of [Parse].
var ErrFont = errors.New("not a usable font")

// A Font is one parsed OpenType or TrueType font. It does not change and is
// safe for concurrent use. The zero Font is not usable: get one from [Parse].
type Font struct {
	font *font.Font
	sum  [sha256.Size]byte
}

// Parse reads a font from the bytes of a .ttf or .otf file. Of a collection
// (.ttc) it takes the first font, and of a variable font the default instance.
// The font has to have outlines: one of bitmaps alone is refused, as is what is
// not a font; these errors wrap [ErrFont].
//
// Parse keeps data, which must not be changed afterwards. It is meant for fonts
// that the integrator trusts, such as one embedded in the program, and not for
// fonts of clients.
func Parse(data []byte) (f *Font, err error) {
	if len(data) > maxFontBytes {
		return nil, fmt.Errorf("text: %w: it has %d bytes, more than %d", ErrFont, len(data), maxFontBytes)
	}
	defer func() {
		if v := recover(); v != nil { // the parser meets what its author did not expect
			f, err = nil, fmt.Errorf("text: %w: %v", ErrFont, v)
		}
	}()
	if err := checkTables(data); err != nil {
		return nil, fmt.Errorf("text: %w: %w", ErrFont, err)
	}
	loaders, err := opentype.NewLoaders(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("text: %w: %w", ErrFont, err)
	}
	if len(loaders) == 0 {
		return nil, fmt.Errorf("text: %w: the collection is empty", ErrFont)
	}
	l := loaders[0]
	outlines := false
	for _, table := range []string{"glyf", "CFF ", "CFF2"} {
		outlines = outlines || l.HasTable(opentype.MustNewTag(table))
	}
	if !outlines {
		return nil, fmt.Errorf("text: %w: it has no outlines", ErrFont)
	}
	parsed, err := font.NewFont(l)
	if err != nil {
		return nil, fmt.Errorf("text: %w: %w", ErrFont, err)
	}
	if upem := parsed.Upem(); upem < 16 || upem > 16384 {
		return nil, fmt.Errorf("text: %w: it has %d units to the em, where 16 to 16384 are allowed", ErrFont, upem)
	}
	return &Font{font: parsed, sum: sha256.Sum256(data)}, nil
}

// checkTables reports tables that are said to be larger than the file, which
// the parser would make room for, and packed formats (WOFF).
func checkTables(data []byte) error {
	at := 0
	if bytes.HasPrefix(data, []byte("ttcf")) && len(data) >= 16 {
		at = int(min(binary.BigEndian.Uint32(data[12:]), maxFontBytes))
	}
	const head, entry = 12, 16
	if len(data) < at+head {
		return errors.New("the file is too short")
	}
	directory := data[at:]
	switch string(directory[:4]) {
	case "\x00\x01\x00\x00", "OTTO", "true":
	default:
		return errors.New("it begins like neither TrueType nor OpenType")
	}
	n := int(binary.BigEndian.Uint16(directory[4:]))
	if len(directory) < head+n*entry {
		return errors.New("the file is too short")
	}
	for i := range n {
		e := directory[head+i*entry:][:entry]
		offset, size := uint64(binary.BigEndian.Uint32(e[8:])), uint64(binary.BigEndian.Uint32(e[12:]))
		if offset+size > uint64(len(data)) {
			return fmt.Errorf("its table %q ends after the file", e[:4])
		}
	}
	return nil
}

// Revision is a hash of the font's file, as 64 hex digits.
func (f *Font) Revision() string { return hex.EncodeToString(f.sum[:]) }

// Has reports whether the font has a glyph for r of its own. It may draw r
// without, composed of others.
func (f *Font) Has(r rune) bool {
	_, ok := f.font.NominalGlyph(r)
	return ok
}

// Regular returns the embedded font: Go Regular by Bigelow & Holmes, under the
// licence of Go. It has Latin, Greek and Cyrillic letters.
func Regular() *Font { return regular() }

var regular = sync.OnceValue(func() *Font {
	f, err := Parse(goregular.TTF)
	if err != nil {
		panic(err)
	}
	return f
})
