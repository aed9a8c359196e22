// Package memory keeps usage and prepaid credits in memory: for tests, and
// for trying things out. Nothing outlives the process.
package memory
