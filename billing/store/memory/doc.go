// Package memory keeps usage and prepaid credits in memory: for tests, and for
// trying things out. Nothing outlives the process.
//
//	m, err := meter.New(memory.NewMeter(), nil)
//	...
//	books, err := ledger.New(memory.NewLedger(), nil)
//
// A program that bills has package billing/store/sqlite, on one machine, or
// billing/store/postgres, on many, in their place. All types are safe for
// concurrent use.
package memory
