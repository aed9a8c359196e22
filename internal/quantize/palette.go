package quantize

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Palette returns the colours that stand for those that were counted: as few
// as quality takes, 1 to 100 on libimagequant's scale, and no more than limit,
// 2 to 256. A picture of no more colours than that keeps them, all of them, at
// quality 100. Colours come in order of their alpha: a transparent one, where
// there are transparent pixels, is the first. An empty histogram has one
// colour, black. The error is ctx's: choosing stops when that is done.
func (h *Histogram) Palette(ctx context.Context, limit, quality int) ([]Color, error) {
	limit = min(max(limit, 2), most)
	quality = min(max(quality, 1), 100)
	var palette []Color
	if h.clear > 0 {
		palette = append(palette, Color{})
		limit--
	}
	switch {
	case quality == 100 && !h.many && len(h.exact) <= limit:
		for c := range h.exact {
			palette = append(palette, c)
		}
	default:
		chosen, err := h.choose(ctx, limit, target(quality))
		if err != nil {
			return nil, err
		}
		palette = append(palette, chosen...)
	}
	if len(palette) == 0 {
		return []Color{{3: 255}}, nil
	}
	slices.SortFunc(palette, func(a, b Color) int {
		return cmp.Or(cmp.Compare(a[3], b[3]), slices.Compare(a[:], b[:]))
	})
	return slices.Compact(palette), nil
}

// target is the mean square error that a quality stands for. It is
// libimagequant's: 2.5/(210+q)^1.2 * (100.1-q)/100, and more for the lowest.
func target(quality int) float64 {
	if quality >= 100 {
		return 0
	}
	q := float64(quality)
	x := 210 + q
	low := max(0, 0.016/(0.001+q)-0.001)
	return low + float64(2.5/float64(x*fifthRoot(x))*((100.1-q)/100))
}

// fifthRoot is by Newton's method: math.Pow is not the same everywhere.
func fifthRoot(x float64) float64 {
	y := 3.
	for range 60 {
		y2 := float64(y * y)
		y = (float64(4*y) + x/float64(y2*y2)) / 5
	}
	return y
}

// A box is a part of the bins.
type box struct {
	bins    []bin
	count   float64
	sum     point
	squares point
}

func newBox(bins []bin) box {
	b := box{bins: bins}
	for i := range bins {
		b.add(&bins[i], 1)
	}
	return b
}

// add takes a bin in, with sign -1 out again.
func (b *box) add(o *bin, sign float64) {
	n := sign * float64(o.count)
	b.count += n
	for i, v := range o.at {
		m := float64(n * v)
		b.sum[i] += m
		b.squares[i] += float64(m * v)
	}
}

// spread is the sum of squares around the mean, along one axis.
func (b *box) spread(axis int) float64 {
	if b.count <= 0 {
		return 0
	}
	return max(0, b.squares[axis]-float64(b.sum[axis]*b.sum[axis])/b.count)
}

func (b *box) spreads() float64 {
	return b.spread(0) + b.spread(1) + b.spread(2) + b.spread(3)
}

// choose splits the bins until no more boxes may be, or the error is small
// enough, by variance (Wu, "Color Quantization by Dynamic Programming and
// Principal Analysis", 1992, along the axes), and then moves the colours to
// where the bins are that are nearest to each (Lloyd).
func (h *Histogram) choose(ctx context.Context, limit int, target float64) ([]Color, error) {
	if len(h.bins) == 0 {
		return nil, nil
	}
	bins := slices.Clone(h.bins)
	for i := range bins {
		bins[i].at = pointOf(bins[i].mean())
	}
	boxes := []box{newBox(bins)}
	errors := []float64{boxes[0].spreads()}
	total, count := errors[0], boxes[0].count
	for len(boxes) < limit && (total > float64(target*count) || len(boxes) < 2) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		i := worst(boxes, errors)
		if i < 0 {
			break
		}
		left, right := boxes[i].split()
		boxes[i] = left
		boxes = append(boxes, right)
		l, r := left.spreads(), right.spreads()
		total += l + r - errors[i]
		errors[i] = l
		errors = append(errors, r)
	}
	return settle(ctx, bins, boxes)
}

// worst is the box with the largest error that can be split, or -1.
func worst(boxes []box, errors []float64) int {
	at, most := -1, 0.
	for i, e := range errors {
		if e > most && len(boxes[i].bins) > 1 {
			at, most = i, e
		}
	}
	return at
}

// split parts b where that leaves the least error, on its longest axis.
func (b *box) split() (left, right box) {
	axis, most := 0, -1.
	for i := range 4 {
		if s := b.spread(i); s > most {
			axis, most = i, s
		}
	}
	slices.SortStableFunc(b.bins, func(x, y bin) int { return cmp.Compare(x.at[axis], y.at[axis]) })
	var head box
	rest := *b
	at, least := 1, math.Inf(1)
	for i := range len(b.bins) - 1 {
		head.add(&b.bins[i], 1)
		rest.add(&b.bins[i], -1)
		if e := head.spreads() + rest.spreads(); e < least {
			at, least = i+1, e
		}
	}
	return newBox(b.bins[:at]), newBox(b.bins[at:])
}

// rounds is how often colours are moved, where there are not too many bins.
const (
	rounds   = 4
	fewBins  = 1 << 15
	manyBins = 1 << 17
)

// settle returns the colours of boxes after they have been moved.
func settle(ctx context.Context, bins []bin, boxes []box) ([]Color, error) {
	palette := make([]Color, len(boxes))
	for i := range boxes {
		var sum bin
		for k := range boxes[i].bins {
			sum.take(&boxes[i].bins[k])
		}
		palette[i] = sum.mean()
	}
	n := rounds
	switch {
	case len(bins) > manyBins:
		n = 0
	case len(bins) > fewBins:
		n = 1
	}
	for range n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s := newSearch(palette)
		sums := make([]bin, len(palette))
		for i := range bins {
			sums[s.nearest(&bins[i].at)].take(&bins[i])
		}
		for i := range sums {
			if sums[i].count > 0 {
				palette[i] = sums[i].mean()
			}
		}
	}
	return palette, nil
}

func (b *bin) take(o *bin) {
	b.count += o.count
	for i, v := range o.sum {
		b.sum[i] += v
	}
}
