package sqlite_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/billing/billingtest"
	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/sqlite"
)

func TestMeterStore(t *testing.T) {
	var path string
	billingtest.TestMeterStore(t, func(t *testing.T) meter.Store {
		path = file(t)
		return open(t, path, nil).Meter()
	}, &billingtest.MeterOptions{Again: func(t *testing.T, s meter.Store) meter.Store {
		return open(t, path, nil).Meter()
	}})
}

func TestMeterStoreBatched(t *testing.T) {
	billingtest.TestMeterStore(t, func(t *testing.T) meter.Store {
		return open(t, file(t), &sqlite.Options{Durability: sqlite.Batched}).Meter()
	}, nil)
}

func TestQueue(t *testing.T) {
	var path string
	var last *sqlite.Store
	billingtest.TestQueue(t, func(t *testing.T) meter.Queue {
		path = file(t)
		last = open(t, path, nil)
		return last.Queue()
	}, &billingtest.MeterOptions{AgainQueue: func(t *testing.T, q meter.Queue) meter.Queue {
		require.NoError(t, last.Close())
		last = open(t, path, nil)
		return last.Queue()
	}})
}

func TestMeterProperties(t *testing.T) {
	for _, p := range billingtest.MeterProperties() {
		t.Run(p.Name, func(t *testing.T) {
			path := file(t)
			rapid.Check(t, p.On(open(t, path, nil).Meter(), open(t, path, nil).Meter()))
		})
	}
}

func TestLedgerStore(t *testing.T) {
	var path string
	billingtest.TestLedgerStore(t, func(t *testing.T) ledger.Store {
		path = file(t)
		return open(t, path, nil).Ledger()
	}, &billingtest.LedgerOptions{Again: func(t *testing.T, s ledger.Store) ledger.Store {
		return open(t, path, nil).Ledger()
	}})
}

func TestLedgerProperties(t *testing.T) {
	for _, p := range billingtest.LedgerProperties() {
		t.Run(p.Name, func(t *testing.T) {
			path := file(t)
			rapid.Check(t, p.On(open(t, path, nil).Ledger(), open(t, path, nil).Ledger()))
		})
	}
}
