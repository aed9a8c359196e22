// Package layers holds tests of the module's structure: who may import whom,
// what a program that imports one package links, and what stands at the top
// level. It exports nothing.
package layers
