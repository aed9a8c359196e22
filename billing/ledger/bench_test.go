package ledger_test

import (
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/store/memory"
)

// BenchmarkPair is a Reserve and its Commit on one account of a store that
// costs next to nothing: what the rules themselves cost.
func BenchmarkPair(b *testing.B) {
	for _, promo := range []bool{false, true} {
		b.Run("promo="+strconv.FormatBool(promo), func(b *testing.B) {
			ctx := b.Context()
			books, err := ledger.New(memory.NewLedger(), &ledger.Options{
				Policy:   ledger.Policy{Margin: 2000, MaxBalance: usd(b, "1000000000")},
				Payments: newBank(),
			})
			require.NoError(b, err)
			_, err = books.TopUp(ctx, acct, "top", usd(b, "1000000000"))
			require.NoError(b, err)
			if promo {
				require.NoError(b, books.Grant(ctx, acct, "gift", usd(b, "1000000"), time.Time{}))
			}
			cost, billed := usd(b, "0.052"), usd(b, "0.045")
			var n atomic.Int64
			b.ReportAllocs()
			b.SetParallelism(64)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					r, err := books.Reserve(ctx, ledger.Request{Account: acct, Key: strconv.FormatInt(n.Add(1), 10), Upstream: cost})
					if err != nil {
						b.Fatal(err)
					}
					if _, err := r.Commit(ctx, ledger.Succeeded, billed); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
