package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"gocloud.dev/blob"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/catalog"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/postgres"
	"github.com/immagin/immagin-go/billing/store/redis"
	"github.com/immagin/immagin-go/examples/metering"
	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/immagin/api/sqlstore"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codecs"
	"github.com/immagin/immagin-go/sign"
	"github.com/immagin/immagin-go/storage"
	"github.com/immagin/immagin-go/storage/bucket"
)

// tenant is the one project of these servers. More are rows in the database,
// and a [luna.TenantFunc].
const tenant = "acme"

type config struct{ public, bucket, postgres, redis string }

// A server is one of them.
type server struct {
	config   config
	access   *sqlstore.Store // projects, API keys and used tickets
	meter    *meter.Meter
	delivery *luna.Handler
	api      *api.Handler
	closers  []func() error
}

func newServer(ctx context.Context, c config) (_ *server, err error) {
	s := &server{config: c}
	defer func() {
		if err != nil {
			s.close(ctx)
		}
	}()
	bucket, err := s.openBucket(ctx)
	if err != nil {
		return nil, err
	}
	originals, derived := storage.NewOriginals(bucket, nil), storage.NewDerived(bucket, nil)
	if err := s.openAccess(ctx); err != nil {
		return nil, err
	}
	gate, err := s.openUsage(ctx)
	if err != nil {
		return nil, err
	}
	engine, err := luna.New(codecs.Default(), nil)
	if err != nil {
		return nil, err
	}
	s.delivery, err = luna.NewHandler(engine, originals, sign.TenantsFunc(s.keyring), &luna.HandlerOptions{
		Tenant:   luna.FixedTenant(tenant),
		Cache:    derived, // what one server has made, all have
		Admitter: gate,
	})
	if err != nil {
		return nil, err
	}
	s.api, err = api.New(originals, s.access.Projects(), s.access.Keys(), &api.Options{
		PublicURL: c.public,
		Guard:     gate.Upload,
		Nonces:    s.access.Nonces(), // a ticket is used once, wherever
		Deleted: func(ctx context.Context, tenant, key string) error {
			s.delivery.Forget(tenant, key)
			return derived.DeleteAll(ctx, tenant, key)
		},
	})
	return s, err
}

func (s *server) openBucket(ctx context.Context) (*blob.Bucket, error) {
	b, err := bucket.Open(ctx, s.config.bucket)
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, b.Close)
	return b, nil
}

// openAccess opens who may do what.
func (s *server) openAccess(ctx context.Context) error {
	db, err := sql.Open("pgx", s.config.postgres)
	if err != nil {
		return err
	}
	s.closers = append(s.closers, db.Close)
	if s.access, err = sqlstore.New(db, sqlstore.Postgres, nil); err != nil {
		return err
	}
	return s.access.Migrate(ctx) // all servers may, at every start
}

// openUsage opens the count of unique transforms. The truth is in PostgreSQL;
// Redis spares it the second question.
func (s *server) openUsage(ctx context.Context) (*metering.Gate, error) {
	db, err := postgres.Open(ctx, s.config.postgres, nil)
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, db.Close)
	cached, err := redis.Open(db.Meter(), s.config.redis, nil)
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, cached.Close)
	if s.meter, err = meter.New(cached, nil); err != nil {
		return nil, err
	}
	account := metering.Account{Plan: catalog.Immagin(), Projects: []string{tenant}}
	return metering.New(s.meter, metering.AccountsFunc(func(context.Context, string) (metering.Account, error) {
		return account, nil
	}), nil)
}

// keyring looks up what a tenant's URLs are signed by. A busy site would
// remember the answer for some seconds.
func (s *server) keyring(ctx context.Context, tenant string) (*sign.Keyring, error) {
	project, err := s.access.Projects().Project(ctx, tenant)
	if err != nil {
		return nil, err
	}
	return sign.NewKeyring(project.Secret)
}

// firstStart makes the project and its first API key, unless they are there.
func (s *server) firstStart(ctx context.Context) (sign.APIKey, error) {
	_, err := s.access.Projects().Project(ctx, tenant)
	if !errors.Is(err, fs.ErrNotExist) {
		return sign.APIKey{}, err
	}
	project := api.Project{ID: tenant, Name: "Acme", BaseURL: s.config.public, Secret: sign.NewSecret()}
	if err := s.access.Projects().Put(ctx, tenant, project); err != nil {
		return sign.APIKey{}, err
	}
	key := sign.NewAPIKey()
	return key, s.access.Keys().Create(ctx, api.NewKey(tenant, "first", key, time.Now()))
}

func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/v1/", s.api)
	mux.Handle("/{payload}", s.delivery)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	return mux
}

// used is the unique transforms of this month, of all servers.
func (s *server) used(ctx context.Context) (int64, error) {
	usage, err := s.meter.Usage(ctx, tenant, billing.Month(time.Now()))
	return usage[billing.TransformsUnique], err
}

// close finishes what is under way, and closes the stores, the last first.
func (s *server) close(ctx context.Context) error {
	var errs []error
	if s.delivery != nil {
		errs = append(errs, s.delivery.Shutdown(ctx))
	}
	for i := len(s.closers) - 1; i >= 0; i-- {
		errs = append(errs, s.closers[i]())
	}
	return errors.Join(errs...)
}
