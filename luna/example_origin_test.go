package luna_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"testing/fstest"

	"github.com/immagin/immagin-go/luna"
)

var _ luna.Origin = folder{}

// A folder is an origin of one tenant's originals in a file system, such as
// os.DirFS gives. Package storage has origins for every blob store.
type folder struct{ files fs.FS }

func (f folder) Stat(_ context.Context, _, key string) (int64, string, error) {
	info, err := fs.Stat(f.files, key)
	if err != nil {
		return 0, "", err
	}
	return info.Size(), info.ModTime().String(), nil
}

func (f folder) Open(ctx context.Context, tenant, key string) (io.ReadCloser, int64, string, error) {
	file, err := f.files.Open(key)
	if err != nil {
		return nil, 0, "", err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, 0, "", errors.Join(err, file.Close())
	}
	return file, info.Size(), info.ModTime().String(), nil
}

// An origin of one's own: where originals lie in a file system, such as that of
// the program itself by package embed.
func ExampleOrigin() {
	origin := folder{fstest.MapFS{"hero.jpg": {Data: []byte("a picture")}}}
	size, version, err := origin.Stat(context.Background(), "acme", "hero.jpg")
	fmt.Println(size, version != "", err)

	_, _, err = origin.Stat(context.Background(), "acme", "nobody.jpg")
	fmt.Println(errors.Is(err, fs.ErrNotExist))
	// Output:
	// 9 true <nil>
	// true
}
