package immagin

import (
	"context"
	"fmt"
	"net/http"

	"github.com/immagin/immagin-go/immagin/edit"
)

// Metadata is what the headers of an original tell, in sharp's words.
type Metadata struct {
	// Width and Height as stored, in pixels.
	Width  int `json:"width"`
	Height int `json:"height"`
	// Format of the file, such as "jpeg".
	Format string `json:"format"`
	// Space is the stored colours' space, such as "srgb".
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
	// Size of the file in bytes.
	Size int64 `json:"size"`
	// OrientedWidth and OrientedHeight are those of the upright picture.
	OrientedWidth  int `json:"orientedWidth"`
	OrientedHeight int `json:"orientedHeight"`
	// Placeholder is nil unless it was asked for.
	Placeholder *Placeholder `json:"placeholder,omitempty"`
}

// MetadataOptions are the settings of [Images.Metadata].
type MetadataOptions struct {
	// Placeholder asks for [Metadata].Placeholder, which takes the server the
	// time to decode the original once.
	Placeholder bool
	// Version is the caller's own version of the original, as in
	// [URLOptions].
	Version string
}

// Metadata returns what the headers of an original tell. It asks the delivery,
// not the API, and so needs no API key where [Options] has Secret and
// DeliveryURL. The answer may be 60 seconds old.
func (i *Images) Metadata(ctx context.Context, key string, opts *MetadataOptions) (*Metadata, error) {
	request := edit.Request{Key: key, Metadata: new(edit.Metadata)}
	if opts != nil {
		request.Version = opts.Version
		if opts.Placeholder {
			request.Metadata.Placeholder = new(true)
		}
	}
	payload, err := request.Payload()
	if err != nil {
		return nil, fmt.Errorf("immagin: %w", err)
	}
	p, err := i.c.signer(ctx)
	if err != nil {
		return nil, err
	}
	signature := p.keyring.Sign(payload)
	metadata := new(Metadata)
	err = i.c.repeat(ctx, i.c.retries(), func() error {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.delivery+"/"+payload+"?sig="+signature, nil)
		if err != nil {
			return fmt.Errorf("immagin: metadata: %w", withoutURL(err))
		}
		r.Header.Set("Accept", "application/json")
		*metadata = Metadata{} // a try that failed may have left something
		return i.c.do(r, "metadata", metadata, signature)
	})
	if err != nil {
		return nil, err
	}
	return metadata, nil
}
