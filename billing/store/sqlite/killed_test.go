package sqlite_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/internal/storetest"
	"github.com/immagin/immagin-go/billing/store/sqlite"
)

// killed has one file for all processes that are killed.
var killed = storetest.Killed{
	Place: func(t *testing.T) string { return file(t) },
	Open: func(t *testing.T, path string) storetest.Store {
		s := open(t, path, nil)
		return storetest.Store{Meter: s.Meter(), Ledger: s.Ledger(), Close: s.Close}
	},
}

func TestKilledMeter(t *testing.T) { killed.TestMeter(t) }

func TestKilledLedger(t *testing.T) { killed.TestLedger(t) }

// TestKilledBatched: what is lost is no more than one transaction.
func TestKilledBatched(t *testing.T) {
	one := func(round, worker, n int) []meter.Record {
		return []meter.Record{{Project: "p", Metric: billing.TransformsUnique, Period: month.Start, ID: meter.NewID(fmt.Sprint(round, worker, n))}}
	}
	if path, round := storetest.Process(t); path != "" {
		s := open(t, path, &sqlite.Options{Durability: sqlite.Batched}).Meter()
		storetest.Write(func(worker, n int) error {
			_, err := s.Insert(t.Context(), one(round, worker, n))
			return err
		})
		return
	}
	path, most := file(t), 0
	for round := range storetest.Killings(t) {
		done := storetest.Kill(t, path, round)
		s := open(t, path, nil)
		all := storetest.Elements(t, s.Meter())
		require.Equal(t, len(all), storetest.Sum(t, s.Meter()))
		lost := 0
		for worker, last := range done {
			gone := false
			for n := 1; n <= last; n++ {
				there := all[one(round, worker, n)[0]]
				require.False(t, gone && there, "what came after something lost is there")
				if gone = !there; gone {
					lost++
				}
			}
		}
		require.LessOrEqual(t, lost, 1000)
		most = max(most, lost)
		require.NoError(t, s.Close())
	}
	t.Logf("at most %d records were lost", most)
}
