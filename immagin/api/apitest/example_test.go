package apitest_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/immagin/api/apitest"
)

// A store's test runs the suite on it. What shares nothing but memory opens
// the same store each time; another would connect to it anew.
func ExampleTestKeys() {
	_ = func(t *testing.T) {
		keys, nonces := new(api.MemoryKeys), new(api.MemoryNonces)
		apitest.TestKeys(t, func() (api.Keys, error) { return keys, nil }, nil)
		apitest.TestNonces(t, func() (api.Nonces, error) { return nonces, nil }, nil)
	}
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
