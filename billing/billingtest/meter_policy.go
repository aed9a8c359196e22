package billingtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
)

// farOff is a policy's Late that refuses nothing of the properties.
const farOff = 10 * 365 * 24 * time.Hour

// meterPolicies delivers events in any order, any number of times and in any
// batches, and compares usage with each policy's definition.
func meterPolicies(a, b meter.Store) func(*rapid.T) {
	return func(t *rapid.T) {
		ctx := context.Background()
		project := "p" + rand.Text()
		policy := meter.Policy{
			Unique:       rapid.SampledFrom([]meter.Uniqueness{meter.PerPeriod, meter.EveryMiss, meter.Rolling, meter.Forever}).Draw(t, "unique"),
			IgnoreFormat: rapid.Bool().Draw(t, "ignore format"),
			Late:         farOff,
		}
		if policy.Unique == meter.Rolling && rapid.Bool().Draw(t, "short") {
			policy.Window = 10 * 24 * time.Hour
		}
		var meters []*meter.Meter
		for _, s := range []meter.Store{a, b} {
			m, err := meter.New(s, &meter.Options{Policy: policy, Now: func() time.Time { return january.End }})
			if err != nil {
				t.Fatal(err)
			}
			meters = append(meters, m)
		}
		type thing struct{ image, format, event int }
		times := map[thing]time.Time{}
		var events []meter.Event
		for i := range rapid.IntRange(1, 25).Draw(t, "events") {
			x := thing{rapid.IntRange(1, 3).Draw(t, "image"), rapid.IntRange(1, 2).Draw(t, "format"), i}
			times[x] = october.Start.Add(time.Duration(rapid.IntRange(0, 4*122).Draw(t, "time")) * 6 * time.Hour)
			if rapid.IntRange(0, 9).Draw(t, "edge") == 0 {
				times[x] = rapid.SampledFrom(modelMonths).Draw(t, "end").End.Add(-1)
			}
			events = append(events, meter.Event{
				Project: project, Image: strconv.Itoa(x.image), At: times[x], ID: strconv.Itoa(i),
				Rendition: fmt.Sprintf(`{"edits":[],"output":{"format":"f%d"}}`, x.format),
			})
		}

		// What counts, by the definition.
		want := map[time.Time]int64{}
		last := map[thing]time.Time{}
		seen := map[any]bool{}
		for _, x := range slices.SortedFunc(maps.Keys(times), func(x, y thing) int { return times[x].Compare(times[y]) }) {
			at, what := times[x], thing{image: x.image, format: x.format}
			if policy.IgnoreFormat {
				what.format = 0
			}
			month := billing.Month(at).Start
			before, known := last[what]
			var counts bool
			switch policy.Unique {
			case meter.PerPeriod:
				key := [2]any{what, month}
				counts, seen[key] = !seen[key], true
			case meter.EveryMiss:
				counts = true
			case meter.Rolling:
				window := policy.Window
				if window == 0 {
					window = 30 * 24 * time.Hour
				}
				counts = !known || at.Sub(before) >= window
			case meter.Forever:
				counts = !known
			}
			if counts {
				want[month]++
			}
			last[what] = at
		}

		deliveries := rapid.Permutation(append(events, events[:len(events)/2]...)).Draw(t, "deliveries")
		fresh := 0
		for len(deliveries) > 0 {
			n := rapid.IntRange(1, len(deliveries)).Draw(t, "batch")
			got, err := rapid.SampledFrom(meters).Draw(t, "handle").Record(ctx, deliveries[:n]...)
			if err != nil {
				t.Fatal(err)
			}
			fresh += got
			deliveries = deliveries[n:]
		}
		total := 0
		for _, p := range append(modelMonths, billing.Month(january.End)) {
			used, err := meters[1].Usage(ctx, project, p)
			if err != nil {
				t.Fatal(err)
			}
			if used[transforms] != want[p.Start] {
				t.Fatalf("usage in %v is %d; by the definition it is %d", p, used[transforms], want[p.Start])
			}
			total += int(used[transforms])
		}
		if total != fresh {
			t.Fatalf("Record returned %d fresh ones; %d count", fresh, total)
		}
	}
}

// batches is a source.
type batches [][]meter.Record

func (s *batches) Next(ctx context.Context) ([]meter.Record, error) {
	if len(*s) == 0 {
		return nil, io.EOF
	}
	batch := (*s)[0]
	*s = (*s)[1:]
	return batch, ctx.Err()
}

// meterMerge has nodes insert and merge in any order, and expects all of them
// to be the union in the end. The nodes are projects of one store, whose
// records are renamed on the way.
func meterMerge(a, b meter.Store) func(*rapid.T) {
	return func(t *rapid.T) {
		ctx := context.Background()
		name := rand.Text()
		nodes := []string{"1" + name, "2" + name, "3" + name}
		union := map[meter.Record]bool{}
		var meters []*meter.Meter
		for _, s := range []meter.Store{a, b} {
			m, err := meter.New(s, nil)
			if err != nil {
				t.Fatal(err)
			}
			meters = append(meters, m)
		}
		merge := func(t *rapid.T, from, into string) int {
			all, err := elementsOf(ctx, a, from)
			if err != nil {
				t.Fatal(err)
			}
			for i := range all {
				all[i].Project = into
			}
			all = rapid.Permutation(all).Draw(t, "order")
			source := batches(slices.Collect(slices.Chunk(all, rapid.IntRange(1, 10).Draw(t, "page"))))
			fresh, err := rapid.SampledFrom(meters).Draw(t, "handle").Merge(ctx, &source)
			if err != nil {
				t.Fatal(err)
			}
			return fresh
		}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			node := rapid.SampledFrom(nodes).Draw(t, "node")
			if rapid.Bool().Draw(t, "merge") {
				from := rapid.SampledFrom(nodes).Draw(t, "from")
				merge(t, from, node)
				if fresh := merge(t, from, node); fresh != 0 {
					t.Fatalf("merging again finds %d fresh ones", fresh)
				}
				continue
			}
			var batch []meter.Record
			for range rapid.IntRange(1, 6).Draw(t, "records") {
				id := rapid.IntRange(1, 8).Draw(t, "id")
				r := plain(node, rapid.SampledFrom(modelMonths).Draw(t, "month"), id)
				if rapid.Bool().Draw(t, "sighting") {
					r = seen(node, october.Start.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "day"))*24*time.Hour), id%2, modelWindow)
					r.Metric = "sightings"
				}
				batch = append(batch, r)
				r.Project = ""
				union[r] = true
			}
			if _, err := a.Insert(ctx, batch); err != nil {
				t.Fatal(err)
			}
		}
		for _, into := range rapid.Permutation(nodes).Draw(t, "into") {
			for _, from := range rapid.Permutation(nodes).Draw(t, "from") {
				merge(t, from, into)
			}
		}
		var first []meter.Count
		for i, node := range nodes {
			all, err := elementsOf(ctx, b, node)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range all {
				r.Project = ""
				if !union[r] {
					t.Fatalf("node %d has %v, which was never inserted", i, r)
				}
			}
			if len(all) != len(union) {
				t.Fatalf("node %d has %d of %d elements after all have merged", i, len(all), len(union))
			}
			counts, err := b.Counts(ctx, node, always)
			if err != nil {
				t.Fatal(err)
			}
			for i := range counts {
				counts[i].Project = ""
			}
			if i == 0 {
				first = counts
			}
			if !slices.Equal(counts, first) {
				t.Fatalf("after all have merged, node %d counts\n%v and the first\n%v", i, counts, first)
			}
		}
	}
}

// meterLimit has two servers admit, render, fail, die and be slow.
func meterLimit(a, b meter.Store) func(*rapid.T) {
	return func(t *rapid.T) {
		ctx := context.Background()
		project := "p" + rand.Text()
		limit := int64(rapid.IntRange(0, 5).Draw(t, "limit"))
		limits := billing.Limits{Hard: map[billing.Metric]int64{transforms: limit}}
		now := meterNoon
		var meters []*meter.Meter
		for _, s := range []meter.Store{a, b} {
			m, err := meter.New(s, &meter.Options{Now: func() time.Time { return now }, SlotTTL: time.Minute})
			if err != nil {
				t.Fatal(err)
			}
			meters = append(meters, m)
		}
		type render struct {
			image   int
			expires time.Time
			*meter.Admission
		}
		var open []render
		counted := map[int]bool{}
		room := func(image int) bool {
			held := map[int]bool{}
			for _, r := range open {
				if r.expires.After(now) && r.image != image && !counted[r.image] {
					held[r.image] = true
				}
			}
			return counted[image] || int64(len(counted)+len(held)) < limit
		}
		quota := func(t *rapid.T, err error) {
			var q *billing.QuotaError
			if !errors.As(err, &q) || *q != (billing.QuotaError{Metric: transforms, Limit: limit, Resets: november.End}) {
				t.Fatalf("over the limit, the error is %v", err)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"Admit": func(t *rapid.T) {
				image := rapid.IntRange(1, 9).Draw(t, "image")
				admission, err := rapid.SampledFrom(meters).Draw(t, "server").Admit(ctx, meter.Event{Project: project, Image: strconv.Itoa(image)}, limits)
				if !room(image) {
					if quota(t, err); admission.Decision() != billing.ServeCachedOnly {
						t.Fatalf("over the limit, the decision is %v", admission.Decision())
					}
					if err := admission.Done(ctx, true); err != nil {
						t.Fatal(err)
					}
					return
				}
				if err != nil || admission.Decision() != billing.Allow {
					t.Fatalf("with %d of %d counted, Admit says %v, %v", len(counted), limit, admission.Decision(), err)
				}
				open = append(open, render{image, now.Add(time.Minute), admission})
			},
			"Done": func(t *rapid.T) {
				if len(open) == 0 {
					t.Skip("nothing to do")
				}
				i := rapid.IntRange(0, len(open)-1).Draw(t, "admission")
				if open[i].Admission == nil {
					t.Skip("dead")
				}
				r, rendered := open[i], rapid.IntRange(0, 3).Draw(t, "rendered") > 0
				open = slices.Delete(open, i, i+1)
				late := !r.expires.After(now)
				err := r.Done(over(ctx), rendered)
				if rendered && late && !room(r.image) {
					quota(t, err)
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				for range 2 {
					if err := r.Done(ctx, false); err != nil {
						t.Fatal(err)
					}
				}
				if rendered {
					counted[r.image] = true
				}
			},
			"Die": func(t *rapid.T) {
				// Its slot is held until it expires: nobody calls Done.
				if len(open) > 0 {
					i := rapid.IntRange(0, len(open)-1).Draw(t, "admission")
					open[i].Admission = nil
				}
			},
			"Wait": func(t *rapid.T) { now = now.Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "seconds")) * time.Second) },
			"": func(t *rapid.T) {
				used, err := rapid.SampledFrom(meters).Draw(t, "server").Usage(ctx, project, november)
				if err != nil {
					t.Fatal(err)
				}
				if n := used[transforms]; n != int64(len(counted)) || n > limit {
					t.Fatalf("%d are counted, %d were rendered, and the limit is %d", n, len(counted), limit)
				}
			},
		})
	}
}
