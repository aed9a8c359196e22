package immagin

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/immagin/immagin-go/immagin/edit"
)

// SrcSet returns the text of a srcset attribute with a URL for each width, as
// [Images.URLs] makes them, and its w descriptor:
//
//	https://…?sig=… 400w, https://…?sig=… 800w
//
// The attribute goes with a sizes attribute, by which browsers choose. The
// text is not escaped for HTML: html/template does so where it is the value of
// the attribute.
func (i *Images) SrcSet(ctx context.Context, key string, edits []edit.Edit, widths []int, opts *URLOptions) (string, error) {
	return widthSet(widths, func(width int) (string, error) {
		return i.URL(ctx, key, atWidth(edits, width), opts)
	})
}

// DensitySrcSet returns the text of a srcset attribute for a picture that is
// as wide as width on every page, in CSS pixels, with a URL and its x
// descriptor for each density of the screen, such as 1, 1.5 and 2. A width of
// 0 is that of the first resize among edits.
func (i *Images) DensitySrcSet(ctx context.Context, key string, edits []edit.Edit, width int, densities []float64, opts *URLOptions) (string, error) {
	if width == 0 {
		if width = resizeWidth(edits); width == 0 {
			return "", errors.New("immagin: a srcset of densities takes a width, or a resize among the edits")
		}
	}
	return densitySet(densities, func(density float64) (string, error) {
		w, err := dense(width, density)
		if err != nil {
			return "", err
		}
		return i.URL(ctx, key, atWidth(edits, w), opts)
	})
}

// resizeWidth is the width of the first resize, or 0.
func resizeWidth(edits []edit.Edit) int {
	if at := firstResize(edits); at >= 0 {
		return edits[at].(edit.Resize).Width
	}
	return 0
}

// widthSet makes a srcset with w descriptors.
func widthSet(widths []int, url func(width int) (string, error)) (string, error) {
	if len(widths) == 0 {
		return "", errNoWidths
	}
	var set []string
	for _, w := range distinct(widths) {
		u, err := url(w)
		if err != nil {
			return "", err
		}
		set = append(set, candidate(u, strconv.Itoa(w)+"w"))
	}
	return strings.Join(set, ", "), nil
}

// densitySet makes a srcset with x descriptors.
func densitySet(densities []float64, url func(density float64) (string, error)) (string, error) {
	if len(densities) == 0 {
		return "", errors.New("immagin: there must be at least one density")
	}
	var set []string
	for _, d := range distinct(densities) {
		u, err := url(d)
		if err != nil {
			return "", err
		}
		set = append(set, candidate(u, strconv.FormatFloat(d, 'f', -1, 64)+"x"))
	}
	return strings.Join(set, ", "), nil
}

// candidate is one image of a srcset. A space would end its URL.
func candidate(url, descriptor string) string {
	return strings.ReplaceAll(url, " ", "%20") + " " + descriptor
}
