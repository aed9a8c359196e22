package memory_test

import (
	"testing"

	"pgregory.net/rapid"

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

func TestMeterProperties(t *testing.T) {
	for _, p := range billingtest.MeterProperties() {
		t.Run(p.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				s := memory.NewMeter()
				p.On(s, s)(t)
			})
		})
	}
}
