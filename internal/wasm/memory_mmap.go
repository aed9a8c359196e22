//go:build unix && !aix && !solaris && !illumos

package wasm

import "syscall"

// grow reserves the whole space at the first call. It lies outside of Go's
// heap, which would otherwise count it as garbage after each call.
func (m *memory) grow(uint64) error {
	if m.space != nil {
		return nil
	}
	var err error
	m.space, err = syscall.Mmap(-1, 0, int(m.limit), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	return err
}

func (m *memory) release() {
	if m.space != nil {
		// It fails for addresses that are not mapped, which these are.
		_ = syscall.Munmap(m.space)
		m.space = nil
	}
}
