package text

import (
	"github.com/go-text/typesetting/bidi"
	xbidi "golang.org/x/text/unicode/bidi"
)

// rightToLeft reports whether a paragraph is, by its first character with a
// direction: rules P2 and P3 of the Unicode bidirectional algorithm (UAX #9).
func rightToLeft(runes []rune) bool {
	isolates := 0
	for _, r := range runes {
		p, _ := xbidi.LookupRune(r)
		switch p.Class() {
		case xbidi.LRI, xbidi.RLI, xbidi.FSI:
			isolates++
		case xbidi.PDI:
			isolates = max(isolates-1, 0)
		case xbidi.L:
			if isolates == 0 {
				return false
			}
		case xbidi.R, xbidi.AL:
			if isolates == 0 {
				return true
			}
		}
	}
	return false
}

// levels returns the embedding level of every rune (UAX #9).
//
// Package bidi tells runs of one direction, but not where a run of level 2, a
// number between words that run from right to left, ends and one of level 0
// begins. In a paragraph that runs from left to right both are one run to it;
// they are told apart here, by rules W1 to W7, since [reorder] needs it.
func levels(p *bidi.Paragraph, runes []rune, rtl bool) []uint8 {
	direction := bidi.LeftToRight
	if rtl {
		direction = bidi.RightToLeft
	}
	out := make([]uint8, len(runes))
	runs := p.Segment(runes, direction)
	for i := range runs.NumRuns() {
		run := runs.Run(i)
		for j := run.Start; j < run.End; j++ {
			out[j] = uint8(run.Level)
		}
	}
	if rtl {
		return out
	}
	numbers := afterRightToLeft(runes)
	for i, level := range out {
		switch {
		case level%2 != 0 || level > 2:
		case numbers[i]:
			out[i] = 2
		default:
			out[i] = 0
		}
	}
	return out
}

// afterRightToLeft marks the digits, with what belongs to them, that the
// nearest letter before them makes part of text that runs from right to left,
// and all Arabic-Indic digits.
func afterRightToLeft(runes []rune) []bool {
	marked := make([]bool, len(runes))
	class := make([]xbidi.Class, len(runes))
	strong := xbidi.L
	for i, r := range runes {
		p, _ := xbidi.LookupRune(r)
		class[i] = p.Class()
		switch class[i] {
		case xbidi.L, xbidi.R, xbidi.AL:
			strong = class[i]
		case xbidi.EN:
			marked[i] = strong != xbidi.L
			if strong == xbidi.AL {
				class[i] = xbidi.AN // W2
			}
		case xbidi.AN:
			marked[i] = true
		case xbidi.NSM:
			marked[i] = i > 0 && marked[i-1]
		}
	}
	for i := 1; i+1 < len(runes); i++ { // W4: a separator within a number
		if marked[i-1] && marked[i+1] && class[i-1] == class[i+1] &&
			(class[i] == xbidi.CS || class[i] == xbidi.ES && class[i-1] == xbidi.EN) {
			marked[i], class[i] = true, class[i-1]
		}
	}
	sign := func(i, neighbour int) { // W5: a sign on either side of it
		if class[i] == xbidi.ET && marked[neighbour] && class[neighbour] == xbidi.EN {
			marked[i], class[i] = true, xbidi.EN
		}
	}
	for i := 1; i < len(runes); i++ {
		sign(i, i-1)
	}
	for i := len(runes) - 2; i >= 0; i-- {
		sign(i, i+1)
	}
	return marked
}

// reorder turns the order in which clusters are read into the one in which
// they stand from left to right: rule L2 of UAX #9.
func reorder(line []cluster) {
	highest, lowestOdd := uint8(0), uint8(255)
	for _, c := range line {
		highest = max(highest, c.level)
		if c.level%2 == 1 {
			lowestOdd = min(lowestOdd, c.level)
		}
	}
	for level := highest; level >= lowestOdd && level > 0; level-- {
		for i := 0; i < len(line); i++ {
			j := i
			for j < len(line) && line[j].level >= level {
				j++
			}
			for a, b := i, j-1; a < b; a, b = a+1, b-1 {
				line[a], line[b] = line[b], line[a]
			}
			i = max(i, j-1)
		}
	}
}
