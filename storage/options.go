package storage

// Options say where in the bucket the objects lie. Nil and the zero value mean
// the defaults.
type Options struct {
	// Prefix names the part of the bucket that holds a tenant's objects: what
	// it returns is put before every object's name as it stands, so it usually
	// ends in a slash. The tenant has been checked to be 1 to 255 bytes of one
	// key segment.
	//
	// Nil means "originals/{tenant}/" for originals and "derived/{tenant}/"
	// for derived images, which so can share a bucket. Another function must
	// give each tenant, and each of the two kinds, a prefix that is no
	// beginning of another's. "" is fine for a bucket that holds one tenant's
	// originals and nothing else.
	Prefix func(tenant string) string
	// BeforeSign, if set, is called by [Originals.SignPut] before it signs a
	// URL, with what gives access to what the store's SDK signs: see
	// [blob.SignedURLOptions]. For buckets of Google Cloud Storage
	// storage/bucket has one.
	BeforeSign func(as func(any) bool) error
}

func (o *Options) prefix(kind string) func(tenant string) string {
	if o == nil || o.Prefix == nil {
		return func(tenant string) string { return kind + "/" + tenant + "/" }
	}
	return o.Prefix
}
