package main

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

var modelName = regexp.MustCompile(`(?m)^model name\s*:\s*(.+)$`)

// machine says what this runs on.
func machine() string {
	cpu := "unknown CPU"
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if m := modelName.FindSubmatch(b); m != nil {
			cpu = strings.TrimSpace(string(m[1]))
		}
	}
	return fmt.Sprintf("%s, %d cores, %s/%s", cpu, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
}

// load is the load average of the last minute, empty where the system does
// not tell.
func load() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	first, _, _ := strings.Cut(string(b), " ")
	return first
}

// busy says whether a load average, before anything was run, is that of a
// machine on which others work.
func busy(load string) bool {
	v, err := strconv.ParseFloat(load, 64)
	return err == nil && v > 0.3
}
