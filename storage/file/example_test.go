package file_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/immagin/immagin-go/storage/file"
)

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "images")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	bucket, err := file.Open(filepath.Join(dir, "originals"), &file.Options{Create: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer bucket.Close()

	ctx := context.Background()
	for _, key := range []string{"gallery/hero.jpg", "gallery", "nul.txt"} {
		if err := bucket.WriteAll(ctx, key, []byte(key), nil); err != nil {
			fmt.Println(err)
		}
	}
	for _, name := range []string{"gallery/hero.jpg", "gallery%", "%6eul.txt"} {
		text, err := os.ReadFile(filepath.Join(dir, "originals", filepath.FromSlash(name)))
		fmt.Printf("%s holds %s, %v\n", name, text, err)
	}
	// Output:
	// gallery/hero.jpg holds gallery/hero.jpg, <nil>
	// gallery% holds gallery, <nil>
	// %6eul.txt holds nul.txt, <nil>
}

func ExampleOpenURL() {
	u, err := url.Parse("file:///srv/images?metadata=skip")
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = file.OpenURL(u)
	fmt.Println(err)
	// Output: file: the URL's parameter "metadata" is none of create_dir, no_sync, no_tmp_dir, prefix
}
