package codec

// Metadata is what a file tells beside its pixels, as it stands in the file.
// It is never interpreted by an adapter, apart from Info.Orientation and
// Info.Density.
type Metadata struct {
	// EXIF is a TIFF structure, without the "Exif\0\0" before it.
	EXIF []byte
	// XMP is a packet of UTF-8 XML.
	XMP []byte
	// IPTC is an IPTC-IIM record stream, without the Photoshop resource
	// around it.
	IPTC []byte
}

// IsZero reports whether there is none.
func (m Metadata) IsZero() bool { return len(m.EXIF)+len(m.XMP)+len(m.IPTC) == 0 }

// MaxMetadata is how many bytes of each member of [Metadata], and of a
// profile, adapters keep from a file at most; what is longer is left out.
const MaxMetadata = 4 << 20
