// Package postgres keeps usage and prepaid credits in PostgreSQL 12 or newer,
// for any number of servers at once.
//
// Its tables are made by [Open], and their names begin with immagin_meter_ and
// immagin_ledger_. Elements of usage are partitioned by month, and a month that
// was sealed and dropped goes as a whole table.
//
// What a method has returned without an error is as durable as the server makes
// a commit: synchronous_commit must not be off.
package postgres
