// Package docstest holds the test that takes every block of code out of
// README.md, .github and examples/docs, and compiles, runs, parses or otherwise
// checks it, and every link between them. It exports nothing; package given is
// what the fragments are run with.
package docstest
