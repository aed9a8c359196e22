// Package still is what the adapters of AVIF and HEIC have in common: it
// reads their container, and puts pictures together from coded tiles.
package still

import (
	"errors"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/internal/exif"
	"github.com/immagin/immagin-go/internal/isobmff"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A Header is what a container says.
type Header struct {
	File    *isobmff.File
	Picture *isobmff.Picture
	// Metadata and Density are there after [Header.Describe].
	Metadata codec.Metadata
	Density  float64
}

// Read reads the headers of r and no more.
func Read(r io.Reader) (*Header, error) {
	f, err := isobmff.Read(r)
	if err != nil {
		return nil, translate(err)
	}
	p, err := f.Picture()
	if err != nil {
		return nil, translate(err)
	}
	return &Header{File: f, Picture: p}, nil
}

// translate says in the words of package codec what package isobmff says in
// its own.
func translate(err error) error {
	for _, w := range []struct{ from, to error }{
		{isobmff.ErrMalformed, codec.ErrFormat},
		{isobmff.ErrUnsupported, codec.ErrUnsupported},
		{isobmff.ErrLimit, codec.ErrLimit},
	} {
		if errors.Is(err, w.from) {
			return fmt.Errorf("%w: %w", w.to, err)
		}
	}
	return err
}

// exifHead is the offset that stands before the TIFF structure in an item.
const exifHead = 4

// Describe reads the items of metadata, which lie behind what [Read] has read
// of r.
func (h *Header) Describe(r io.Reader) error {
	var wanted []*isobmff.Wanted
	add := func(item *isobmff.Item, head int64) *isobmff.Wanted {
		if item == nil {
			return &isobmff.Wanted{}
		}
		w := &isobmff.Wanted{Item: item, Max: codec.MaxMetadata + head}
		wanted = append(wanted, w)
		return w
	}
	e, x := add(h.Picture.EXIF, exifHead), add(h.Picture.XMP, 0)
	if err := h.File.Fetch(r, wanted...); err != nil {
		return err
	}
	h.Metadata.XMP = x.Data
	if len(e.Data) > exifHead {
		skip := uint64(e.Data[0])<<24 | uint64(e.Data[1])<<16 | uint64(e.Data[2])<<8 | uint64(e.Data[3])
		if rest := e.Data[exifHead:]; skip < uint64(len(rest)) {
			h.Metadata.EXIF = rest[skip:]
			if d, err := exif.Parse(h.Metadata.EXIF); err == nil {
				h.Density = d.Density
			}
		}
	}
	return nil
}

// Info tells of a picture whose samples have so many bits, and which is gray
// or not.
func (h *Header) Info(gray, deep, lossy bool) codec.Info {
	p := h.Picture
	layout := pixel.RGB
	space := "srgb"
	if deep {
		space = "rgb16"
	}
	if gray {
		layout, space = pixel.Gray, "b-w"
		if deep {
			space = "grey16"
		}
	}
	if p.Alpha != nil {
		layout = layout.WithAlpha()
	}
	info := codec.Info{
		Shape:       pixel.Shape{Width: p.Color.Orient.Width, Height: p.Color.Orient.Height, Layout: layout, Deep: deep},
		Orientation: 1, // decoding turns
		Frames:      1,
		Space:       space,
		Channels:    layout.Planes(),
		HasAlpha:    p.Alpha != nil,
		Density:     h.Density,
		Buffered:    true,
		Lossy:       lossy,
		Metadata:    h.Metadata,
	}
	if len(p.Profile) <= codec.MaxMetadata {
		info.Profile = p.Profile
	}
	return info
}

// ReadFile reads all of r, if admit approves of its headers.
func ReadFile(r io.Reader, admit func(*Header) error) (*Header, []byte, error) {
	var file collector
	h, err := Read(io.TeeReader(r, &file))
	if err == nil {
		err = admit(h)
	}
	if err != nil {
		return nil, nil, err
	}
	rest, err := io.ReadAll(r)
	if err != nil {
		return nil, nil, err
	}
	return h, append(file, rest...), nil
}

// A collector keeps what is written to it.
type collector []byte

func (c *collector) Write(p []byte) (int, error) {
	*c = append(*c, p...)
	return len(p), nil
}
