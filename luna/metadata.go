package luna

import (
	"context"
	"io"
)

// Metadata is what the headers of an original tell, in sharp's words.
type Metadata struct {
	// Width and Height as stored, in pixels.
	Width  int `json:"width"`
	Height int `json:"height"`
	// Format of the file, such as "jpeg".
	Format string `json:"format"`
	// Space is the stored colours' space: "srgb", "b-w", "cmyk", "rgb16" or
	// "grey16".
	Space string `json:"space"`
	// Channels counts the stored channels, alpha included.
	Channels int  `json:"channels"`
	HasAlpha bool `json:"hasAlpha"`
	// Orientation is EXIF's, 1 to 8; 1 where the file has none.
	Orientation int `json:"orientation"`
	// Density in pixels an inch; 72 where the file does not say.
	Density float64 `json:"density"`
	// IsProgressive says that a coarse picture comes first.
	IsProgressive bool `json:"isProgressive"`
	// Pages counts frames or pages, at least 1.
	Pages int `json:"pages"`
	// Size of the file in bytes. [Engine.Metadata] reads headers only and
	// sets it only where r tells its length; who knows it otherwise sets it.
	Size int64 `json:"size,omitzero"`
	// OrientedWidth and OrientedHeight are those of the upright picture.
	OrientedWidth  int `json:"orientedWidth"`
	OrientedHeight int `json:"orientedHeight"`
	// Placeholder is nil unless a payload asked for it: [Engine.Metadata] reads
	// no pixels, see [Engine.Placeholder].
	Placeholder *Placeholder `json:"placeholder,omitzero"`
}

// Metadata reads the headers of an image from r, and no more of it than they
// take. It is subject to the limits of [Options] as a transform is. Errors are
// of type *[Error].
func (e *Engine) Metadata(ctx context.Context, r io.Reader) (*Metadata, error) {
	o, err := e.open(ctx, r)
	if err != nil {
		return nil, err
	}
	return o.metadata(), nil
}

func (o *original) metadata() *Metadata {
	i := o.info
	m := &Metadata{
		Width:          i.Shape.Width,
		Height:         i.Shape.Height,
		Format:         o.format.Name,
		Space:          i.Space,
		Channels:       i.Channels,
		HasAlpha:       i.HasAlpha,
		Orientation:    i.Orientation,
		Density:        i.Density,
		IsProgressive:  i.Progressive,
		Pages:          i.Frames,
		OrientedWidth:  i.Shape.Width,
		OrientedHeight: i.Shape.Height,
	}
	if m.Density == 0 {
		m.Density = 72
	}
	if i.Orientation >= 5 {
		m.OrientedWidth, m.OrientedHeight = m.OrientedHeight, m.OrientedWidth
	}
	if o.known {
		m.Size = o.size
	}
	return m
}
