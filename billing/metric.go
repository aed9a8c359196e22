package billing

// Metric names what is counted. A host may have its own beside these.
type Metric string

const (
	TransformsUnique  Metric = "transforms.unique"  // unique transforms of a period
	BandwidthBytes    Metric = "bandwidth.bytes"    // bytes delivered
	StorageByteMonths Metric = "storage.byte_month" // bytes stored, averaged over the month
	Projects          Metric = "projects"           // projects of an account, not reset by a period
)

// Usage is what an account used in one period. A metric that is absent is 0.
type Usage map[Metric]int64
