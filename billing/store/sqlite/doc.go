// Package sqlite keeps usage and prepaid credits in one SQLite file, the store for a
// single machine, on modernc.org/sqlite, which needs no cgo.
//
//	store, err := sqlite.Open(ctx, "/var/lib/immagin/billing.db", nil)
//	if err != nil {
//		return err
//	}
//	defer store.Close()
//	m, err := meter.New(store.Meter(), nil)
//	...
//	books, err := ledger.New(store.Ledger(), nil)
//
// [Store.Meter], [Store.Ledger] and [Store.Queue] are its three parts: any of them,
// or all, may be used on one file, by any number of goroutines, and several
// processes may open the same file on one machine. A file on a network drive is not
// safe: its write-ahead log needs memory that all processes share. For servers on
// several machines there is package billing/store/postgres; Store.Queue is then
// what a meter.Outbox keeps on each while the database is away.
//
// One goroutine writes. It takes what all callers want into one transaction until
// that holds 1,000 records, has been open for 5 ms or nobody waits, and commits it
// with one synchronous write (group commit). Each call is all or nothing, and one
// that fails leaves nothing in the others' transaction. Readers have connections of
// their own and never wait for the writer.
//
// # Durability
//
// With [Synced], the default, what returned without an error is on the disk: it
// outlives the death of the process and of the machine.
//
// With [Batched], calls of the meter return before the transaction is committed. A
// crash loses at most that one transaction: what came in the last 5 ms, or up to
// the call that made it 1,000 records. Reads through the same Store see what was
// written, and Seal, Drop, the queue and the ledger are synced as always.
//
// # Files
//
// Beside the file there are two more, with -wal and -shm after its name, while it
// is open and after a crash. They belong to it: a copy of a database in use is made
// with SQLite's VACUUM INTO, not with cp. Elements of a month are a table of their
// own, so that Drop does not delete row by row; the file keeps its size and uses
// the space again.
package sqlite
