//go:build !unix

package main

import "time"

// cpuTime is 0: this system has no getrusage.
func cpuTime() time.Duration { return 0 }

// peak is 0: this system has no getrusage.
func peak() int64 { return 0 }
