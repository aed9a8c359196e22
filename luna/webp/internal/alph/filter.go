package alph

// apply writes what a filter leaves of a plane. The first row is predicted from
// the left, the first column from above, the first sample is kept.
func apply(dst, plane []uint8, width, filter int) {
	dst[0] = plane[0]
	for i := 1; i < width; i++ {
		dst[i] = plane[i] - plane[i-1]
	}
	for at := width; at < len(plane); at += width {
		row, above, out := plane[at:at+width], plane[at-width:at], dst[at:at+width]
		out[0] = row[0] - above[0]
		switch filter {
		case horizontal:
			for i := 1; i < len(row); i++ {
				out[i] = row[i] - row[i-1]
			}
		case vertical:
			for i := 1; i < len(row); i++ {
				out[i] = row[i] - above[i]
			}
		default:
			for i := 1; i < len(row); i++ {
				out[i] = row[i] - predictGradient(row[i-1], above[i], above[i-1])
			}
		}
	}
}

func predictGradient(left, above, corner uint8) uint8 {
	return uint8(min(max(int(left)+int(above)-int(corner), 0), 255))
}

// estimate guesses the best filter, and reports whether the plane has at most
// 192 values, as libwebp does (filters_utils.c, alpha_enc.c): the fewest kinds
// of large differences win. Of 16 values and fewer none is filtered.
func estimate(plane []uint8, width, height int) (filter int, few bool) {
	var seen [256]bool
	values := 0
	for _, v := range plane {
		if !seen[v] {
			seen[v] = true
			values++
		}
	}
	if values <= 16 {
		return none, true
	}
	var bins [filters][16]bool
	for y := 2; y < height-1; y += 2 {
		row, above := plane[y*width:(y+1)*width], plane[(y-1)*width:y*width]
		mean := int(row[0])
		for x := 2; x < width-1; x += 2 {
			v, left, up := int(row[x]), row[x-1], above[x]
			bins[none][distance(v, mean)] = true
			bins[horizontal][distance(v, int(left))] = true
			bins[vertical][distance(v, int(up))] = true
			bins[gradient][distance(v, int(predictGradient(left, up, above[x-1])))] = true
			mean = (3*mean + v + 2) >> 2
		}
	}
	least := 1 << 30
	for f := range bins {
		score := 0
		for i, found := range bins[f] {
			if found {
				score += i
			}
		}
		if score < least {
			filter, least = f, score
		}
	}
	return filter, values <= 192
}

func distance(a, b int) int { return max(a-b, b-a) >> 4 }
