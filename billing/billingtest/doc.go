// Package billingtest holds what every store of usage and of prepaid credits
// must do, as checks that run on any of them: on the ones in memory, SQLite
// and Postgres that come with this module, and on what others write to the
// same interfaces.
//
// A check returns an error that says what is wrong, rather than fail a test,
// so that the checks themselves can be tested with stores that are broken.
// Properties are functions for rapid.Check: how many cases they try is up to
// its flag -rapid.checks.
package billingtest
