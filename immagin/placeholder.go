package immagin

import (
	"context"
	"errors"
	"fmt"
	"regexp"
)

// A Placeholder stands in for a picture while it loads: three ways to the same
// end, of which a page takes one.
type Placeholder struct {
	// ThumbHash of the picture, some 25 bytes, which a few lines of script
	// turn into a picture of the same proportions, alpha included
	// (https://evanw.github.io/thumbhash/). JSON has it in base64.
	ThumbHash []byte `json:"thumbHash"`
	// BlurHash of the picture, some 30 characters (https://blurha.sh). Empty
	// where the server makes none.
	BlurHash string `json:"blurHash,omitempty"`
	// DataURL is a tiny picture as a URL of its own, of less than 1 KB: no
	// script is needed to show it.
	DataURL string `json:"dataUrl"`
}

// Placeholder returns what stands in for the original of that key while it
// loads. It is one call of the delivery, by [Images.Metadata], which is never
// metered; keep what it returns with the key, since it is the same for as long
// as the original is.
func (i *Images) Placeholder(ctx context.Context, key string, opts *PlaceholderOptions) (*Placeholder, error) {
	var o PlaceholderOptions
	if opts != nil {
		o = *opts
	}
	m, err := i.Metadata(ctx, key, &MetadataOptions{Placeholder: true, Version: o.Version})
	if err != nil {
		return nil, err
	}
	p := m.Placeholder
	if p == nil || len(p.ThumbHash) == 0 {
		return nil, errors.New("immagin: placeholder: the server's answer has none")
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	return p, nil
}

// PlaceholderOptions are the settings of [Images.Placeholder].
type PlaceholderOptions struct {
	// Version is the caller's own version of the original, as in
	// [URLOptions].
	Version string
}

// imageDataURL is what a data URL may be that gets into a page.
var imageDataURL = regexp.MustCompile(`^data:image/(webp|jpeg|png|gif|avif);base64,[A-Za-z0-9+/]+={0,2}$`)

func (p *Placeholder) check() error {
	if !imageDataURL.MatchString(p.DataURL) {
		return fmt.Errorf("immagin: placeholder: %.40q is not the data URL of an image", p.DataURL)
	}
	return nil
}

// style shows the placeholder behind the picture.
func (p *Placeholder) style() (string, error) {
	if err := p.check(); err != nil {
		return "", err
	}
	return `background:url("` + p.DataURL + `") center/cover no-repeat`, nil
}
