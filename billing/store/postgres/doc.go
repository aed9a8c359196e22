// Package postgres keeps usage and prepaid credits in PostgreSQL 12 or newer, for
// any number of servers at once.
//
//	store, err := postgres.Open(ctx, "postgres://user@host/billing", nil)
//	if err != nil {
//		return err
//	}
//	defer store.Close()
//	m, err := meter.New(store.Meter(), nil)
//	...
//	books, err := ledger.New(store.Ledger(), nil)
//
// Its tables are made by [Open], and their names begin with immagin_meter_ and
// immagin_ledger_. Elements of usage are partitioned by month, and a month that was
// sealed and dropped goes as a whole table.
//
// What a method has returned without an error is as durable as the server makes a
// commit: synchronous_commit must not be off. A server that has to go on counting
// while the database is away puts a meter.Outbox before it, and one that counts
// much, package billing/store/redis. On one machine package billing/store/sqlite
// does without a server. All types are safe for concurrent use.
package postgres
