// Command stripe exports what a meter has counted to Stripe, as meter events,
// and prints Immagin's tiers as a price of Stripe's:
//
//	go run ./examples/stripe -usage usage.db -customers customers.json
//	go run ./examples/stripe -price
//
// It prints what it would send; with -send, and the key in STRIPE_SECRET_KEY,
// it sends that. Run it as often as you like: by the hour for what a customer
// sees, and once more with -sealed after the month is sealed, for the bill.
// At Stripe there must be a meter of that event name, with the aggregation
// "last", and subscriptions whose billing cycle starts on the first of the
// month at 00:00 UTC.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/examples/metering/database"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	to := client{base: "https://api.stripe.com", key: os.Getenv("STRIPE_SECRET_KEY"), http: &http.Client{Timeout: time.Minute}}
	if err := run(ctx, os.Args[1:], to, time.Now, os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "stripe:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, to client, now func() time.Time, out io.Writer) error {
	flags := flag.NewFlagSet("stripe", flag.ContinueOnError)
	var (
		usage     = flags.String("usage", "", "`name` of the usage: an SQLite file or postgres://…")
		customers = flags.String("customers", "", "`file` of JSON that has the customer of each project: {\"demo\":\"cus_…\"}")
		name      = flags.String("event", "immagin_transforms", "`name` of the meter's events at Stripe")
		month     = flags.String("month", "", "`month` to export, such as 2026-11; this one by default")
		sealed    = flags.Bool("sealed", false, "seal the month first: these are its final figures")
		send      = flags.Bool("send", false, "send, rather than print")
		price     = flags.Bool("price", false, "print Immagin's tiers as a price")
	)
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%q is no flag; see -help", flags.Arg(0))
	}
	if *price {
		p, err := graduated("prod_…", "mtr_…", tiers())
		if err != nil {
			return err
		}
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(p)
	}
	if *usage == "" || *customers == "" {
		return errors.New("-usage and -customers must be given; see -help")
	}
	if *send && to.key == "" {
		return errors.New("-send needs the key in STRIPE_SECRET_KEY")
	}
	period := billing.Month(now())
	if *month != "" {
		t, err := time.Parse("2006-01", *month)
		if err != nil {
			return fmt.Errorf("-month %q must be like 2026-11", *month)
		}
		period = billing.Month(t)
	}
	byProject, err := readCustomers(*customers)
	if err != nil {
		return fmt.Errorf("-customers: %w", err)
	}
	store, err := database.Open(ctx, *usage)
	if err != nil {
		return fmt.Errorf("-usage: %w", err)
	}
	defer store.Close()
	m, err := meter.New(store, &meter.Options{Now: now})
	if err != nil {
		return err
	}
	return export(ctx, m, *name, period, byProject, *sealed, *send, to, now, out)
}

func export(ctx context.Context, m *meter.Meter, name string, month billing.Period, customers map[string]string, sealed, send bool, to client, now func() time.Time, out io.Writer) error {
	if sealed {
		if _, err := m.SealAll(ctx, month); err != nil {
			return err
		}
	}
	list, nobodys, err := events(ctx, m, name, month, customers, sealed, now())
	if err != nil {
		return err
	}
	for _, e := range list {
		if !send {
			fmt.Fprintf(out, "POST /v1/billing/meter_events %s\n", e.form().Encode())
			continue
		}
		if err := to.send(ctx, e); err != nil {
			return fmt.Errorf("%w; the customers after it have not been sent, run this again", err)
		}
		fmt.Fprintf(out, "%s %d\n", e.Customer, e.Value)
	}
	if len(nobodys) > 0 {
		return fmt.Errorf("projects of no customer, which are not billed: %q", nobodys)
	}
	return nil
}

func readCustomers(file string) (map[string]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var customers map[string]string
	return customers, json.Unmarshal(text, &customers)
}

// tiers are Immagin's, as catalog.Immagin has them.
func tiers() []billing.Tier {
	var list []billing.Tier
	for _, t := range []struct {
		upTo  int64
		price string
	}{{25_000, "0"}, {100_000, "0.20"}, {200_000, "0.15"}, {500_000, "0.09"}, {billing.Inf, "0.07"}} {
		rate, err := billing.Per(1000, t.price, "USD")
		if err != nil {
			panic(err) // a constant
		}
		list = append(list, billing.Tier{UpTo: t.upTo, Unit: rate})
	}
	return list
}
