package edit

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// checkLadder notes what of a ladder does not go with the rest of the request.
func (r *Request) checkLadder(f *form) {
	in := form{walk: f.walk, at: f.at.member("ladder")}
	if !slices.ContainsFunc(r.Edits, func(e Edit) bool { _, ok := e.(Resize); return ok }) {
		in.fault("widths", "must have a resize among the edits to go into")
	}
	for i, d := range r.Ladder.Densities {
		for _, w := range r.Ladder.Widths {
			if side := times(w, d); side < 1 || side > float64(f.limits.MaxSide) {
				f.faults.add(in.at.member("densities").item(i),
					"must give widths from 1 to %d, not %s for %d", f.limits.MaxSide, number(side), w)
			}
		}
	}
	if r.Output == nil {
		return
	}
	for i, format := range r.Ladder.Formats {
		r.Output.check(format, func(option, message string) {
			f.faults.add(in.at.member("formats").item(i), "must go with output.%s, which %s", option, message)
		})
	}
}

// times is the width at a density, rounded half up.
func times(width int, density float64) float64 {
	return math.Floor(float64(width)*density + 0.5)
}

// Resolve returns the request that one rung of the ladder stands for: its first
// resize as wide as width times density, rounded half up, its output in
// format, and no ladder. A density of 0 is 1, and the empty format leaves the
// output's; any other choice must be one of the ladder's lists. The request
// itself is not changed.
//
// Errors are of type *[Error], with the ladder's member in the path, also where
// the request has no ladder.
func (r *Request) Resolve(width int, density float64, format Format) (*Request, error) {
	var f faults
	at := (*path)(nil).member("ladder")
	if r.Ladder == nil {
		f.add(at, "is missing: the request stands for one picture only")
		return nil, f.err()
	}
	if !slices.Contains(r.Ladder.Widths, width) {
		f.add(at.member("widths"), "must have the chosen width %d", width)
	}
	if density == 0 {
		density = 1
	} else if !slices.Contains(r.Ladder.Densities, density) {
		f.add(at.member("densities"), "must have the chosen density %s", number(density))
	}
	if format != "" && !slices.Contains(r.Ladder.Formats, format) {
		f.add(at.member("formats"), "must have the chosen format %s", quote(string(format)))
	}
	i := slices.IndexFunc(r.Edits, func(e Edit) bool { _, ok := e.(Resize); return ok })
	if i < 0 {
		f.add(at.member("widths"), "must have a resize among the edits to go into")
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	c := *r
	c.Ladder = nil
	c.Edits = slices.Clone(r.Edits)
	resize := c.Edits[i].(Resize)
	resize.Width = int(times(width, density))
	c.Edits[i] = resize
	if format != "" {
		var o Output
		if r.Output != nil {
			o = *r.Output
		}
		o.Format = format
		c.Output = &o
	}
	return &c, nil
}

// Query writes the choice of a rung as it stands in a URL before the
// signature: w=N, then &dpr=D unless density is 0, then &fm=F unless format is
// empty.
func (l *Ladder) Query(width int, density float64, format Format) string {
	q := "w=" + strconv.Itoa(width)
	if density != 0 {
		q += "&dpr=" + number(density)
	}
	if format != "" {
		q += "&fm=" + string(format)
	}
	return q
}

// ResolveQuery is [Request.Resolve] of a choice as [Ladder.Query] writes it.
// Any other spelling is refused, so that one picture has one URL.
func (r *Request) ResolveQuery(query string) (*Request, error) {
	var width int
	var density float64
	var format Format
	rest, ok := strings.CutPrefix(query, "w=")
	if ok {
		rest, fm, _ := strings.Cut(rest, "&fm=")
		w, dpr, _ := strings.Cut(rest, "&dpr=")
		width, _ = strconv.Atoi(w)
		density, _ = strconv.ParseFloat(dpr, 64)
		format = Format(fm)
	}
	if !ok || math.IsNaN(density) || math.IsInf(density, 0) || (*Ladder)(nil).Query(width, density, format) != query {
		var f faults
		f.add((*path)(nil).member("ladder"), "must be chosen from by w=N, then &dpr=D and &fm=F where wanted, in shortest form and in that order, not %s", quote(query))
		return nil, f.err()
	}
	return r.Resolve(width, density, format)
}
