package immagin

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/immagin/immagin-go/immagin/edit"
)

// MaxListLimit is how many originals one page of a list can hold.
const MaxListLimit = 1000

// ListOptions are the settings of [Images.List] and [Images.All].
type ListOptions struct {
	// Limit is how many originals a page holds, 1 to [MaxListLimit]. By
	// default the server's choice, 50, for List, and MaxListLimit for All.
	Limit int
	// Cursor is an [ImageList].NextCursor, to go on from; the beginning by
	// default.
	Cursor string
	// Prefix of the keys; all by default.
	Prefix string
}

// An Image is an original in the store.
type Image struct {
	Key string `json:"key"`
	// Size in bytes.
	Size int64 `json:"size"`
	// LastModified is when it was stored.
	LastModified time.Time `json:"lastModified"`
}

// An ImageList is one page of originals, in the order of their keys' bytes.
type ImageList struct {
	Images []Image `json:"images"`
	// NextCursor is the [ListOptions].Cursor of the next page; empty where
	// there is none.
	NextCursor string `json:"nextCursor"`
}

// List returns one page of the project's originals.
func (i *Images) List(ctx context.Context, opts *ListOptions) (*ImageList, error) {
	var o ListOptions
	if opts != nil {
		o = *opts
	}
	if o.Limit < 0 || o.Limit > MaxListLimit {
		return nil, fmt.Errorf("immagin: list: limit is %d, must be 1 to %d", o.Limit, MaxListLimit)
	}
	query := url.Values{}
	if o.Limit > 0 {
		query.Set("limit", strconv.Itoa(o.Limit))
	}
	if o.Cursor != "" {
		query.Set("cursor", o.Cursor)
	}
	if o.Prefix != "" {
		query.Set("prefix", o.Prefix)
	}
	path := "/v1/images"
	if len(query) > 0 {
		path += "?" + strings.ReplaceAll(query.Encode(), "+", "%20") // which all servers read alike
	}
	list := new(ImageList)
	if err := i.c.call(ctx, i.c.retries(), http.MethodGet, path, nil, list); err != nil {
		return nil, err
	}
	return list, nil
}

// All ranges over the project's originals. Pages are fetched as they are
// needed, the first when ranging begins; after an error, which comes with the
// zero Image, there is nothing more. Each range begins anew.
func (i *Images) All(ctx context.Context, opts *ListOptions) iter.Seq2[Image, error] {
	var o ListOptions
	if opts != nil {
		o = *opts
	}
	if o.Limit == 0 {
		o.Limit = MaxListLimit
	}
	return func(yield func(Image, error) bool) {
		o := o
		for {
			list, err := i.List(ctx, &o)
			if err == nil && list.NextCursor != "" && list.NextCursor == o.Cursor {
				err = errors.New("immagin: list: the API's next page is this page")
			}
			if err != nil {
				yield(Image{}, err)
				return
			}
			for _, image := range list.Images {
				if !yield(image, nil) {
					return
				}
			}
			if o.Cursor = list.NextCursor; o.Cursor == "" {
				return
			}
		}
	}
}

// Delete removes an original and the images that were made of it. Where there
// is none, the error is an [*Error] of status 404, unless that is the answer to
// a retry: then the first try may have removed it, and Delete succeeds. Caches
// in front of the delivery may keep images for a year.
func (i *Images) Delete(ctx context.Context, key string) error {
	if err := edit.ValidateKey(key); err != nil {
		return fmt.Errorf("immagin: delete: key %w", err)
	}
	return i.c.remove(ctx, "/v1/images/"+component(key))
}

// remove is DELETE. That a retry finds nothing is no failure, if what was
// tried before may have removed it.
func (c *Client) remove(ctx context.Context, path string) error {
	r := c.retries()
	err := c.call(ctx, r, http.MethodDelete, path, nil, nil)
	if e, ok := errors.AsType[*Error](err); ok && e.Status == http.StatusNotFound && r.unsure {
		return nil
	}
	return err
}
