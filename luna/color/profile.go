package color

import (
	"encoding/binary"
	"errors"
	"strings"
	"unicode"
	"unicode/utf16"
)

// ErrProfile is wrapped by the errors of [Parse]: the bytes are no ICC profile
// that describes how device colours look, or not one of the kinds that this
// package reads.
var ErrProfile = errors.New("unusable ICC profile")

// A Space is what the samples of a device are.
type Space uint8

// The spaces of profiles that can be read.
const (
	Gray Space = iota + 1
	RGB
	CMYK
)

var spaces = map[string]Space{"GRAY": Gray, "RGB ": RGB, "CMYK": CMYK}

// String returns "gray", "rgb" or "cmyk".
func (s Space) String() string { return [...]string{"none", "gray", "rgb", "cmyk"}[min(s, CMYK)] }

// channels is how many samples a pixel has.
func (s Space) channels() int { return [...]int{0, 1, 3, 4}[min(s, CMYK)] }

// A Profile says how the colours of a device look. It does not change and is
// safe for concurrent use.
type Profile struct {
	space       Space
	description string
	modern      bool    // version 4 or later
	lab         bool    // the connection space is CIELAB, else XYZ
	perceptual  *lut    // nil where there is none
	exact       *lut    // colorimetric; nil where there is none
	shaped      bool    // has curves, and for RGB a matrix
	curves      []curve // to light
	toXYZ       matrix  // of linear RGB
}

// Space reports what samples the profile is for.
func (p *Profile) Space() Space { return p.space }

// Description is the name that the profile has for people, such as "Display
// P3": at most 64 printable characters, or "" where it has none.
func (p *Profile) Description() string { return p.description }

const (
	headerSize = 128
	maxTags    = 100
)

// Parse reads an ICC profile of version 2 or 4. It keeps no part of data, takes
// no more memory than a small multiple of len(data), and wraps [ErrProfile] in
// its errors. Tags that are not needed are not looked at, so that they may be
// broken.
func Parse(data []byte) (*Profile, error) {
	if len(data) < headerSize+4 {
		return nil, malformed("%d bytes", len(data))
	}
	if string(data[36:40]) != "acsp" {
		return nil, malformed("no signature")
	}
	p := &Profile{space: spaces[string(data[16:20])], modern: data[8] >= 4}
	if p.space == 0 {
		return nil, malformed("the colour space %q", data[16:20])
	}
	switch class := string(data[12:16]); class {
	case "scnr", "mntr", "prtr", "spac":
	default:
		return nil, malformed("the class %q", class)
	}
	switch pcs := string(data[20:24]); pcs {
	case "Lab ":
		p.lab = true
	case "XYZ ":
	default:
		return nil, malformed("the connection space %q", pcs)
	}
	t, err := readTags(data)
	if err != nil {
		return nil, err
	}
	p.description = description(t["desc"])
	return p, p.read(t)
}

// tags are the parts of a profile, by signature.
type tags map[string][]byte

func readTags(data []byte) (tags, error) {
	n := binary.BigEndian.Uint32(data[headerSize:])
	if n > maxTags || headerSize+4+12*int(n) > len(data) {
		return nil, malformed("%d tags in %d bytes", n, len(data))
	}
	t := tags{}
	for i := range int(n) {
		entry := data[headerSize+4+12*i:]
		at, size := int64(binary.BigEndian.Uint32(entry[4:])), int64(binary.BigEndian.Uint32(entry[8:]))
		if at+size <= int64(len(data)) && size >= 8 { // as in Little CMS, others are not there
			t[string(entry[:4])] = data[at : at+size]
		}
	}
	return t, nil
}

// read finds the tags that tell how device colours look. The perceptual table
// goes before the matrix, and that before other tables.
func (p *Profile) read(t tags) error {
	var err error
	if b := t["A2B0"]; b != nil {
		if p.perceptual, err = parseLUT(b, p.space, p.lab); err != nil {
			return err
		}
	}
	if p.shaped, err = p.shaper(t); err != nil && p.perceptual == nil {
		return err
	}
	for _, name := range []string{"A2B1", "A2B2"} {
		if b := t[name]; b != nil && p.exact == nil {
			// It is only needed where there is nothing else, and for the
			// black point of a profile that has everything.
			if l, err := parseLUT(b, p.space, p.lab); err == nil {
				p.exact = l
			}
		}
	}
	if p.perceptual == nil && !p.shaped {
		p.perceptual = p.exact
	}
	if p.perceptual == nil && !p.shaped {
		return malformed("for %v, neither a table nor curves to be used", p.space)
	}
	return nil
}

// shaper reads the curves, and for RGB the matrix, and reports whether they are
// there.
func (p *Profile) shaper(t tags) (bool, error) {
	names := map[Space][]string{Gray: {"kTRC"}, RGB: {"rTRC", "gTRC", "bTRC"}}[p.space]
	if names == nil || p.space == RGB && p.lab {
		return false, nil
	}
	var curves []curve
	for _, name := range names {
		if t[name] == nil {
			return false, nil
		}
		c, _, err := parseCurve(t[name])
		if err != nil {
			return false, err
		}
		curves = append(curves, c)
	}
	if p.space == RGB {
		for i, name := range []string{"rXYZ", "gXYZ", "bXYZ"} {
			b := t[name]
			if len(b) < 20 || string(b[:4]) != "XYZ " {
				return false, nil
			}
			for row := range 3 {
				p.toXYZ[3*row+i] = fixed(b[8+4*row:])
			}
		}
	}
	p.curves = curves
	return true, nil
}

// description reads a textDescriptionType, or the first record of a
// multiLocalizedUnicodeType.
func description(b []byte) string {
	if len(b) < 12 {
		return ""
	}
	var s string
	switch n := int64(binary.BigEndian.Uint32(b[8:])); string(b[:4]) {
	case "desc":
		s = string(b[12:min(12+n, int64(len(b)))])
	case "mluc":
		if n < 1 || len(b) < 28 {
			return ""
		}
		size, at := int64(binary.BigEndian.Uint32(b[20:])), int64(binary.BigEndian.Uint32(b[24:]))
		if at > int64(len(b)) {
			return ""
		}
		at, end := at, min(at+size, at+256, int64(len(b)))
		s = string(utf16.Decode(words(b[at:end], int(end-at)/2)))
	}
	s, _, _ = strings.Cut(s, "\x00")
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar || r == '"' {
			return -1
		}
		return r
	}, s))
	if r := []rune(s); len(r) > 64 {
		s = string(r[:64])
	}
	return s
}
