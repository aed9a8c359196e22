package main

import (
	"os"
	"runtime"
)

// cores are those that this process may use.
var cores = runtime.GOMAXPROCS(0)

// spareThreads lets Go run more threads than there are cores, of which images
// being made, two for each core at most, leave some idle. An idle one waits
// for the network, and the system gives it a core at once; where none is idle,
// Go looks at the network every 10 ms, and hits wait for their turn behind
// images. Who has set GOMAXPROCS is left with it: it bounds the cores as well.
func spareThreads() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(4 * cores)
	}
}
