//go:build amd64 && !noasm && gc

package inflate

import "golang.org/x/sys/cpu"

// These are never written.
var (
	useBMI2 = cpu.X86.HasBMI2
	useAVX2 = cpu.X86.HasAVX2
)

// What fastBMI2 stopped for.
const (
	stoppedAtLimit = iota
	stoppedAtBlockEnd
	stoppedAtDamage
)

// fastBMI2 does what fastGeneric does, but for leaving the state.
//
//go:noescape
func fastBMI2(z *Reader) (stopped int)

// adlerAVX2 returns the sum of n bytes, and that of all the sums on the way. n
// is a multiple of 32.
//
//go:noescape
func adlerAVX2(p *byte, n int) (sum, sums uint32)

func (z *Reader) fast() (done bool, err error) {
	if !useBMI2 {
		return z.fastGeneric()
	}
	switch fastBMI2(z) {
	case stoppedAtBlockEnd:
		z.state = atBlock
		return true, nil
	case stoppedAtDamage:
		return false, ErrDeflate
	}
	return false, nil
}

func adlerSums(a, b uint32, p []byte) (uint32, uint32) {
	if n := len(p) &^ 31; useAVX2 && n > 0 {
		sum, sums := adlerAVX2(&p[0], n)
		b += a*uint32(n) + sums
		a += sum
		p = p[n:]
	}
	return adlerGeneric(a, b, p)
}
