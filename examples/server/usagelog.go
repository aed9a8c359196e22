package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/immagin/immagin-go/luna"
)

// usageLog is the log of what was delivered: lines of JSON in the file
// usage.jsonl of the data folder, which examples/invoice can bill. The books
// are the usage database.
type usageLog struct {
	*luna.UsageLog
	file *boundedFile
	log  *slog.Logger
}

// mostUsageLog is how long a file of the log grows. There are two, the older
// as usage.1.jsonl.
const mostUsageLog = 64 << 20

func openUsageLog(folder string, log *slog.Logger) (*usageLog, error) {
	f, err := openBounded(filepath.Join(folder, "usage.jsonl"), filepath.Join(folder, "usage.1.jsonl"), mostUsageLog)
	if err != nil {
		return nil, fmt.Errorf("usage log: %w", err)
	}
	return &usageLog{luna.NewUsageLog(f, &luna.UsageLogOptions{Logger: log}), f, log}, nil
}

// close writes what waits. That records are missing is no failure of the
// server.
func (l *usageLog) close() error {
	if err := l.Close(); err != nil {
		l.log.Warn("the usage log has gaps", "error", err)
	}
	return l.file.Close()
}

// A boundedFile is appended to. Once it would get too long, it takes the place
// of the older one, and begins anew. It is not safe for concurrent use.
type boundedFile struct {
	name, older string
	most        int64
	size        int64
	file        *os.File // nil where it could not be opened
}

func openBounded(name, older string, most int64) (*boundedFile, error) {
	b := &boundedFile{name: name, older: older, most: most}
	return b, b.open()
}

// open opens the file, for its owner alone: keys and texts in it may be
// personal. A line that a crash has left unfinished is ended.
func (b *boundedFile) open() error {
	f, err := os.OpenFile(b.name, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	b.file, b.size = f, info.Size()
	last := []byte{'\n'}
	if b.size > 0 {
		if _, err := f.ReadAt(last, b.size-1); err != nil {
			return errors.Join(err, b.Close())
		}
	}
	if last[0] != '\n' {
		if _, err := f.WriteString("\n"); err != nil {
			return errors.Join(err, b.Close())
		}
		b.size++
	}
	return nil
}

// Write appends whole lines to the file.
func (b *boundedFile) Write(p []byte) (int, error) {
	if b.file == nil { // it failed before
		if err := b.open(); err != nil {
			return 0, err
		}
	}
	if b.size > 0 && b.size+int64(len(p)) > b.most {
		if err := errors.Join(b.Close(), os.Rename(b.name, b.older)); err != nil {
			return 0, err
		}
		if err := b.open(); err != nil {
			return 0, err
		}
	}
	n, err := b.file.Write(p)
	b.size += int64(n)
	return n, err
}

// Close closes the file. A Write opens it again.
func (b *boundedFile) Close() error {
	if b.file == nil {
		return nil
	}
	f := b.file
	b.file = nil
	return f.Close()
}
