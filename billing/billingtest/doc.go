// Package billingtest holds what every store of usage (meter.Store), every queue in
// front of one (meter.Queue) and every store of prepaid credits (ledger.Store) must
// do. Its suites run on those that come with this module; run them on your own:
//
//	func TestStore(t *testing.T) {
//		billingtest.TestMeterStore(t, func(t *testing.T) meter.Store { return open(t) }, nil)
//		for _, p := range billingtest.MeterProperties() {
//			s := open(t)
//			t.Run(p.Name, func(t *testing.T) { rapid.Check(t, p.On(s, s)) })
//		}
//	}
//
// A check returns an error that says what is wrong, rather than fail a test, so
// that the checks themselves can be tested with stores that are broken. Properties
// are functions for rapid.Check of pgregory.net/rapid: how many cases they try is
// up to its flag -rapid.checks.
package billingtest
