package vp8l

import "math/bits"

const (
	maxLengthBits = 12
	maxLength     = 1<<maxLengthBits - 1
	minLength     = 4           // of copies that are cheaper than pixels
	maxWindow     = 1<<20 - 120 // distances and their 120 codes are in 20 bits
	minHashBits   = 8
	maxHashBits   = 22
)

// Where after some tries no match is promising, there are no more.
const (
	hopeless  = 16
	promising = 8
)

// A match is a distance and, in the lowest 12 bits, a length.
type match uint32

func (m match) distance() int { return int(m >> maxLengthBits) }
func (m match) length() int   { return int(m & maxLength) }

func hashPair(a, b uint32, shift int) uint32 {
	return (b*0xc6a4a793 + a*0x5bd1e996) >> shift
}

func hashFour(p []uint32, shift int) uint32 {
	_ = p[3]
	return ((p[0]*0x9e3779b1+p[1])*0x85ebca6b + (p[2]*0xc2b2ae35+p[3])*0x27d4eb2f) * 0x165667b1 >> shift
}

// matchLength returns how many pixels from i on are as those from j on, at most
// limit, where j is the lower one.
func matchLength(pixels []uint32, j, i, limit int) int {
	a, b := pixels[i:i+limit], pixels[j:j+limit]
	for k, v := range a[:min(limit, short)] {
		if v != b[k] {
			return k
		}
	}
	if limit <= short {
		return limit
	}
	return short + mismatch(a[short:], b[short:])
}

// short is how many pixels are compared before mismatch is called.
const short = 4

func mismatchGeneric(a, b []uint32) int {
	b = b[:len(a)]
	for k, v := range a {
		if v != b[k] {
			return k
		}
	}
	return len(a)
}

// segment is how many pixels matches are looked for at a time.
const segment = 1 << 16

// findMatches fills in for each pixel the longest match that chains of equal
// pixels lead to, as libwebp does (backward_references_enc.c).
func (e *Encoder) findMatches() error {
	n := len(e.job.pixels)
	e.matches = grow(e.matches, n)
	if n <= 2 {
		clear(e.matches)
		return nil
	}
	e.chain = grow(e.chain, n)
	if err := e.linkChains(); err != nil {
		return err
	}
	e.matches[0], e.matches[n-1] = 0, 0
	return e.each((n-2+segment)/segment, (*Encoder).matchSegment)
}

// linkChains links each pixel with the last one before it that begins the same
// four pixels, or two where they are indices of colours. Runs of one colour are
// told apart by how much of the run is left.
func (e *Encoder) linkChains() error {
	pixels, chain := e.job.pixels, e.chain
	n := len(pixels)
	hashBits := min(max(bits.Len(uint(n)), minHashBits), maxHashBits)
	shift := 32 - hashBits
	e.heads = grow(e.heads, 1<<hashBits)
	heads := e.heads
	for i := range heads {
		heads[i] = -1
	}
	four := !e.job.s.palette
	equal := pixels[0] == pixels[1]
	pos, look := 0, 0
	for pos < n-2 {
		if pos >= look {
			look = pos + segment
			if err := e.job.ctx.Err(); err != nil {
				return err
			}
		}
		next := pixels[pos+1] == pixels[pos+2]
		if !equal || !next {
			h := hashPair(pixels[pos], pixels[pos+1], shift)
			if four && pos+4 <= n {
				h = hashFour(pixels[pos:pos+4], shift)
			}
			chain[pos] = heads[h]
			heads[h] = int32(pos)
			pos++
			equal = next
			continue
		}
		length := 1
		for pos+length+2 < n && pixels[pos+length+2] == pixels[pos] {
			length++
		}
		for ; length > maxLength; length-- {
			chain[pos] = -1
			pos++
		}
		for ; length > 0; length-- {
			h := hashPair(pixels[pos], uint32(length), shift)
			chain[pos] = heads[h]
			heads[h] = int32(pos)
			pos++
		}
		equal = false
	}
	chain[pos] = heads[hashPair(pixels[pos], pixels[pos+1], shift)]
	return nil
}

// matchSegment finds the matches of some pixels, the last ones first.
func (e *Encoder) matchSegment(_, part int) {
	pixels, chain, matches, width, s := e.job.pixels, e.chain, e.matches, e.job.width, e.job.s
	n := len(pixels)
	window := s.window(width)
	weak := s.tries - hopeless
	if s.bundled {
		weak = 0
	}
	first := max(part*segment, 1)
	look := 0
	for base := min((part+1)*segment, n-1) - 1; base >= first; {
		if look--; look < 0 {
			look = 512
			if e.job.ctx.Err() != nil {
				return
			}
		}
		limit := min(n-1-base, maxLength)
		good := min(limit, 256)
		tries := s.tries
		longest, distance := 0, 0
		least := max(base-window, 0)
		at := int(chain[base])
		if base >= width {
			longest, distance = matchLength(pixels, base-width, base, limit), width
			tries--
		}
		if pixels[base-1+longest] == pixels[base+longest] {
			if k := matchLength(pixels, base-1, base, limit); k > longest {
				longest, distance = k, 1
			}
		}
		tries--
		if longest == 0 {
			distance = 0
		}
		if longest == maxLength {
			at = -1
		}
		want := pixels[base+longest]
		for tries--; at >= least && tries > 0; at, tries = int(chain[at]), tries-1 {
			if tries == weak && longest < promising {
				break
			}
			if pixels[at+longest] != want {
				continue
			}
			k := matchLength(pixels, at, base, limit)
			if k <= longest {
				continue
			}
			longest, distance = k, base-at
			if longest >= good {
				break
			}
			want = pixels[base+longest]
		}
		// Where pixels to the left match as well, theirs is the same match.
		from := base
		for {
			matches[base] = match(distance<<maxLengthBits | longest)
			base--
			if distance == 0 || base < max(first, distance) || pixels[base-distance] != pixels[base] {
				break
			}
			if longest == maxLength {
				if distance != 1 && base+maxLength < from {
					break // there may be a nearer one
				}
			} else {
				longest++
				from = base
			}
		}
	}
}
