package png

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
