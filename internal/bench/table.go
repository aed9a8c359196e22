package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// Beyond these the pictures of both sides are flagged as different.
const (
	bytesApart = 5    // per cent of sharp's
	psnrApart  = 30.0 // dB
)

// A page is all that was measured.
type page struct {
	rows       []row
	loads      []throughput
	growths    []growth
	fidelities []fidelity
	// comparisons are at these qualities.
	comparisons []comparison
	qualities   []int
	encoders    []encoderRow
}

func (p page) write(w io.Writer) {
	writeJobs(w, p.rows)
	writeThroughput(w, mix(), p.loads)
	writeGrowth(w, p.growths)
	writeQuality(w, p.fidelities)
	writeCurves(w, p.qualities, p.comparisons)
	writeEncoders(w, p.encoders)
}

const introduction = `# Side by side with sharp

What this engine and sharp took for the same jobs in one run of

` + "```sh" + `
go run ./internal/bench -megapixels 1,4,12,24,48 -quality
` + "```" + `

which prints this page. Either side runs in a process of its own, and they take
turns, so that what else the machine does meets both. Wall time is what a caller
waits, CPU time is that of all threads, the peak is the most memory that the
process ever held, with its runtime and the source file in it. Ratios are ours to
sharp's: below 1 is better, except for pictures a second. sharp's cache is off.

`

func writeHead(w io.Writer, s settings, machine, before, after string, versions []string, files map[kind]source) {
	fmt.Fprint(w, introduction)
	fmt.Fprintf(w, "%s; %s", time.Now().UTC().Format("2 January 2006"), machine)
	if before != "" {
		fmt.Fprintf(w, "; load average %s before, %s after", before, after)
	}
	if busy(before) {
		fmt.Fprint(w, ": others were at work, so look at ratios, and at those of CPU time first")
	}
	fmt.Fprintf(w, ". %s. Medians of %d runs", strings.Join(versions, " against "), s.runs)
	if s.cores > 0 {
		fmt.Fprintf(w, ", %d threads a picture", s.cores)
	}
	fmt.Fprintln(w, ".")
	if len(files) > 0 {
		fmt.Fprintln(w)
	}
	for _, k := range []kind{baseline, progressive, png, webp} {
		f, ok := files[k]
		if !ok {
			continue
		}
		fmt.Fprintf(w, "- %s: %dx%d, %.1f MB, %s\n", k, f.width, f.height, float64(f.size)/1e6, f.from)
	}
}

func writeJobs(w io.Writer, rows []row) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprint(w, "\n## One by one\n\nPSNR and bytes hold the two results against each other; neither is the truth.\n\n")
	fmt.Fprintln(w, "| job | wall ms | sharp | ratio | CPU ms | sharp | ratio | peak MiB | sharp | ratio | PSNR dB | bytes | ratio | |")
	fmt.Fprintln(w, "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|")
	for _, r := range rows {
		fmt.Fprintf(w, "| %s |", r.job.Name)
		if r.failure != "" {
			fmt.Fprintf(w, "%s %s |\n", strings.Repeat(" |", 12), strings.ReplaceAll(r.failure, "|", "\\|"))
			continue
		}
		cells(w, milliseconds(r.us.wall), milliseconds(r.them.wall), 0)
		cells(w, milliseconds(r.us.cpu), milliseconds(r.them.cpu), 0)
		cells(w, mebibytes(r.us.peak), mebibytes(r.them.peak), 0)
		fmt.Fprintf(w, " %s | %d | %s | %s |\n", decibels(r.verdict), r.us.bytes,
			ratio(float64(r.us.bytes), float64(r.them.bytes)), strings.Join(faults(r), ", "))
	}
}

func writeThroughput(w io.Writer, mix []job, loads []throughput) {
	if len(loads) == 0 {
		return
	}
	names := make([]string, len(mix))
	for i, j := range mix {
		names[i] = j.Name
	}
	fmt.Fprintf(w, "\n## Many at a time\n\nThe mix (%s), so many at a time, on one process of either side.\n\n", strings.Join(names, "; "))
	fmt.Fprintln(w, "| at a time | pictures/s | sharp | ratio | CPU ms/picture | sharp | ratio | peak MiB | sharp | ratio |")
	fmt.Fprintln(w, "|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
	for _, t := range loads {
		fmt.Fprintf(w, "| %d |", t.workers)
		cells(w, rate(t.count, t.us.wall), rate(t.count, t.them.wall), 1)
		cells(w, milliseconds(t.us.cpu)/float64(t.count), milliseconds(t.them.cpu)/float64(t.count), 0)
		cells(w, mebibytes(t.us.peak), mebibytes(t.them.peak), 0)
		fmt.Fprintln(w)
	}
}

// cells writes what both sides have, and the ratio; 0 is nothing known.
func cells(w io.Writer, us, them float64, decimals int) {
	for _, v := range []float64{us, them} {
		if v == 0 {
			fmt.Fprint(w, " |")
			continue
		}
		fmt.Fprintf(w, " %.*f |", decimals, v)
	}
	fmt.Fprintf(w, " %s |", ratio(us, them))
}

// ratio is ours to theirs; empty where one of them is not known.
func ratio(us, them float64) string {
	if us == 0 || them == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", us/them)
}

func milliseconds(values []time.Duration) float64 {
	return float64(median(values)) / float64(time.Millisecond)
}

func mebibytes(n int64) float64 { return float64(n) / (1 << 20) }

func rate(count int, wall []time.Duration) float64 {
	if len(wall) == 0 || median(wall) == 0 {
		return 0
	}
	return float64(count) / median(wall).Seconds()
}

func decibels(v *verdict) string {
	switch {
	case v == nil || v.us != v.them:
		return ""
	case math.IsInf(v.psnr, 1):
		return "equal"
	}
	return fmt.Sprintf("%.1f", v.psnr)
}

// faults lists in what the pictures of both sides differ more than they
// should.
func faults(r row) []string {
	if r.verdict == nil {
		return nil
	}
	var list []string
	if v := r.verdict; v.us != v.them {
		list = append(list, fmt.Sprintf("**%dx%d where sharp has %dx%d**", v.us[0], v.us[1], v.them[0], v.them[1]))
	} else if v.psnr < psnrApart {
		list = append(list, fmt.Sprintf("**under %.0f dB**", psnrApart))
	}
	if 100*abs(r.us.bytes-r.them.bytes) > bytesApart*r.them.bytes {
		list = append(list, fmt.Sprintf("**bytes over %d %% apart**", bytesApart))
	}
	return list
}

// busy says whether a load average, before anything was run, is that of a
// machine on which others work.
func busy(load string) bool {
	v, err := strconv.ParseFloat(load, 64)
	return err == nil && v > 0.3
}
