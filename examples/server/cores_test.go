package main

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSpareThreads(t *testing.T) {
	before := runtime.GOMAXPROCS(cores)
	defer runtime.GOMAXPROCS(before)
	t.Setenv("GOMAXPROCS", "1")
	spareThreads()
	require.Equal(t, cores, runtime.GOMAXPROCS(0), "whoever has set it is left with it")
	t.Setenv("GOMAXPROCS", "")
	for range 2 {
		spareThreads()
		require.Equal(t, 4*cores, runtime.GOMAXPROCS(0))
	}
}
