package png

import (
	"bytes"

	"github.com/klauspost/compress/flate"
)

const (
	// Of a pattern more than one in patternFrom bytes is 0 once filtered, and
	// it compresses to less than one in patternTo.
	patternFrom, patternTo = 3, 3
	// So many samples of so many bytes of a part are compressed to see what
	// suits it.
	samples, sampleSize = 4, 8 << 10
)

// filter takes the rows of the part, filters them if that promises fewer
// bytes, and reports of what kind they are.
func (e *encoder) filter() (data []uint8, k kind) {
	plain := e.plain
	e.plain = nil
	if e.level == 0 {
		return plain, noise
	}
	if e.colour == typePalette {
		// Differences of indices tell nothing.
		return plain, e.kind(plain)
	}
	n := e.stored
	filtered := e.deflater.buffer()[:len(plain)]
	above := e.above[:n]
	var scratch [filters][]uint8
	for f := range scratch[1:] {
		scratch[1+f] = e.filtered[1+f][:n]
	}
	for at := 0; at < len(plain); at += 1 + n {
		row := plain[at+1:][:n]
		f := choose(&scratch, row, above, e.step)
		filtered[at] = byte(f)
		if f == filterNone {
			copy(filtered[at+1:][:n], row)
		} else {
			copy(filtered[at+1:][:n], scratch[f])
		}
		above = row
	}
	copy(e.above, above)
	fast := e.size(filtered, flate.BestSpeed)
	switch {
	case bytes.Count(filtered, []byte{0}) > len(filtered)/patternFrom:
		// Rows that repeat as they are, such as of drawings and text, are
		// matched better unfiltered, which no sum over a row tells.
		if n := e.size(plain, flate.BestSpeed); n < fast {
			plain, filtered, fast = filtered, plain, n
		}
		// Looking harder costs little where most is found at once.
		if k = mixed; fast < min(len(filtered), samples*sampleSize)/patternTo {
			k = pattern
		}
	case fast < e.size(filtered, flate.HuffmanOnly):
		k = mixed
	}
	e.deflater.give(plain)
	return filtered, k
}

// kind reports of what kind unfiltered data is.
func (e *encoder) kind(data []uint8) kind {
	fast := e.size(data, flate.BestSpeed)
	switch {
	case fast < min(len(data), samples*sampleSize)/patternTo:
		return pattern
	case fast < e.size(data, flate.HuffmanOnly):
		return mixed
	}
	return noise
}

// size tells about how well data compresses at a level that the
// library has.
func (e *encoder) size(data []uint8, level int) int {
	var n byteCounter
	z := e.trials[level]
	if z == nil {
		z, _ = flate.NewWriter(&n, level)
		e.trials[level] = z
	} else {
		z.Reset(&n)
	}
	// Writing never fails.
	for i := range samples {
		if len(data) < samples*sampleSize {
			_, _ = z.Write(data)
			break
		}
		from := (len(data) - sampleSize) / (samples - 1) * i
		_, _ = z.Write(data[from:][:sampleSize])
	}
	_ = z.Close()
	return int(n)
}

// A byteCounter counts the bytes written to it.
type byteCounter int

func (c *byteCounter) Write(p []byte) (int, error) {
	*c += byteCounter(len(p))
	return len(p), nil
}

// choose filters row by each filter type into out[type], and returns the one
// whose bytes, as signed numbers, have the least sum of magnitudes: the
// heuristic that the PNG specification (section 12.7) recommends. out[0] is
// the row itself.
func choose(out *[filters][]uint8, row, above []uint8, step int) int {
	best, least := filterNone, apply(filterNone, nil, row, above, step)
	for f := filterSub; f < filters; f++ {
		if s := apply(f, out[f], row, above, step); s < least {
			best, least = f, s
		}
	}
	return best
}

// apply filters row into out, and returns the sum of magnitudes. out is not
// written to by filterNone.
func apply(filter int, out, row, above []uint8, step int) int {
	if filter == filterNone {
		out = row
	}
	head := min(step, len(row))
	from, s := filterFrom(head, filter, out, row, above, step)
	applyHead(filter, out, row[:head], above)
	applyFrom(from, filter, out, row, above, step)
	return s + sum(out[:head]) + sum(out[from:len(row)])
}

// applyHead filters the first pixel.
func applyHead(filter int, out, head, above []uint8) {
	for i, v := range head {
		switch filter {
		case filterSub:
			out[i] = v
		case filterUp, filterPaeth:
			out[i] = v - above[i]
		case filterAverage:
			out[i] = v - above[i]/2
		}
	}
}

// applyFrom filters the bytes from a place on, which is not in the first
// pixel.
func applyFrom(from, filter int, out, row, above []uint8, step int) {
	switch filter {
	case filterSub:
		for i := from; i < len(row); i++ {
			out[i] = row[i] - row[i-step]
		}
	case filterUp:
		for i := from; i < len(row); i++ {
			out[i] = row[i] - above[i]
		}
	case filterAverage:
		for i := from; i < len(row); i++ {
			out[i] = row[i] - uint8((int(row[i-step])+int(above[i]))/2)
		}
	case filterPaeth:
		for i := from; i < len(row); i++ {
			out[i] = row[i] - paeth(row[i-step], above[i], above[i-step])
		}
	}
}

func sum(b []uint8) int {
	s := 0
	for _, v := range b {
		s += magnitude(v)
	}
	return s
}

func magnitude(v uint8) int { return abs(int(int8(v))) }
