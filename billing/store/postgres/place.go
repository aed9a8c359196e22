package postgres

import (
	"math"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/immagin/immagin-go/billing/meter"
)

// place is between two records, in words that a database knows. What comes
// after it is, without a window, what has that period, project and metric and
// an ID of at least id, unless none is set; and all of later streams. With a
// window, it is what has that project and metric and a later ID and time; and
// all of later ones. An empty metric is before all.
type place struct {
	period          int64
	project, metric string
	id              meter.ID
	at              int64
	none            bool
}

// placeOf is right after a record, which need not be valid. False is that
// nothing can come there.
func placeOf(r meter.Record) (p place, any bool) {
	p = place{period: nano(r.Period), at: math.MinInt64}
	project, valid, any := text(r.Project)
	switch {
	case !any && r.Window > 0:
		return p, false
	case !any: // the next period
		if p.period == math.MaxInt64 {
			p.none = true
		} else {
			p.period++
		}
		return p, true
	case !valid:
		p.project = project
		return p, true
	}
	metric, valid, any := text(string(r.Metric))
	switch {
	case !any: // the next project
		p.project = project + "\x01"
		return p, true
	case !valid:
		p.project, p.metric = project, metric
		return p, true
	}
	p.project, p.metric, p.id, p.at = project, metric, r.ID, nano(r.At)
	if r.Window <= 0 {
		p.id, any = successor(r.ID)
		p.none = !any
	}
	return p, true
}

// successor is the next ID, if there is one.
func successor(id meter.ID) (meter.ID, bool) {
	for i := len(id) - 1; i >= 0; i-- {
		if id[i]++; id[i] != 0 {
			return id, true
		}
	}
	return id, false
}

// runes is how many there are that a text may have: no surrogates and no NUL.
const runes = utf8.MaxRune - 0x800

func runeAt(i int) string {
	r := rune(i + 1)
	if r >= 0xd800 {
		r += 0x800
	}
	return string(r)
}

// text is what a database can have in the place of s, in the order of bytes: s
// itself where it is valid, or else the least text after it, if any is.
func text(s string) (least string, valid, any bool) {
	i := 0
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == 0 || r == utf8.RuneError && n == 1 {
			break
		}
		i += n
	}
	if i == len(s) {
		return s, true, true
	}
	// Some rune here is after the rest, or a later one is after the rune before.
	for rest := s[i:]; ; {
		at := sort.Search(runes, func(n int) bool { return runeAt(n) > rest })
		if at < runes {
			return s[:i] + runeAt(at), false, true
		}
		if i == 0 {
			return "", false, false
		}
		_, n := utf8.DecodeLastRuneInString(s[:i])
		rest = s[i-n:i] + strings.Repeat("\xff", 4)
		i -= n
	}
}
