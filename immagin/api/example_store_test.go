package api_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/immagin/immagin-go/immagin/api"
)

var _ api.Store = new(memory)

// memory is a Store in memory; package storage has real ones.
type memory struct{ objects sync.Map }

func (m *memory) Stat(_ context.Context, tenant, key string) (int64, string, error) {
	if o, ok := m.objects.Load(tenant + "/" + key); ok {
		return int64(len(o.([]byte))), "", nil
	}
	return 0, "", fs.ErrNotExist
}

func (m *memory) Create(_ context.Context, tenant, key string, body io.Reader, _ string, overwrite bool) error {
	b, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	if overwrite {
		m.objects.Store(tenant+"/"+key, b)
	} else if _, there := m.objects.LoadOrStore(tenant+"/"+key, b); there {
		return fs.ErrExist
	}
	return nil
}

func (m *memory) SignPut(context.Context, string, string, string, int64, time.Duration) (string, http.Header, error) {
	return "", nil, errors.ErrUnsupported
}

func (m *memory) List(context.Context, string, string, string, int, func(string, int64, time.Time) bool) (string, error) {
	return "", errors.ErrUnsupported
}

func (m *memory) Delete(_ context.Context, tenant, key string) error {
	if _, there := m.objects.LoadAndDelete(tenant + "/" + key); !there {
		return fs.ErrNotExist
	}
	return nil
}

// A store of one's own says what it cannot do by errors.ErrUnsupported: uploads
// then go through the handler.
func ExampleStore() {
	ctx := context.Background()
	var store memory
	upload := func() error {
		return store.Create(ctx, "acme", "hero.jpg", strings.NewReader("a picture"), "image/jpeg", false)
	}
	fmt.Println(upload())
	fmt.Println(errors.Is(upload(), fs.ErrExist))
	_, _, err := store.SignPut(ctx, "acme", "hero.jpg", "image/jpeg", 9, time.Minute)
	fmt.Println(errors.Is(err, errors.ErrUnsupported))
	// Output:
	// <nil>
	// true
	// true
}
