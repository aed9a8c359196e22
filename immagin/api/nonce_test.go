package api

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

type brokenNonces struct{}

func (brokenNonces) Use(context.Context, string, string, time.Duration) error {
	return errors.New("disk is full")
}

func TestNoncesFail(t *testing.T) {
	f := newFixture(t, &Options{Nonces: brokenNonces{}})
	uploadURL, _ := f.signed(`{"key":"a.png"}`)
	f.send("PUT", uploadURL, "", picture(t, "png")).problem(t, 500, "internal")
	require.Zero(t, f.store.created)
}

func TestMemoryNonces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		var m MemoryNonces
		require.NoError(t, m.Use(ctx, "demo", "n", time.Minute))
		require.ErrorIs(t, m.Use(ctx, "demo", "n", time.Minute), fs.ErrExist)
		require.NoError(t, m.Use(ctx, "acme", "n", time.Minute), "tenants do not share nonces")
		time.Sleep(time.Minute - 1)
		require.ErrorIs(t, m.Use(ctx, "demo", "n", time.Minute), fs.ErrExist)
		time.Sleep(time.Nanosecond)
		require.NoError(t, m.Use(ctx, "demo", "n", time.Minute))

		most := 0
		for i := range 20000 {
			require.NoError(t, m.Use(ctx, "demo", fmt.Sprint(i), time.Minute))
			most = max(most, len(m.until))
			time.Sleep(100 * time.Millisecond) // 600 are alive at a time
		}
		require.LessOrEqual(t, most, 1300, "what is over is dropped")
	})
}
