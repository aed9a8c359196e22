// Package billing turns what was used into what is owed: prices, plans with
// included quantities and limits, and invoices with credits and tax.
//
//	plan := billing.Plan{ ... } // or catalog.Immagin()
//	draft, rest, err := billing.Close(plan, usage, billing.Month(lastMonth), &billing.CloseOptions{
//		Account: "acme",
//		Tax:     billing.FlatTax("VAT 20 %", 2_000),
//	})
//
// It is pure: it reads no clock, opens no file and keeps no state
// ([MemoryNumberer] does, for tests), and there is no float in it. The usage
// comes from package billing/meter, which counts it; prepaid credits are package
// billing/ledger's; what providers charge is in package billing/catalog. This
// package knows nothing of images: anything that is counted can be billed.
//
// # From units to a bill
//
// Suppose that an account made 300,000 unique transforms in November and
// that its price is graduated: the first 25,000 are free, and of those after
// them a thousand costs $0.20 up to 100,000, $0.15 up to 200,000, $0.09 up to
// 500,000 and $0.07 beyond. Every unit costs what its own tier says, whatever
// follows it:
//
//	      0 …  25,000    25,000 at $0.00    $ 0.00
//	 25,000 … 100,000    75,000 at $0.20    $15.00
//	100,000 … 200,000   100,000 at $0.15    $15.00
//	200,000 … 300,000   100,000 at $0.09    $ 9.00
//	                                        $39.00
//
// [Graduated] makes that [Price] of five [Tier] values, and its Charge the
// four lines above. A [Plan] puts prices together: a base fee, and for every
// [Metric] a [Component] with a quantity that the base includes and the price
// of what goes beyond. [Plan.Estimate] rates a [Usage] by it; [Close] makes
// the [Invoice] of a [Period] of the same lines, with credits and tax.
//
// The other prices are [Unit] (one rate), [Flat] (one fee), [Package]
// (started packages are paid for whole), [Volume] (all units at the rate of
// the tier reached: the bill falls where a cheaper tier begins, [Cliffs] says
// where) and [Capped] (any of them with a minimum and a maximum). A price per
// 1,000 is by default [Linear]: one unit costs a thousandth. [BlockUp] makes
// a started thousand a whole one.
//
// # Money
//
// [Money] is a whole number of nano-units, billionths of a dollar, in one
// currency; a [Rate] is an exact decimal for so many units. One transform at
// $0.20 per 1,000 is exactly 0.0002, and 25 of them 0.005. Products have 128
// bits on their way, sums are checked, and what does not fit is
// [ErrOverflow], never a wrong amount. Currencies do not mix: [ErrCurrency].
//
// Amounts are rounded in one place, the [Line], half-up to the currency's
// minor unit. So a bill is the sum of what is printed on it. A period may be
// billed in slices ([Price]'s Between): each line of a slice is the
// difference of two rounded totals, and the slices add up to the cent that
// the whole would have been.
//
// # What is allowed
//
// [Plan.Decide] says whether an [Account] may have one more rendition,
// upload or project, from its usage, its [Standing] and the plan's [Limits].
// With a free plan of 25,000 transforms the 25,000th is made; at the 25,001st
// the decision is [ServeCachedOnly], with a [QuotaError] that says until
// when. With a balance [Outstanding] uploads are denied and stored images are
// served on.
//
// All types are values, immutable or locked, and may be used by many
// goroutines.
package billing
