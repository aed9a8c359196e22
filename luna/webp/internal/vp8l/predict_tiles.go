package vp8l

// predictTiles chooses a predictor for each tile, and leaves the residuals in
// e.residuals.
func (e *Encoder) predictTiles() error {
	j := &e.job
	e.tileData = grow(e.tileData, tilesOf(j.width, j.tileBits)*tilesOf(j.height, j.tileBits))
	e.residuals = grow(e.residuals, j.width*j.height)
	e.searches = grow(e.searches, j.s.workers)
	_, n := j.bands()
	return e.each(n, (*Encoder).predictBand)
}

// predictBand does so for some rows of tiles: by what residuals cost each, and
// then, given what residuals there are, by entropy.
func (e *Encoder) predictBand(worker, band int) {
	j, search := &e.job, &e.searches[worker]
	across, down, size := tilesOf(j.width, j.tileBits), tilesOf(j.height, j.tileBits), 1<<j.tileBits
	search.reset()
	rows, _ := j.bands()
	first, last := band*rows, min((band+1)*rows, down)
	search.scores = grow(search.scores, (last-first)*across)
	for ty := first; ty < last; ty++ {
		if j.ctx.Err() != nil {
			return
		}
		for tx := range across {
			i := ty*across + tx
			t := predicted(j, tx*size, ty*size, size)
			scores := &search.scores[i-first*across]
			*scores = [16]uint32{}
			if t.width <= 0 || t.height <= 0 {
				e.tileData[i] = black
				continue
			}
			score(scores, j.pixels, t.at, t.stride, t.width, t.height)
			mode := 0
			for m := range predictors {
				if scores[m] < scores[mode] {
					mode = m
				}
			}
			e.tileData[i] = black | uint32(mode)<<8
			if j.s.candidates > 0 {
				search.count(&search.sums, j.pixels, t, mode)
				search.total += uint32(t.width * t.height)
			}
			if j.s.candidates > 0 && (tx+ty)%sampledTiles == 0 {
				search.sample(0, j.pixels, t, mode)
				search.sample(1, j.pixels, t, 0)
			}
		}
	}
	if search.cost(1) < search.cost(0) {
		search.sums = [4][256]uint32{}
		for ty := first; ty < last; ty++ {
			for tx := range across {
				if t := predicted(j, tx*size, ty*size, size); t.width > 0 && t.height > 0 {
					search.count(&search.sums, j.pixels, t, 0)
				}
			}
		}
	}
	for ty := first; ty < last; ty++ {
		if j.ctx.Err() != nil {
			return
		}
		for tx := range across {
			i := ty*across + tx
			t := predicted(j, tx*size, ty*size, size)
			if j.s.candidates == 0 || t.width <= 0 || t.height <= 0 {
				continue
			}
			left, above := uint32(predictors), uint32(predictors)
			if tx > 0 {
				left = e.tileData[i-1] >> 8 & 15
			}
			if ty > first {
				above = e.tileData[i-across] >> 8 & 15
			}
			mode := search.choose(&search.scores[i-first*across], j.pixels, t, left, above, j.s.candidates)
			e.tileData[i] = black | uint32(mode)<<8
		}
		for y := ty * size; y < min((ty+1)*size, j.height); y++ {
			e.predictRow(y, e.tileData[ty*across:(ty+1)*across])
		}
	}
}

// predicted returns what of a tile its predictor is for.
func predicted(j *job, x, y, size int) tile {
	left, top := max(x, 1), max(y, 1)
	return tile{top*j.width + left, j.width, min(x+size, j.width) - left, min(y+size, j.height) - top}
}

// predictRow writes the residuals of a row of pixels with the predictors of its
// tiles. The first pixels of rows, and the first row, have predictors of their
// own.
func (e *Encoder) predictRow(y int, modes []uint32) {
	pixels, width, size := e.job.pixels, e.job.width, 1<<e.job.tileBits
	row := y * width
	if y == 0 {
		e.residuals[0] = subtract(pixels[0], black)
		for x := 1; x < width; x++ {
			e.residuals[x] = subtract(pixels[x], pixels[x-1])
		}
		return
	}
	e.residuals[row] = subtract(pixels[row], pixels[row-width])
	for tx, mode := range modes {
		if from, to := max(tx*size, 1), min((tx+1)*size, width); from < to {
			residuals(e.residuals[row+from:row+to], pixels, row+from, width, to-from, int(mode>>8&15))
		}
	}
}

// A predictorSearch is what the choice of predictors of tiles takes.
type predictorSearch struct {
	scores [][16]uint32   // of the tiles of a band
	sums   [4][256]uint32 // residuals of them
	total  uint32         // of them
	found  [4][256]uint32
	row    [1 << 6]uint32

	// Of some tiles, by predictors and without, the residuals and the sum of
	// what they take by themselves.
	samples [2][4][256]uint32
	alone   [2]float32
}

func (s *predictorSearch) reset() {
	s.sums, s.samples, s.alone, s.total = [4][256]uint32{}, [2][4][256]uint32{}, [2]float32{}, 0
}

// sampledTiles is one in how many tiles tells whether a band is better off
// without prediction, as noise is that has few values.
const sampledTiles = 8

// sample adds a tile to the samples of a kind.
func (s *predictorSearch) sample(kind int, pixels []uint32, t tile, mode int) {
	clear(s.found[:])
	s.count(&s.found, pixels, t, mode)
	s.alone[kind] += entropyOf(&s.found)
	for i := range s.found {
		addCounts(s.samples[kind][i][:], s.found[i][:])
	}
}

// cost estimates the bits of the samples of a kind.
func (s *predictorSearch) cost(kind int) float32 {
	return s.alone[kind] + entropyOf(&s.samples[kind])
}

func entropyOf(counts *[4][256]uint32) float32 {
	sum := float32(0)
	for i := range counts {
		var m measure
		measureCounts(&m, counts[i][:], none[:256])
		sum += timesLog(m.sum) - m.entropy
	}
	return sum
}

// count counts the samples of the residuals of a tile.
func (s *predictorSearch) count(counts *[4][256]uint32, pixels []uint32, t tile, mode int) {
	for range t.height {
		r := s.row[:t.width]
		residuals(r, pixels, t.at, t.stride, t.width, mode)
		for _, v := range r {
			counts[0][v>>24]++
			counts[1][v>>16&0xff]++
			counts[2][v>>8&0xff]++
			counts[3][v&0xff]++
		}
		t.at += t.stride
	}
}

// likePredictor is what it is worth, in bits, that a predictor is that of a
// tile beside.
const likePredictor = 15

// choose returns the predictor that promises the fewest bits for a tile: of the
// candidates whose residuals cost least the one of the lowest entropy, in itself
// and with the tiles around, as libwebp has it (predictor_enc.c).
func (s *predictorSearch) choose(scores *[16]uint32, pixels []uint32, t tile, left, above uint32, candidates int) int {
	best, least := 0, float32(badCost)
	n := uint32(t.width * t.height)
	all := timesLog(n) + (timesLog(s.total+n) - timesLog(s.total))
	for k := range candidates {
		// No prediction first: it may have high residuals, but of few values.
		mode := 0
		for m := range predictors {
			if k > 0 && scores[m] < scores[mode] {
				mode = m
			}
		}
		scores[mode] = ^uint32(0)
		clear(s.found[:])
		s.count(&s.found, pixels, t, mode)
		cost := float32(0)
		for i := range s.found {
			c := &s.found[i]
			if c[0] == n && s.sums[i][0] == s.total { // opaque, or so
				continue
			}
			cost += all - gain(c, &s.sums[i]) - lowCounts(c)
		}
		if uint32(mode) == left {
			cost -= likePredictor
		}
		if uint32(mode) == above {
			cost -= likePredictor
		}
		if cost < least {
			best, least = mode, cost
		}
	}
	return best
}

// lowCounts weighs how many residuals are low.
func lowCounts(c *[256]uint32) float32 {
	sum, weight := float32(c[0]), float32(0.94)
	for i := 1; i < 16; i++ {
		sum += float32(weight * float32(c[i]+c[256-i]))
		weight = float32(weight * 0.6)
	}
	return float32(0.1 * sum)
}
