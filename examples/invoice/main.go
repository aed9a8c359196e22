// Command invoice replays access logs and prints what they would have cost:
// the unique transforms of each project and month, Immagin's invoice for them,
// and the offers of other providers side by side, with what it all rests on.
//
//	go run ./examples/invoice -by host -log access.log
//	zcat access.log.*.gz | go run ./examples/invoice -catalog recomputed,published
//
// Logs are Common, Combined or JSON lines, as package billing/replay reads
// them; compressed ones (gzip) are read as they are. Images are URLs of this
// module, /{payload}?sig=…, below any path.
package main

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/catalog"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/replay"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	out := bufio.NewWriter(os.Stdout)
	err := run(ctx, os.Args[1:], os.Stdin, time.Now, out)
	if err = cmp.Or(err, out.Flush()); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "invoice:", err)
		os.Exit(1)
	}
}

var (
	formats  = map[string]replay.Format{"auto": replay.Auto, "clf": replay.Common, "json": replay.JSON}
	policies = map[string]meter.Uniqueness{"perperiod": meter.PerPeriod, "everymiss": meter.EveryMiss, "rolling": meter.Rolling, "forever": meter.Forever}
	projects = map[string]func(*replay.Entry) string{"tenant": replay.ByTenant, "host": replay.ByHost, "prefix": replay.ByPrefix, "none": replay.Whole}
	lists    = map[string]func() catalog.Catalogue{"recomputed": catalog.Recomputed, "published": catalog.Published}
)

func run(ctx context.Context, args []string, stdin io.Reader, now func() time.Time, out io.Writer) error {
	flags := flag.NewFlagSet("invoice", flag.ContinueOnError)
	var logs []string
	flags.Func("log", "`file` to read, standard input by default; may be given several times", func(name string) error {
		logs = append(logs, name)
		return nil
	})
	var (
		o          replay.Options
		s          billing.Scenario
		catalogues []catalog.Catalogue
	)
	choice(flags, "format", "`format` of the lines: auto (the default), clf or json", formats, &o.Format)
	choice(flags, "policy", "what counts: PerPeriod (the default), EveryMiss, Rolling or Forever; a `word`", policies, &o.Policy.Unique)
	choice(flags, "by", "what makes a project: tenant (the default), host, prefix (of the path) or none; a `word`", projects, &o.Project)
	flags.DurationVar(&o.Policy.Window, "window", 0, "`duration` of the policy Rolling; 720h by default")
	flags.BoolVar(&o.Policy.IgnoreFormat, "ignore-format", false, "count a transform to several formats once")
	flags.IntVar(&o.MaxIDs, "max", 0, "`number` of transforms that may be kept in memory, some 40 bytes each; 16000000 by default")
	flags.Func("month", "read this `month` only, such as 2026-11", func(text string) error {
		t, err := time.Parse("2006-01", text)
		o.Only = billing.Month(t)
		return err
	})
	flags.Func("catalog", "offers to compare with, a `list` of recomputed (the default) and published; none leaves them out", func(text string) error {
		catalogues = []catalog.Catalogue{}
		for name := range strings.SplitSeq(text, ",") {
			list, ok := lists[name]
			if !ok && name != "none" {
				return errors.New("recomputed and published are possible, with a comma between, and none")
			}
			if ok {
				catalogues = append(catalogues, list())
			}
		}
		return nil
	})
	flags.Int64Var(&s.Originals, "originals", 0, "`number` of originals stored, for offers that charge for them")
	flags.Int64Var(&s.StoredBytes, "stored", 0, "`bytes` that they take")
	flags.BoolVar(&s.Yearly, "yearly", false, "compare offers too that are billed by the year")
	each := flags.Bool("each", false, "rate each project by itself, rather than the sum of all")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%q: logs are named by -log", flags.Arg(0))
	}
	if catalogues == nil {
		catalogues = []catalog.Catalogue{catalog.Recomputed()}
	}
	tally, err := replay.New(identify, &o)
	if err != nil {
		return err
	}
	if err := read(ctx, tally, logs, stdin); err != nil {
		return err
	}
	r := report{out: out, tally: tally, scenario: s, at: now().UTC(), plan: catalog.Immagin()}
	r.plan.PerProject = *each
	return r.write(catalogues)
}

// choice is a flag whose value is one of a table's words, in any case.
func choice[T any](flags *flag.FlagSet, name, usage string, table map[string]T, to *T) {
	flags.Func(name, usage, func(text string) error {
		value, ok := table[strings.ToLower(text)]
		if !ok {
			var words []string
			for word := range table {
				words = append(words, word)
			}
			slices.Sort(words)
			return fmt.Errorf("%s are possible", strings.Join(words, ", "))
		}
		*to = value
		return nil
	})
}

func read(ctx context.Context, tally *replay.Tally, logs []string, stdin io.Reader) error {
	if len(logs) == 0 {
		return readOne(ctx, tally, stdin)
	}
	for _, name := range logs {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		err = readOne(ctx, tally, f)
		f.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func readOne(ctx context.Context, tally *replay.Tally, log io.Reader) error {
	b := bufio.NewReader(log)
	if magic, _ := b.Peek(2); string(magic) != "\x1f\x8b" {
		return tally.Read(ctx, b)
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return err
	}
	return tally.Read(ctx, z)
}
