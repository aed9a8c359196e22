package file

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"strconv"
	"time"

	"gocloud.dev/blob/driver"
)

const (
	defaultContentType = "application/octet-stream"
	// maxAttributes bounds what is read of a file that somebody else may have
	// written.
	maxAttributes = 1 << 20
)

// attributes are what the file system does not keep of an object.
type attributes struct {
	ContentType        string            `json:"contentType,omitempty"`
	CacheControl       string            `json:"cacheControl,omitempty"`
	ContentDisposition string            `json:"contentDisposition,omitempty"`
	ContentEncoding    string            `json:"contentEncoding,omitempty"`
	ContentLanguage    string            `json:"contentLanguage,omitempty"`
	Metadata           map[string]string `json:"metadata,omitempty"`
	MD5                []byte            `json:"md5,omitempty"`
}

// isDefault reports whether an object needs no file for its attributes.
func (a *attributes) isDefault() bool {
	return (a.ContentType == "" || a.ContentType == defaultContentType) &&
		a.CacheControl == "" && a.ContentDisposition == "" && a.ContentEncoding == "" &&
		a.ContentLanguage == "" && len(a.Metadata) == 0
}

// write puts a into a temporary file.
func (a *attributes) write(b *bucket) (tempFile, error) {
	text, err := json.Marshal(a)
	if err != nil {
		return tempFile{}, err
	}
	if len(text) > maxAttributes {
		return tempFile{}, fmt.Errorf("file: the attributes of an object take %d bytes; at most %d are kept", len(text), maxAttributes)
	}
	f, err := createTemp(b.root)
	if err != nil {
		return tempFile{}, err
	}
	_, err = f.Write(text)
	if err == nil && !b.options.NoSync {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		_ = b.root.Remove(f.name)
	}
	return f, err
}

// attributesName is the name of the attributes of the file name as modified at
// that time.
func attributesName(name string, modified time.Time) string {
	dir, base := path.Split(name)
	return dir + "." + base + "." + strconv.FormatInt(modified.UnixNano(), 36) + ".attrs"
}

// attributes reads those of the file name. An object that has none, or whose
// attributes are damaged, has the default ones.
func (b *bucket) attributes(name string, modified time.Time) (a attributes, found bool) {
	f, err := b.root.Open(attributesName(name, modified))
	if err == nil {
		defer f.Close()
		var info fs.FileInfo
		if info, err = f.Stat(); err == nil && info.Size() <= maxAttributes {
			err = json.NewDecoder(f).Decode(&a)
			found = err == nil
		}
	}
	if !found {
		a = attributes{}
	}
	if a.ContentType == "" {
		a.ContentType = defaultContentType
	}
	return a, found
}

func etag(info fs.FileInfo) string {
	return fmt.Sprintf(`"%x-%x"`, info.ModTime().UnixNano(), info.Size())
}

func (a *attributes) driver(info fs.FileInfo) *driver.Attributes {
	return &driver.Attributes{
		ContentType:        a.ContentType,
		CacheControl:       a.CacheControl,
		ContentDisposition: a.ContentDisposition,
		ContentEncoding:    a.ContentEncoding,
		ContentLanguage:    a.ContentLanguage,
		Metadata:           maps.Clone(a.Metadata),
		MD5:                a.MD5,
		ModTime:            info.ModTime(),
		Size:               info.Size(),
		ETag:               etag(info),
		AsFunc:             noTypes,
	}
}
