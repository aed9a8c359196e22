//go:build !amd64 || noasm || !gc

package inflate

func (z *Reader) fast() (done bool, err error) { return z.fastGeneric() }

func adlerSums(a, b uint32, p []byte) (uint32, uint32) { return adlerGeneric(a, b, p) }
