// Package sdk is the map of Immagin for Go, which serves images that are made to
// order: a signed URL names an original and a list of edits, and the program
// answers with the picture. The package exports nothing itself.
//
// # To serve images
//
//	luna             the engine and its http.Handler: plans, transforms, delivers
//	luna/codecs      the codecs that most programs want, for luna.New
//	luna/codecs/full the codecs of all formats
//	luna/prewarm     rendering ahead of requests, by a message queue
//	sign             secrets, signatures, upload tickets, API keys
//	storage          originals and derived images, in any blob store
//	storage/file     a blob store in a folder
//	storage/bucket   any blob store by its URL, with all drivers linked
//
// # To link to them, and to manage them
//
//	immagin               the client: URLs, HTML, uploads, the management API
//	immagin/edit          the language of payloads, which clients and engine share
//	immagin/api           the management API as an http.Handler
//	immagin/api/filestore API keys and projects in a folder
//	immagin/api/sqlstore  the same in PostgreSQL or SQLite
//
// # To charge for them
//
//	billing                prices, plans, quotas, invoices
//	billing/meter          counts what was made
//	billing/ledger         prepaid credits
//	billing/store/sqlite   usage and credits in a file
//	billing/store/postgres the same for many servers
//	billing/store/redis    remembers usage in front of one of them
//	billing/store/memory   keeps both for tests
//	billing/catalog        what Immagin and others charge
//	billing/replay         what an access log would have cost
//
// # To extend the engine
//
//	luna/codec   what an adapter for an image format implements
//	luna/op      the operations that plans are made of
//	luna/pixel   planes, strips, sources: how samples flow
//	luna/color   ICC profiles to sRGB
//	luna/text    fonts, shaping and drawing of text
//
// Adapters: luna/jpeg, luna/png, luna/gif, luna/webp, luna/avif, luna/tiff,
// luna/jp2, luna/bmp, luna/heif and luna/heif/heic; and luna/webp/libwebp, in C.
//
// What is plugged in passes the suite for it: luna/codec/codectest,
// luna/pixel/pixeltest, storage/storagetest, immagin/api/apitest or
// billing/billingtest.
//
// # Where to begin
//
// The folder examples has runnable programs, and in examples/docs a page for each
// task. The whole, with a playground in the browser, is
//
//	go run ./examples/server
//
// A program that serves images imports luna, luna/codecs, sign and storage; one
// that only links to them imports immagin. Nothing is registered by an import:
// codecs and cloud drivers are linked only where a program names them.
package sdk
