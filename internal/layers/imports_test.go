package layers

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	root   = "../.."
	module = "github.com/immagin/immagin-go/"
)

// may lists, for each package, the packages of this module that it may
// import. A package that is not here fails the test: a new room needs doors.
var may = map[string][]string{
	".":                      {},
	"immagin":                {"immagin/edit", "sign", "internal/magic"},
	"immagin/api":            {"immagin/edit", "sign", "internal/magic"},
	"immagin/api/apitest":    {"immagin/api", "sign"},
	"immagin/api/filestore":  {"immagin/api", "sign"},
	"immagin/api/sqlstore":   {"immagin/api", "sign"},
	"immagin/edit":           {},
	"billing":                {},
	"billing/catalog":        {"billing"},
	"billing/billingtest":    {"billing", "billing/ledger", "billing/meter"},
	"billing/ledger":         {"billing"},
	"billing/replay":         {"billing", "billing/meter"},
	"billing/meter":          {"billing"},
	"billing/store/sqlite":   {"billing", "billing/ledger", "billing/meter", "billing/store/internal/ledgerrows"},
	"billing/store/memory":   {"billing", "billing/ledger", "billing/meter"},
	"billing/store/postgres": {"billing", "billing/ledger", "billing/meter", "billing/store/internal/ledgerrows"},
	"billing/store/redis":    {"billing", "billing/ledger", "billing/meter"},
	"sign":                   {},

	"billing/store/internal/ledgerrows": {"billing/ledger"},
	"billing/store/internal/storetest":  {"billing", "billing/ledger", "billing/meter"},

	"storage":                      {},
	"storage/file":                 {},
	"storage/bucket":               {"storage/file"},
	"storage/storagetest":          {},
	"storage/internal/accounttest": {"storage", "storage/storagetest"},

	"luna":                  {"immagin/edit", "luna/codec", "luna/color", "luna/op", "luna/pixel", "luna/text", "internal/exif", "internal/iptc", "internal/magic", "internal/xmp"},
	"luna/prewarm":          {"immagin/edit", "luna"},
	"luna/pixel":            {},
	"luna/pixel/pixeltest":  {"luna/pixel"},
	"luna/codec":            {"luna/pixel"},
	"luna/codec/codectest":  {"luna/codec", "luna/pixel", "luna/pixel/pixeltest", "luna/internal/testpic"},
	"luna/op":               {"luna/pixel", "internal/affine", "internal/alpha", "internal/convolve", "internal/findtrim", "internal/lab", "internal/resample", "internal/smartcrop", "internal/ycc"},
	"luna/text":             {"internal/modversion"},
	"luna/color":            {"luna/pixel"},
	"luna/jpeg":             {"luna/codec", "luna/pixel", "luna/internal/cores", "luna/internal/lazy", "internal/exif", "internal/ctxio", "internal/interleave"},
	"luna/png":              {"luna/codec", "luna/pixel", "luna/internal/lazy", "internal/exif", "internal/ctxio", "internal/inflate", "internal/interleave", "internal/modversion", "internal/quantize"},
	"luna/gif":              {"luna/codec", "luna/pixel", "luna/internal/lazy", "internal/ctxio"},
	"luna/webp":             {"luna/codec", "luna/pixel", "luna/internal/cores", "luna/internal/lazy", "luna/webp/internal/alph", "luna/webp/internal/mux", "luna/webp/internal/vp8/decoder", "luna/webp/internal/vp8/encoder", "luna/webp/internal/vp8l", "luna/webp/internal/yuv", "internal/exif", "internal/ctxio", "internal/interleave", "internal/modversion", "internal/ycc"},
	"luna/webp/libwebp":     {"luna/codec", "luna/pixel", "luna/webp", "luna/webp/internal/mux", "internal/ctxio", "internal/interleave", "internal/modversion"},
	"luna/tiff":             {"luna/codec", "luna/jpeg", "luna/pixel", "luna/internal/lazy", "internal/ctxio", "internal/inflate", "internal/interleave", "internal/modversion"},
	"luna/bmp":              {"luna/codec", "luna/pixel", "luna/internal/lazy", "internal/ctxio"},
	"luna/jp2":              {"luna/codec", "luna/pixel", "luna/internal/lazy", "internal/ctxio", "internal/exif", "internal/interleave", "internal/modversion"},
	"luna/avif":             {"luna/codec", "luna/pixel", "luna/internal/still", "internal/ctxio", "internal/isobmff", "internal/wasm"},
	"luna/heif":             {"luna/avif", "luna/codec", "luna/pixel", "luna/internal/still"},
	"luna/heif/heic":        {"luna/codec", "luna/pixel", "luna/internal/still", "internal/ctxio", "internal/isobmff", "internal/wasm"},
	"luna/internal/cores":   {},
	"luna/internal/still":   {"luna/codec", "luna/pixel", "internal/exif", "internal/isobmff"},
	"luna/internal/lazy":    {"luna/pixel"},
	"luna/internal/testpic": {"luna/pixel"},
	"luna/internal/testicc": {},

	"luna/webp/internal/alph":        {"luna/webp/internal/vp8l"},
	"luna/webp/internal/mux":         {"luna/codec", "luna/pixel"},
	"luna/webp/internal/vp8":         {},
	"luna/webp/internal/vp8/decoder": {"luna/pixel", "luna/webp/internal/vp8"},
	"luna/webp/internal/vp8/encoder": {"luna/webp/internal/vp8", "luna/webp/internal/vp8/kernel"},
	"luna/webp/internal/vp8/kernel":  {"luna/webp/internal/vp8"},
	"luna/webp/internal/vp8l":        {},
	"luna/webp/internal/yuv":         {},

	"luna/codecs":      {"luna/codec", "luna/gif", "luna/jpeg", "luna/png", "luna/webp"},
	"luna/codecs/full": {"luna/avif", "luna/bmp", "luna/codec", "luna/codecs", "luna/heif", "luna/jp2", "luna/tiff"},

	"internal/calibrate": {"luna/codec", "luna/jpeg", "luna/op", "luna/pixel", "luna/webp", "internal/scene"},
	"internal/bench":     {"immagin/edit", "luna", "luna/avif", "luna/codec", "luna/codecs", "luna/jpeg", "luna/op", "luna/pixel", "luna/png", "luna/webp", "internal/interleave", "internal/machine", "internal/ratedistortion", "internal/scene"},
	"internal/docstest":  {},
	"internal/layers":    {},
	"internal/load":      {"internal/machine", "internal/scene", "sign"},
	"internal/edittest":  {"immagin/edit"},

	"internal/docstest/given": {"immagin", "immagin/api", "luna", "luna/codecs", "sign", "storage"},

	"internal/testmeta": {"luna/codec"},
	"internal/scene":    {},
}

// leaves are packages under internal that import none of ours.
var leaves = []string{
	"internal/affine", "internal/alpha", "internal/convolve", "internal/ctxio", "internal/exif", "internal/findtrim",
	"internal/inflate", "internal/interleave", "internal/iptc", "internal/isobmff", "internal/lab", "internal/machine", "internal/magic", "internal/modversion", "internal/quantize", "internal/ratedistortion", "internal/resample",
	"internal/servertest", "internal/sharpref", "internal/smartcrop", "internal/wasm", "internal/xmp", "internal/ycc",
}

// TestImports reads the files in process, rather than through the go command,
// so that a cached result is never stale.
func TestImports(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && name != root || d.Name() == "node_modules" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, filepath.Dir(name))
		require.NoError(t, err)
		room := filepath.ToSlash(rel)
		seen[room] = true
		if strings.HasPrefix(room, "examples/") {
			return nil // examples may know every room
		}
		allowed, known := may[room]
		if slices.Contains(leaves, room) {
			known = true
		}
		if !known {
			t.Errorf("package %s is in no table of this test: say what it may import", room)
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			ours, is := strings.CutPrefix(imported, module)
			if is && !slices.Contains(allowed, ours) {
				t.Errorf("%s must not import %s", path.Join(room, filepath.Base(name)), ours)
			}
		}
		return nil
	})
	require.NoError(t, err)
	for room := range may {
		require.True(t, seen[room], "the table names %s, which does not exist", room)
	}
	for _, room := range leaves {
		require.True(t, seen[room], "the table names %s, which does not exist", room)
	}
}

func TestTopLevel(t *testing.T) {
	allowed := []string{
		"billing", "doc.go", "examples", "go.mod", "go.sum", "immagin",
		"internal", "LICENSE", "luna", "README.md", "sign", "storage",
	}
	entries, err := filepath.Glob(filepath.Join(root, "*"))
	require.NoError(t, err)
	require.NotEmpty(t, entries)
	for _, entry := range entries {
		name := filepath.Base(entry)
		if !strings.HasPrefix(name, ".") {
			require.Contains(t, allowed, name, "what stands at the top level is part of the design")
		}
	}
}
