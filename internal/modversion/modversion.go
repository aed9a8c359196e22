// Package modversion tells which version of a module a program was built
// with, for revisions that must change when a library does.
package modversion

import (
	"runtime/debug"
	"sync"
)

var versions = sync.OnceValue(func() map[string]string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	return index(info)
})

func index(info *debug.BuildInfo) map[string]string {
	m := map[string]string{}
	for _, d := range info.Deps {
		v := d.Version
		if d.Replace != nil {
			v = d.Replace.Path + "@" + d.Replace.Version
		}
		m[d.Path] = v
	}
	return m
}

// Of returns the version of the module path, as in "v1.2.3", or fallback
// where the program carries no such record, as test binaries do.
func Of(path, fallback string) string {
	if v, ok := versions()[path]; ok {
		return v
	}
	return fallback
}
