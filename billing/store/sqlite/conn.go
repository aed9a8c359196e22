package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	modernc "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// A conn is one connection with its prepared statements, for one goroutine at
// a time. It speaks to the driver itself: database/sql takes as long for each
// statement as SQLite does for a row.
type conn struct {
	raw      driver.Conn
	prepared map[string]driver.Stmt
	args     []driver.NamedValue
	ctx      context.Context // of who reads; none for the writer
	failed   error           // the first error of a statement since reset
	written  int             // statements that may have changed something
}

// dsn is the file's name as SQLite reads it, whatever characters it has.
func dsn(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String(), nil
}

func open(name string, busy time.Duration, pragmas ...string) (*conn, error) {
	raw, err := new(modernc.Driver).Open(name)
	if err != nil {
		return nil, err
	}
	c := &conn{raw: raw, prepared: map[string]driver.Stmt{}, ctx: context.Background()}
	pragmas = append([]string{fmt.Sprintf("busy_timeout = %d", max(1, busy.Milliseconds()))}, pragmas...)
	for _, p := range pragmas {
		if err := c.run("PRAGMA " + p); err != nil {
			return nil, errors.Join(fmt.Errorf("PRAGMA %s: %w", p, err), c.close())
		}
	}
	return c, nil
}

func (c *conn) close() error {
	var err error
	for _, s := range c.prepared {
		err = errors.Join(err, s.Close())
	}
	return errors.Join(err, c.raw.Close())
}

// run executes statements that are not worth keeping prepared.
func (c *conn) run(text string) error {
	_, err := c.raw.(driver.ExecerContext).ExecContext(context.Background(), text, nil)
	return c.fail(err)
}

func (c *conn) fail(err error) error {
	if err != nil && c.failed == nil {
		c.failed = err
	}
	return err
}

func (c *conn) prepare(text string) (driver.Stmt, error) {
	if s, ok := c.prepared[text]; ok {
		return s, nil
	}
	s, err := c.raw.Prepare(text)
	if err == nil {
		c.prepared[text] = s
	}
	return s, err
}

func (c *conn) bind(args []driver.Value) []driver.NamedValue {
	c.args = c.args[:0]
	for i, a := range args {
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	return c.args
}

// exec returns the number of rows that were changed. Arguments are int64,
// string, []byte or nil.
func (c *conn) exec(text string, args ...driver.Value) (int64, error) {
	s, err := c.prepare(text)
	if err != nil {
		return 0, c.fail(err)
	}
	c.written++
	result, err := s.(driver.StmtExecContext).ExecContext(c.ctx, c.bind(args))
	if err != nil {
		return 0, c.fail(err)
	}
	n, err := result.RowsAffected()
	return n, c.fail(err)
}

// query calls each with every row, which is used again for the next, until it
// returns an error. It may not use the connection.
func (c *conn) query(text string, each func(row) error, args ...driver.Value) (err error) {
	s, err := c.prepare(text)
	if err != nil {
		return c.fail(err)
	}
	rows, err := s.(driver.StmtQueryContext).QueryContext(c.ctx, c.bind(args))
	if err != nil {
		return c.fail(err)
	}
	defer func() { err = errors.Join(err, c.fail(rows.Close())) }()
	values := make(row, len(rows.Columns()))
	for {
		// The driver heeds the context for the first row only.
		if err := c.ctx.Err(); err != nil {
			return err
		}
		err := rows.Next(values)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return c.fail(err)
		}
		if err := each(values); err != nil {
			return err
		}
	}
}

// number returns the first column of the first row, and whether there is one.
func (c *conn) number(text string, args ...driver.Value) (n int64, found bool, err error) {
	err = c.query(text, func(r row) error {
		if !found {
			n, found = r.int(0), r[0] != nil
		}
		return nil
	}, args...)
	return n, found, err
}

// A row is the values of one row. Tables are STRICT, so that a column has the
// type that it was declared with, or is NULL and reads as zero.
type row []driver.Value

func (r row) int(i int) int64 {
	n, _ := r[i].(int64)
	return n
}

func (r row) text(i int) string {
	s, _ := r[i].(string)
	return s
}

// blob is the caller's: the driver has made it for this row.
func (r row) blob(i int) []byte {
	b, _ := r[i].([]byte)
	return b
}

// busy says that another process has the lock.
func busy(err error) bool {
	var e *modernc.Error
	return errors.As(err, &e) && (e.Code()&0xff == sqlite3.SQLITE_BUSY || e.Code()&0xff == sqlite3.SQLITE_LOCKED)
}
