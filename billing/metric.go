package billing

import (
	"fmt"
	"iter"
	"math"
	"time"
)

// Metric names what is counted. A host may have its own beside these.
type Metric string

const (
	TransformsUnique  Metric = "transforms.unique"  // unique transforms of a period
	BandwidthBytes    Metric = "bandwidth.bytes"    // bytes delivered
	StorageByteMonths Metric = "storage.byte_month" // bytes stored, averaged over the month
	Projects          Metric = "projects"           // projects of an account, not reset by a period
)

// Usage is what was used in one period. A metric that is absent is 0.
type Usage map[Metric]int64

// SumUsage adds up usages, of an account's projects for example.
func SumUsage(all iter.Seq[Usage]) (Usage, error) {
	sum := Usage{}
	for u := range all {
		for metric, n := range u {
			if n < 0 || n > math.MaxInt64-sum[metric] {
				return nil, fmt.Errorf("%w: %s: %d + %d", ErrQuantity, metric, sum[metric], n)
			}
			sum[metric] += n
		}
	}
	return sum, nil
}

// Forecast is the usage at the end of a period in which it goes on as it did
// from the start until asOf: n·whole/elapsed, rounded half-up. Projects do
// not accumulate and stay as they are. An instant at or before the start is
// [ErrPeriod], one at or after the end leaves everything as it is.
func (u Usage) Forecast(p Period, asOf time.Time) (Usage, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	elapsed := asOf.Sub(p.Start)
	if elapsed <= 0 {
		return nil, fmt.Errorf("%w: nothing to go by at %s, before or at its start", ErrPeriod, asOf.UTC().Format(time.RFC3339))
	}
	whole := p.Duration()
	elapsed = min(elapsed, whole)
	out := make(Usage, len(u))
	for metric, n := range u {
		if n < 0 {
			return nil, fmt.Errorf("%w: %s: %d is below zero", ErrQuantity, metric, n)
		}
		out[metric] = n
		if metric == Projects {
			continue
		}
		q, ok := mulDiv(uint64(n), uint64(whole), uint64(elapsed), HalfUp)
		if !ok || q > math.MaxInt64 {
			return nil, fmt.Errorf("%w: %s: forecast of %d", ErrQuantity, metric, n)
		}
		out[metric] = int64(q)
	}
	return out, nil
}
