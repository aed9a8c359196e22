package docstest

// What these tests have the go command build is compiled before they begin, by
// the go command that runs them, rather than by both at once.
import (
	_ "go.opentelemetry.io/otel/exporters/prometheus"
	_ "gocloud.dev/pubsub"

	_ "github.com/immagin/immagin-go/examples/metering/database"
	_ "github.com/immagin/immagin-go/luna/codecs/full"
	_ "github.com/immagin/immagin-go/luna/heif/heic"
	_ "github.com/immagin/immagin-go/luna/prewarm"
	_ "github.com/immagin/immagin-go/storage/bucket"
)
