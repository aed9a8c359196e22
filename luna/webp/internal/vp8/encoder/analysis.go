package encoder

import "github.com/immagin/immagin-go/luna/webp/internal/vp8/kernel"

// Analysis follows libwebp's (analysis_enc.c): how well each macroblock compresses
// decides in which of four segments it is, and so how coarsely it is quantised.

const maxAlpha = 255

// susceptibility is libwebp's alpha of the histogram of what pred leaves of src: the
// higher, the easier the samples are to compress.
func susceptibility(src, pred []uint8) int {
	peak, last := kernel.Spread(src, pred)
	if peak <= 1 {
		return 0
	}
	return 2 * maxAlpha * last / peak
}

// analyse reports how easily the macroblock at x, y compresses, as a whole and in
// chroma, predicted from the source's own samples.
func (w *worker) analyse(p *Picture, x, y int) (alpha, chroma int) {
	p.load(&w.src, x, y)
	w.edges.fromSource(p, x, y)

	best := 0
	w.edges.luma(&w.whole, x, y)
	for mode := range 2 {
		best = max(best, susceptibility(w.src.y[:], w.whole[mode][:]))
	}
	w.edges.chroma(&w.wholeC, x, y)
	for mode := range 2 {
		chroma = max(chroma, susceptibility(w.src.c[:], w.wholeC[mode][:]))
	}
	alpha = maxAlpha - (3*best+chroma+2)>>2
	return min(max(alpha, 0), maxAlpha), chroma
}

// tally is the sum of what analysis found.
type tally struct {
	alphas [maxAlpha + 1]int
	chroma int
}

// assign divides the macroblocks into at most four segments, by k-means over their
// alphas (libwebp's AssignSegments).
func (e *Encoder) assign(t *tally) {
	const n = segments
	low, high := 0, maxAlpha
	for low < maxAlpha && t.alphas[low] == 0 {
		low++
	}
	for high > low && t.alphas[high] == 0 {
		high--
	}
	var centers [n]int
	for k := range centers {
		centers[k] = low + (2*k+1)*(high-low)/(2*n)
	}
	var of [maxAlpha + 1]uint8
	average := 0
	for range 6 {
		var weight, sum [n]int
		at := 0
		for a := low; a <= high; a++ {
			if t.alphas[a] == 0 {
				continue
			}
			for at+1 < n && abs(a-centers[at+1]) < abs(a-centers[at]) {
				at++
			}
			of[a] = uint8(at)
			sum[at] += a * t.alphas[a]
			weight[at] += t.alphas[a]
		}
		moved, total := 0, 0
		average = 0
		for k := range centers {
			if weight[k] == 0 {
				continue
			}
			center := (sum[k] + weight[k]/2) / weight[k]
			moved += abs(centers[k] - center)
			centers[k] = center
			average += center * weight[k]
			total += weight[k]
		}
		average = (average + total/2) / total
		if moved < 5 {
			break
		}
	}
	for i := range e.blocks {
		b := &e.blocks[i]
		b.segment = of[b.alpha]
	}
	low, high = centers[0], centers[0]
	for _, c := range centers {
		low, high = min(low, c), max(high, c)
	}
	if high == low {
		high = low + 1
	}
	for k, c := range centers {
		s := &e.segments[k]
		s.alpha = min(max(255*(c-average)/(high-low), -127), 127)
		s.beta = min(max(255*(c-low)/(high-low), 0), 255)
	}
	e.chromaAlpha = t.chroma / len(e.blocks)
}

func abs(v int) int { return max(v, -v) }
