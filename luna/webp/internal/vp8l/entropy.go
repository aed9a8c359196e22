package vp8l

import (
	"math"
	"math/bits"
)

// A measure is what a histogram's cost is estimated from.
type measure struct {
	entropy float32 // the sum of x*log2(x)
	sum     uint32
	most    uint32
	_       uint32
	zero    [maskWords]uint64 // bit i: count i is 0
	same    [maskWords]uint64 // bit i: count i equals count i-1
}

const maskWords = (maxSymbols + 63) / 64

// Coefficients of log2(1+t) for t from 0 to 1, exact at both ends, elsewhere
// within 1.6e-5.
const (
	log1 float32 = 1.4419163
	log2 float32 = -0.7090907
	log3 float32 = 0.41559128
	log4 float32 = -0.19356044
	log5 float32 = 0.045143534
)

// timesLog returns x*log2(x) with the very roundings of the vectorised code.
func timesLog(x uint32) float32 {
	if x < uint32(len(timesLogs)) {
		return timesLogs[x]
	}
	return timesLogOf(x)
}

// timesLogs has what is asked for most.
var timesLogs = func() (t [1 << 11]float32) {
	for i := range t {
		t[i] = timesLogOf(uint32(i))
	}
	return t
}()

func timesLogOf(x uint32) float32 {
	f := float32(int32(x))
	b := math.Float32bits(f)
	t := math.Float32frombits(b&0x7fffff|0x3f800000) - 1
	p := float32(log5*t) + log4
	p = float32(p*t) + log3
	p = float32(p*t) + log2
	p = float32(p*t) + log1
	p = float32(p * t)
	return float32(f * (float32(int32(b>>23)-127) + p))
}

// measureGeneric measures the sums of counts x and y, of which there are a
// multiple of 8.
func measureGeneric(m *measure, x, y []uint32) {
	y = y[:len(x)]
	var lanes [8]float32
	var zero, same uint64
	previous := uint32(0)
	m.sum, m.most = 0, 0
	for i := range x {
		v := x[i] + y[i]
		if v == 0 {
			zero |= 1 << (i & 63)
		} else {
			lanes[i&7] += timesLog(v)
			m.sum += v
			m.most = max(m.most, v)
		}
		if v == previous && i > 0 {
			same |= 1 << (i & 63)
		}
		previous = v
		if i&63 == 63 || i == len(x)-1 {
			m.zero[i>>6], m.same[i>>6] = zero, same
			zero, same = 0, 0
		}
	}
	m.entropy = ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]))
}

// gainGeneric is gain without assembly.
func gainGeneric(x, y *[256]uint32) float32 {
	var lanes [8]float32
	for i := 0; i < len(x); i += 8 {
		a, b := (*[8]uint32)(x[i:]), (*[8]uint32)(y[i:])
		if *a == [8]uint32{} {
			continue
		}
		for k, v := range a {
			lanes[k] += timesLog(v) + (timesLog(v+b[k]) - timesLog(b[k]))
		}
	}
	return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]))
}

// cost estimates the bits that n symbols and their code take: the entropy,
// bounded as prefix codes are, and the lengths of runs in the histogram, with
// libwebp's weights (histogram_enc.c).
func (m *measure) cost(n int) float32 {
	// In counts of runs longer than 3, and counts of what lies in them.
	var zeros, longZero, longOther, zeroRuns, otherRuns int
	carry := uint64(0) // the windows of the word before
	words := (n + 63) >> 6
	for i := range words {
		zero, same := m.zero[i], m.same[i]
		next := uint64(0)
		if i+1 < words {
			next = m.same[i+1]
		}
		// Bit j of window: counts j to j+3 are equal.
		window := (same>>1 | next<<63) & (same>>2 | next<<62) & (same>>3 | next<<61)
		within := window | window<<1 | window<<2 | window<<3 | carry>>61 | carry>>62 | carry>>63 // those that reach over
		carry = window
		start := window &^ same
		zeros += bits.OnesCount64(zero)
		longZero += bits.OnesCount64(within & zero)
		longOther += bits.OnesCount64(within &^ zero)
		zeroRuns += bits.OnesCount64(start & zero)
		otherRuns += bits.OnesCount64(start &^ zero)
	}
	used := n - zeros
	// The code of code lengths, and the runs.
	cost := float32(3*codeLengthCodes) - 9.1
	cost += float32(float32(zeroRuns)*1.5625) + float32(float32(longZero)*0.234375)
	cost += float32(float32(otherRuns)*2.578125) + float32(float32(longOther)*0.703125)
	cost += float32(float32(zeros-longZero)*1.796875) + float32(float32(used-longOther)*3.28125)
	return cost + m.refined(used)
}

// refined returns the entropy, but not less than about what a prefix code of
// used symbols takes.
func (m *measure) refined(used int) float32 {
	entropy := timesLog(m.sum) - m.entropy
	var mix float32
	switch used {
	case 0, 1:
		return 0
	case 2:
		return float32(0.99*float32(m.sum)) + float32(0.01*entropy)
	case 3:
		mix = 0.95
	case 4:
		mix = 0.7
	default:
		mix = 0.627
	}
	least := float32(2*float32(m.sum)) - float32(m.most)
	return max(entropy, float32(mix*least)+float32((1-mix)*entropy))
}

// bitsOf estimates the bits that n symbols take without their code.
func (m *measure) bitsOf(n int) float32 {
	used := n
	for _, z := range m.zero[:(n+63)>>6] {
		used -= bits.OnesCount64(z)
	}
	return m.refined(used)
}
