// Package cores decides how many of them a codec may use.
package cores

import "runtime"

// Of reports how many cores one picture may use at a time, of a codec's setting
// and of what a request asks for: the fewer, where both say something. 0 or less
// says nothing; if neither does it is 2, or 1 where there is one processor.
func Of(setting, asked int) int {
	switch {
	case setting > 0 && asked > 0:
		return min(setting, asked)
	case setting > 0:
		return setting
	case asked > 0:
		return asked
	}
	return min(2, runtime.GOMAXPROCS(0))
}
