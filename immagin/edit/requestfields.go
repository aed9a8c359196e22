package edit

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

var formats = words[Format]{
	FormatWebP, FormatJPEG, FormatPNG, FormatAVIF, FormatGIF, FormatJP2, FormatTIFF, FormatHEIF, FormatAuto,
}

func (r *Request) fields(f *form) {
	before := len(f.faults.list)
	f.text("key", &r.Key, true, ValidateKey)
	f.edits("edits", &r.Edits)

	output, metadata, ladder := r.Output, r.Metadata, r.Ladder
	if f.mode == reading {
		output, metadata, ladder = new(Output), new(Metadata), new(Ladder)
	}
	if f.object("output", output != nil, false, output.fields) && f.mode == reading {
		r.Output = output
	}
	if f.metadata("metadata", metadata) && f.mode == reading {
		r.Metadata = metadata
	}
	f.text("v", &r.Version, false, func(s string) error {
		if n := utf8.RuneCountInString(s); n > maxVersion {
			return fmt.Errorf("must be at most %d characters, not %d", maxVersion, n)
		}
		return nil
	})
	if f.object("ladder", ladder != nil, false, ladder.fields) && f.mode == reading {
		r.Ladder = ladder
	}
	f.expires("exp", &r.Expires)

	if f.judging() && r.Metadata != nil && (len(r.Edits) > 0 || r.Output != nil || r.Ladder != nil) {
		f.fault("metadata", "must stand without edits, output and ladder: it answers with JSON, not with an image")
	}
	if f.judging() && r.Ladder != nil && len(f.faults.list) == before {
		r.checkLadder(f)
	}
}

// metadata is true or {"placeholder":true}.
func (f *form) metadata(name string, m *Metadata) bool {
	if f.mode != reading {
		if m != nil {
			f.trueOrObject(name, m.Placeholder == nil, m.fields)
		}
		return m != nil
	}
	n := f.lookup(name)
	if n == nil {
		return false
	}
	f.trueOrObject(name, false, m.fields)
	return n.kind == yes || n.kind == object
}

func (m *Metadata) fields(f *form) { f.flag("placeholder", &m.Placeholder, false) }

func (f *form) expires(name string, p **int64) {
	in := wholeSpan{-maxExpires, maxExpires}
	switch f.mode {
	case reading:
		if f.lookup(name) == nil {
			return
		}
		if v, ok := f.wholeNumber(name, in); ok {
			*p = &v
		}
	case checking:
		if *p != nil && (**p < in.low || **p > in.high) {
			f.fault(name, "must be %v, not %d", in, **p)
		}
	case writing:
		if *p != nil {
			f.begin(name)
			f.out = strconv.AppendInt(f.out, **p, 10)
		}
	}
}

func (o *Output) fields(f *form) {
	before := len(f.faults.list)
	word(f, "format", &o.Format, "", formats)
	f.wholeOrZero("quality", &o.Quality, 1, 100)
	f.flag("progressive", &o.Progressive, false)
	f.flag("lossless", &o.Lossless, false)
	f.wholeOr("effort", &o.Effort, 0, 0, 9)
	if f.judging() && len(f.faults.list) == before {
		o.check(o.WithDefaults().Format, func(option, message string) { f.fault(option, "%s", message) })
	}
}

// check reports the options that the format does not have. FormatAuto has what
// all of its candidates have.
func (o *Output) check(format Format, report func(option, message string)) {
	if o.Progressive != nil && !format.progressive() {
		report("progressive", fmt.Sprintf("must be left out: it is for jpeg and png, and the format is %s", format))
	}
	if o.Lossless != nil && !format.lossless() {
		report("lossless", fmt.Sprintf("must be left out: it is for webp and avif, and the format is %s", format))
	}
	switch limit := format.effort(); {
	case o.Effort != nil && limit == 0:
		report("effort", fmt.Sprintf("must be left out: it is for webp and avif, and the format is %s", format))
	case o.Effort != nil && *o.Effort > limit:
		report("effort", fmt.Sprintf("must be a whole number from 0 to %d for %s, not %d", limit, format, *o.Effort))
	}
}

func (f Format) progressive() bool { return f == FormatJPEG || f == FormatPNG }
func (f Format) lossless() bool    { return f == FormatWebP || f == FormatAVIF }

// effort is the highest, or 0 where there is none.
func (f Format) effort() int {
	switch f {
	case FormatWebP:
		return 6
	case FormatAVIF:
		return 9
	}
	return 0
}
