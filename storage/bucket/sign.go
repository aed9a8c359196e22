package bucket

import (
	"os"
	"strings"
	"time"

	"cloud.google.com/go/storage"
)

// BeforeSign is for storage.Options: it makes Google Cloud Storage's upload
// URLs of version 4, which Google recommends and which alone its emulators
// take, where gocloud.dev's are of version 2. Version 4 allows at most 7 days.
// Other stores' URLs it leaves as they are.
//
// Where STORAGE_EMULATOR_HOST names an emulator, as the SDK takes it, the URLs
// are of http, unless it says https.
//
// https://cloud.google.com/storage/docs/access-control/signed-urls
func BeforeSign(as func(any) bool) error {
	var options *storage.SignedURLOptions
	if as(&options) {
		options.Scheme = storage.SigningSchemeV4
		// The SDK cuts off the fraction of a second that is left.
		options.Expires = options.Expires.Add(time.Second - 1)
		emulator := os.Getenv("STORAGE_EMULATOR_HOST")
		options.Insecure = emulator != "" && !strings.HasPrefix(emulator, "https://")
	}
	return nil
}
