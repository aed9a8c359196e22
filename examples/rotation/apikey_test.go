package main

import (
	"context"

	"github.com/immagin/immagin-go/immagin"
)

// replaceKey makes an API key, has it handed to whoever uses the old ones, and
// ends those. It returns the client of the new one.
func replaceKey(ctx context.Context, old *immagin.Client, server, name string, handOver func(key string) error) (*immagin.Client, error) {
	made, err := old.Keys.Create(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := handOver(made.Key.Reveal()); err != nil {
		return nil, err
	}
	client, err := immagin.NewClient(made.Key.Reveal(), &immagin.Options{BaseURL: server})
	if err != nil {
		return nil, err
	}
	keys, err := client.Keys.List(ctx) // the new key works
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		if k.ID != made.ID {
			if err := client.Keys.Revoke(ctx, k.ID); err != nil {
				return nil, err
			}
		}
	}
	return client, nil
}
