// Package database opens the store of usage that a program's user names. It
// links the drivers of all databases, which package metering does not.
package database

import (
	"context"
	"errors"
	"strings"

	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/memory"
	"github.com/immagin/immagin-go/billing/store/postgres"
	"github.com/immagin/immagin-go/billing/store/sqlite"
)

// ErrName is the error for names of databases that are not known.
var ErrName = errors.New("must be the name of an SQLite file, postgres://… or mem://")

// Check says whether Open knows what name means, without opening it.
func Check(name string) error {
	scheme, _, is := strings.Cut(name, "://")
	if name == "" || is && scheme != "postgres" && scheme != "postgresql" && name != "mem://" {
		return ErrName
	}
	return nil
}

// Open opens the usage in a file of SQLite, which is made where there is none,
// in a database of PostgreSQL (a URL of postgres:// or postgresql://), or in
// memory (mem://), where it ends with the process. What the store has counted
// is on the disk. Closing the store closes the database.
func Open(ctx context.Context, name string) (meter.Store, error) {
	if err := Check(name); err != nil {
		return nil, err
	}
	switch {
	case name == "mem://":
		return memory.NewMeter(), nil
	case strings.Contains(name, "://"):
		db, err := postgres.Open(ctx, name, nil)
		if err != nil {
			return nil, err
		}
		return store{db.Meter(), db.Close}, nil
	}
	db, err := sqlite.Open(ctx, name, nil)
	if err != nil {
		return nil, err
	}
	return store{db.Meter(), db.Close}, nil
}

// store closes the whole database.
type store struct {
	meter.Store
	close func() error
}

func (s store) Close() error { return s.close() }
