package immagin

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/immagin/immagin-go/immagin/edit"
)

// URLs returns the signed URLs of one picture at several widths, in the order
// of widths, of which those that come again are left out. At each width the
// first resize among edits is as wide, and, where it has a height, as high in
// proportion, rounded to whole pixels, at least 1; where there is no resize, one
// is put first. Other edits stay as they are.
//
// Pictures do not grow beyond their original unless the resize says so
// (Upscale): a URL of a larger width then has the original's pixels.
func (i *Images) URLs(ctx context.Context, key string, edits []edit.Edit, widths []int, opts *URLOptions) ([]string, error) {
	if len(widths) == 0 {
		return nil, errNoWidths
	}
	var urls []string
	for _, w := range distinct(widths) {
		u, err := i.URL(ctx, key, atWidth(edits, w), opts)
		if err != nil {
			return nil, err
		}
		urls = append(urls, u)
	}
	return urls, nil
}

var errNoWidths = errors.New("immagin: there must be at least one width")

// distinct returns list without what comes again.
func distinct[T comparable](list []T) []T {
	var kept []T
	for _, v := range list {
		if !slices.Contains(kept, v) {
			kept = append(kept, v)
		}
	}
	return kept
}

// firstResize returns the place of the first resize, or -1.
func firstResize(edits []edit.Edit) int {
	return slices.IndexFunc(edits, func(e edit.Edit) bool { _, ok := e.(edit.Resize); return ok })
}

// atWidth returns edits with the first resize as wide as width.
func atWidth(edits []edit.Edit, width int) []edit.Edit {
	at := firstResize(edits)
	if at < 0 {
		return append([]edit.Edit{edit.Resize{Width: width}}, edits...)
	}
	changed := slices.Clone(edits)
	r := edits[at].(edit.Resize)
	if r.Width > 0 && r.Height > 0 {
		r.Height = proportional(r.Height, width, r.Width)
	}
	r.Width = width
	changed[at] = r
	return changed
}

// proportional is n times numerator over denominator, rounded half up, from 1
// to what every int holds. The denominator must be positive.
func proportional(n, numerator, denominator int) int {
	if numerator < 1 {
		return n // the payload's language refuses such a width
	}
	v := math.Floor((2*float64(n)*float64(numerator) + float64(denominator)) / (2 * float64(denominator)))
	return int(min(max(v, 1), math.MaxInt32))
}

// dense is the width at a density, rounded half up, as ladders have it.
func dense(width int, density float64) (int, error) {
	w := math.Floor(float64(float64(width)*density) + 0.5)
	if !(density > 0) || !(w >= 1 && w <= math.MaxInt32) {
		return 0, fmt.Errorf("immagin: a width of %d at a density of %v is none", width, density)
	}
	return int(w), nil
}
