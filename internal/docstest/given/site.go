// Package given has what the fragments of the guides take as given: a server
// with one tenant, a few originals, and a client of it. Where a fragment says
// client or originals and does not declare them, it is run with these.
package given

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"gocloud.dev/blob/memblob"

	"github.com/immagin/immagin-go/immagin"
	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codecs"
	"github.com/immagin/immagin-go/sign"
	"github.com/immagin/immagin-go/storage"
)

// Site is a server of the tenant acme, in memory, and what it is made of.
type Site struct {
	Context   context.Context
	Folder    string // for files, and gone after Close
	Secret    string
	APIKey    string
	Keyring   *sign.Keyring
	Tenants   sign.Tenants
	Originals *storage.Originals
	Derived   *storage.Derived
	Engine    *luna.Engine
	Handler   *luna.Handler
	Projects  api.ProjectMap
	Keys      *api.MemoryKeys
	API       *api.Handler
	Server    *httptest.Server
	Client    *immagin.Client
}

// Pictures are the keys that the guides show.
var Pictures = []string{"hero.jpg", "hero.png", "logo.png", "gallery/1.jpg", "gallery/2.jpg"}

// New starts a site.
func New(ctx context.Context) (*Site, error) {
	s := &Site{Context: ctx, Secret: "test-secret-0123456789"}
	var err error
	if s.Folder, err = os.MkdirTemp("", "given"); err != nil {
		return nil, err
	}
	if s.Keyring, err = sign.NewKeyring(s.Secret); err != nil {
		return nil, err
	}
	s.Tenants = sign.Tenants{"acme": s.Keyring}
	s.Originals = storage.NewOriginals(memblob.OpenBucket(nil), nil)
	s.Derived = storage.NewDerived(memblob.OpenBucket(nil), nil)
	if s.Engine, err = luna.New(codecs.Default(), nil); err != nil {
		return nil, err
	}
	s.Handler, err = luna.NewHandler(s.Engine, s.Originals, s.Tenants, &luna.HandlerOptions{Tenant: luna.FixedTenant("acme"), Cache: s.Derived})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	s.Server = httptest.NewServer(mux)
	key := sign.NewAPIKey()
	s.APIKey = key.Reveal()
	s.Projects = api.ProjectMap{"acme": {ID: "prj_1", Name: "Acme", BaseURL: s.Server.URL, Secret: s.Secret}}
	s.Keys = api.NewMemoryKeys(api.NewKey("acme", "given", key, time.Now()))
	if s.API, err = api.New(s.Originals, s.Projects, s.Keys, nil); err != nil {
		return nil, err
	}
	mux.Handle("/v1/", s.API)
	mux.Handle("/{payload}", s.Handler)
	s.Client, err = immagin.NewClient(s.APIKey, &immagin.Options{BaseURL: s.Server.URL, DeliveryURL: s.Server.URL, Secret: s.Secret})
	if err != nil {
		return nil, err
	}
	return s, s.Fill(ctx)
}

// Fill puts the pictures where they are missing.
func (s *Site) Fill(ctx context.Context) error {
	for _, key := range Pictures {
		err := s.Originals.Create(ctx, "acme", key, bytes.NewReader(Picture()), "image/jpeg", false)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("given: %w", err)
		}
	}
	return nil
}

// Picture is a JPEG of 1200x900.
func Picture() []byte {
	picture := image.NewRGBA(image.Rect(0, 0, 1200, 900))
	for y := range 900 {
		for x := range 1200 {
			picture.Set(x, y, color.RGBA{uint8(x / 5), uint8(y / 4), uint8((x + y) / 9), 255})
		}
	}
	var b bytes.Buffer
	_ = jpeg.Encode(&b, picture, nil) // memory takes all
	return b.Bytes()
}

// Close ends the server.
func (s *Site) Close() error {
	s.Server.Close()
	_ = s.Handler.Shutdown(s.Context)
	return os.RemoveAll(s.Folder)
}
