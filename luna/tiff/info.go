package tiff

import (
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Probe reads the first page's directory and what it points to, and goes
// through the chain of the others to count them.
func (c Codec) Probe(r io.Reader) (codec.Info, error) {
	h, err := c.readHeader(r)
	if err != nil {
		return codec.Info{}, fmt.Errorf("tiff: %w", err)
	}
	info, err := h.info()
	if err != nil {
		return codec.Info{}, fmt.Errorf("tiff: %w", err)
	}
	return info, nil
}

func (h *header) shape() pixel.Shape {
	return pixel.Shape{Width: h.width, Height: h.height, Layout: h.layout, Deep: h.deep}
}

// info tells what the header says in the words of package codec.
func (h *header) info() (codec.Info, error) {
	jpeg := h.packing == packJPEG || h.packing == packOldJPEG
	i := codec.Info{
		Shape:       h.shape(),
		Orientation: 1,
		Space:       "srgb",
		Channels:    h.samples,
		HasAlpha:    h.layout.HasAlpha(),
		Buffered:    (h.tiled || jpeg) && min(h.chunkHeight, h.height) > bandRows,
		Lossy:       jpeg,
	}
	if h.photometric == photoPalette {
		i.Channels = h.layout.Planes()
	}
	switch gray := h.layout.Opaque() == pixel.Gray; {
	case gray && h.bits > 8:
		i.Space = "grey16"
	case gray:
		i.Space = "b-w"
	case h.layout == pixel.CMYK:
		i.Space = "cmyk"
	case h.bits > 8:
		i.Space = "rgb16"
	}
	var err error
	for _, step := range []func(*codec.Info) error{h.readDensity, h.readBlobs} {
		if err := step(&i); err != nil {
			return i, err
		}
	}
	if i.Metadata.EXIF, err = h.exif(); err != nil && !tolerable(err) {
		return i, err
	}
	i.Frames, err = h.pages()
	return i, err
}

// readDensity reads orientation and resolution. Damaged values are as if they
// were not there.
func (h *header) readDensity(i *codec.Info) error {
	o, err := h.number(h.dir, tagOrientation, 1)
	if err != nil && !tolerable(err) {
		return err
	}
	if o >= 1 && o <= 8 {
		i.Orientation = int(o)
	}
	unit, err := h.number(h.dir, tagResolutionUnit, 2)
	if err != nil && !tolerable(err) {
		return err
	}
	if v, ok := h.dir[tagXResolution]; ok {
		switch unit {
		case 2:
			i.Density = h.rational(v, 0)
		case 3:
			i.Density = h.rational(v, 0) * 2.54
		}
	}
	return nil
}

// readBlobs reads the profile and metadata; what is longer than
// [codec.MaxMetadata] is left out.
func (h *header) readBlobs(i *codec.Info) error {
	for _, of := range []struct {
		tag uint16
		to  *[]byte
	}{{tagProfile, &i.Profile}, {tagXMP, &i.Metadata.XMP}, {tagIPTC, &i.Metadata.IPTC}} {
		v, ok := h.dir[of.tag]
		if !ok || v.count == 0 || v.count*sizes[v.kind] > codec.MaxMetadata {
			continue
		}
		b, err := h.raw(v, codec.MaxMetadata)
		if err != nil {
			if tolerable(err) {
				continue
			}
			return err
		}
		*of.to = append([]byte(nil), b...)
	}
	return nil
}
