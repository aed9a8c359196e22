package inflate

const (
	adlerBase = 65521
	// adlerRun is how many bytes may be summed before the sums exceed 32 bits.
	adlerRun = 5552
)

// Adler32 continues the checksum of RFC 1950, which begins with 1.
func Adler32(sum uint32, p []byte) uint32 {
	a, b := sum&0xffff, sum>>16
	for len(p) > 0 {
		n := min(len(p), adlerRun)
		a, b = adlerSums(a, b, p[:n])
		a, b = a%adlerBase, b%adlerBase
		p = p[n:]
	}
	return b<<16 | a
}

// adlerGeneric sums at most adlerRun bytes, without modulo.
func adlerGeneric(a, b uint32, p []byte) (uint32, uint32) {
	for len(p) >= 4 {
		a += uint32(p[0])
		b += a
		a += uint32(p[1])
		b += a
		a += uint32(p[2])
		b += a
		a += uint32(p[3])
		b += a
		p = p[4:]
	}
	for _, v := range p {
		a += uint32(v)
		b += a
	}
	return a, b
}
