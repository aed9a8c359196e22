package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/catalog"
	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/replay"
	"github.com/immagin/immagin-go/billing/store/memory"
	"github.com/immagin/immagin-go/billing/store/sqlite"
	"github.com/immagin/immagin-go/examples/metering"
	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/luna"
)

// TestDocs finds each block of Go of the page on billing in this file, where
// it is compiled and run.
func TestDocs(t *testing.T) {
	page, err := os.ReadFile("../docs/billing.md")
	require.NoError(t, err)
	source, err := os.ReadFile("docs_test.go")
	require.NoError(t, err)
	flat := func(text string) string {
		var lines []string
		for line := range strings.Lines(text) {
			lines = append(lines, strings.TrimSpace(line))
		}
		return strings.Join(lines, "\n")
	}
	blocks := 0
	for i, block := range strings.Split(string(page), "```") {
		if code, ok := strings.CutPrefix(block, "go\n"); ok && i%2 == 1 {
			blocks++
			require.Contains(t, flat(string(source)), flat(code))
		}
	}
	require.Equal(t, 8, blocks)
}

func TestDocsRun(t *testing.T) {
	ctx, folder := context.Background(), t.TempDir()
	require.NoError(t, docsMetering(ctx, folder, metering.AccountsFunc(func(context.Context, string) (metering.Account, error) {
		return metering.Account{Plan: catalog.ImmaginFree(), Projects: []string{"acme"}}, nil
	})))
	var out bytes.Buffer
	require.NoError(t, docsPrices(&out))
	require.Contains(t, out.String(), "39.00")
	require.NoError(t, docsClose(ctx))
	require.NoError(t, docsLedger(ctx, &out))
	require.Contains(t, out.String(), "0.054 9.946")
	require.NoError(t, docsOutbox(ctx, folder, memory.NewMeter()))
	require.NoError(t, docsReplay(ctx, strings.NewReader(`{"time":"2026-11-03T10:00:00Z","path":"/w=800/hero.jpg","status":200}`), &out))
	require.Contains(t, out.String(), "default 2026-11-01T00:00:00Z/2026-12-01T00:00:00Z 1")
}

func docsMetering(ctx context.Context, folder string, accounts metering.Accounts) error {
	usage, err := sqlite.Open(ctx, filepath.Join(folder, "usage.db"), nil)
	if err != nil {
		return err
	}
	defer usage.Close()
	m, err := meter.New(usage.Meter(), nil) // once a calendar month, in UTC, and project
	if err != nil {
		return err
	}
	gate, err := metering.New(m, accounts, nil) // accounts: which plan and standing a tenant has
	if err != nil {
		return err
	}
	handler := luna.HandlerOptions{Admitter: gate} // of luna.NewHandler
	guarded := api.Options{Guard: gate.Upload}     // of api.New
	_, _ = handler, guarded

	at := time.Now()
	fresh, err := m.Record(ctx, meter.Event{
		Project:   "acme",
		Image:     meter.Image("hero.jpg", `"etag-1"`),
		Rendition: `{"edits":[{"resize":{"width":800}}],"output":{"format":"webp","quality":90}}`,
		At:        at,
	})
	if err == nil && fresh != 1 {
		err = fmt.Errorf("%d fresh", fresh)
	}
	return err
}

// fmtTo stands in for fmt, so that the page's lines print here.
type fmtTo struct{ io.Writer }

func (f fmtTo) Println(a ...any) { fmt.Fprintln(f, a...) }

func docsPrices(out io.Writer) error {
	fmt := fmtTo{out}
	charge, err := catalog.Immagin().Estimate(billing.Usage{billing.TransformsUnique: 300_000})
	if err != nil {
		return err
	}
	for _, line := range charge.Lines {
		fmt.Println(line.Description, line.Amount)
	}
	fmt.Println(charge.Total) // 39.00

	perGB, err := billing.Per(1_000_000_000, "0.45", "USD")
	if err != nil {
		return err
	}
	base, err := billing.ParseMoney("89.00", "USD")
	if err != nil {
		return err
	}
	pro := billing.Plan{
		ID: "pro", Version: 1, Base: base, Arrears: true,
		Components: []billing.Component{{
			Metric:   billing.BandwidthBytes,
			Included: 225_000_000_000,
			Overage:  billing.Unit(perGB, billing.Linear), // billing.BlockUp: a started GB is a whole one
		}},
	}
	if err := pro.Validate(); err != nil {
		return err
	}
	return nil
}

func docsClose(ctx context.Context) error {
	november := billing.Month(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
	now := november.End.Add(73 * time.Hour)
	m, err := meter.New(memory.NewMeter(), &meter.Options{Now: func() time.Time { return now }})
	if err != nil {
		return err
	}
	var credits []billing.Credit
	numbers := billing.NewMemoryNumberer("2026-", 1)

	if now.Before(billing.Terms{}.SealAt(november)) {
		return nil // late events are still counted
	}
	used, err := m.Seal(ctx, "acme", november)
	if err != nil {
		return err
	}
	draft, left, err := billing.Close(catalog.Immagin(), used, november, &billing.CloseOptions{
		Account: "acme",
		Credits: credits,
		Tax:     billing.FlatTax("VAT 19 %", 1_900),
	})
	if err != nil {
		return err
	}
	invoice, err := draft.Finalize(ctx, numbers, billing.Terms{}, now) // a gapless number, and a due date
	if err != nil {
		return err
	}
	if len(left) != 0 || invoice.Number != "2026-000001" {
		return fmt.Errorf("%v left, invoice %s", left, invoice.Number)
	}
	return nil
}

// cash is a provider of payments that takes everything.
type cash struct{}

func (cash) Charge(_ context.Context, _, key string, _ billing.Money) (string, error) {
	return "ch_" + key, nil
}

func (cash) Refund(context.Context, string, string, string, billing.Money) error { return nil }

func docsLedger(ctx context.Context, out io.Writer) error {
	fmt := fmtTo{out}
	store, payments := memory.NewLedger(), cash{}
	money := func(text string) billing.Money {
		m, err := billing.ParseMoney(text, "USD")
		if err != nil {
			panic(err)
		}
		return m
	}
	tenDollars, estimate, average, billed := money("10.00"), money("0.040"), money("0.052"), money("0.045")

	books, err := ledger.New(store, &ledger.Options{
		Policy:   ledger.Policy{Margin: 2000}, // 20 %, in basis points
		Payments: payments,                    // takes and returns money: two methods of yours
	})
	if err != nil {
		return err
	}
	if _, err := books.TopUp(ctx, "acme", "order-1", tenDollars); err != nil {
		return err
	}
	hold, err := books.Reserve(ctx, ledger.Request{
		Account: "acme", Key: "job-1", // the idempotency key
		Upstream: estimate, Historical: average, // the greater, with the margin, rounded up
	})
	if err != nil {
		return err // *ledger.InsufficientError, …
	}
	defer hold.Release(ctx) // does nothing after a Commit
	settled, err := hold.Commit(ctx, ledger.Succeeded, billed)
	if err != nil {
		return err
	}
	fmt.Println(settled.Charged, settled.Balance.Available)
	return books.Verify(ctx)
}

func docsOutbox(ctx context.Context, folder string, remote meter.Store) error {
	local, err := sqlite.Open(ctx, filepath.Join(folder, "outbox.db"), nil)
	if err != nil {
		return err
	}
	defer local.Close()
	outbox, err := meter.NewOutbox(local.Queue(), remote, nil) // remote: a postgres.Store's Meter()
	if err != nil {
		return err
	}
	defer outbox.Close()
	counter, err := meter.New(outbox, nil)
	if err != nil {
		return err
	}
	if _, err := counter.Record(ctx, meter.Event{Project: "acme", Image: meter.Image("hero.jpg", "1"), At: time.Now()}); err != nil {
		return err
	}
	used, err := counter.Usage(ctx, "acme", billing.Month(time.Now()))
	if err == nil && used[billing.TransformsUnique] != 1 {
		err = fmt.Errorf("%v used", used)
	}
	return err
}

func docsReplay(ctx context.Context, log io.Reader, out io.Writer) error {
	fmt := fmtTo{out}
	tally, err := replay.New(func(path, query string) (image, rendition string, ok bool) {
		rendition, image, ok = strings.Cut(strings.TrimPrefix(path, "/"), "/") // /w=800/hero.jpg
		return image, rendition, ok
	}, nil)
	if err != nil {
		return err
	}
	if err := tally.Read(ctx, log); err != nil {
		return err
	}
	for _, c := range tally.Counts() {
		fmt.Println(c.Project, c.Period, c.Transforms)
	}
	return nil
}
