package luna_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"sync"

	"github.com/immagin/immagin-go/luna"
)

var _ luna.Cache = new(cupboard)

// cupboard is the smallest Cache that there is; storage.Derived keeps derived
// images in every blob store.
type cupboard struct{ items sync.Map }

type item struct {
	header map[string]string
	body   []byte
}

func (s *cupboard) Get(_ context.Context, tenant, key, id string) (map[string]string, io.ReadCloser, int64, error) {
	v, ok := s.items.Load([3]string{tenant, key, id})
	if !ok {
		return nil, nil, 0, fs.ErrNotExist
	}
	i := v.(item)
	return i.header, io.NopCloser(bytes.NewReader(i.body)), int64(len(i.body)), nil
}

func (s *cupboard) Put(_ context.Context, tenant, key, id string, header map[string]string, body []byte) error {
	s.items.Store([3]string{tenant, key, id}, item{maps.Clone(header), bytes.Clone(body)})
	return nil
}

// A cache of one's own may forget what it likes: what is not there is rendered
// again.
func ExampleCache() {
	ctx := context.Background()
	var cache cupboard
	_, _, _, err := cache.Get(ctx, "acme", "hero.jpg", "5f2b")
	fmt.Println(errors.Is(err, fs.ErrNotExist))

	header := map[string]string{"content-type": "image/webp"}
	if err := cache.Put(ctx, "acme", "hero.jpg", "5f2b", header, []byte("a picture")); err != nil {
		fmt.Println(err)
		return
	}
	header, body, size, err := cache.Get(ctx, "acme", "hero.jpg", "5f2b")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer body.Close()
	fmt.Println(header["content-type"], size)
	// Output:
	// true
	// image/webp 9
}
