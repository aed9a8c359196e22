package meter

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/immagin/immagin-go/billing"
)

// maxLine is the most bytes of a line that Read reads: a project and a metric
// of MaxText bytes each, all of them escaped, and the rest.
const maxLine = 4096

// line is a record as it is written.
type line struct {
	Project string         `json:"project"`
	Metric  billing.Metric `json:"metric"`
	Period  time.Time      `json:"period"`
	ID      ID             `json:"id"`
	At      *time.Time     `json:"at,omitempty"`
	Window  time.Duration  `json:"window,omitempty"` // nanoseconds
}

// Write writes all records of a source as JSON, one object a line: a node's
// usage as a file, or as the body of a request, for another to [Read] and
// [Meter.Merge].
func Write(ctx context.Context, w io.Writer, from Source) error {
	b := bufio.NewWriter(w)
	e := json.NewEncoder(b)
	for {
		records, err := from.Next(ctx)
		if err == io.EOF {
			return b.Flush()
		}
		if err != nil {
			return err
		}
		for _, r := range records {
			if err := r.Validate(); err != nil {
				return err
			}
			r = r.normal()
			l := line{Project: r.Project, Metric: r.Metric, Period: r.Period, ID: r.ID, Window: r.Window}
			if r.Window > 0 {
				l.At = &r.At
			}
			if err := e.Encode(l); err != nil {
				return err
			}
		}
	}
}

type lines struct {
	r *bufio.Reader
	n int // lines read
}

// Read is the source of what [Write] has written. It reads a page at a time,
// whatever the size of the whole. A line that is none of Write's is an error
// that is [ErrRecord] and says its number; so is a last line without an end,
// since something may be missing.
func Read(r io.Reader) Source { return &lines{r: bufio.NewReaderSize(r, maxLine)} }

func (l *lines) Next(ctx context.Context) ([]Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var records []Record
	for len(records) < page {
		text, err := l.r.ReadSlice('\n')
		if err == io.EOF && len(text) == 0 {
			break
		}
		l.n++
		switch {
		case err == io.EOF:
			return nil, fmt.Errorf("%w: line %d has no end", ErrRecord, l.n)
		case errors.Is(err, bufio.ErrBufferFull):
			return nil, fmt.Errorf("%w: line %d has more than %d bytes", ErrRecord, l.n, maxLine)
		case err != nil:
			return nil, err
		}
		r, err := parseLine(text)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", l.n, err)
		}
		records = append(records, r)
	}
	if len(records) == 0 {
		return nil, io.EOF
	}
	return records, nil
}

func parseLine(text []byte) (Record, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var l line
	if err := d.Decode(&l); err != nil {
		return Record{}, fmt.Errorf("%w: %.200s", ErrRecord, err)
	}
	if rest := text[d.InputOffset():]; len(bytes.TrimSpace(rest)) > 0 {
		return Record{}, fmt.Errorf("%w: something follows the object", ErrRecord)
	}
	if (l.At != nil) != (l.Window > 0) {
		return Record{}, fmt.Errorf("%w: at and window belong together", ErrRecord)
	}
	r := Record{Project: l.Project, Metric: l.Metric, Period: l.Period, ID: l.ID, Window: l.Window}
	if l.At != nil {
		r.At = *l.At
	}
	if err := r.Validate(); err != nil {
		return Record{}, err
	}
	return r.normal(), nil
}
