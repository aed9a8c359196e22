// Package sharpref holds what sharp computed for a table of cases, so that
// edits can be held against it. record.mjs made the records and says how;
// neither Node nor sharp is needed to read them. It is for tests only.
package sharpref

import (
	"archive/zip"
	"bytes"
	"embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
)

//go:embed testdata
var testdata embed.FS

// Recorded returns the records that belong to this package.
func Recorded() fs.FS {
	sub, err := fs.Sub(testdata, "testdata")
	if err != nil {
		panic(err) // the name is valid
	}
	return sub
}

// RecordedDeep is Recorded for cases whose inputs and results have 16 bits a
// sample.
func RecordedDeep() fs.FS {
	sub, err := fs.Sub(testdata, "testdata/deep")
	if err != nil {
		panic(err) // the name is valid
	}
	return sub
}

// A Set is the cases of one edit.
type Set struct {
	// Name of the set, such as "resize".
	Name string `json:"edit"`
	// Sharp and Libvips are the versions that were asked.
	Sharp   string `json:"sharp"`
	Libvips string `json:"libvips"`
	Cases   []Case `json:"cases"`
}

// A Case is one call of sharp.
type Case struct {
	// Name within the set.
	Name string `json:"name"`
	// Picture is the name of the input, and Layer, where there is one, that of
	// what an image edit lays on top.
	Picture string `json:"picture"`
	Layer   string `json:"layer"`
	// Edits are as in a payload.
	Edits json.RawMessage `json:"edits"`
	// Deep says that the input has 16 bits a sample.
	Deep bool `json:"deep"`
	// Width and Height of the result.
	Width  int `json:"width"`
	Height int `json:"height"`
	// Error is what sharp said where it refused; there is no result then.
	Error string `json:"error"`

	// Input, Overlay and Result are PNG files: those of Picture and Layer, and
	// what sharp made of them.
	Input   []byte `json:"-"`
	Overlay []byte `json:"-"`
	Result  []byte `json:"-"`
}

// Read returns all sets of fsys, a directory that record.mjs wrote, by name.
func Read(fsys fs.FS) ([]Set, error) {
	pictures, err := unzip(fsys, "pictures.zip")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(fsys, "*.zip")
	if err != nil {
		return nil, err
	}
	var sets []Set
	for _, name := range names {
		if name == "pictures.zip" {
			continue
		}
		s, err := readSet(fsys, name, pictures)
		if err != nil {
			return nil, fmt.Errorf("sharpref: %s: %w", name, err)
		}
		sets = append(sets, s)
	}
	return sets, nil
}

func readSet(fsys fs.FS, name string, pictures map[string][]byte) (Set, error) {
	var s Set
	files, err := unzip(fsys, name)
	if err != nil {
		return s, err
	}
	d := json.NewDecoder(bytes.NewReader(files["cases.json"]))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return s, fmt.Errorf("cases.json: %w", err)
	}
	for i := range s.Cases {
		c := &s.Cases[i]
		c.Input, c.Overlay, c.Result = pictures[c.Picture], pictures[c.Layer], files[c.Name+".png"]
		if c.Input == nil || (c.Overlay == nil) != (c.Layer == "") || (c.Result == nil) != (c.Error != "") {
			return s, fmt.Errorf("case %s lacks its pictures", c.Name)
		}
	}
	return s, nil
}

func unzip(fsys fs.FS, name string) (map[string][]byte, error) {
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	files := map[string][]byte{}
	for _, f := range r.File {
		if files[f.Name], err = fs.ReadFile(r, path.Clean(f.Name)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return files, nil
}

// A Size is a resize of which only the size of the result is known.
type Size struct {
	// FromWidth and FromHeight are those of the input.
	FromWidth, FromHeight int
	// Fit, Width, Height (0 where it was left out), Upscale and Downscale are
	// what was asked for.
	Fit                string
	Width, Height      int
	Upscale, Downscale bool
	// ToWidth and ToHeight are those of the result.
	ToWidth, ToHeight int
}

// Sizes returns the cases of sizes.csv.
func Sizes(fsys fs.FS) ([]Size, error) {
	f, err := fsys.Open("sizes.csv")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = 9
	r.ReuseRecord = true
	var sizes []Size
	for {
		fields, err := r.Read()
		if err == io.EOF {
			return sizes, nil
		}
		if err != nil {
			return nil, fmt.Errorf("sharpref: sizes.csv: %w", err)
		}
		s := Size{Fit: fields[2]}
		var upscale, downscale int
		for i, p := range []*int{&s.FromWidth, &s.FromHeight, nil, &s.Width, &s.Height, &upscale, &downscale, &s.ToWidth, &s.ToHeight} {
			if p == nil {
				continue
			}
			if *p, err = strconv.Atoi(fields[i]); err != nil {
				return nil, fmt.Errorf("sharpref: sizes.csv: case %d: %w", len(sizes)+1, err)
			}
		}
		s.Upscale, s.Downscale = upscale != 0, downscale != 0
		sizes = append(sizes, s)
	}
}
