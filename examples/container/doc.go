// Package container holds a Dockerfile for the demo server, or any other program
// of this module, in a container of nothing else. Its test does what the file
// says without Docker: it builds the program by the same command, puts what the
// file copies into an empty folder, and runs it there, with that as its root.
package container
