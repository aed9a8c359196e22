// Package sdk is the map of Immagin for Go; it exports nothing itself.
//
//	immagin          the client SDK: signed URLs, uploads, the management API
//	immagin/edit     the payload that clients and the engine share
//	immagin/api      the management API as an http.Handler
//	sign             HMAC signatures, upload tickets, API keys
//	luna             the engine: plans, transforms, and delivers images
//	luna/codec       what an adapter for an image format implements
//	luna/codecs      sets of adapters, for luna.New; luna/codecs/full has all
//	luna/op          the operations that plans are made of
//	luna/pixel       planes, strips, sources: how samples flow
//	luna/color       ICC profiles to sRGB
//	luna/text        fonts, shaping, drawing of text
//	storage          originals and derived images in any blob store
//	examples         runnable programs; examples/server is the local demo
//
// A program that serves images needs luna, sign and storage; one that only
// links to them needs immagin. Heavy codecs and cloud drivers are linked only
// where a program names them.
package sdk
