package postgres_test

import (
	"testing"

	"github.com/immagin/immagin-go/billing/store/internal/storetest"
)

var killed = storetest.Killed{
	Place: func(t *testing.T) string { return database(t) },
	Open: func(t *testing.T, url string) storetest.Store {
		s := open(t, url, nil)
		return storetest.Store{Meter: s.Meter(), Ledger: s.Ledger(), Close: s.Close}
	},
	Rounds: 10,
	Buried: alone,
}

func TestKilledMeter(t *testing.T) { killed.TestMeter(t) }

func TestKilledLedger(t *testing.T) { killed.TestLedger(t) }
