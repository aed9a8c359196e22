// Package ledger keeps prepaid credits: money bought in advance and promotional
// credit, set aside before an operation and charged after it. It is for what costs
// money the moment it is done, such as a call of somebody else's API; what is billed
// at the end of a month is package billing/meter's.
//
//	books, err := ledger.New(store, &ledger.Options{Payments: payments}) // billing/store has stores
//
// The life of an operation:
//
//	r, err := books.Reserve(ctx, request)  // estimate and margin, rounded up
//	if err != nil { ... }                  // *InsufficientError, ErrSuspended, ...
//	defer r.Release(ctx)                   // nothing happens after a Commit
//	...
//	s, err := r.Commit(ctx, ledger.Succeeded, billed)
//
// A [Ledger] holds every rule, once; a [Store] holds rows. Both are safe for
// concurrent use, and any number of servers may have a Ledger on one store. The
// journal is double entry and immutable: each transaction's entries sum to zero,
// and balances are only its sums, kept beside it and compared by [Ledger.Verify].
//
// Every call that changes something has an idempotency key, unique within its
// account and kept for ever. The same call again changes nothing and returns the
// same answer, on any server; the same key with other arguments is [ErrConflict].
//
// Promotional credit is spent before paid credit, the soonest to expire first.
// What a hold did not need returns to where it came from, paid first. What it
// needed beyond the hold is taken from promotional credit, then from paid, which
// may go negative: the next top-up settles that. A hold that nobody settled
// expires, and [Ledger.Sweep] frees it; a Commit after that still charges. Servers
// have [Ledger.Run] sweep.
//
// Amounts are net of tax: what a top-up costs with tax is the host's to work out at
// checkout, inside its [Payments].
//
// No payment call is made while a transaction is open. A top-up is written down as
// pending, then charged, then settled, so that a crash at any moment leaves a
// payment that Sweep takes up again under the same key.
package ledger
