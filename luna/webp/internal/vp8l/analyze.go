package vp8l

// A plan is the transforms to use.
type plan struct {
	palette, subtractGreen, predict, crossColor bool
}

// analyze estimates the bits with the transforms, and returns the plans from
// the best one on, as libwebp estimates them (AnalyzeEntropy of vp8l_enc.c).
func (e *Encoder) analyze(width, height, tileBits int) []plan {
	plans := e.plans[:0]
	if e.palette.n > 0 && e.palette.n <= 16 {
		return append(plans, plan{palette: true})
	}
	const (
		alpha = iota
		red
		green
		blue
		redLess
		blueLess
		alphaStep
		redStep
		greenStep
		blueStep
		redStepLess
		blueStepLess
		hashed
		kinds
	)
	e.counts = grow(e.counts, kinds*256)
	counts := e.counts
	clear(counts)
	pixels := e.pixels[:width*height]
	previous := pixels[0]
	for i, p := range pixels {
		if e.job.stopped(i) {
			break
		}
		d := subtract(p, previous)
		previous = p
		if d == 0 || i >= width && p == pixels[i-width] {
			continue
		}
		counts[alpha<<8|p>>24]++
		counts[red<<8|p>>16&0xff]++
		counts[green<<8|p>>8&0xff]++
		counts[blue<<8|p&0xff]++
		counts[redLess<<8|(p>>16-p>>8)&0xff]++
		counts[blueLess<<8|(p-p>>8)&0xff]++
		counts[alphaStep<<8|d>>24]++
		counts[redStep<<8|d>>16&0xff]++
		counts[greenStep<<8|d>>8&0xff]++
		counts[blueStep<<8|d&0xff]++
		counts[redStepLess<<8|(d>>16-d>>8)&0xff]++
		counts[blueStepLess<<8|(d-d>>8)&0xff]++
		counts[hashed<<8|(p+p>>19)*0x39c5fba7>>24]++
	}
	for k := alphaStep; k < hashed; k++ {
		counts[k<<8]++ // what was left out are zeros
	}
	var entropy [kinds]float32
	for k := range entropy {
		var m measure
		measureCounts(&m, counts[k<<8:(k+1)<<8], none[:256])
		entropy[k] = m.bitsOf(256)
	}
	tiles := float32(tilesOf(width, tileBits) * tilesOf(height, tileBits))
	type option struct {
		plan
		bits      float32
		red, blue int
	}
	options := [...]option{ // each product is rounded, so that none is fused with a sum
		{bits: entropy[alpha] + entropy[red] + entropy[green] + entropy[blue], red: red, blue: blue},
		{plan{predict: true}, entropy[alphaStep] + entropy[redStep] + entropy[greenStep] + entropy[blueStep] + float32(tiles*3.807355), redStep, blueStep},
		{plan{subtractGreen: true}, entropy[alpha] + entropy[redLess] + entropy[green] + entropy[blueLess], redLess, blueLess},
		{plan{subtractGreen: true, predict: true}, entropy[alphaStep] + entropy[redStepLess] + entropy[greenStep] + entropy[blueStepLess] + float32(tiles*4.5849624), redStepLess, blueStepLess},
		{plan{palette: true}, entropy[hashed] + float32(8*e.palette.n), red, blue},
	}
	if e.palette.n == 0 {
		options[len(options)-1].bits = badCost
	}
	for range options {
		best := &options[0]
		for i := range options {
			if options[i].bits < best.bits {
				best = &options[i]
			}
		}
		if best.bits >= badCost {
			break
		}
		best.bits = badCost
		for i := 1; i < 256 && best.predict; i++ {
			if counts[best.red<<8|i] != 0 || counts[best.blue<<8|i] != 0 {
				best.crossColor = true
				break
			}
		}
		plans = append(plans, best.plan)
	}
	return plans
}
