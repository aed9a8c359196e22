package luna

import (
	"fmt"

	"github.com/immagin/immagin-go/internal/exif"
	"github.com/immagin/immagin-go/internal/iptc"
	"github.com/immagin/immagin-go/internal/xmp"
	"github.com/immagin/immagin-go/luna/codec"
)

// A MetadataPolicy says what results tell of what their originals tell beside
// pixels. Whatever it is, results are upright and sRGB: none has an
// orientation but 1, or a profile of another space, or a thumbnail of the
// original. What is kept is built anew from what is known, never copied, so
// that nothing hides in it.
type MetadataPolicy int

const (
	// StripMetadata keeps nothing: no EXIF, and so no place, no XMP, no IPTC,
	// no comment, no density. It is the default.
	StripMetadata MetadataPolicy = iota
	// KeepCopyright keeps who made a picture and whose it is. EXIF: Artist and
	// Copyright, which are filled from XMP or IPTC where the original has them
	// only there. XMP: dc:rights, dc:creator, dc:contributor, dc:publisher and
	// all of xmpRights: and cc:. IPTC: by-line, credit and copyright notice.
	KeepCopyright
	// KeepMetadata keeps EXIF, the place where a picture was taken among it,
	// XMP and IPTC where the output format has a place for them, and the
	// density. Maker notes, thumbnails and what describes the original's file
	// are left out.
	KeepMetadata
)

// String returns "strip", "copyright" or "keep".
func (m MetadataPolicy) String() string {
	switch m {
	case StripMetadata:
		return "strip"
	case KeepCopyright:
		return "copyright"
	case KeepMetadata:
		return "keep"
	}
	return fmt.Sprintf("MetadataPolicy(%d)", int(m))
}

func (m MetadataPolicy) valid() bool { return m >= StripMetadata && m <= KeepMetadata }

// kept returns what a picture of that size, made of an original with that info,
// tells beside its pixels, and its density.
func (m MetadataPolicy) kept(info codec.Info, width, height int) (codec.Metadata, float64) {
	told := info.Metadata
	switch m {
	case KeepCopyright:
		return keptRights(told), 0
	case KeepMetadata:
		return codec.Metadata{
			EXIF: exif.Rewrite(told.EXIF, width, height),
			XMP:  xmp.Rewrite(told.XMP),
			IPTC: iptc.Rewrite(told.IPTC),
		}, info.Density
	}
	return codec.Metadata{}, 0
}

func keptRights(told codec.Metadata) codec.Metadata {
	artist, notice := exif.Rights(told.EXIF)
	for _, rights := range []func() (string, string){
		func() (string, string) { return xmp.Rights(told.XMP) },
		func() (string, string) { return iptc.Rights(told.IPTC) },
	} {
		if artist != "" && notice != "" {
			break
		}
		a, n := rights()
		if artist == "" {
			artist = a
		}
		if notice == "" {
			notice = n
		}
	}
	return codec.Metadata{
		EXIF: exif.New(artist, notice),
		XMP:  xmp.KeepRights(told.XMP),
		IPTC: iptc.KeepRights(told.IPTC),
	}
}

// metadataBytes is how much of a transform's memory metadata takes: what was
// read, the profile among it, and what is written of it.
func (m MetadataPolicy) metadataBytes(info codec.Info) int64 {
	n := int64(len(info.Metadata.EXIF) + len(info.Metadata.XMP) + len(info.Metadata.IPTC))
	if m != StripMetadata {
		n *= 6 // XMP grows where its characters must be escaped
	}
	return n + int64(len(info.Profile))
}
