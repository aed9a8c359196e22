package redis_test

import (
	"context"
	"fmt"
	"time"

	"github.com/alicebob/miniredis/v2"
	goredis "github.com/redis/go-redis/v9"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/memory"
	"github.com/immagin/immagin-go/billing/store/redis"
)

// A server puts Redis between its meter and, mostly, PostgreSQL.
func ExampleOpen() {
	server, err := miniredis.Run()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	store, err := redis.Open(memory.NewMeter(), "redis://"+server.Addr(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()
	usage, err := meter.New(store, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	event := meter.Event{Project: "shop", Metric: billing.TransformsUnique, Image: "hero.jpg@1", Rendition: "w=800", At: time.Now()}
	for range 2 {
		fmt.Println(usage.Record(context.Background(), event))
	}
	// Output:
	// 1 <nil>
	// 0 <nil>
}

// A program that has a client already, of a cluster or of sentinels, lends it.
func ExampleNew() {
	server, err := miniredis.Run()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	client := goredis.NewUniversalClient(&goredis.UniversalOptions{Addrs: []string{server.Addr()}})
	defer client.Close()
	store, err := redis.New(memory.NewMeter(), client, &redis.Options{Prefix: "shop:meter:", TTL: 40 * 24 * time.Hour})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()
	usage, err := meter.New(store, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(usage.Record(context.Background(), meter.Event{Project: "shop", Image: "hero.jpg@1", Rendition: "w=800", At: time.Now()}))
	// Output: 1 <nil>
}
