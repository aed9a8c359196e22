package sqlstore_test

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	_ "modernc.org/sqlite"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/immagin/api/sqlstore"
	"github.com/immagin/immagin-go/sign"
)

// A server hands its database to api.New:
//
//	handler, err := api.New(originals, store.Projects(), store.Keys(), &api.Options{Nonces: store.Nonces()})
//
// For PostgreSQL it is sql.Open("pgx", "postgres://…") and sqlstore.Postgres.
func ExampleNew() {
	db, err := sql.Open("sqlite", "file:example?mode=memory&cache=shared&_pragma=busy_timeout(5000)")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	store, err := sqlstore.New(db, sqlstore.SQLite, &sqlstore.Options{Now: time.Now})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	fmt.Println(store.Migrate(ctx))
	fmt.Println(store.Projects().Put(ctx, "acme", api.Project{ID: "prj_1", Name: "Acme", BaseURL: "https://acme.example.com", Secret: sign.NewSecret()}))
	key := sign.NewAPIKey() // shown to its owner once
	kept := api.NewKey("acme", "laptop", key, time.Now())
	fmt.Println(store.Keys().Create(ctx, kept))
	fmt.Println(store.Keys().Used(ctx, "acme", kept.ID, time.Now()))
	all, err := store.Keys().List(ctx, "acme")
	fmt.Println(len(all), all[0].Name, all[0].LastUsedAt.IsZero(), err)
	fmt.Println(store.Keys().Revoke(ctx, "acme", kept.ID))
	// Output:
	// <nil>
	// <nil>
	// <nil>
	// <nil>
	// 1 laptop false <nil>
	// <nil>
}
