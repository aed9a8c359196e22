package billing_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
)

func TestMemoryNumbererHasNoGaps(t *testing.T) {
	n := billing.NewMemoryNumberer("2026-", 1)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for i := range 50 {
				if _, err := n.Number(ctx, fmt.Sprint(i)); err != nil {
					t.Error(err) // require may not end another goroutine's test
				}
			}
		})
	}
	wait.Wait()
	numbers := map[string]bool{}
	for i := range 50 {
		number, err := n.Number(ctx, fmt.Sprint(i))
		require.NoError(t, err)
		numbers[number] = true
	}
	require.Len(t, numbers, 50)
	require.True(t, numbers["2026-000001"])
	require.True(t, numbers["2026-000050"])
	_, err := n.Number(ctx, "")
	require.ErrorIs(t, err, billing.ErrNumber)
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	_, err = n.Number(cancelled, "new")
	require.ErrorIs(t, err, context.Canceled)
	last, err := n.Number(ctx, "new")
	require.NoError(t, err)
	require.Equal(t, "2026-000051", last)
}
