package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/immagin/immagin-go/sign"
)

// keepSecret returns the secret that the file holds, and makes it if there is
// none. If two servers start at once, both return the same.
func keepSecret(name string) (string, error) {
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		if err = writeNew(name, []byte(sign.NewSecret()+"\n")); err == nil {
			text, err = os.ReadFile(name)
		}
	}
	if err != nil {
		return "", fmt.Errorf("secret of the data folder: %w", err)
	}
	secret := strings.TrimSpace(string(text))
	if len(secret) < sign.MinSecret {
		return "", fmt.Errorf("secret in %s has %d bytes, must have at least %d: delete the file to have a new one made, which ends all signed URLs", name, len(secret), sign.MinSecret)
	}
	return secret, nil
}

// writeNew writes a file of mode 0600 that appears whole or not at all. A file
// that is there already stays as it is.
func writeNew(name string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	// A link, unlike a rename, does not replace; some file systems have none.
	if err = os.Link(f.Name(), name); err == nil || errors.Is(err, fs.ErrExist) {
		return nil
	}
	return os.Rename(f.Name(), name)
}
