package deps

import (
	_ "github.com/bep/imagemeta"
	_ "github.com/chai2010/webp"
	_ "github.com/deepteams/webp"
	_ "github.com/disintegration/imaging"
	_ "github.com/klauspost/compress/zlib"
	_ "github.com/maypok86/otter/v2"
	_ "github.com/stretchr/testify/require"
	_ "go.uber.org/goleak"
	_ "gocloud.dev/blob/azureblob"
	_ "gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/gcsblob"
	_ "gocloud.dev/blob/memblob"
	_ "gocloud.dev/blob/s3blob"
	_ "golang.org/x/image/webp"
	_ "golang.org/x/sync/errgroup"
	_ "golang.org/x/sys/cpu"
	_ "pgregory.net/rapid"
	_ "github.com/go-text/typesetting/shaping"
)
