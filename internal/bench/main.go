// Command bench runs this engine and sharp side by side on the same pictures,
// each in a process of its own and taking turns, and prints a Markdown table
// of what they took:
//
//	go run ./internal/bench [-source hero.jpg] [-runs 7] [-concurrency 1,2,4,8] [-megapixels 1,4,12,24,48] [-quality]
//
// Wall time, CPU time of all threads and peak memory are measured in either
// process; ratios are ours to sharp's. The pictures that come out are held
// against each other by size, bytes and PSNR. Where there is no Node, the
// columns of sharp stay empty.
//
// With -megapixels it shows how the cost grows with the original, and with
// -quality how near to a resize in floating point both sides come from JPEGs.
// With -photographs it compares the curves of bytes and quality of both WebP
// encoders, and with -raw how fast they are.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
)

type settings struct {
	sources     []string
	runs        int
	jobs        bool
	concurrency []int
	megapixels  []int
	quality     bool
	photographs string
	qualities   []int
	efforts     []int
	keep        string
	raw         bool
	cores       int
	only        string
	sharp       string
	profile     string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		if err := work(ctx, os.Stdin, os.Stdout, os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, "bench worker:", err)
			os.Exit(1)
		}
		return
	}
	s, err := parse(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err == nil {
		err = run(ctx, s, os.Stdout, os.Stderr)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// parse reads the flags. It prints what they are to usage when they are wrong.
func parse(args []string, usage io.Writer) (settings, error) {
	s := settings{}
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(usage)
	source := f.String("source", "", "picture `files`, separated by commas: a JPEG, and where wanted a progressive JPEG, a PNG and a WebP, the first of each; what is missing is made of the JPEG, which is drawn by default. -quality takes all JPEGs")
	f.BoolVar(&s.jobs, "jobs", true, "measure the jobs one by one")
	megapixels := f.String("megapixels", "", "sizes of drawn originals whose cost is measured, separated by commas, such as 1,4,12,24,48; empty for no such table")
	f.BoolVar(&s.quality, "quality", false, "hold the results of both sides from JPEGs against a resize in floating point")
	f.StringVar(&s.photographs, "photographs", "", "`folder` of photographs over which the curves of bytes and quality of both WebP encoders are compared")
	qualities := f.String("qualities", "30,50,75,90", "of the curves, separated by commas")
	efforts := f.String("efforts", "4", "of our encoder for the curves, separated by commas; sharp's is 4")
	f.StringVar(&s.keep, "keep", "", "`folder` where the pixels of the photographs and what sharp makes of them stay for the next time")
	f.BoolVar(&s.raw, "raw", false, "measure how fast both WebP encoders are on the same raw pixels")
	f.IntVar(&s.runs, "runs", 7, "measured runs of each job on each side")
	concurrency := f.String("concurrency", "1,2,4,8", "jobs at a time of the throughput table, separated by commas; empty for no such table")
	f.IntVar(&s.cores, "cores", 0, "threads for one picture: GOMAXPROCS here, sharp.concurrency there; 0 leaves both at their defaults")
	f.StringVar(&s.only, "only", "", "run only jobs, and measure the quality only of sizes, whose name contains this `text`")
	f.StringVar(&s.sharp, "sharp", "", "`folder` whose node_modules has sharp "+sharpVersion+"; installed into the user's cache folder by default")
	f.StringVar(&s.profile, "profile", "", "`folder` for a CPU profile of our side of each job; slows it a little")
	if err := f.Parse(args); err != nil {
		return s, err
	}
	if f.NArg() > 0 {
		return s, fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	if s.runs < 1 {
		return s, fmt.Errorf("-runs is %d, and must be at least 1", s.runs)
	}
	if s.cores < 0 {
		return s, fmt.Errorf("-cores is %d, and must not be negative", s.cores)
	}
	if *source != "" {
		s.sources = strings.Split(*source, ",")
	}
	var err error
	if s.concurrency, err = wholeNumbers("-concurrency", *concurrency); err != nil {
		return s, err
	}
	if s.qualities, err = wholeNumbers("-qualities", *qualities); err != nil {
		return s, err
	}
	for text := range strings.SplitSeq(*efforts, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > 6 {
			return s, fmt.Errorf("-efforts: %q is not 0 to 6", text)
		}
		s.efforts = append(s.efforts, n)
	}
	s.megapixels, err = wholeNumbers("-megapixels", *megapixels)
	return s, err
}

// wholeNumbers reads a list that is separated by commas.
func wholeNumbers(name, list string) (numbers []int, err error) {
	if list == "" {
		return nil, nil
	}
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%s: %q is not a whole number above 0", name, text)
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}
