package luna

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"
)

// UsageLogOptions set how a [UsageLog] writes. A nil *UsageLogOptions is all
// defaults, and so is the zero value of every field.
type UsageLogOptions struct {
	// Every is how long a record waits for others before they are written
	// together; a second by default. It is what a crash loses.
	Every time.Duration
	// MaxBytes bounds what waits, should the writer be slow or stand still:
	// further records are lost. 4 MiB by default.
	MaxBytes int
	// Logger is told when writing fails, and when it works again;
	// slog.Default at the time of NewUsageLog by default.
	Logger *slog.Logger
}

// ErrUsageLost says that records of a [UsageLog] were not written.
var ErrUsageLost = errors.New("usage records were lost")

// A UsageLog writes usage records as lines of JSON. Its method Record is for
// HandlerOptions.Usage. It is safe for concurrent use, and does not have
// requests wait for the writer: a goroutine of its own, which Close ends,
// writes.
//
// It is a log, not the books: what a crash or a full disk takes is lost, where
// an [Admitter] would fail the request.
type UsageLog struct {
	w    io.Writer
	opts UsageLogOptions

	mu     sync.Mutex
	lines  []byte // that wait
	closed bool
	lost   int64 // records
	err    error // of the last write, nil if it worked

	writing sync.Mutex // around spare, torn and w
	spare   []byte
	torn    bool // the writer took a part of a line

	wake chan struct{}
	quit chan struct{}
	done chan struct{}
}

// NewUsageLog returns a log that writes to w, whole lines at a time: to a file
// that is opened with os.O_APPEND, several processes can. The owner of w
// closes it after the log.
func NewUsageLog(w io.Writer, opts *UsageLogOptions) *UsageLog {
	l := &UsageLog{w: w, wake: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{})}
	if opts != nil {
		l.opts = *opts
	}
	if l.opts.Every <= 0 {
		l.opts.Every = time.Second
	}
	if l.opts.MaxBytes <= 0 {
		l.opts.MaxBytes = 4 << 20
	}
	if l.opts.Logger == nil {
		l.opts.Logger = slog.Default()
	}
	go l.run()
	return l
}

// usageBatch is how much is written without waiting for more.
const usageBatch = 32 << 10

// Record takes a record down. It does not wait for the writer. After Close,
// the record is lost.
func (l *UsageLog) Record(_ context.Context, r UsageRecord) {
	var line bytes.Buffer
	e := json.NewEncoder(&line)
	e.SetEscapeHTML(false)
	err := e.Encode(&r) // ends with a line break
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil || l.closed || len(l.lines)+line.Len() > l.opts.MaxBytes {
		l.lost++ // the error would be of a year beyond 9999
		return
	}
	first := len(l.lines) == 0
	l.lines = append(l.lines, line.Bytes()...)
	if first || len(l.lines) >= usageBatch {
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
}

// run writes what waits, a while after its first line or once it is a batch.
func (l *UsageLog) run() {
	defer close(l.done)
	var due <-chan time.Time
	for {
		select {
		case <-l.quit:
			return
		case <-l.wake:
			if l.waiting() < usageBatch {
				if due == nil {
					due = time.After(l.opts.Every)
				}
				continue
			}
		case <-due:
		}
		due = nil
		l.write()
	}
}

func (l *UsageLog) waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.lines)
}

// write writes what waits.
func (l *UsageLog) write() {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.mu.Lock()
	lines := l.lines
	l.lines = l.spare[:0]
	l.mu.Unlock()
	l.spare = lines
	if len(lines) == 0 {
		return
	}
	n, err := 0, error(nil)
	if l.torn { // what follows is on a line of its own
		if _, err = l.w.Write([]byte{'\n'}); err == nil {
			l.torn = false
		}
	}
	if err == nil {
		n, err = l.w.Write(lines)
		n = min(max(n, 0), len(lines))
		if err == nil && n < len(lines) {
			err = io.ErrShortWrite
		}
		l.torn = n > 0 && lines[n-1] != '\n'
	}
	l.mu.Lock()
	before := l.err
	l.err = err
	l.lost += int64(bytes.Count(lines[n:], []byte{'\n'}))
	lost := l.lost
	l.mu.Unlock()
	switch {
	case err != nil && before == nil:
		l.opts.Logger.Error("usage log not written", "error", err, "lost", lost)
	case err == nil && before != nil:
		l.opts.Logger.Warn("usage log is written again", "lost", lost)
	}
}

// Flush writes what waits. The error is that of the writer, if any; what it
// did not take is not tried again.
func (l *UsageLog) Flush() error {
	l.write()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return fmt.Errorf("luna: usage log: %w", l.err)
	}
	return nil
}

// Lost returns how many records were not written, in whole: because the writer
// failed or was too slow, or because they came after Close.
func (l *UsageLog) Lost() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost
}

// Close writes what waits and ends the log; call it after [Handler.Shutdown].
// It does not close the writer. The error wraps [ErrUsageLost] where records
// were lost so far. A second Close does no more than return it.
func (l *UsageLog) Close() error {
	l.mu.Lock()
	again := l.closed
	l.closed = true
	l.mu.Unlock()
	if !again {
		close(l.quit)
	}
	<-l.done
	err := l.Flush()
	if lost := l.Lost(); lost > 0 {
		err = errors.Join(fmt.Errorf("luna: %w: %d", ErrUsageLost, lost), err)
	}
	return err
}
