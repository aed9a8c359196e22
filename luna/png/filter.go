package png

// choose filters row by each filter type into out[type], and returns the one
// whose bytes, as signed numbers, have the least sum of magnitudes: the
// heuristic that the PNG specification (section 12.7) recommends.
func choose(out *[filters][]uint8, row, above []uint8, step int) int {
	best, least := filterNone, sum(row)
	for f := filterSub; f < filters; f++ {
		if s := apply(f, out[f], row, above, step, least); s < least {
			best, least = f, s
		}
	}
	return best
}

// apply filters row into out, and returns the sum of magnitudes. It stops
// once the sum has reached limit.
func apply(filter int, out, row, above []uint8, step, limit int) int {
	s := 0
	head := min(step, len(row))
	switch filter {
	case filterSub:
		for i := range head {
			out[i] = row[i]
		}
		left := row[:len(row)-head]
		for i, v := range row[head:] {
			out[head+i] = v - left[i]
		}
	case filterUp:
		above = above[:len(row)]
		for i, v := range row {
			out[i] = v - above[i]
		}
	case filterAverage:
		for i := range head {
			out[i] = row[i] - above[i]/2
		}
		for i := head; i < len(row); i++ {
			out[i] = row[i] - uint8((int(row[i-step])+int(above[i]))/2)
		}
	case filterPaeth:
		for i := range head {
			out[i] = row[i] - above[i]
		}
		for i := head; i < len(row); i++ {
			out[i] = row[i] - paeth(row[i-step], above[i], above[i-step])
			s += magnitude(out[i])
			if s >= limit {
				return s
			}
		}
		return s + sum(out[:head])
	}
	return sum(out[:len(row)])
}

func sum(b []uint8) int {
	s := 0
	for _, v := range b {
		s += magnitude(v)
	}
	return s
}

func magnitude(v uint8) int { return abs(int(int8(v))) }
