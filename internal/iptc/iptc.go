// Package iptc reads and thins out IPTC-IIM records (IIM 4.2), as they stand
// in the Photoshop resources of JPEG files.
package iptc

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// The datasets that are told apart: record in the high byte.
const (
	characterSet = 1<<8 | 90
	byLine       = 2<<8 | 80
	credit       = 2<<8 | 110
	copyright    = 2<<8 | 116
	preview      = 2<<8 | 202 // of the old picture; 200 and 201 say how it is stored
)

// each calls f with every dataset of stream and the bytes that it stands in.
// It stops where the stream is damaged, and at extended datasets, whose length
// does not fit 15 bits.
func each(stream []byte, f func(dataset int, value, raw []byte)) {
	for len(stream) >= 5 && stream[0] == 0x1c {
		n := int(stream[3])<<8 | int(stream[4])
		if n >= 1<<15 || 5+n > len(stream) {
			return
		}
		f(int(stream[1])<<8|int(stream[2]), stream[5:5+n], stream[:5+n])
		stream = stream[5+n:]
	}
}

// Rewrite returns the datasets of stream but those of its preview picture, or
// nil if there are none.
func Rewrite(stream []byte) []byte {
	var kept []byte
	each(stream, func(dataset int, _, raw []byte) {
		if dataset < preview-2 || dataset > preview {
			kept = append(kept, raw...)
		}
	})
	return kept
}

// KeepRights returns those datasets that say who made a picture and whose it
// is, or nil if there are none.
func KeepRights(stream []byte) []byte {
	var kept []byte
	found := false
	each(stream, func(dataset int, _, raw []byte) {
		switch dataset {
		case byLine, credit, copyright:
			found = true
		case characterSet:
		default:
			return
		}
		kept = append(kept, raw...)
	})
	if !found {
		return nil
	}
	return kept
}

// Rights reads who made the picture and whose it is, as UTF-8. They are empty
// where the stream does not say.
func Rights(stream []byte) (artist, notice string) {
	var artists []string
	each(stream, func(dataset int, value, _ []byte) {
		switch dataset {
		case byLine:
			if s := text(value); s != "" {
				artists = append(artists, s)
			}
		case copyright:
			notice = text(value)
		}
	})
	return strings.Join(artists, "; "), notice
}

// text takes for Latin-1 what is not UTF-8: few files say which it is.
func text(value []byte) string {
	value = bytes.Trim(value, "\x00 ")
	if utf8.Valid(value) {
		return string(value)
	}
	var b strings.Builder
	for _, c := range value {
		b.WriteRune(rune(c))
	}
	return b.String()
}
