package replay

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
)

// Identify says which original a URL asks for and what it makes of it, in a
// form that equal transforms share; false where it asks for no transform. The
// path is as it was sent, escapes included.
type Identify func(path, query string) (image, rendition string, ok bool)

// Format is how the lines of a log are written.
type Format uint8

// The formats.
const (
	Auto   Format = iota // JSON where a line begins with a brace, Common otherwise
	Common               // see [ParseCommon]
	JSON                 // see [ParseJSON]
)

// Options of a [Tally]. Nil and zero fields are the defaults.
type Options struct {
	// Format of the lines; Auto by default.
	Format Format
	// Policy is what counts. Its Late and Future are not looked at: what is
	// in a log has happened.
	Policy meter.Policy
	// Project names the project of a line, which is what transforms are
	// unique in; [ByTenant] by default. A line whose project has no name that
	// a meter takes is left out.
	Project func(*Entry) string
	// Cycle says which period a time is in; [billing.Month] by default.
	Cycle billing.Cycle
	// Only leaves out lines of other times; zero leaves out none.
	Only billing.Period
	// MaxLine is the longest line in bytes, without its break; longer ones
	// are left out. 64 KiB by default.
	MaxLine int
	// MaxIDs is how many transforms are kept in memory, in all projects and
	// periods together: under PerPeriod and EveryMiss the different ones, of
	// some 40 bytes each; under policies with a window, their different
	// times, of some 50. 16 million by default. Misses that a log tells of
	// take no memory under EveryMiss.
	MaxIDs int
	// MaxCounts is how many pairs of a project and a period are told apart;
	// lines of more are left out, so that nobody who makes up names of hosts
	// fills the memory. 100,000 by default.
	MaxCounts int
}

// A Tally counts the transforms of one log or of several. It is not safe for
// concurrent use.
type Tally struct {
	identify Identify
	opts     Options
	meter    *meter.Meter
	now      time.Time // the meter's clock: the time of the line
	set      *set
	counts   map[cell]*Count
	summary  Summary
}

// Summary is what became of the lines of a log.
type Summary struct {
	Lines int64
	// Served are the lines that are images, and the sum of the next four.
	Served                           int64
	Hits, Misses, Coalesced, Unknown int64
	First, Last                      time.Time // of those served, in UTC
	Skipped                          map[Reason]Skipped
}

// Reason says why a line is not counted.
type Reason string

// The reasons.
const (
	Blank       Reason = "blank"
	TooLong     Reason = "too long"
	Malformed   Reason = "not of the format"
	OtherTime   Reason = "of another time"
	OtherMethod Reason = "neither GET nor HEAD"
	NotServed   Reason = "status not 200, 203, 206 or 304"
	NoImage     Reason = "no image"
	NoProject   Reason = "project without a usable name"
	TooMany     Reason = "too many projects"
)

// Skipped is how many lines were left out, and the first of them, counting
// from 1.
type Skipped struct{ Lines, First int64 }

// Count is what one project used in one period.
type Count struct {
	Project    string
	Period     billing.Period
	Transforms int64 // that count by the policy
	Requests   int64 // images served
	Bytes      int64 // of their bodies
}

// Usage is the count by metric.
func (c Count) Usage() billing.Usage {
	return billing.Usage{
		billing.TransformsUnique: c.Transforms,
		billing.Requests:         c.Requests,
		billing.BandwidthBytes:   c.Bytes,
	}
}

// New returns a tally of nothing. The error is about the options.
func New(identify Identify, o *Options) (*Tally, error) {
	t := &Tally{identify: identify, counts: map[cell]*Count{}, summary: Summary{Skipped: map[Reason]Skipped{}}}
	if o != nil {
		t.opts = *o
	}
	switch {
	case identify == nil:
		return nil, errors.New("replay: identify is nil, and nothing else tells images from other lines")
	case t.opts.Format > JSON:
		return nil, fmt.Errorf("replay: format %d is unknown", t.opts.Format)
	case t.opts.MaxLine < 0 || t.opts.MaxIDs < 0 || t.opts.MaxCounts < 0:
		return nil, errors.New("replay: MaxLine, MaxIDs and MaxCounts must not be negative")
	case !t.opts.Only.IsZero() && t.opts.Only.Validate() != nil:
		return nil, fmt.Errorf("replay: Only: %w", t.opts.Only.Validate())
	}
	if t.opts.Project == nil {
		t.opts.Project = ByTenant
	}
	if t.opts.Cycle == nil {
		t.opts.Cycle = billing.Month
	}
	for _, f := range []struct {
		value *int
		def   int
	}{{&t.opts.MaxLine, 64 << 10}, {&t.opts.MaxIDs, 16_000_000}, {&t.opts.MaxCounts, 100_000}} {
		if *f.value == 0 {
			*f.value = f.def
		}
	}
	t.set = newSet(t.opts.MaxIDs)
	var err error
	t.meter, err = meter.New(t.set, &meter.Options{
		Policy: t.opts.Policy,
		Cycle:  func(string) billing.Cycle { return t.opts.Cycle },
		Now:    func() time.Time { return t.now },
	})
	return t, err
}

// Read counts the lines of a log, up to its end. A line that is no image
// served is counted by its [Reason], and never an error. After an error, which
// is that of the reader, of the context, or [ErrFull], the counts are those of
// the lines before. Reading the same lines again counts no transform twice,
// except for misses under EveryMiss, but all requests.
func (t *Tally) Read(ctx context.Context, log io.Reader) error {
	lines := bufio.NewReaderSize(log, max(4096, t.opts.MaxLine+2))
	for n := 0; ; n++ {
		if n%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		line, err := lines.ReadSlice('\n')
		long := false
		for err == bufio.ErrBufferFull && ctx.Err() == nil {
			long = true
			_, err = lines.ReadSlice('\n')
		}
		if err == bufio.ErrBufferFull {
			return ctx.Err()
		}
		if err != nil && err != io.EOF {
			return fmt.Errorf("replay: line %d: %w", t.summary.Lines+1, err)
		}
		if len(line) > 0 || long {
			t.summary.Lines++
			line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
			if n == 0 {
				line = bytes.TrimPrefix(line, []byte("\ufeff"))
			}
			if long || len(line) > t.opts.MaxLine {
				t.skip(TooLong)
			} else if err := t.line(ctx, line); err != nil {
				return fmt.Errorf("line %d: %w", t.summary.Lines, err)
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

func (t *Tally) skip(r Reason) {
	s := t.summary.Skipped[r]
	if s.Lines++; s.Lines == 1 {
		s.First = t.summary.Lines
	}
	t.summary.Skipped[r] = s
}

func (t *Tally) line(ctx context.Context, line []byte) error {
	if line = bytes.TrimSpace(line); len(line) == 0 {
		t.skip(Blank)
		return nil
	}
	parse := ParseCommon
	if t.opts.Format == JSON || t.opts.Format == Auto && line[0] == '{' {
		parse = ParseJSON
	}
	e, err := parse(line)
	if err != nil {
		t.skip(Malformed)
		return nil
	}
	return t.entry(ctx, &e)
}

func (t *Tally) entry(ctx context.Context, e *Entry) error {
	reason, event := t.look(e)
	if reason != "" {
		t.skip(reason)
		return nil
	}
	period := t.opts.Cycle(e.Time)
	at := cell{event.Project, period.Start.UnixNano()}
	count := t.counts[at]
	switch {
	case count == nil && len(t.counts) >= t.opts.MaxCounts:
		t.skip(TooMany)
		return nil
	case count == nil:
		count = &Count{Project: event.Project, Period: period}
	}
	counted, err := t.record(ctx, e, event)
	switch {
	case errors.Is(err, meter.ErrEvent): // formats are ignored, and this is in no form that has one
		t.skip(NoImage)
		return nil
	case err != nil:
		return err
	}
	t.counts[at] = count
	count.Transforms += counted
	count.Requests++
	count.Bytes = plus(count.Bytes, e.Bytes)

	s := &t.summary
	s.Served++
	*[...]*int64{Unknown: &s.Unknown, Hit: &s.Hits, Miss: &s.Misses, Coalesced: &s.Coalesced}[e.Cache]++
	if s.First.IsZero() || e.Time.Before(s.First) {
		s.First = e.Time
	}
	if e.Time.After(s.Last) {
		s.Last = e.Time
	}
	return nil
}

// look says why an entry is left out, or which event it is.
func (t *Tally) look(e *Entry) (Reason, meter.Event) {
	event := meter.Event{At: e.Time}
	switch {
	case !t.opts.Only.IsZero() && !t.opts.Only.Contains(e.Time):
		return OtherTime, event
	case e.Method != "GET" && e.Method != "HEAD":
		return OtherMethod, event
	case !served(e.Status):
		return NotServed, event
	}
	image, rendition, ok := e.Key, e.Canonical, e.Key != "" && e.Canonical != ""
	if !ok && e.Path != "" {
		image, rendition, ok = t.identify(e.Path, e.Query)
	}
	if !ok || image == "" {
		return NoImage, event
	}
	event.Project, event.Image, event.Rendition = t.opts.Project(e), meter.Image(image, e.Version), rendition
	if !usable(event.Project) {
		return NoProject, event
	}
	return "", event
}

func served(status int) bool {
	return status == 200 || status == 203 || status == 206 || status == 304
}

// usable says whether a meter takes a project of that name.
func usable(project string) bool {
	return meter.Record{Project: project, Metric: billing.TransformsUnique, Period: time.Unix(0, 0)}.Validate() == nil
}

// record puts an event into the set, and returns how many transforms count
// that are not kept there.
func (t *Tally) record(ctx context.Context, e *Entry, event meter.Event) (int64, error) {
	every := t.opts.Policy.Unique == meter.EveryMiss
	switch {
	case e.Cache == Hit, every && e.Cache == Coalesced:
		return 0, nil
	case every && e.Cache == Miss:
		return 1, nil
	}
	event.ID = "first seen" // under EveryMiss, the one miss that is supposed
	t.now = event.At
	_, err := t.meter.Record(ctx, event)
	return 0, err
}

// Summary returns what became of the lines so far.
func (t *Tally) Summary() Summary {
	s := t.summary
	s.Skipped = maps.Clone(s.Skipped)
	return s
}

// Counts returns what was counted so far, by project and then by period.
func (t *Tally) Counts() []Count {
	counted := map[cell]int64{}
	t.set.each(t.opts.Cycle, func(project string, start time.Time, n int64) {
		counted[cell{project, start.UnixNano()}] += n
	})
	var all []Count
	for at, c := range t.counts {
		n := *c
		n.Transforms += counted[at]
		all = append(all, n)
	}
	slices.SortFunc(all, func(a, b Count) int {
		return cmp.Or(strings.Compare(a.Project, b.Project), a.Period.Start.Compare(b.Period.Start))
	})
	return all
}
