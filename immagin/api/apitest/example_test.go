package apitest_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/immagin/api/apitest"
	"github.com/immagin/immagin-go/immagin/api/filestore"
)

// A store's test runs the suite on it. What shares nothing but memory opens
// the same store each time; another would connect to it anew.
func ExampleTestKeys() {
	_ = func(t *testing.T) {
		keys := new(api.MemoryKeys)
		apitest.TestKeys(t, func() (api.Keys, error) { return keys, nil }, nil)
	}
}

func ExampleTestNonces() {
	_ = func(t *testing.T) {
		nonces := new(api.MemoryNonces)
		apitest.TestNonces(t, func() (api.Nonces, error) { return nonces, nil }, &apitest.Options{Racers: 32})
	}
}

func ExampleTestProjects() {
	_ = func(t *testing.T) {
		folder := t.TempDir()
		apitest.TestProjects(t, func() (apitest.ProjectStore, error) {
			store, err := filestore.Open(folder, nil)
			if err != nil {
				return nil, err
			}
			t.Cleanup(func() { store.Close() })
			return store.Projects(), nil
		}, nil)
	}
}

func ExampleProjectsChecks() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	store, err := filestore.Open(folder, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()
	open := func() (apitest.ProjectStore, error) { return store.Projects(), nil }
	for _, check := range apitest.ProjectsChecks()[:2] {
		fmt.Println(check.Name, check.Run(context.Background(), open, nil))
	}
	// Output:
	// RoundTrip <nil>
	// Replace <nil>
}

func ExampleKeysChecks() {
	keys := new(api.MemoryKeys)
	open := func() (api.Keys, error) { return keys, nil }
	for _, check := range apitest.KeysChecks()[:4] {
		fmt.Println(check.Name, check.Run(context.Background(), open, nil))
	}
	// Output:
	// RoundTrip <nil>
	// Prefixes <nil>
	// Taken <nil>
	// Refused <nil>
}

func ExampleNoncesChecks() {
	nonces := new(api.MemoryNonces)
	open := func() (api.Nonces, error) { return nonces, nil }
	for _, check := range apitest.NoncesChecks()[:2] {
		fmt.Println(check.Name, check.Run(context.Background(), open, nil))
	}
	// Output:
	// Once <nil>
	// Tenants <nil>
}
