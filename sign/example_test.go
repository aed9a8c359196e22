package sign_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/immagin/immagin-go/sign"
)

func ExampleKeyring() {
	// The new secret signs; URLs signed by the old one still verify.
	keyring, err := sign.NewKeyring("test-secret-0123456789", "the-secret-of-last-year")
	if err != nil {
		fmt.Println(err)
		return
	}
	payload := "eyJrZXkiOiJoZXJvLmpwZyIsImVkaXRzIjpbeyJyZXNpemUiOnsid2lkdGgiOjgwMCwiaGVpZ2h0Ijo2MDB9fV19"
	signature := keyring.Sign(payload)
	fmt.Println(signature)
	fmt.Println(keyring.Verify(payload, signature))
	fmt.Println(keyring.Verify(payload+"A", signature))
	fmt.Println(keyring)
	// Output:
	// 6c60d53b495030f74292423943a93909f1882a72c2eed321d631cc979d07a061
	// <nil>
	// sign: signature does not match
	// sign.Keyring(2 secrets)
}

func ExampleTenants() {
	acme, err := sign.NewKeyring("acme-secret-0123456789")
	if err != nil {
		fmt.Println(err)
		return
	}
	tenants := sign.Tenants{"acme": acme}
	signature := acme.Sign("eyJrZXkiOiJhLmpwZyJ9")
	ctx := context.Background()
	fmt.Println(tenants.Verify(ctx, "acme", "eyJrZXkiOiJhLmpwZyJ9", signature))
	fmt.Println(tenants.Verify(ctx, "nobody", "eyJrZXkiOiJhLmpwZyJ9", signature))
	// Output:
	// <nil>
	// sign: signature does not match
}

func ExampleTenantsFunc() {
	tenants := sign.TenantsFunc(func(ctx context.Context, tenant string) (*sign.Keyring, error) {
		secret, err := sign.TenantSecret("test-secret-0123456789", tenant)
		if err != nil {
			return nil, nil // no such tenant
		}
		return sign.NewKeyring(secret)
	})
	fmt.Println(tenants.Verify(context.Background(), "acme", "eyJrZXkiOiJhLmpwZyJ9", "00"))
	// Output: sign: signature does not match
}

func ExampleKeyring_IssueTicket() {
	keyring, err := sign.NewKeyring("test-secret-0123456789")
	if err != nil {
		fmt.Println(err)
		return
	}
	now := time.Now()
	text, err := keyring.IssueTicket(sign.Ticket{
		Method:  "PUT",
		Tenant:  "acme",
		Key:     "photos/hero.jpg",
		MaxSize: 32 << 20,
		Expires: now.Add(5 * time.Minute),
	}, now)
	if err != nil {
		fmt.Println(err)
		return
	}
	ticket, err := keyring.VerifyTicket(text, "PUT", "acme", now)
	fmt.Println(ticket.Key, ticket.MaxSize, err)
	_, err = keyring.VerifyTicket(text, "PUT", "acme", now.Add(time.Hour))
	fmt.Println(errors.Is(err, sign.ErrExpired))
	// Output:
	// photos/hero.jpg 33554432 <nil>
	// true
}

func ExampleAPIKey() {
	key, err := sign.ParseAPIKey("imk_0123456789ABCDEFGHIJab")
	if err != nil {
		fmt.Println(err)
		return
	}
	hash := key.Hash() // what the server keeps
	fmt.Println(key)
	fmt.Println(hash.Verify(key))
	fmt.Println(hash.Verify(sign.NewAPIKey()))
	// Output:
	// imk_0123…
	// <nil>
	// sign: signature does not match
}

// A new project gets a secret of its own.
func ExampleNewSecret() {
	secret := sign.NewSecret()
	keyring, err := sign.NewKeyring(secret)
	if err != nil {
		fmt.Println(err)
		return
	}
	payload := "eyJrZXkiOiJoZXJvLmpwZyJ9"
	fmt.Println(len(secret), keyring.Verify(payload, keyring.Sign(payload)))
	// Output: 64 <nil>
}

// One secret in the configuration serves every tenant, and a URL of one never
// verifies at another.
func ExampleTenantSecret() {
	keyring := func(tenant string) *sign.Keyring {
		secret, err := sign.TenantSecret("test-secret-0123456789", tenant)
		if err != nil {
			panic(err)
		}
		keys, err := sign.NewKeyring(secret)
		if err != nil {
			panic(err)
		}
		return keys
	}
	payload := "eyJrZXkiOiJoZXJvLmpwZyJ9"
	signature := keyring("acme").Sign(payload)
	fmt.Println(keyring("acme").Verify(payload, signature))
	fmt.Println(keyring("globex").Verify(payload, signature))

	_, err := sign.TenantSecret("test-secret-0123456789", "Acme Inc.")
	fmt.Println(err != nil)
	// Output:
	// <nil>
	// sign: signature does not match
	// true
}

// A server writes down the hash, and finds it again by the prefix.
func ExampleKeyHash() {
	key, err := sign.ParseAPIKey("imk_0123456789ABCDEFGHIJab")
	if err != nil {
		fmt.Println(err)
		return
	}
	row, err := key.Hash().MarshalText()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(key.Prefix(), len(row))

	var kept sign.KeyHash
	fmt.Println(kept.UnmarshalText(row), kept.Verify(key))
	// Output:
	// imk_0123 64
	// <nil> <nil>
}
