package kernel

// textureWeights are libwebp's kWeightY, of a spectrum that may lie either way.
var textureWeights = [16]int{38, 32, 20, 9, 32, 28, 17, 7, 20, 17, 10, 4, 9, 7, 4, 2}

// hadamard is the Hadamard transform of 4x4 values, as libwebp's TTransform has it.
func hadamard(v *[16]int) {
	for i := 0; i < 16; i += 4 {
		a0, a1, a2, a3 := v[i]+v[i+2], v[i+1]+v[i+3], v[i+1]-v[i+3], v[i]-v[i+2]
		v[i], v[i+1], v[i+2], v[i+3] = a0+a1, a3+a2, a3-a2, a0-a1
	}
	for i := range 4 {
		a0, a1, a2, a3 := v[i]+v[8+i], v[4+i]+v[12+i], v[4+i]-v[12+i], v[i]-v[8+i]
		v[i], v[4+i], v[8+i], v[12+i] = a0+a1, a3+a2, a3-a2, a0-a1
	}
}

func textureGeneric(b *Block) uint32 {
	var v [16]int
	for i := range v {
		v[i] = int(b[i])
	}
	hadamard(&v)
	sum := 0
	for i := range v {
		sum += textureWeights[i] * abs(v[i])
	}
	return uint32(sum)
}

func texturesGeneric(out []uint32, samples []uint8) {
	for i := range out {
		out[i] = textureGeneric((*Block)(samples[16*i:]))
	}
}

func satdGeneric(a, b *Block) int {
	var v [16]int
	for i := range v {
		v[i] = int(a[i]) - int(b[i])
	}
	hadamard(&v)
	sum := 0
	for _, c := range v {
		sum += abs(c)
	}
	return sum
}

func satdsGeneric(a, b []uint8) int {
	sum := 0
	for i := 0; i < len(a); i += 16 {
		sum += satdGeneric((*Block)(a[i:]), (*Block)(b[i:]))
	}
	return sum
}

func score4x4Generic(scores *[10]uint16, preds *[10]Block, src *Block) {
	for i := range preds {
		scores[i] = uint16(satdGeneric(src, &preds[i]))
	}
}

func sumSquaresGeneric(a, b []uint8) int {
	sum := 0
	for i, x := range a {
		d := int(x) - int(b[i])
		sum += d * d
	}
	return sum
}

func spreadGeneric(src, pred []uint8) (peak, last int) {
	var f [16]Coefficients
	n := min(len(src)/16, len(f))
	forwardsGeneric(f[:n], src, pred)
	return fullest(f[:n])
}

// fullest looks through libwebp's histogram (CollectHistogram): coefficients by
// magnitude, 8 to a bin, and all that are larger in the last of 32.
func fullest(f []Coefficients) (peak, last int) {
	var h [32]int
	for i := range f {
		for _, v := range f[i] {
			h[min(abs(int(v))>>3, 31)]++
		}
	}
	for i, n := range h {
		if n > 0 {
			peak, last = max(peak, n), i
		}
	}
	return peak, last
}
