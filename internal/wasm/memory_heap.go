//go:build !unix || aix || solaris || illumos

package wasm

// grow copies into a larger slice, a quarter more than what is asked for, so
// that there are few copies.
func (m *memory) grow(size uint64) error {
	if size <= uint64(len(m.space)) {
		return nil
	}
	space := make([]byte, min(size+size/4, m.limit))
	copy(space, m.space)
	m.space = space
	return nil
}

func (m *memory) release() { m.space = nil }
