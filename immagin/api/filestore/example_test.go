package filestore_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/immagin/api/filestore"
	"github.com/immagin/immagin-go/sign"
)

// A server hands its folder to api.New:
//
//	handler, err := api.New(originals, store.Projects(), store.Keys(), &api.Options{Nonces: store.Nonces()})
func ExampleOpen() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	store, err := filestore.Open(folder, &filestore.Options{Now: time.Now})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()

	ctx := context.Background()
	err = store.Projects().Put(ctx, "acme", api.Project{ID: "prj_1", Name: "Acme", BaseURL: "https://acme.example.com", Secret: sign.NewSecret()})
	fmt.Println(err)
	key := sign.NewAPIKey() // shown to its owner once
	kept := api.NewKey("acme", "laptop", key, time.Now())
	fmt.Println(store.Keys().Create(ctx, kept))
	found, err := store.Keys().Lookup(ctx, key.Prefix())
	fmt.Println(len(found), found[0].Hash.Verify(key), err)
	fmt.Println(store.Keys().Revoke(ctx, "acme", kept.ID))
	found, err = store.Keys().Lookup(ctx, key.Prefix())
	fmt.Println(len(found), err)
	fmt.Println(store.Nonces().Use(ctx, "acme", "nonce", time.Minute))
	fmt.Println(errors.Is(store.Nonces().Use(ctx, "acme", "nonce", time.Minute), fs.ErrExist))
	// Output:
	// <nil>
	// <nil>
	// 1 <nil> <nil>
	// <nil>
	// 0 <nil>
	// <nil>
	// true
}
