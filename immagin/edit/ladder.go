package edit

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

func (l *Ladder) fields(f *form) {
	wholes := make([]float64, len(l.Widths))
	for i, w := range l.Widths {
		wholes[i] = float64(w)
	}
	f.numbers("widths", &wholes, true, func(v float64) error {
		if v != math.Trunc(v) || v < 1 || v > float64(f.limits.MaxSide) {
			return fmt.Errorf("must be a whole number from 1 to %d, not %s", f.limits.MaxSide, number(v))
		}
		return nil
	})
	if f.mode == reading && len(wholes) > 0 {
		l.Widths = make([]int, len(wholes))
		for i, v := range wholes {
			l.Widths[i] = int(v)
		}
	}
	f.numbers("densities", &l.Densities, false, func(v float64) error {
		if !(v > 0) || math.IsInf(v, 0) {
			return errors.New("must be a number above 0, not " + number(v))
		}
		return nil
	})
	f.formats("formats", &l.Formats)
}

// numbers is a list of 1 to 16 numbers.
func (f *form) numbers(name string, p *[]float64, required bool, rule func(float64) error) {
	at := f.at.member(name)
	switch f.mode {
	case reading:
		n := f.find(name, list, required, "a list of numbers")
		if n == nil || f.rungs(at, len(n.items)) {
			return
		}
		for i := range n.items {
			switch item := &n.items[i]; {
			case item.bad:
			case item.kind != numeric:
				f.faults.add(at.item(i), "must be a number, not %v", item)
			default:
				if err := rule(item.number); err != nil {
					f.faults.add(at.item(i), "%v", err)
				}
				*p = append(*p, item.number)
			}
		}
	case checking:
		if *p == nil && !required || f.rungs(at, len(*p)) {
			return
		}
		for i, v := range *p {
			if err := rule(v); err != nil {
				f.faults.add(at.item(i), "%v", err)
			}
		}
	case writing:
		if *p == nil {
			return
		}
		f.begin(name)
		f.out = append(f.out, '[')
		for i, v := range *p {
			if i > 0 {
				f.out = append(f.out, ',')
			}
			f.out = appendNumber(f.out, v)
		}
		f.out = append(f.out, ']')
	}
}

// formats is a list of 1 to 16 formats.
func (f *form) formats(name string, p *[]Format) {
	at := f.at.member(name)
	switch f.mode {
	case reading:
		n := f.find(name, list, false, "a list of formats")
		if n == nil || f.rungs(at, len(n.items)) {
			return
		}
		for i := range n.items {
			switch item := &n.items[i]; {
			case item.bad:
			case item.kind != text || !slices.Contains(formats, Format(item.text)):
				f.faults.add(at.item(i), "must be %v, not %v", formats, item)
			default:
				*p = append(*p, Format(item.text))
			}
		}
	case checking:
		if *p == nil || f.rungs(at, len(*p)) {
			return
		}
		for i, v := range *p {
			if !slices.Contains(formats, v) {
				f.faults.add(at.item(i), "must be %v, not %s", formats, quote(string(v)))
			}
		}
	case writing:
		if *p == nil {
			return
		}
		f.begin(name)
		f.out = append(f.out, '[')
		for i, v := range *p {
			if i > 0 {
				f.out = append(f.out, ',')
			}
			f.out = appendString(f.out, string(v))
		}
		f.out = append(f.out, ']')
	}
}

func (f *form) rungs(at *path, n int) bool {
	if n < 1 || n > maxRungs {
		f.faults.add(at, "must have 1 to %d entries, not %d", maxRungs, n)
		return true
	}
	return false
}

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
				break
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

// times is the width at a density, rounded half up. The product is rounded by
// itself, so that every machine comes to the same width.
func times(width int, density float64) float64 {
	return math.Floor(float64(float64(width)*density) + 0.5)
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
