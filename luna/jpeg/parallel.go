package jpeg

import (
	"sync"
	"sync/atomic"
)

// inParallel calls f for 0 to n-1 on the workers of d, and returns the first
// error by time.
func (d *decoding) inParallel(n int, f func(i int) error) error {
	if d.workers <= 1 || n <= 1 {
		for i := range n {
			if err := f(i); err != nil {
				return err
			}
		}
		return nil
	}
	var (
		wait   sync.WaitGroup
		once   sync.Once
		next   atomic.Int64
		failed atomic.Bool
		first  error
		thrown any
	)
	for range min(d.workers, n) {
		wait.Go(func() {
			// A panic belongs to the caller, who knows how to survive it; here
			// it would end the process.
			defer func() {
				if v := recover(); v != nil {
					once.Do(func() { thrown = v })
					failed.Store(true)
				}
			}()
			for !failed.Load() {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := f(i); err != nil {
					once.Do(func() { first = err })
					failed.Store(true)
				}
			}
		})
	}
	wait.Wait()
	if thrown != nil {
		panic(thrown)
	}
	return first
}
