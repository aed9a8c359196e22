package main

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"iter"
	"net/http"
	"path"
	"time"
)

//go:embed page
var pageFiles embed.FS

// An embeddedFile is a file of the page, with a tag by which browsers know
// whether theirs is the same: the files have no time of change.
type embeddedFile struct {
	contentType, etag string
	content           []byte
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
			sum := sha256.Sum256(content)
			file := &embeddedFile{contentTypeOf(entry.Name()), `"` + hex.EncodeToString(sum[:16]) + `"`, content}
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
	w.Header().Set("Content-Type", f.contentType)
	w.Header().Set("ETag", f.etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.content))
}
