package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"iter"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed page
var pageFiles embed.FS

// An embeddedFile is a file of the page, with a tag by which browsers know
// whether theirs is the same: the files have no time of change.
type embeddedFile struct {
	contentType  string
	etag, zipTag string
	content      []byte
	zipped       []byte // the same by gzip
}

// embedded returns the page's files by their names.
func embedded() iter.Seq2[string, *embeddedFile] {
	return func(yield func(string, *embeddedFile) bool) {
		list, err := fs.ReadDir(pageFiles, "page")
		if err != nil {
			panic(err) // it is embedded
		}
		for _, entry := range list {
			content, err := pageFiles.ReadFile("page/" + entry.Name())
			if err != nil {
				panic(err)
			}
			var zipped bytes.Buffer
			w, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
			if err != nil {
				panic(err) // there is such a level
			}
			w.Write(content)
			w.Close()
			sum := sha256.Sum256(content)
			tag := hex.EncodeToString(sum[:16])
			file := &embeddedFile{contentTypeOf(entry.Name()), `"` + tag + `"`, `"` + tag + `-gzip"`, content, zipped.Bytes()}
			if !yield(entry.Name(), file) {
				return
			}
		}
	}
}

// contentTypeOf does not ask the machine, whose table may say anything.
func contentTypeOf(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".json":
		return "application/json"
	case ".svg":
		return "image/svg+xml"
	}
	return "application/octet-stream"
}

func (f *embeddedFile) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	content, tag := f.content, f.etag
	w.Header().Add("Vary", "Accept-Encoding")
	if takesGzip(r.Header.Get("Accept-Encoding")) {
		content, tag = f.zipped, f.zipTag
		w.Header().Set("Content-Encoding", "gzip")
	}
	w.Header().Set("Content-Type", f.contentType)
	w.Header().Set("ETag", tag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// takesGzip reads an Accept-Encoding header (RFC 9110, 12.5.3). A weight other
// than 0 only orders what the client takes, and there is no other encoding.
func takesGzip(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		name, weight, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q, ok := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
			return !ok || strings.Trim(q, "0.") != ""
		}
	}
	return false
}
