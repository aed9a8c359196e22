// Package meter counts unique transforms, the unit of an image service's bill: one
// image, in one version, with one canonical set of edits, that a project was made
// because its cache did not have it. How many different ones a project had in a
// period (the calendar month in UTC, unless told otherwise) is its usage, which
// package billing turns into an invoice.
//
//	m, err := meter.New(store, nil) // billing/store has stores
//	if err != nil {
//		return err
//	}
//	_, err = m.Record(ctx, meter.Event{
//		Project:   "shop",
//		Image:     meter.Image("hero.jpg", version),
//		Rendition: canonical,
//		At:        time.Now(),
//	})
//	...
//	usage, err := m.Usage(ctx, "shop", billing.Month(time.Now()))
//
// A [Meter] is what a server calls:
//
//   - [Meter.Record] after a rendition is made and before anybody gets it. A
//     server that dies before that makes it again and counts it once; one that
//     dies after counts it already. Publishing first would lose it for ever.
//   - [Meter.Admit] before a rendition is made, where a plan has a hard limit.
//   - [Meter.Usage] for a running total, [Meter.Seal] when an invoice is due,
//     and [Meter.Adjustments] for what came after that.
//   - [Meter.Merge] to take in what another node counted, and [Outbox] to
//     count while the common store is away.
//
// An [Event] becomes a [Record], an element of a grow-only set, and usage is the
// size of the set. So it does not matter how often, in which order and by which of
// many servers an event is reported, two servers' sets are merged by uniting them,
// and no list of seen events beside the counter can disagree with it.
//
// What counts as unique is a [Policy]: four readings of it are on the market.
// Meters and stores are safe for concurrent use.
package meter
