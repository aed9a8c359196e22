package memory_test

import (
	"testing"

	"github.com/immagin/immagin-go/billing/billingtest"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/memory"
)

func TestMeterStore(t *testing.T) {
	billingtest.TestMeterStore(t, func(*testing.T) meter.Store { return memory.NewMeter() }, nil)
}

func TestQueue(t *testing.T) {
	billingtest.TestQueue(t, func(*testing.T) meter.Queue { return memory.NewQueue() }, nil)
}
